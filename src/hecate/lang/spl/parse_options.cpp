#include <algorithm>

#include "base/text.h"
#include "lang/spl/parse.h"

namespace hecate::spl {

const Word* Options::find(std::string_view name) const {
  const auto found = std::find_if(values_.begin(), values_.end(), [&](const auto& each) { return each.first == name; });
  return found == values_.end() ? nullptr : &found->second;
}

bool Options::read(const Cursor& cursor, std::string_view name, bool& into) const {
  const Word* word = find(name);
  if (word == nullptr) return true;
  const Result<bool> value = cursor.boolean(*word);
  if (value) into = *value;
  return value.ok();
}

bool Options::read(const Cursor& cursor, std::string_view name, uint64_t& into) const {
  const Word* word = find(name);
  if (word == nullptr) return true;
  const Result<uint64_t> value = cursor.number(*word);
  if (value) into = *value;
  return value.ok();
}

bool Options::read(std::string_view name, std::string& into) const {
  if (const Word* word = find(name)) into = word->text;
  return true;
}

Result<bool> Options::accept(Cursor& cursor, std::string_view command, std::span<const std::string_view> supported,
                             std::span<const std::string_view> later) {
  while (cursor.accept(',')) {
  }
  const Word option = cursor.peek_option();
  if (option.text.empty()) return false;
  const std::string name = fold_case(option.text);
  if (std::find(supported.begin(), supported.end(), name) == supported.end())
    return refuse_option(cursor, option, command, later);
  cursor.accept_option(name);
  Result<Word> value = cursor.word("|,[(", "a value");
  if (!value) return already_reported();
  values_.emplace_back(name, std::move(*value));
  return true;
}

}  // namespace hecate::spl
