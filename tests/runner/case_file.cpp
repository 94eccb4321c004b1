#include "case_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace hecate::cases {
namespace {

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> result;
  for (std::string word; stream >> word;) result.push_back(word);
  return result;
}

class Reader {
 public:
  explicit Reader(CaseFile& file) : file_(file) {}

  void run() {
    while (at_ < file_.lines.size()) {
      const std::string& line = file_.lines[at_];
      if (line.empty() || line.starts_with("# ") || line == "#") {
        if (line.starts_with("# skip ")) skips_.push_back(line.substr(7));
        ++at_;
        continue;
      }
      const auto head = words(line);
      if (head[0] == "events") {
        read_events(head);
      } else if (head[0] == "lookup" && head.size() > 1) {
        read_lookup(head);
      } else if (head[0] == "macro" && head.size() > 1) {
        read_macro(head);
      } else if (head[0] == "now" && head.size() == 2) {
        now_ = head[1];
        ++at_;
      } else if ((head[0] == "query" || head[0] == "error") && head.size() == 2) {
        read_case(head[0] == "error", head[1]);
      } else {
        file_.problems.push_back(fmt::format("{}:{}: not understood: {}", file_.path, at_ + 1, line));
        ++at_;
      }
    }
  }

 private:
  /// events NAME [as TYPE], then lines up to an empty one.
  void read_events(const std::vector<std::string>& head) {
    name_ = head.size() > 1 ? head[1] : "T";
    assume_ = head.size() > 3 && head[2] == "as" ? head[3] : "";
    events_.clear();
    for (++at_; at_ < file_.lines.size() && !file_.lines[at_].empty(); ++at_) events_ += file_.lines[at_] + "\n";
  }

  /// lookup NAME { option "=" value }, then comma-separated values up to an empty line.
  void read_lookup(const std::vector<std::string>& head) {
    std::string text;
    for (++at_; at_ < file_.lines.size() && !file_.lines[at_].empty(); ++at_) text += file_.lines[at_] + "\n";
    Table table = read_csv(head[1], text);
    for (size_t i = 2; i < head.size(); ++i) {
      const size_t equal = std::min(head[i].find('='), head[i].size());
      const std::string name = head[i].substr(0, equal);
      const std::string value = head[i].substr(std::min(equal + 1, head[i].size()));
      if (name == "wildcard") table.match_types[value] = Table::MatchType::Wildcard;
      if (name == "cidr") table.match_types[value] = Table::MatchType::Cidr;
      if (name == "case_sensitive") table.case_sensitive = value == "true";
      if (name == "max_matches") table.max_matches = std::stoul(value);
      if (name == "min_matches") table.min_matches = std::stoul(value);
      if (name == "default_match") table.default_match = value;
    }
    tables_.push_back(std::move(table));
  }

  /// macro NAME { argument }, then its text up to an empty line.
  void read_macro(const std::vector<std::string>& head) {
    CaseMacro macro{head[1], {head.begin() + 2, head.end()}, {}};
    for (++at_; at_ < file_.lines.size() && !file_.lines[at_].empty(); ++at_)
      macro.definition += (macro.definition.empty() ? "" : "\n") + file_.lines[at_];
    macros_.push_back(std::move(macro));
  }

  void read_case(bool is_error, const std::string& language) {
    Case next;
    next.is_error = is_error;
    next.language = language;
    next.line = at_ + 1;
    for (++at_; at_ < file_.lines.size() && file_.lines[at_] != "----"; ++at_) next.text += file_.lines[at_] + "\n";
    if (!next.text.empty()) next.text.pop_back();
    if (at_ == file_.lines.size())
      file_.problems.push_back(fmt::format("{}:{}: no ---- ends this query", file_.path, next.line));
    next.expected_begin = std::min(at_ + 1, file_.lines.size());
    at_ = next.expected_begin;
    while (at_ < file_.lines.size() && !file_.lines[at_].empty()) next.expected.push_back(file_.lines[at_++]);
    next.expected_end = at_;
    next.events_name = name_;
    next.events = events_;
    next.assume = assume_;
    next.now = now_;
    next.tables = tables_;
    next.macros = macros_;
    next.skips = std::move(skips_);
    skips_.clear();
    file_.cases.push_back(std::move(next));
  }

  CaseFile& file_;
  size_t at_ = 0;
  std::string name_ = "T", events_, assume_, now_;
  std::vector<Table> tables_;
  std::vector<CaseMacro> macros_;
  std::vector<std::string> skips_;
};

}  // namespace

CaseFile read_case_file(const std::string& path) {
  CaseFile file;
  file.path = path;
  std::ifstream stream(path);
  if (!stream) file.problems.push_back(path + ": cannot be read");
  for (std::string line; std::getline(stream, line);) file.lines.push_back(line);
  Reader(file).run();
  return file;
}

void rewrite(const CaseFile& file, const std::vector<std::vector<std::string>>& expectations) {
  std::ofstream out(file.path);
  size_t at = 0;
  for (size_t i = 0; i < file.cases.size(); ++i) {
    for (; at < file.cases[i].expected_begin; ++at) out << file.lines[at] << '\n';
    for (const std::string& line : expectations[i]) out << line << '\n';
    at = file.cases[i].expected_end;
  }
  for (; at < file.lines.size(); ++at) out << file.lines[at] << '\n';
}

}  // namespace hecate::cases
