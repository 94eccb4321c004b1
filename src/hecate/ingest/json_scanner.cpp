#include "ingest/json_scanner.h"

#include "base/text.h"
#include "ingest/json_lexemes.h"

namespace hecate::ingest {

JsonScanner::State JsonScanner::scan(std::string_view text) {
  while (at_ < text.size()) {
    if (string_ != In::None) {
      if (!in_string(text)) return State::Failed;
      continue;
    }
    const char c = text[at_];
    if (is_json_blank(c)) {
      if (next_ == Next::Scalar) next_ = Next::CommaOrEnd;
      ++at_;
      continue;
    }
    if (!token(c)) return State::Failed;
    ++at_;
    if (depth_ == 0) return State::Done;
  }
  return State::More;
}

bool JsonScanner::in_string(std::string_view text) {
  while (at_ < text.size()) {
    const char c = text[at_];
    if (escape_) {
      escape_ = false;
    } else if (c == '\\') {
      escape_ = true;
    } else if (c == '"') {
      next_ = string_ == In::Key ? Next::Colon : Next::CommaOrEnd;
      string_ = In::None;
      ++at_;
      return true;
    }
    if (c == '\n') return false;
    ++at_;
  }
  return true;
}

bool JsonScanner::token(char c) {
  switch (c) {
    case '{': return open(true);
    case '[': return open(false);
    case '}': return close(true);
    case ']': return close(false);
    case ',':
      if (next_ != Next::CommaOrEnd && next_ != Next::Scalar) return false;
      next_ = in_object() ? Next::Key : Next::Value;
      return true;
    case ':':
      if (next_ != Next::Colon) return false;
      next_ = Next::Value;
      return true;
    default: return begin_value(c);
  }
}

bool JsonScanner::begin_value(char c) {
  if (c == '"') {
    const bool key = next_ == Next::Key || next_ == Next::KeyOrEnd;
    if (!key && next_ != Next::Value && next_ != Next::ValueOrEnd) return false;
    string_ = key ? In::Key : In::Value;
    return true;
  }
  if (!is_ascii_alnum(c) && c != '-' && c != '+' && c != '.') return false;
  if (next_ == Next::Scalar) return true;
  if (next_ != Next::Value && next_ != Next::ValueOrEnd) return false;
  next_ = Next::Scalar;
  return true;
}

bool JsonScanner::open(bool object) {
  if ((next_ != Next::Value && next_ != Next::ValueOrEnd) || depth_ == kDeepest) return false;
  objects_[depth_++] = object;
  next_ = object ? Next::KeyOrEnd : Next::ValueOrEnd;
  return true;
}

bool JsonScanner::close(bool object) {
  if (in_object() != object) return false;
  const bool complete = next_ == Next::CommaOrEnd || next_ == Next::Scalar;
  if (!complete && next_ != (object ? Next::KeyOrEnd : Next::ValueOrEnd)) return false;
  --depth_;
  next_ = Next::CommaOrEnd;
  return true;
}

}  // namespace hecate::ingest
