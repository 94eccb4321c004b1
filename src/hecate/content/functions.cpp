#include "content/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "content/codes.h"

namespace hecate::content {
namespace {

constexpr std::array<std::string_view, 3> kQueryKeys{"ParserQuery", "FunctionQuery", "query"};
/// What a parser is called, and what calls it besides: solutions install it under its built-in name.
constexpr std::array<std::string_view, 4> kNameKeys{"ParserName", "FunctionName", "FunctionAlias",
                                                    "EquivalentBuiltInParser"};

std::string_view either(const yaml::Node& mapping, std::string_view a, std::string_view b) {
  const std::string_view text = mapping.text_of(a);
  return text.empty() ? mapping.text_of(b) : text;
}

/// A default as KQL writes it: YAML has `*` and `[]` where the function has "*" and dynamic([]).
std::string default_of(std::string_view type, std::string_view text) {
  const bool quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  if (type == "string" && !quoted) return fmt::format("'{}'", text);
  if (type == "dynamic" && (text.starts_with('[') || text.starts_with('{'))) return fmt::format("dynamic({})", text);
  if ((type == "datetime" || type == "timespan") && equals_ignoring_case(text, "null"))
    return fmt::format("{}(null)", type);
  return std::string(text);
}

/// ParserParams: [{Name, Type, Default}]
MappedText read_parameters(const yaml::Node& document, const DocumentContext& context) {
  MappedText text;
  const yaml::Node* list = document.find("ParserParams");
  if (list == nullptr) list = document.find("FunctionParams");
  if (list == nullptr || !has_shape(*list, yaml::Node::Kind::Sequence, context)) return text;
  for (const yaml::NodePtr& item : list->items) {
    if (!has_shape(*item, yaml::Node::Kind::Mapping, context)) continue;
    const std::string_view type = either(*item, "Type", "type");
    std::string parameter = fmt::format("{}{}: {}", text.size() == 0 ? "" : ", ", either(*item, "Name", "name"), type);
    const yaml::Node* value = item->find("Default");
    if (value == nullptr) value = item->find("default");
    if (value != nullptr && value->is_scalar()) parameter += " = " + default_of(type, value->text());
    text.append_generated(parameter, item->span);
  }
  return text;
}

void add(std::string_view name, MappedText parameters, const MappedText& body, Span span,
         const DocumentContext& context, Content& content) {
  content.functions.push_back({std::string(name), std::move(parameters), body, context.path, span});
}

/// Walks over a text of KQL, past strings and comments.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  [[nodiscard]] size_t at() const { return at_; }
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }

  void skip_blanks() {
    while (!done()) {
      if (text_.substr(at_).starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n' ||
                 text_[at_] == ';') {
        ++at_;
      } else {
        return;
      }
    }
  }

  /// A name, `.create-or-alter`, or a name in brackets and quotes; empty where there is none.
  std::string_view word() {
    skip_blanks();
    const bool bracket = text_.substr(at_).starts_with("['") || text_.substr(at_).starts_with("[\"");
    if (bracket) at_ += 2;
    const size_t begin = at_;
    while (!done() && (is_ascii_alnum(text_[at_]) || text_[at_] == '_' || text_[at_] == '-' || text_[at_] == '.'))
      ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (bracket) at_ = std::min(at_ + 2, text_.size());
    return word;
  }

  /// From a bracket to behind the one that closes it; false where none does.
  bool skip_brackets(char open, char close) {
    skip_blanks();
    if (done() || text_[at_] != open) return false;
    size_t depth = 0;
    while (!done()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string();
        continue;
      }
      if (text_.substr(at_).starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      ++at_;
      if (c == open) ++depth;
      if (c == close && --depth == 0) return true;
    }
    return false;
  }

 private:
  void skip_string() {
    const char quote = text_[at_];
    const bool verbatim = at_ > 0 && text_[at_ - 1] == '@';
    for (++at_; !done() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\' && !verbatim) ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool is_command(std::string_view word) {
  constexpr std::array<std::string_view, 4> kCommands{".create-or-alter", ".create", ".alter", ".create-merge"};
  return std::find(kCommands.begin(), kCommands.end(), word) != kCommands.end();
}

/// Behind `function`: `[ifnotexists] [with (…)] Name (parameters) { body }`. False where that is not what stands there.
bool read_command(Walk& walk, const MappedText& text, const DocumentContext& context, Content& content) {
  std::string_view name = walk.word();
  if (name == "ifnotexists") name = walk.word();
  if (name == "with") {
    if (!walk.skip_brackets('(', ')')) return false;
    name = walk.word();
  }
  walk.skip_blanks();
  const size_t parameters = walk.at();
  if (name.empty() || !walk.skip_brackets('(', ')')) return false;
  const size_t parameters_end = walk.at();
  walk.skip_blanks();
  const size_t body = walk.at();
  if (!walk.skip_brackets('{', '}')) return false;
  add(name, text.slice(parameters, parameters_end), text.slice(body + 1, walk.at() - 1), text.span(body, walk.at()),
      context, content);
  return true;
}

}  // namespace

bool is_parser(const yaml::Node& document) {
  if (document.find("ParserQuery") != nullptr || document.find("FunctionQuery") != nullptr) return true;
  return document.find("Function") != nullptr && document.find("FunctionName") != nullptr;
}

void load_parser(const yaml::Node& document, const DocumentContext& context, Content& content) {
  const yaml::Node* query = nullptr;
  for (const std::string_view key : kQueryKeys) {
    if (query == nullptr) query = document.find(key);
  }
  if (query == nullptr || !query->is_scalar()) {
    context.sink.report(kWrongType, query == nullptr ? document.span : query->span, "`ParserQuery` must be a text");
    return;
  }
  const MappedText parameters = read_parameters(document, context);
  bool named = false;
  for (const std::string_view key : kNameKeys) {
    const std::string_view name = document.text_of(key);
    if (name.empty()) continue;
    named = true;
    add(name, parameters, query->scalar, document.find(key)->span, context, content);
  }
  if (!named) context.sink.report(kMissingKey, document.span, "`ParserName` is missing");
}

bool is_function_file(std::string_view text) {
  Walk walk(text);
  return is_command(walk.word()) && walk.word() == "function";
}

void load_function_file(const MappedText& text, const DocumentContext& context, Content& content) {
  Walk walk(text.view());
  for (walk.skip_blanks(); !walk.done(); walk.skip_blanks()) {
    const size_t begin = walk.at();
    const bool read =
        is_command(walk.word()) && walk.word() == "function" && read_command(walk, text, context, content);
    if (read) continue;
    context.sink.report(kWrongType, text.span(begin, std::min(begin + 20, text.size())),
                        "a command that creates a function is wanted here",
                        ".create-or-alter function Name (a: string) { … }");
    return;
  }
}

void load_saved_search(const yaml::Node& properties, const DocumentContext& context, Content& content) {
  const std::string_view name = properties.text_of("functionAlias");
  const yaml::Node* query = properties.find("query");
  if (name.empty() || query == nullptr || !query->is_scalar()) return;  // a saved query is no function
  const yaml::Node* parameters = properties.find("functionParameters");
  add(name, parameters != nullptr && parameters->is_scalar() ? parameters->scalar : MappedText(), query->scalar,
      properties.find("functionAlias")->span, context, content);
}

}  // namespace hecate::content
