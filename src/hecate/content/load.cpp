#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "content/codes.h"
#include "content/documents.h"
#include "content/functions.h"
#include "content/read_file.h"
#include "content/rule_cache.h"
#include "content/sentinel.h"
#include "content/sigma_collection.h"
#include "content/splunk_app.h"

namespace hecate::content {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLargestFile = size_t{16} << 20;

enum class Kind {
  SigmaRule,
  SigmaFilter,
  EscuDetection,
  EscuMacro,
  Lookup,
  SentinelRule,
  DefenderRule,
  AzureDocument,
  Parser,
  Tests,
  Pack,
  Pipeline,
  RiskFactor,
  Deployment,
  Other,
  Unknown
};

/// What a document is, by its keys. `Other` is content of an ecosystem that needs no loading (a data source, a
/// story); Unknown deserves a warning.
Kind kind_of(const yaml::Node& document) {
  const auto has = [&](std::string_view key) { return document.find(key) != nullptr; };
  if (has("pack")) return Kind::Pack;
  if (has("risk_factor")) return Kind::RiskFactor;
  if (is_parser(document)) return Kind::Parser;
  if (is_defender_rule(document)) return Kind::DefenderRule;
  if (is_azure_document(document)) return Kind::AzureDocument;
  if (has("transformations")) return Kind::Pipeline;
  if (has("filter")) return Kind::SigmaFilter;
  if (has("detection") || has("correlation") || (has("logsource") && has("title"))) return Kind::SigmaRule;
  if (has("search") && has("name")) return Kind::EscuDetection;
  if (has("query") && (has("name") || has("id"))) return Kind::SentinelRule;
  if (has("scheduling") || has("cron_schedule")) return Kind::Deployment;
  if (has("definition")) return Kind::EscuMacro;
  if (has("tests")) return Kind::Tests;
  const bool rows = has("filename") || has("collection") || has("lookup_type");
  if (rows && has("name")) return Kind::Lookup;
  constexpr std::array<std::string_view, 6> kKnownOthers{"sourcetype", "narrative",   "filename",
                                                         "collection", "lookup_type", "source"};
  if (std::any_of(kKnownOthers.begin(), kKnownOthers.end(), has)) return Kind::Other;
  return Kind::Unknown;
}

struct File {
  std::string path;
  FileId id;
  yaml::Documents yaml;
  std::optional<size_t> pack;
  std::optional<RuleCache::Key> key;            // where its rules may be kept
  std::optional<std::vector<Detection>> known;  // then nothing was parsed
  size_t reports = 0;                           // what was wrong with its YAML
  std::unique_ptr<SplunkApp> app;               // a folder of .conf files instead; then `path` is the folder's
};

/// Rules and nothing else, none of which depends on another document.
bool plain_rules(const std::vector<yaml::NodePtr>& documents) {
  return std::all_of(documents.begin(), documents.end(), [](const yaml::NodePtr& document) {
    if (document->is_null()) return true;
    const auto has = [&](std::string_view key) { return document->find(key) != nullptr; };
    return document->is_mapping() && kind_of(*document) == Kind::SigmaRule && has("detection") && !has("correlation") &&
           !has("action");
  });
}

/// Loads in two rounds, because a pack applies to everything below its folder, whatever the order of files.
class Loader {
 public:
  Loader(Content& content, SourceMap& sources, DiagnosticSink& sink, RuleCache* cache = nullptr)
      : content_(content), sources_(sources), sink_(sink), cache_(cache) {}

  void add_path(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return add_folder(path);
    if (!fs::exists(path, error)) {
      sink_.report(kUnreadable, {}, fmt::format("{}: no such file or folder", path));
      return;
    }
    add_file(path);
  }

  void add_text(std::string path, std::string text) {
    const std::string extension = fs::path(path).extension().string();
    const FileId id = sources_.add(path, std::move(text));
    ++content_.files;
    if (extension == ".conf") {
      add_conf(path, id);
    } else if (extension == ".spl" || extension == ".kql") {
      add_bare(path, id, extension == ".spl" ? Language::Spl : Language::Kql);
    } else {
      File file{std::move(path), id, {}, std::nullopt, std::nullopt, std::nullopt, 0, nullptr};
      if (cache_ != nullptr) {
        file.key = cache_->key(sources_.text(id));
        file.known = cache_->find(*file.key, sources_.whole(id));
      }
      if (!file.known) parse(file);
      files_.push_back(std::move(file));
    }
  }

