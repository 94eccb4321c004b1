#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "exec/functions/kql_support.h"
#include "exec/functions/match.h"
#include "exec/functions/spl_functions.h"

// Fields out of texts: JSON, XML, pairs of key and value.
namespace hecate::spl {
namespace {

constexpr size_t kMostValues = 10'000;

/// The values that are gathered for one field, in order.
class Found {
 public:
  explicit Found(Arena& arena) : arena_(arena) {}
  void add(std::string_view text) {
    if (values_.size() < kMostValues) values_.push_back(Value::string(arena_.copy(text)));
  }
  [[nodiscard]] Value value() const {
    const auto copy = arena_.allocate_array<Value>(values_.size());
    std::copy(values_.begin(), values_.end(), copy.begin());
    return many_of(copy);
  }

 private:
  Arena& arena_;
  std::vector<Value> values_;
};

// --- JSON --------------------------------------------------------------------------------------------

void add_json(std::string_view json, Found& found) {
  if (json.starts_with('"')) return found.add(kql_support::json_unquote(json));
  found.add(json);  // null is the text "null", as in Splunk's automatic extraction
}

/// Whether a text can have a key of that name, seen before it is parsed: extraction runs over every event, and few have
/// what it looks for. An escape may spell letters (\u0061), but nothing else of a plain name.
bool may_name(std::string_view text, std::string_view name) {
  const auto plain = [](char c) { return is_ascii_alnum(c) || c == '_' || c == '-'; };
  if (!std::all_of(name.begin(), name.end(), plain)) return true;
  return find_text(text, name) != std::string_view::npos || find_text(text, "\\u") != std::string_view::npos;
}

/// The longest name of a path: no text without it has the path.
std::string_view longest_name(std::string_view path) {
  std::string_view longest;
  while (!path.empty()) {
    const size_t end = std::min(path.find_first_of(".{}@"), path.size());
    if (end > longest.size()) longest = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return longest;
}

void walk_json(std::string_view json, std::span<const JsonStep> steps, Found& found);

void walk_elements(std::string_view json, const JsonStep& step, std::span<const JsonStep> rest, Found& found) {
  const kql_support::JsonParts parts = kql_support::json_parts(json);
  // ESCU's searches, which are tested, write `requestParameters{}.bucketName` of an object, too.
  if (!parts.is_array) {
    if (parts.is_object && !step.index) walk_json(json, rest, found);
    return;
  }
  for (size_t i = 0; i < parts.values.size(); ++i) {
    if (!step.index || *step.index == i) walk_json(parts.values[i], rest, found);
  }
}

void walk_json(std::string_view json, std::span<const JsonStep> steps, Found& found) {
  if (steps.empty()) return add_json(json, found);
  const JsonStep& step = steps.front();
  const auto rest = steps.subspan(1);
  if (step.key.empty() && step.elements) return walk_elements(json, step, rest, found);
  const kql_support::JsonParts parts = kql_support::json_parts(json);
  if (!parts.is_object) return;
  for (size_t i = 0; i < std::min(parts.keys.size(), parts.values.size()); ++i) {
    if (parts.keys[i] == step.key) {
      if (step.elements) walk_elements(parts.values[i], step, rest, found);
      if (!step.elements) walk_json(parts.values[i], rest, found);
      continue;
    }
    // A key may hold dots itself: it then is several steps.
    if (parts.keys[i].find('.') == std::string::npos || !parts.keys[i].starts_with(step.key + ".")) continue;
    std::string joined = step.key;
    for (size_t taken = 1; taken < steps.size() && !step.elements; ++taken) {
      joined += "." + steps[taken].key;
      if (joined != parts.keys[i]) continue;
      if (steps[taken].elements) walk_elements(parts.values[i], steps[taken], steps.subspan(taken + 1), found);
      if (!steps[taken].elements) walk_json(parts.values[i], steps.subspan(taken + 1), found);
    }
  }
}

// --- XML ---------------------------------------------------------------------------------------------

std::string unescaped(std::string_view text) {
  struct Entity {
    std::string_view name;
    char c;
  };
  constexpr Entity kEntities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const auto* entity = std::find_if(std::begin(kEntities), std::end(kEntities), [&](const Entity& each) {
      return text.substr(at, each.name.size()) == each.name;
    });
    out += entity == std::end(kEntities) ? text[at] : entity->c;
    at += entity == std::end(kEntities) ? 1 : entity->name.size();
  }
  return out;
}

/// One tag of a text: `<name attributes>`, `</name>` or `<name/>`.
struct Tag {
  std::string_view name, attributes;
  size_t begin = 0, end = 0;
  bool closes = false;
  bool empty = false;
};

std::optional<Tag> next_tag(std::string_view text, size_t from) {
  for (size_t open = text.find('<', from); open != std::string_view::npos; open = text.find('<', open + 1)) {
    const size_t close = text.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    std::string_view inside = text.substr(open + 1, close - open - 1);
    if (inside.empty() || inside[0] == '?' || inside[0] == '!') continue;
    Tag tag;
    tag.begin = open;
    tag.end = close + 1;
    tag.closes = inside[0] == '/';
    tag.empty = inside.back() == '/';
    if (tag.closes) inside.remove_prefix(1);
    if (tag.empty) inside.remove_suffix(1);
    const size_t blank = std::min(inside.find_first_of(" \t\r\n"), inside.size());
    tag.name = inside.substr(0, blank);
    tag.attributes = hecate::trim(inside.substr(blank));
    return tag;
  }
  return std::nullopt;
}

/// name="value" pairs of a tag.
template <typename Visit>
void for_each_attribute(std::string_view attributes, const Visit& visit) {
  while (true) {
    const size_t equal = attributes.find('=');
    if (equal == std::string_view::npos || equal + 1 >= attributes.size()) return;
    const std::string_view name = hecate::trim(attributes.substr(0, equal));
    const char quote = attributes[equal + 1];
    if (quote != '"' && quote != '\'') return;
    const size_t end = attributes.find(quote, equal + 2);
    if (end == std::string_view::npos) return;
    visit(name, attributes.substr(equal + 2, end - equal - 2));
    attributes.remove_prefix(end + 1);
  }
}

/// `a.b{@c}` (Search Reference, spath): the attribute c of the elements b below a; without it their text.
void walk_xml(std::string_view text, std::string_view path, Found& found) {
  std::string attribute;
  if (const size_t at = path.find("{@"); at != std::string_view::npos && path.ends_with('}')) {
    attribute = std::string(path.substr(at + 2, path.size() - at - 3));
    path = path.substr(0, at);
  }
  std::string here;
  std::vector<size_t> lengths;  // of `here` before each open element
  std::vector<size_t> begins;   // where the text of each begins
  size_t from = 0;
  while (const std::optional<Tag> tag = next_tag(text, from)) {
    from = tag->end;
    if (tag->closes) {
      if (lengths.empty()) continue;
      const std::string_view inner = text.substr(begins.back(), tag->begin - begins.back());
      if (here == path && attribute.empty()) found.add(unescaped(inner));
      here.resize(lengths.back());
      lengths.pop_back();
      begins.pop_back();
      continue;
    }
    if (lengths.size() > 200) return;
    const size_t before = here.size();
    if (!here.empty()) here += '.';
    here += tag->name;
    if (here == path && !attribute.empty()) {
      for_each_attribute(tag->attributes, [&](std::string_view name, std::string_view value) {
        if (name == attribute) found.add(unescaped(value));
      });
    }
    if (tag->empty) {
      here.resize(before);
      continue;
    }
    lengths.push_back(before);
    begins.push_back(tag->end);
  }
}

}  // namespace

std::vector<JsonStep> json_steps(std::string_view path) {
  std::vector<JsonStep> steps;
  while (!path.empty()) {
    const size_t end = std::min(path.find('.'), path.size());
    std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    JsonStep step;
    if (part.ends_with('}')) {
      const size_t open = part.rfind('{');
      if (open != std::string_view::npos) {
        const std::string_view inside = part.substr(open + 1, part.size() - open - 2);
        const bool number = !inside.empty() && std::all_of(inside.begin(), inside.end(), is_ascii_digit);
        step.elements = inside.empty() || number;
        if (number && inside.size() < 8) step.index = std::stoul(std::string(inside));
        if (step.elements) part = part.substr(0, open);
      }
    }
    step.key = std::string(part);
    steps.push_back(std::move(step));
  }
  return steps;
}

Value spath(Arguments arguments, EvalContext& context) {
  Found found(context.arena);
  const std::string_view path = value_text(arguments[1], context.arena);
  const std::string_view name = longest_name(path);
  for (const Value& element : elements(arguments[0])) {
    const std::string_view text = hecate::trim(value_text(element, context.arena));
    if (!may_name(text, name)) continue;
    if (text.starts_with('<')) {
      walk_xml(text, path, found);
    } else if (const auto json = kql_support::canonical_json(text)) {
      walk_json(*json, json_steps(path), found);
    }
  }
  return found.value();
}

Value json_key(Arguments arguments, EvalContext& context) {
  Found found(context.arena);
  const std::vector<JsonStep> step{{std::string(value_text(arguments[1], context.arena)), false, std::nullopt}};
  for (const Value& element : elements(arguments[0])) {
    const std::string_view text = value_text(element, context.arena);
    if (!may_name(text, step.front().key)) continue;
    const auto json = kql_support::canonical_json(text);
    if (!json) continue;
    const kql_support::JsonParts parts = kql_support::json_parts(*json);
    for (size_t i = 0; i < std::min(parts.keys.size(), parts.values.size()); ++i) {
      if (parts.keys[i] != step.front().key) continue;
      const kql_support::JsonParts inner = kql_support::json_parts(parts.values[i]);
      if (!inner.is_array) add_json(parts.values[i], found);
      for (const std::string_view value : inner.values) {
        if (inner.is_array) add_json(value, found);
      }
    }
  }
  return found.value();
}

/// Search Reference, xmlkv: `<key>value</key>`, and `<Data Name="key">value</Data>` as Windows writes it.
Value xmlkv(Arguments arguments, EvalContext& context) {
  Found found(context.arena);
  const std::string_view wanted = value_text(arguments[1], context.arena);
  for (const Value& element : elements(arguments[0])) {
    const std::string_view text = value_text(element, context.arena);
    if (!may_name(text, wanted)) continue;
    std::optional<Tag> open;
    size_t from = 0;
    while (const std::optional<Tag> tag = next_tag(text, from)) {
      from = tag->end;
      if (!tag->closes) {
        open = tag->empty ? std::nullopt : tag;
        continue;
      }
      if (!open || open->name != tag->name) continue;
      bool named = open->name == wanted;
      for_each_attribute(open->attributes, [&](std::string_view name, std::string_view value) {
        named = named || (name == "Name" && value == wanted);
      });
      if (named) found.add(unescaped(text.substr(open->end, tag->begin - open->end)));
      open.reset();
    }
  }
  return found.value();
}

/// Search Reference, extract: any of pairdelim's characters parts pairs, any of kvdelim's a key from its value.
Value pair(Arguments arguments, EvalContext& context) {
  Found found(context.arena);
  const std::string_view wanted = value_text(arguments[1], context.arena);
  std::string_view pairs = value_text(arguments[2], context.arena);
  std::string_view keys = value_text(arguments[3], context.arena);
  if (pairs.empty()) pairs = " \t\r\n,;|&";
  if (keys.empty()) keys = "=";
  for (const Value& element : elements(arguments[0])) {
    std::string_view text = value_text(element, context.arena);
    while (!text.empty()) {
      bool quoted = false;
      size_t end = 0;
      for (; end < text.size() && (quoted || pairs.find(text[end]) == std::string_view::npos); ++end) {
        if (text[end] == '"') quoted = !quoted;
      }
      const std::string_view one = hecate::trim(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      const size_t equal = one.find_first_of(keys);
      if (equal == std::string_view::npos || hecate::trim(one.substr(0, equal)) != wanted) continue;
      std::string_view value = hecate::trim(one.substr(equal + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      found.add(value);
      break;  // the first of a name counts (props.conf, MV_ADD)
    }
  }
  return found.value();
}

namespace {

/// What each `*` of a pattern stands for in a text that it matches, from the left, each as little as it can.
std::optional<std::vector<std::string_view>> star_texts(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos)
    return pattern == text ? std::optional(std::vector<std::string_view>()) : std::nullopt;
  if (text.substr(0, star) != pattern.substr(0, star)) return std::nullopt;
  std::vector<std::string_view> texts;
  size_t at = star;
  for (std::string_view rest = pattern.substr(star + 1);;) {
    const size_t next = rest.find('*');
    const std::string_view literal = rest.substr(0, next);
    if (next == std::string_view::npos) {
      if (text.size() - at < literal.size() || !text.ends_with(literal)) return std::nullopt;
      texts.push_back(text.substr(at, text.size() - literal.size() - at));
      return texts;
    }
    const size_t found = text.find(literal, at);
    if (found == std::string_view::npos) return std::nullopt;
    texts.push_back(text.substr(at, found - at));
    at = found + literal.size();
    rest.remove_prefix(next + 1);
  }
}

Value replaced(const Value& value, Arguments pairs, EvalContext& context) {
  std::string text(value_text(value, context.arena));
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    const auto texts = star_texts(value_text(pairs[i], context.arena), text);
    if (!texts) continue;
    std::string out;
    size_t used = 0;
    for (const char c : value_text(pairs[i + 1], context.arena)) {
      if (c != '*') out += c;
      if (c == '*' && used < texts->size()) out += (*texts)[used++];
    }
    text = std::move(out);
  }
  return Value::string(context.arena.copy(text));
}

}  // namespace

Value replace_value(Arguments arguments, EvalContext& context) {
  const auto values = elements(arguments[0]);
  const auto copy = context.arena.allocate_array<Value>(values.size());
  std::transform(values.begin(), values.end(), copy.begin(),
                 [&](const Value& value) { return replaced(value, arguments.subspan(1), context); });
  return many_of(copy);
}

Value total(Arguments arguments, EvalContext&) {
  double sum = 0;
  for (const Value& value : arguments) sum += number_of(value).value_or(0);
  return Value::real(sum);
}

}  // namespace hecate::spl
