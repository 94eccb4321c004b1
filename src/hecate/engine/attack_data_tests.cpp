#include "engine/attack_data_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/hunt.h"

namespace hecate::engine {
namespace {

namespace fs = std::filesystem;

/// What Git leaves in place of a large file that was not fetched.
bool is_lfs_pointer(const std::string& path) {
  constexpr std::string_view kBegin = "version https://git-lfs.github.com/spec/";
  std::ifstream file(path, std::ios::binary);
  std::string begin(kBegin.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return file.gcount() == static_cast<std::streamsize>(kBegin.size()) && begin == kBegin;
}

/// Fills the hunt's files; why not, if a dataset cannot be had.
std::string add_datasets(const content::AttackDataTest& test, const std::string& datasets, HuntOptions& options) {
  if (datasets.empty()) return "its datasets are elsewhere: --datasets names a folder that holds them";
  for (const content::AttackData& data : test.data) {
    const std::string path = find_dataset(datasets, data.address);
    if (path.empty()) return fmt::format("{} is not below {}", data.address, datasets);
    if (is_lfs_pointer(path)) return fmt::format("{} is a Git LFS pointer: `git lfs pull` fetches the file", path);
    options.files.push_back(path);
    options.inputs[path] = {data.host, data.source, data.sourcetype, data.index};
  }
  return {};
}

/// Whether a result has a value under the field that says anything.
bool has_value(const Finding& finding, const std::string& name) {
  return std::any_of(finding.result.begin(), finding.result.end(), [&](const ResultField& field) {
    if (field.name != name || field.value.get().is_null()) return false;
    const std::string text = value_text(field.value.get());
    return !text.empty() && text != "null";
  });
}

/// Names of the fields that a filled message still has between dollar signs.
std::vector<std::string> compare(const content::Detection& detection, const std::vector<Finding>& findings) {
  std::vector<std::string> failures;
  if (findings.empty()) return {"the search has no result"};
  for (const content::RiskObject& object : detection.risk.objects) {
    const auto bare = std::count_if(findings.begin(), findings.end(),
                                    [&](const Finding& finding) { return !has_value(finding, object.field); });
    if (bare > 0) {
      failures.push_back(
          fmt::format("the risk object's field `{}` is null in {} of {} results", object.field, bare, findings.size()));
    }
  }
  for (const content::ThreatObject& object : detection.risk.threat_objects) {
    const bool somewhere = std::any_of(findings.begin(), findings.end(),
                                       [&](const Finding& finding) { return has_value(finding, object.field); });
    if (!somewhere) failures.push_back(fmt::format("the threat object's field `{}` is null everywhere", object.field));
  }
  const auto left = std::find_if(findings.begin(), findings.end(),
                                 [](const Finding& finding) { return !template_fields(finding.message).empty(); });
  if (left != findings.end()) failures.push_back(fmt::format("a field of the message is missing: {}", left->message));
  return failures;
}

}  // namespace

std::string find_dataset(const std::string& datasets, std::string_view address) {
  std::error_code error;
  for (std::string_view end = address; !end.empty();) {
    const fs::path path = fs::path(datasets) / fs::path(end).relative_path();
    if (fs::is_regular_file(path, error)) return path.lexically_normal().string();
    const size_t slash = end.find('/');
    if (slash == std::string_view::npos) break;
    end.remove_prefix(slash + 1);
  }
  return {};
}

TestResult run_attack_data_test(const Ruleset& rules, const content::AttackDataTest& test, const std::string& datasets,
                                tail::Database* database, DiagnosticSink& sink) {
  TestResult result;
  HuntOptions options;
  options.database = database;
  options.threads = 0;
  result.skipped = add_datasets(test, datasets, options);
  if (!result.skipped.empty()) return result;
  const CompiledDetection* compiled = rules.find(test.detection);
  if (compiled == nullptr) {
    result.failures.push_back(fmt::format("{}: this detection is not loaded, or did not compile", test.detection));
    return result;
  }
  options.only = {compiled};
  std::vector<Finding> findings;
  const auto keep = [&](Finding&& finding) {
    if (finding.suppressed_by.empty()) findings.push_back(std::move(finding));
  };
  const HuntReport report = hunt(rules, options, keep, sink);
  if (report.failed > 0) result.failures.emplace_back("the search failed to run");
  if (report.read.parsed == 0) result.failures.emplace_back("none of the datasets' events could be parsed");
  if (!result.failures.empty()) return result;
  result.failures = compare(*compiled->detection, findings);
  return result;
}

}  // namespace hecate::engine
