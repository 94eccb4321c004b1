#include "engine/survey.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "engine/survey_rules.h"
#include "ingest/byte_source.h"
#include "ingest/evtx.h"

namespace hecate::engine {
namespace {

/// What a file is packed in, told by its first bytes.
std::string container_of(const std::string& path) {
  if (path == "-") return {};  // its bytes can be read only once
  std::string why;
  const auto head_of = [](ingest::ByteSource& source) {
    std::string head(8, '\0');
    size_t size = 0;
    while (size < head.size()) {
      const size_t count = source.read(head.data() + size, head.size() - size);
      if (count == 0) break;
      size += count;
    }
    head.resize(size);
    return head;
  };
  std::vector<std::string_view> parts;
  const auto packed = ingest::FileSource::open(path, why);
  const auto file = ingest::FileSource::open(path, why);
  if (!packed || !file) return {};
  const std::string outer = head_of(*packed);
  const std::string inner = head_of(*ingest::decompress(*file));
  if (inner.starts_with(ingest::kEvtxMagic) || inner.starts_with(ingest::kEvtxChunkMagic)) parts.emplace_back("EVTX");
  if (inner.starts_with("\xFF\xFE") || inner.starts_with("\xFE\xFF")) parts.emplace_back("UTF-16");
  if (outer.starts_with("\x1F\x8B")) parts.emplace_back("gzip");
  if (outer.starts_with("\x28\xB5\x2F\xFD")) parts.emplace_back("zstd");
  return fmt::format("{}", fmt::join(parts, ", "));
}

class Surveyor {
 public:
  Surveyor(const Ruleset& rules, const SurveyOptions& options, DiagnosticSink& sink)
      : options_(options), sink_(sink), recognizer_(rules.catalog()), rules_(rules, options) {
    for (const std::string_view path : {"log.format", "syslog.message"}) format_paths_.add(path);
  }

  Survey run() {
    for (const std::string& file : options_.files) look_into(file);
    result_.rules = rules_.finish(sink_);
    return std::move(result_);
  }

 private:
  using Types = std::map<RecordType, SurveyedType>;

  void look_into(const std::string& path) {
    const ingest::ReadStats before = result_.read;
    Types types;
    const auto visit = [&](const ingest::Record& record) { look_at(record, types); };
    ingest::read_files({path}, options_.read, visit, result_.read, sink_, options_.progress);
    const ingest::ReadStats& after = result_.read;
    SurveyedFile file{path, container_of(path), after.bytes - before.bytes, after.records - before.records, 0, {}};
    file.bad = file.records - (after.parsed - before.parsed);
    for (auto& [type, found] : types) file.types.push_back(std::move(found));
    std::stable_sort(file.types.begin(), file.types.end(),
                     [](const auto& a, const auto& b) { return a.records > b.records; });
    result_.files.push_back(std::move(file));
  }

  void look_at(const ingest::Record& record, Types& types) {
    Metadata metadata;
    RecordType type = recognizer_.recognize(record, metadata);
    if (options_.assume) type = *options_.assume;
    SurveyedType& found = types[type];
    found.type = type;
    ++found.records;
    ++found.formats[std::string(format_of(record))];
    ++found.sourcetypes[std::string(metadata.sourcetype)];
    if (metadata.time) {
      found.first = std::min(found.first.value_or(*metadata.time), *metadata.time);
      found.last = std::max(found.last.value_or(*metadata.time), *metadata.time);
    }
    add_host(metadata.host, found);
    if (type == RecordType::Generic) add_keys(record, found);
    rules_.look_at(record, type, metadata);
  }

  static void add_host(std::string_view host, SurveyedType& found) {
    if (host.empty() || found.more_hosts) return;
    found.hosts.emplace(host);
    if (found.hosts.size() <= Survey::kMostHosts) return;
    found.hosts.erase(std::prev(found.hosts.end()));
    found.more_hosts = true;
  }

  /// Each key once for a record.
  void add_keys(const ingest::Record& record, SurveyedType& found) {
    paths_.clear();
    record.document->read_all([&](std::string_view path, const ingest::RawValue&) { paths_.emplace(path); });
    for (const std::string& path : paths_) {
      const auto known = found.keys.find(path);
      if (known != found.keys.end()) {
        ++known->second;
      } else if (found.keys.size() < Survey::kMostKeys) {
        found.keys.emplace(path, 1);
      }
    }
  }

  std::string_view format_of(const ingest::Record& record) {
    constexpr std::string_view kJson = "JSON";
    if (record.document->shape() == ingest::Shape::Xml) return "XML";
    formats_.reset(format_paths_.slots());
    record.document->read(format_paths_, formats_);
    if (formats_.count(0) > 0) return formats_.first(0).text;
    if (record.document->shape() == ingest::Shape::Json) return kJson;
    return formats_.count(1) > 0 ? "syslog" : "text";
  }

  const SurveyOptions& options_;
  DiagnosticSink& sink_;
  Catalog::Recognizer recognizer_;
  RuleSurvey rules_;
  Survey result_;
  ingest::PathSet format_paths_;
  ingest::FieldValues formats_;
  std::set<std::string> paths_;
};

}  // namespace

Survey survey(const Ruleset& rules, const SurveyOptions& options, DiagnosticSink& sink) {
  return Surveyor(rules, options, sink).run();
}

}  // namespace hecate::engine
