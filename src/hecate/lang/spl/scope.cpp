#include "lang/spl/scope.h"

#include <algorithm>

namespace hecate::spl {

bool has_wildcard(std::string_view name) { return name.find('*') != std::string_view::npos; }

std::optional<std::vector<std::string>> match_name(std::string_view pattern, std::string_view name) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) {
    if (pattern != name) return std::nullopt;
    return std::vector<std::string>();
  }
  if (name.substr(0, star) != pattern.substr(0, star)) return std::nullopt;
  // Each star takes as little as it can; only the last must reach the end. No backtracking, so time stays linear.
  std::vector<std::string> texts;
  size_t at = star;
  std::string_view rest = pattern.substr(star + 1);
  while (true) {
    const size_t next = rest.find('*');
    const std::string_view literal = rest.substr(0, next);
    if (next == std::string_view::npos) {
      if (name.size() - at < literal.size() || name.substr(name.size() - literal.size()) != literal)
        return std::nullopt;
      texts.emplace_back(name.substr(at, name.size() - literal.size() - at));
      return texts;
    }
    const size_t found = name.find(literal, at);
    if (found == std::string_view::npos) return std::nullopt;
    texts.emplace_back(name.substr(at, found - at));
    at = found + literal.size();
    rest = rest.substr(next + 1);
  }
}

std::string fill_name(std::string_view pattern, const std::vector<std::string>& texts) {
  std::string out;
  size_t used = 0;
  for (const char c : pattern) {
    if (c != '*') {
      out += c;
    } else if (used < texts.size()) {
      out += texts[used++];
    }
  }
  return out;
}

const Scope::Entry* Scope::find(std::string_view name) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

void Scope::bind(std::string_view name, ExprPtr value, bool computed) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found == entries_.end()) {
    entries_.push_back({std::string(name), std::move(value), computed, steps.size()});
  } else {
    found->value = std::move(value);
    found->computed = computed;
    found->seen = steps.size();
  }
}

void Scope::remove(std::string_view name) {
  if (open_ || !steps.empty()) return bind(name, nullptr, false);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.name == name; });
}

void Scope::rename(std::string_view from, std::string_view to) {
  if (from == to) return;
  std::erase_if(entries_, [&](const Entry& entry) { return entry.name == to; });
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == from; });
  if (found == entries_.end()) return;
  found->name = to;
  found->computed = true;
  if (open_ || !steps.empty()) entries_.push_back({std::string(from), nullptr, false, steps.size()});
}

std::vector<std::string_view> Scope::names() const {
  std::vector<std::string_view> names;
  for (const Entry& entry : entries_) {
    if (entry.value) names.push_back(entry.name);
  }
  return names;
}

std::vector<std::string> Scope::matching(std::string_view pattern) const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) {
    const bool internal = entry.name.starts_with('_') && !pattern.starts_with('_');
    if (entry.value && !internal && match_name(pattern, entry.name)) names.push_back(entry.name);
  }
  return names;
}

}  // namespace hecate::spl
