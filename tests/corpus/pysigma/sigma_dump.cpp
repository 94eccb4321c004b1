// Prints what Hecate has parsed of the Sigma rules below a folder, one JSON object a line, for a comparison with
// pySigma: the condition as it is written, and each search with its fields, modifiers and values.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/json_text.h"
#include "base/source_map.h"
#include "lang/sigma/detection.h"
#include "yaml/yaml.h"

namespace hecate::sigma {
namespace {

namespace fs = std::filesystem;

struct ValueText {
  std::string operator()(const ast::Text& text) const { return json_quote(text.text.view()); }
  std::string operator()(const ast::Number& number) const { return number.spelling; }
  std::string operator()(const ast::Boolean& boolean) const { return boolean.value ? "true" : "false"; }
  std::string operator()(const ast::Null& /*null*/) const { return "null"; }
};

template <typename List, typename Text>
std::string joined(const List& list, const Text& text) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : ",") + text(one);
  return out;
}

std::string group_json(const ast::Group& group);

struct GroupText {
  std::string operator()(const ast::Item& item) const {
    // A number that JSON has no spelling for (08, +5) is a text here.
    const auto value = [](const ast::Value& v) {
      const std::string text = std::visit(ValueText{}, v.node);
      const bool number = std::holds_alternative<ast::Number>(v.node);
      return number ? fmt::format("{{\"number\":{}}}", json_quote(text)) : text;
    };
    const auto modifier = [](const ast::AppliedModifier& m) { return json_quote(m.row->name); };
    return fmt::format(R"({{"field":{},"modifiers":[{}],"values":[{}]}})", json_quote(item.field),
                       joined(item.modifiers, modifier), joined(item.values, value));
  }
  std::string operator()(const ast::AllOf& all) const { return list("and", all.parts); }
  std::string operator()(const ast::AnyOf& any) const { return list("or", any.parts); }

  static std::string list(std::string_view head, const std::vector<ast::Group>& parts) {
    if (parts.size() == 1) return group_json(parts.front());
    return fmt::format("[\"{}\",{}]", head, joined(parts, group_json));
  }
};

std::string group_json(const ast::Group& group) { return std::visit(GroupText{}, group.node); }

std::string rule_json(const yaml::Node& detection) {
  DiagnosticSink sink;
  const Result<ast::Detection> parsed = parse_detection(detection, {}, sink);
  if (!parsed) return fmt::format("\"refused\":{}", json_quote(sink.all().front().message));
  const auto search = [](const ast::Search& s) { return json_quote(s.name) + ":" + group_json(s.group); };
  return fmt::format("\"condition\":{},\"searches\":{{{}}}", json_quote(dump(*parsed->condition)),
                     joined(parsed->searches, search));
}

void print_file(const fs::path& path, const std::string& name) {
  std::ifstream in(path, std::ios::binary);
  SourceMap sources;
  const FileId file = sources.add(name, std::string(std::istreambuf_iterator<char>(in), {}));
  DiagnosticSink sink;
  size_t number = 0;
  for (const yaml::NodePtr& root : yaml::parse(file, sources, sink).roots) {
    const yaml::Node* detection = root->is_mapping() ? root->find("detection") : nullptr;
    ++number;
    if (detection == nullptr || root->find("action") != nullptr) continue;
    const std::string rule = detection->is_mapping() ? rule_json(*detection) : "\"refused\":\"no mapping\"";
    fmt::print("{{\"rule\":{},{}}}\n", json_quote(fmt::format("{}#{}", name, number)), rule);
  }
}

int run(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file() && entry.path().extension() == ".yml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) print_file(path, path.lexically_relative(folder).string());
  return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace hecate::sigma

int main(int argc, char** argv) {
  if (argc == 2) return hecate::sigma::run(argv[1]);
  fmt::print(stderr, "usage: sigma_dump FOLDER\n");
  return EXIT_FAILURE;
}
