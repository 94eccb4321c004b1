#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <regex>

#include "base/text.h"
#include "base/time.h"
#include "documented.h"

namespace hecate::bench {
namespace {

/// As a page of Markdown has it: entities, line breaks, code marks.
std::string plain(std::string_view printed) {
  static constexpr std::pair<std::string_view, std::string_view> kEntities[] = {
      {"&nbsp;", ""}, {"<br>", "\n"}, {"<br/>", "\n"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"\\|", "|"}};
  std::string text(trim(printed));
  for (const auto& [from, to] : kEntities) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
  if (text.size() >= 2 && text.front() == '`' && text.back() == '`') text = text.substr(1, text.size() - 2);
  return text;
}

// --- numbers ---

struct Printed {
  double value = 0;
  double unit = 0;  // of the last printed digit
  size_t digits = 0;
  bool whole = true;
};
std::optional<Printed> number(std::string text) {
  if (text == "NaN" || text == "nan") return Printed{std::nan(""), 0, 0, false};
  const bool negative = text.starts_with('-');
  const std::string_view magnitude = std::string_view(text).substr(negative ? 1 : 0);
  if (magnitude == "\u221e" || magnitude == "Infinity") return Printed{negative ? -INFINITY : INFINITY, 0, 0, false};
  static const std::regex kGrouped("-?[0-9]{1,3}(,[0-9]{3})+");
  if (std::regex_match(text, kGrouped)) std::erase(text, ',');
  Printed printed;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), printed.value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  const size_t exponent_at = text.find_first_of("eE");
  const std::string mantissa = text.substr(0, exponent_at);
  const size_t dot = mantissa.find('.');
  printed.whole = dot == std::string::npos && exponent_at == std::string::npos;
  int exponent = exponent_at == std::string::npos ? 0 : std::atoi(text.c_str() + exponent_at + 1);
  if (dot != std::string::npos) exponent -= static_cast<int>(mantissa.size() - dot - 1);
  printed.unit = std::pow(10.0, exponent);
  printed.digits = static_cast<size_t>(std::count_if(mantissa.begin(), mantissa.end(), is_ascii_digit));
  return printed;
}
bool same_number(const Printed& printed, double value, double relative_noise) {
  if (std::isnan(printed.value) || std::isnan(value)) return std::isnan(printed.value) && std::isnan(value);
  if (std::isinf(printed.value) || std::isinf(value)) return printed.value == value;
  const double off = std::fabs(printed.value - value);
  // Pages print reals with 15 digits or with 17; of the last ones other machines differ.
  const double noise = std::fabs(value) * relative_noise;
  if (printed.whole) return off <= noise;
  return off <= std::max(printed.unit * 0.5000001, noise);
}

// --- times ---

std::optional<Ticks> time_of(std::string text) {
  if (const auto iso = parse_iso_time(text)) return iso;
  static const std::regex kAmerican(R"((\d{1,2})/(\d{1,2})/(\d{4})(.*))");
  std::smatch match;
  if (!std::regex_match(text, match, kAmerican)) return std::nullopt;
  return parse_iso_time(
      fmt::format("{}-{:0>2}-{:0>2}{}", match[3].str(), match[1].str(), match[2].str(), match[4].str()));
}
std::optional<Ticks> span_of(const std::string& text) {
  static const std::regex kSpan(R"((-?)(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?)");
  std::smatch match;
  if (!std::regex_match(text, match, kSpan)) return std::nullopt;
  const auto part = [&](size_t i) { return match[i].matched ? std::atoll(match[i].str().c_str()) : 0LL; };
  std::string fraction = match[6].str();
  fraction.resize(7, '0');
  const int64_t seconds = ((part(2) * 24 + part(3)) * 60 + part(4)) * 60 + part(5);
  const Ticks ticks = seconds * kTicksPerSecond + std::atoll(fraction.c_str());
  return match[1].length() > 0 ? -ticks : ticks;
}

// --- dynamic values ---

using Element = simdjson::dom::element;
using simdjson::dom::element_type;

bool is_number(const Element& e) {
  return e.type() == element_type::INT64 || e.type() == element_type::UINT64 || e.type() == element_type::DOUBLE;
}
double number_of(const Element& e) {
  if (e.type() == element_type::INT64) return static_cast<double>(e.get_int64().value_unsafe());
  if (e.type() == element_type::UINT64) return static_cast<double>(e.get_uint64().value_unsafe());
  return e.get_double().value_unsafe();
}
bool same_json(const Element& a, const Element& b);
bool same_array(const simdjson::dom::array& a, const simdjson::dom::array& b) {
  auto x = a.begin();
  auto y = b.begin();
  for (; x != a.end() && y != b.end(); ++x, ++y) {
    if (!same_json(*x, *y)) return false;
  }
  return !(x != a.end()) && !(y != b.end());
}
bool same_object(const simdjson::dom::object& a, const simdjson::dom::object& b) {
  if (a.size() != b.size()) return false;
  for (const auto& field : a) {
    Element other;
    if (b.at_key(field.key).get(other) != simdjson::SUCCESS || !same_json(field.value, other)) return false;
  }
  return true;
}
/// What a page leaves out: `[ ... ]`.
constexpr std::string_view kElided = "[ ... ]";
constexpr std::string_view kElidedText = "\"[ ... ]\"";

/// `a` is what the page prints.
bool same_json(const Element& a, const Element& b) {
  if (a.type() == element_type::STRING && b.type() == element_type::ARRAY)
    return a.get_string().value_unsafe() == kElided;
  if (is_number(a) && is_number(b)) {
    const double x = number_of(a);
    const double y = number_of(b);
    return std::fabs(x - y) <= std::max(std::fabs(x), std::fabs(y)) * 1e-12;
  }
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case element_type::ARRAY: return same_array(a.get_array().value_unsafe(), b.get_array().value_unsafe());
    case element_type::OBJECT: return same_object(a.get_object().value_unsafe(), b.get_object().value_unsafe());
    case element_type::STRING: return a.get_string().value_unsafe() == b.get_string().value_unsafe();
    case element_type::BOOL: return a.get_bool().value_unsafe() == b.get_bool().value_unsafe();
    default: return true;
  }
}
/// Arrays of texts that hold the same ones in any order.
bool same_texts(const Element& a, const Element& b) {
  std::vector<std::string_view> sides[2];
  const Element* elements[] = {&a, &b};
  for (size_t side = 0; side < 2; ++side) {
    simdjson::dom::array array;
    if (elements[side]->get(array) != simdjson::SUCCESS) return false;
    for (const Element element : array) {
      std::string_view text;
      if (element.get(text) != simdjson::SUCCESS) return false;
      sides[side].push_back(text);
    }
    std::sort(sides[side].begin(), sides[side].end());
  }
  return sides[0] == sides[1];
}
bool same_dynamic(const std::string& printed, std::string_view json, bool unordered) {
  simdjson::dom::parser first;
  simdjson::dom::parser second;
  Element got;
  if (second.parse(simdjson::padded_string(json)).get(got) != simdjson::SUCCESS) return false;
  std::string whole = printed;
  for (size_t at = whole.find(kElided); at != std::string::npos; at = whole.find(kElided, at + kElidedText.size()))
    whole.replace(at, kElided.size(), kElidedText);
  std::string single = whole;
  std::replace(single.begin(), single.end(), '\'', '"');
  for (const std::string& form : {whole, single}) {
    Element wanted;
    if (first.parse(simdjson::padded_string(form)).get(wanted) == simdjson::SUCCESS &&
        (same_json(wanted, got) || (unordered && same_texts(wanted, got))))
      return true;
  }
  // A text alone is printed without its quotes.
  return got.type() == element_type::STRING && got.get_string().value_unsafe() == std::string_view(printed);
}