  void finish() {
    for (File& file : files_) load_packs(file);
    for (File& file : files_) assign_pack(file);
    for (Detection& detection : content_.detections) {
      if (!detection.pack) detection.pack = pack_of(detection.path);
    }
    for (File& file : files_) {
      load_file(file);
      if (file.app) load_splunk_app(*file.app, content_, sources_, sink_);
    }
    for (const auto& [document, pack, path] : pack_documents_) {
      apply_pack(*document, pack, {path, pack, sink_}, content_);
    }
    apply_deployments(content_, sink_);
    drop_duplicates();
  }

 private:
  struct PackDocument {
    yaml::NodePtr document;
    size_t pack;
    std::string path;
  };

  void add_folder(const std::string& folder) {
    std::error_code error;
    std::vector<std::string> paths;
    std::vector<std::string> json;
    auto walk = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
      const std::string name = walk->path().filename().string();
      if (name.starts_with('.')) {
        if (walk->is_directory(error)) walk.disable_recursion_pending();
        continue;
      }
      const std::string extension = walk->path().extension().string();
      const bool wanted = extension == ".yml" || extension == ".yaml" || extension == ".spl" || extension == ".kql" ||
                          SplunkApp().conf(name) != nullptr;
      if (wanted && walk->is_regular_file(error)) paths.push_back(walk->path().string());
      if (extension == ".csv" && walk->is_regular_file(error)) add_table(walk->path());
      // Most JSON among content is logs, samples and workbooks.
      if (extension == ".json" && walk->is_regular_file(error)) json.push_back(walk->path().string());
    }
    if (error) sink_.report(kUnreadable, {}, fmt::format("{}: {}", folder, error.message()));
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) add_file(path);
    std::sort(json.begin(), json.end());
    for (const std::string& path : json) {
      std::optional<std::string> text = read_file(path, kLargestFile);
      if (text && may_be_azure_json(*text)) add_text(path, std::move(*text));
    }
  }

  /// Tables that no definition names are still tables (`inputlookup hosts.csv`); other CSV files are logs.
  void add_table(const fs::path& path) {
    const std::string folder = fold_case(path.parent_path().filename().string());
    if (folder == "lookups") load_lookup_file(path.string(), content_, sink_);
    if (folder == "watchlists") load_watchlist_file(path.string(), content_, sink_);
  }

  void add_file(const std::string& path) {
    size_t size = 0;
    std::optional<std::string> text = read_file(path, kLargestFile, &size);
    if (text) return add_text(path, std::move(*text));
    if (size > kLargestFile) {
      sink_.report(kTooLarge, {}, fmt::format("{}: {} bytes are more than a file of content may have", path, size));
    } else {
      sink_.report(kUnreadable, {}, fmt::format("{}: cannot be read", path));
    }
  }

  [[nodiscard]] size_t reports() const { return sink_.all().size() + sink_.dropped(); }

  void parse(File& file) {
    const size_t before = reports();
    file.yaml = yaml::parse(file.id, sources_, sink_);
    file.reports = reports() - before;
  }

  void load_file(File& file) {
    // What a pack's pipelines make of a rule is known only when they have been read.
    if (file.pack && !content_.packs[*file.pack].pipelines.empty()) file.key.reset();
    if (file.known && file.key) return take_known(file);
    if (file.known) parse(file);
    const size_t before = reports();
    const size_t first = content_.detections.size();
    const std::vector<yaml::NodePtr> documents = merge_collections(file.yaml.roots, sink_);
    for (const yaml::NodePtr& root : documents) load_document(root, file);
    const bool clean = file.reports == 0 && reports() == before;
    if (!file.key || !clean || documents != file.yaml.roots || !plain_rules(documents)) return;
    cache_->offer(*file.key, sources_.whole(file.id), std::span(content_.detections).subspan(first));
  }

  void take_known(File& file) {
    for (Detection& rule : *file.known) {
      rule.path = file.path;
      rule.pack = file.pack;
      content_.detections.push_back(std::move(rule));
    }
  }

  /// All files of an app together, where its first one stands: local/ changes single keys of default/.
  void add_conf(const std::string& path, FileId id) {
    const std::string folder = SplunkApp::folder_of(path);
    auto known = std::find_if(files_.begin(), files_.end(),
                              [&](const File& file) { return file.app != nullptr && file.path == folder; });
    if (known == files_.end()) {
      known = files_.insert(files_.end(), File{folder, id, {}, {}, {}, {}, 0, std::make_unique<SplunkApp>()});
      known->app->add_on.folder = folder;
    }
    if (Conf* conf = known->app->conf(fs::path(path).filename().string())) {
      conf->read(id, path, sources_.text(id), sink_);
    }
  }

  void add_bare(const std::string& path, FileId id, Language language) {
    if (language == Language::Kql && is_function_file(sources_.text(id))) {
      const MappedText text(std::string(sources_.text(id)), sources_.whole(id));
      return load_function_file(text, {path, std::nullopt, sink_}, content_);
    }
    Detection detection;
    detection.language = language;
    detection.path = path;
    detection.id = detection.title = fs::path(path).stem().string();
    detection.span = sources_.whole(id);
    detection.query = MappedText(std::string(sources_.text(id)), sources_.whole(id));
    content_.detections.push_back(std::move(detection));
  }

  void load_packs(File& file) {
    for (const yaml::NodePtr& root : file.yaml.roots) {
      if (!root->is_mapping() || kind_of(*root) != Kind::Pack) continue;
      std::optional<Pack> pack = load_pack(*root, {file.path, std::nullopt, sink_});
      if (!pack) continue;
      pack->folder = fs::path(file.path).parent_path().string();
      for (auto& [path, span] : pack->pipelines) path = (fs::path(pack->folder) / path).lexically_normal().string();
      content_.packs.push_back(std::move(*pack));
      pack_documents_.push_back({root, content_.packs.size() - 1, file.path});
    }
  }

  /// The innermost pack whose folder holds the file.
  [[nodiscard]] std::optional<size_t> pack_of(const std::string& path) const {
    std::optional<size_t> best;
    for (size_t i = 0; i < content_.packs.size(); ++i) {
      const std::string& folder = content_.packs[i].folder;
      const bool inside =
          folder.empty() ? !path.starts_with('/') && !path.starts_with("..") : path.starts_with(folder + "/");
      if (inside && (!best || folder.size() > content_.packs[*best].folder.size())) best = i;
    }
    return best;
  }
  void assign_pack(File& file) { file.pack = pack_of(file.path); }

  void load_document(const yaml::NodePtr& root, const File& file) {
    const DocumentContext context{file.path, file.pack, sink_};
    if (root->is_null()) return;
    const Kind kind = root->is_mapping() ? kind_of(*root) : Kind::Unknown;
    switch (kind) {
      case Kind::SigmaRule: return load_sigma_rule(root, context, content_);
      case Kind::SigmaFilter: content_.filters.push_back({root, file.path, file.pack}); return;
      case Kind::EscuDetection: return load_escu_detection(*root, context, content_);
      case Kind::EscuMacro: return load_escu_macro(*root, context, content_);
      case Kind::Lookup: return load_lookup(*root, context, content_);
      case Kind::SentinelRule: return load_sentinel_rule(*root, context, content_);
      case Kind::DefenderRule: return load_defender_rule(*root, context, content_);
      case Kind::AzureDocument: return load_azure_document(*root, context, content_);
      case Kind::Parser: return load_parser(*root, context, content_);
      case Kind::RiskFactor: return load_risk_factor(*root, context, content_);
      case Kind::Deployment: return load_deployment(*root, context, content_);
      case Kind::Tests: return load_tests(*root, context, content_);
      case Kind::Pipeline:
        content_.pipelines.push_back({root, fs::path(file.path).lexically_normal().string()});
        return;
      case Kind::Pack:
      case Kind::Other: return;
      case Kind::Unknown:
        sink_.report(kUnknownDocument, root->span, "this document is no kind of content that Hecate knows",
                     "a Sigma rule has `detection`, an ESCU detection `search`, a Sentinel rule `query`, a parser "
                     "`ParserQuery`, a "
                     "pack `pack`");
    }
  }

  void drop_duplicates() {
    std::map<std::string, const Detection*> seen;
    std::vector<Detection> kept;
    kept.reserve(content_.detections.size());
    for (Detection& detection : content_.detections) {
      const auto [entry, added] = seen.emplace(detection.id, nullptr);
      if (!added) {
        Diagnostic diagnostic{&kDuplicateId,
                              fmt::format("the id `{}` is used twice; this detection is left out", detection.id),
                              {detection.span, {}},
                              {{entry->second->span, "the first"}},
                              "give it an id of its own"};
        sink_.report(std::move(diagnostic));
        continue;
      }
      kept.push_back(std::move(detection));
      entry->second = &kept.back();
    }
    content_.detections = std::move(kept);
  }

  Content& content_;
  SourceMap& sources_;
  DiagnosticSink& sink_;
  RuleCache* cache_;
  std::vector<File> files_;
  std::vector<PackDocument> pack_documents_;
};

}  // namespace

Content load(const std::vector<std::string>& paths, SourceMap& sources, DiagnosticSink& sink, RuleCache* cache) {
  Content content;
  Loader loader(content, sources, sink, cache);
  for (const std::string& path : paths) loader.add_path(path);
  loader.finish();
  return content;
}

void load_text(std::string path, std::string text, Content& content, SourceMap& sources, DiagnosticSink& sink) {
  Loader loader(content, sources, sink);
  loader.add_text(std::move(path), std::move(text));
  loader.finish();
}

}  // namespace hecate::content
