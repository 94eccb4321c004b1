// Runs the scenarios of tests/e2e: the real binary, its exit code, its findings and what it says.

#include <fmt/format.h>
#include <simdjson.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "yaml/yaml.h"

namespace hecate::e2e {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int exit_code = -1;
  std::string out, err;
};

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

std::string shell_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

Outcome run_binary(const fs::path& binary, const fs::path& folder, const std::vector<std::string>& arguments) {
  const fs::path scratch = fs::temp_directory_path() / fmt::format("hecate-e2e-{}", getpid());
  fs::create_directories(scratch);
  std::string command = fmt::format("cd {} && {}", shell_quote(folder.string()), shell_quote(binary.string()));
  for (const std::string& argument : arguments) command += " " + shell_quote(argument);
  command += fmt::format(" >{0}/out 2>{0}/err </dev/null", shell_quote(scratch.string()));
  const int status = std::system(command.c_str());
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : 128, read_file(scratch / "out"),
                  read_file(scratch / "err")};
  fs::remove_all(scratch);
  return outcome;
}

/// The text of a value at a dotted path of a finding; nullopt where it does not exist.
std::optional<std::string> value_at(simdjson::dom::element finding, std::string_view path) {
  simdjson::dom::element at = finding;
  while (!path.empty()) {
    const size_t dot = path.find('.');
    if (at[path].get(at) == simdjson::SUCCESS) break;  // a key that holds dots itself
    if (dot == std::string_view::npos || at[path.substr(0, dot)].get(at) != simdjson::SUCCESS) return std::nullopt;
    path = path.substr(dot + 1);
  }
  if (at.is_string()) return std::string(std::string_view(at));
  return simdjson::minify(at);
}

class Scenario {
 public:
  Scenario(fs::path binary, fs::path root, fs::path file)
      : binary_(std::move(binary)), root_(std::move(root)), file_(std::move(file)) {}

  bool run() {
    SourceMap sources;
    DiagnosticSink sink;
    const yaml::Documents documents = yaml::parse(sources.add(file_.string(), read_file(file_)), sources, sink);
    const yaml::Node* runs = documents.roots.empty() ? nullptr : documents.roots.front()->find("runs");
    if (runs == nullptr || runs->items.empty()) return fail("no `runs`");
    fs::remove_all(scratch_);
    for (const yaml::NodePtr& node : runs->items) run_one(*node);
    fs::remove_all(scratch_);
    return ok_;
  }

 private:
  bool fail(const std::string& what) {
    fmt::print("FAIL {}: {}\n", file_.string(), what);
    ok_ = false;
    return false;
  }

  void run_one(const yaml::Node& node) {
    std::vector<std::string> arguments;
    const yaml::Node* given = node.find("arguments");
    for (const std::string_view text : given == nullptr ? std::vector<std::string_view>{} : given->texts()) {
      std::string argument(text);
      if (const size_t at = argument.find("{root}"); at != std::string::npos) argument.replace(at, 6, root_.string());
      if (const size_t at = argument.find("{scratch}"); at != std::string::npos)
        argument.replace(at, 9, scratch_.string());
      arguments.push_back(std::move(argument));
    }
    const Outcome outcome = run_binary(binary_, file_.parent_path(), arguments);
    const std::string called = fmt::format("hecate {}", fmt::join(arguments, " "));
    const yaml::Node* exit = node.find("exit");
    if (exit != nullptr && outcome.exit_code != exit->as_integer()) {
      fail(fmt::format("{}: exit code {}, expected {}\n{}", called, outcome.exit_code, exit->text(), outcome.err));
    }
    check_texts(node, "stderr", outcome.err, called);
    check_texts(node, "stdout", outcome.out, called);
    check_findings(node, outcome.out, called);
  }

  void check_texts(const yaml::Node& node, std::string_view key, const std::string& text, const std::string& called) {
    const yaml::Node* wanted = node.find(key);
    if (wanted == nullptr) return;
    for (const std::string_view part : wanted->texts()) {
      if (text.find(part) == std::string::npos)
        fail(fmt::format("{}: {} does not hold `{}`:\n{}", called, key, part, text));
    }
  }

  void check_findings(const yaml::Node& node, const std::string& out, const std::string& called) {
    const yaml::Node* total = node.find("total");
    const yaml::Node* wanted = node.find("findings");
    if (total == nullptr && wanted == nullptr) return;
    simdjson::dom::parser parser;
    std::vector<std::string> lines;
    std::istringstream stream(out);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    if (total != nullptr && static_cast<int64_t>(lines.size()) != total->as_integer()) {
      fail(fmt::format("{}: {} findings, expected {}", called, lines.size(), total->text()));
    }
    if (wanted == nullptr) return;
    for (const yaml::NodePtr& entry : wanted->items) {
      const yaml::Node* match = entry->find("match");
      const yaml::Node* count = entry->find("count");
      int64_t found = 0;
      for (const std::string& line : lines) {
        simdjson::dom::element finding;
        if (parser.parse(line).get(finding) != simdjson::SUCCESS) {
          fail(fmt::format("{}: not JSON: {}", called, line));
          continue;
        }
        found += matches(*match, finding) ? 1 : 0;
      }
      if (found != count->as_integer()) {
        fail(fmt::format("{}: line {}: {} findings match, expected {}\n{}", called, entry_line(*entry), found,
                         count->text(), out.substr(0, 4000)));
      }
    }
  }

  static std::string entry_line(const yaml::Node& entry) {
    std::string text;
    for (const auto& [key, value] : entry.find("match")->entries)
      text += fmt::format("{}={} ", key->text(), value->text());
    return text;
  }

  static bool matches(const yaml::Node& match, simdjson::dom::element finding) {
    return std::all_of(match.entries.begin(), match.entries.end(), [&](const auto& pair) {
      const auto& [key, value] = pair;
      const auto got = value_at(finding, key->text());
      if (value->is_null()) return got == "null";
      return got && *got == value->text();
    });
  }

  fs::path binary_, root_, file_;
  /// What a scenario's runs leave for the next ones.
  fs::path scratch_ = fs::temp_directory_path() / fmt::format("hecate-e2e-state-{}", getpid());
  bool ok_ = true;
};

int main_of(const std::vector<std::string>& arguments) {
  if (arguments.size() != 2) {
    fmt::print(stderr, "usage: e2e_runner HECATE REPOSITORY\n");
    return EXIT_FAILURE;
  }
  const fs::path root = fs::absolute(arguments[1]);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(root / "tests/e2e")) {
    if (fs::exists(entry.path() / "scenario.yml")) files.push_back(entry.path() / "scenario.yml");
  }
  std::sort(files.begin(), files.end());
  size_t failed = 0;
  for (const fs::path& file : files) {
    const bool ok = Scenario(fs::absolute(arguments[0]), root, file).run();
    fmt::print("{}  {}\n", ok ? "ok  " : "FAIL", file.parent_path().filename().string());
    failed += ok ? 0 : 1;
  }
  fmt::print("{} passed, {} failed\n", files.size() - failed, failed);
  return failed == 0 && !files.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace hecate::e2e

int main(int argc, char** argv) { return hecate::e2e::main_of({argv + 1, argv + argc}); }
