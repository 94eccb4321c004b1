#include "ingest/zeek.h"

#include <charconv>

#include "base/text.h"

namespace hecate::ingest {
namespace {

/// Takes the text up to the separator, which goes too.
std::string_view take_cell(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view cell = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return cell;
}

std::optional<char> hex_byte(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

/// `\x09` is one character, as are separators inside values and bytes that are not ASCII.
std::string unescape(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = text.substr(at).starts_with("\\x") ? hex_byte(text.substr(at + 2, 2)) : std::nullopt;
    if (byte && *byte != '\0') {
      out += *byte;
      at += 3;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace

bool ZeekTable::take_directive(std::string_view line) {
  constexpr std::string_view kSeparator = "#separator ";
  if (line.starts_with(kSeparator)) {
    reset();
    const std::string separator = unescape(trim(line.substr(kSeparator.size())));
    if (separator.size() == 1) separator_ = separator.front();
    return begun_ = true;
  }
  std::string_view rest = line;
  const std::string_view name = take_cell(rest, separator_);
  if (name == "#fields") {
    // A log may have lost the lines before this one; W3C's directive is written otherwise.
    names_.clear();
    many_.clear();
    for (std::string_view cells = rest; !cells.empty();) names_.emplace_back(take_cell(cells, separator_));
    many_.resize(names_.size());
    return begun_ = !names_.empty();
  }
  if (!begun_) return false;
  if (name == "#types") {
    for (size_t i = 0; i < many_.size() && !rest.empty(); ++i) {
      const std::string_view type = take_cell(rest, separator_);
      many_[i] = type.starts_with("set[") || type.starts_with("vector[");
    }
  } else if (name == "#set_separator") {
    if (rest.size() == 1) set_separator_ = rest.front();
  } else if (name == "#empty_field") {
    empty_ = rest;
  } else if (name == "#unset_field") {
    unset_ = rest;
  } else if (name == "#path") {
    path_ = rest;
  } else {
    return name == "#open" || name == "#close";
  }
  return true;
}

bool ZeekTable::read_row(std::string_view line, FieldList& fields) const {
  const size_t before = fields.fields().size();
  if (!path_.empty()) fields.add("_path", path_);
  size_t column = 0;
  for (bool more = true; more; ++column) {
    const size_t end = line.find(separator_);
    more = end != std::string_view::npos;
    if (column >= names_.size()) break;
    add_value(column, line.substr(0, end), fields);
    if (more) line.remove_prefix(end + 1);
  }
  if (column == names_.size() && line.find(separator_) == std::string_view::npos) return true;
  fields.truncate(before);
  return false;
}

void ZeekTable::add_value(size_t column, std::string_view cell, FieldList& fields) const {
  if (cell.empty() || cell == unset_ || cell == empty_) return;
  const auto plain = [&](std::string_view text) {
    return text.find("\\x") == std::string_view::npos ? text : fields.memory().copy(valid_utf8(unescape(text)));
  };
  if (!many_[column]) return fields.add(names_[column], plain(cell));
  while (!cell.empty()) {
    const std::string_view element = take_cell(cell, set_separator_);
    if (!element.empty() && element != unset_) fields.add_element(names_[column], plain(element));
  }
}

}  // namespace hecate::ingest
