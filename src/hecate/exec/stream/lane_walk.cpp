#include "exec/stream/lane_walk.h"

#include "base/text.h"
#include "ingest/json_lexemes.h"
#include "ingest/path_walk.h"

namespace hecate::stream {

void LineWalk::paths_changed() {
  keys_.forget();
  values_.resize(paths_.slots());
  seen_.resize(paths_.slots());
}

bool LineWalk::walk(std::string_view text, const LineIndex& index, size_t begin, size_t& mark) {
  text_ = text.data();
  text_end_ = text.data() + text.size();
  mark_ = index.marks.get() + mark;
  at_ = begin + 1;
  begin_line();
  frame_ = {0, -1, true};
  depth_ = 0;
  opened_ = true;
  has_event_ = wrapper_ = false;
  top_keys_ = envelope_keys_ = 0;
  const bool whole = object();
  while (text_[*mark_] != '\n') ++mark_;
  mark = static_cast<size_t>(mark_ - index.marks.get()) + 1;
  return whole;
}

bool LineWalk::object() {
  for (;;) {
    skip_blanks();
    const char end = frame_.object ? '}' : ']';
    if (!opened_ || text_[at_] != end) {
      opened_ = false;
      if (!member()) return false;
      if (opened_) continue;
    }
    opened_ = false;
    for (;;) {
      skip_blanks();
      const char c = text_[at_];
      if (c == ',') break;
      if (c != (frame_.object ? '}' : ']')) return false;
      ++at_;
      if (depth_ == 0) return end_of_line();
      frame_ = outer_[--depth_];
    }
    ++at_;
  }
}

bool LineWalk::member() {
  if (!frame_.object) return value(frame_.node, frame_.slot);
  uint32_t node = KeyTable::kNothing;
  int32_t slot = -1;
  return key(node, slot) && value(node, slot);
}

bool LineWalk::key(uint32_t& node, int32_t& slot) {
  const size_t begin = at_;
  const size_t end = mark_[1];
  if (text_[begin] != '"' || mark_[0] != begin || text_[end] != '"') return false;
  mark_ += 2;
  at_ = end + 1;
  if (frame_.node != KeyTable::kNothing) {
    const KeyTable::Step step = keys_.step(paths_, frame_.node, {text_ + begin + 1, end - begin - 1}, text_end_);
    node = step.node;
    slot = step.slot;
    if (step.what == KeyTable::Step::What::Unclear) return false;
    if (depth_ == 0) note_top_key(step.what);
  }
  skip_blanks();
  if (text_[at_] != ':') return false;
  ++at_;
  skip_blanks();
  return !wrapper_ || text_[at_] != '[';
}

void LineWalk::note_top_key(KeyTable::Step::What what) {
  using What = KeyTable::Step::What;
  ++top_keys_;
  if (what == What::Event) has_event_ = true;
  if (what == What::Event || what == What::Envelope) ++envelope_keys_;
  wrapper_ = what == What::Wrapper;
}

bool LineWalk::value(uint32_t node, int32_t slot) {
  const char c = text_[at_];
  if (c == '"') {
    const size_t begin = at_;
    const size_t end = mark_[1];
    if (mark_[0] != begin || text_[end] != '"') return false;
    // JSON inside a text, of which something is wanted.
    if (node != KeyTable::kNothing && (text_[begin + 1] == '{' || text_[begin + 1] == '[')) return false;
    mark_ += 2;
    at_ = end + 1;
    put(slot, {static_cast<uint32_t>(begin + 1), static_cast<uint32_t>(end), Value::Kind::String});
    return true;
  }
  if (c == '{' || c == '[') return open(c, node, slot);
  return scalar(slot);
}

bool LineWalk::open(char c, uint32_t node, int32_t slot) {
  if (depth_ == kDeepest) return false;
  put(slot, {0, 0, Value::Kind::Container});
  outer_[depth_++] = frame_;
  frame_ = {node, -1, c == '{'};
  if (c == '[' && node != KeyTable::kNothing) {
    const uint32_t elements = paths_.child(node, ingest::kElements);
    const bool wanted = elements != 0;
    if (wanted && !paths_.nodes()[elements].more_slots.empty()) return false;
    frame_.slot = wanted ? paths_.nodes()[elements].slot : -1;
    frame_.node = wanted && !paths_.nodes()[elements].children.empty() ? elements : KeyTable::kNothing;
  }
  ++at_;
  opened_ = true;
  return true;
}

bool LineWalk::scalar(int32_t slot) {
  const size_t begin = at_;
  while (text_[at_] != ',' && text_[at_] != '}' && text_[at_] != ']' && text_[at_] > ' ') ++at_;
  const std::string_view written(text_ + begin, at_ - begin);
  Value::Kind kind = Value::Kind::Scalar;
  if (written == "null") {
    kind = Value::Kind::Null;
  } else if (written != "true" && written != "false" && !ingest::valid_json_number(written)) {
    return false;
  }
  put(slot, {static_cast<uint32_t>(begin), static_cast<uint32_t>(at_), kind});
  return true;
}

bool LineWalk::end_of_line() {
  while (text_[at_] == ' ' || text_[at_] == '\r') ++at_;
  return text_[at_] == '\n';
}

void LineWalk::put(int32_t slot, Value found) {
  if (slot < 0) return;
  const auto at = static_cast<size_t>(slot);
  if (seen_[at] == line_) {
    values_[at].kind = Value::Kind::Many;
    return;
  }
  seen_[at] = line_;
  values_[at] = found;
  found_.push_back(static_cast<uint32_t>(slot));
}

}  // namespace hecate::stream