std::string lower(std::string_view text) { return fold_case(text); }

}  // namespace

bool same_value(std::string_view printed, const Value& value, const Leniency& leniency) {
  const std::string text = plain(printed);
  switch (value.kind()) {
    case Kind::Bool:
      return lower(text) == (value.as_bool() ? "true" : "false") || text == (value.as_bool() ? "1" : "0");
    case Kind::Long:
    case Kind::Real: {
      const auto wanted = number(text);
      return wanted && same_number(*wanted, value.as_real(), leniency.noise);
    }
    case Kind::Datetime: return time_of(text) == value.as_ticks();
    case Kind::Timespan: return span_of(text) == value.as_ticks();
    case Kind::Dynamic: return same_dynamic(text, value.as_text(), leniency.unordered);
    case Kind::String: return value.as_text() == printed || trim(value.as_text()) == text;
    default: return text.empty() || lower(text) == "null" || text == "(null)";
  }
}

bool is_ordered(std::string_view query) {
  static const std::regex kSorting(R"(\|\s*(sort|order|top|serialize)\b)");
  return std::regex_search(query.begin(), query.end(), kSorting);
}

std::string difference(const DocumentedCase& documented, const Rows& rows, bool ordered) {
  if (rows.size() != documented.rows.size())
    return fmt::format("{} rows instead of {}", rows.size(), documented.rows.size());
  for (const auto& row : rows) {
    if (row.size() != documented.columns.size())
      return fmt::format("{} columns instead of {}", row.size(), documented.columns.size());
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i].name != plain(documented.columns[i]))
        return fmt::format("column `{}` instead of `{}`", row[i].name, documented.columns[i]);
    }
  }
  Leniency leniency;
  // Pages print what several functions of the sphere come to, of which each machine rounds the last digits its way.
  const bool geometric = documented.id.starts_with("geo-");
  if (geometric) leniency.noise = 1e-12;
  // Cells come in the order of a hash table.
  leniency.unordered = geometric && documented.id.find("cells-") != std::string::npos;
  const auto same_row = [&](const std::vector<std::string>& wanted, const std::vector<ResultField>& got) {
    for (size_t i = 0; i < got.size(); ++i) {
      if (i >= wanted.size() || !same_value(wanted[i], got[i].value.get(), leniency)) return false;
    }
    return true;
  };
  std::vector<bool> taken(rows.size(), false);
  for (size_t i = 0; i < documented.rows.size(); ++i) {
    if (ordered) {
      if (!same_row(documented.rows[i], rows[i])) return fmt::format("row {}", i + 1);
      continue;
    }
    size_t found = 0;
    while (found < rows.size() && (taken[found] || !same_row(documented.rows[i], rows[found]))) ++found;
    if (found == rows.size()) return fmt::format("row {}", i + 1);
    taken[found] = true;
  }
  return {};
}

}  // namespace hecate::bench
