#include "ingest/auditd.h"

#include <algorithm>

#include "base/text.h"
#include "ingest/clock_text.h"
#include "ingest/path_walk.h"

namespace hecate::ingest {
namespace {

constexpr std::string_view kExecve = "EXECVE";

std::string_view moved(std::string_view view, std::string_view from, std::string_view to) {
  // Names of the kernel's numbers do not lie in the line.
  if (view.data() < from.data() || view.data() > from.data() + from.size()) return view;
  return {to.data() + (view.data() - from.data()), view.size()};
}

AuditdHeader moved(AuditdHeader header, std::string_view from, std::string_view to) {
  header.node = moved(header.node, from, to);
  header.type = moved(header.type, from, to);
  header.id = moved(header.id, from, to);
  header.body = moved(header.body, from, to);
  return header;
}

/// `a12` or `a12[3]`.
struct Argument {
  int number = 0;
  int part = -1;
};

std::optional<Argument> argument_of(std::string_view name) {
  constexpr size_t kMostDigits = 6;
  if (!name.starts_with('a')) return std::nullopt;
  name.remove_prefix(1);
  Argument argument;
  const size_t bracket = name.find('[');
  const auto number = read_digits(name.substr(0, bracket), kMostDigits);
  if (!number) return std::nullopt;
  argument.number = *number;
  if (bracket == std::string_view::npos) return argument;
  if (!name.ends_with(']')) return std::nullopt;
  const auto part = read_digits(name.substr(bracket + 1, name.size() - bracket - 2), kMostDigits);
  if (!part) return std::nullopt;
  argument.part = *part;
  return argument;
}

/// Puts the arguments of EXECVE lines together. Long ones come in parts, `a1[0]`, `a1[1]`, over several lines. The
/// whole then also becomes a field of the line that holds the first part, so that padding does not hide it from rules.
class ArgumentJoin {
 public:
  ArgumentJoin(FieldList& out, size_t size)
      : out_(out), begin_(out.memory().allocate(size)), from_(begin_), to_(begin_) {}

  void add(FieldList& line) {
    const size_t count = line.fields().size();
    for (size_t i = 0; i < count; ++i) {
      const FieldList::Field field = line.fields()[i];
      if (const auto argument = argument_of(field.path)) add(*argument, field.value, line);
    }
  }

  void finish() {
    end_argument();
    if (last_ >= 0) out_.add("EXECVE.ARGV_STR", {begin_, static_cast<size_t>(to_ - begin_)});
  }

 private:
  void add(const Argument& argument, std::string_view value, FieldList& line) {
    if (argument.number != last_ || argument.part <= 0) {
      end_argument();
      if (last_ >= 0) *to_++ = ' ';
      from_ = to_;
      last_ = argument.number;
      if (argument.part == 0) split_ = &line;
    }
    to_ = std::copy(value.begin(), value.end(), to_);
  }

  void end_argument() {
    if (last_ < 0) return;
    const std::string_view whole(from_, static_cast<size_t>(to_ - from_));
    out_.add_element("EXECVE.ARGV", whole);
    if (split_ == nullptr) return;
    split_->add(split_->memory().copy("a" + std::to_string(last_)), whole);
    split_ = nullptr;
  }

  FieldList& out_;
  char* begin_;
  char* from_;  // of the argument that is being put together
  char* to_;
  FieldList* split_ = nullptr;
  int last_ = -1;
};

}  // namespace

void AuditdEvent::add(std::string_view text, const AuditdHeader& header, uint64_t number, uint64_t offset) {
  if (count_ == lines_.size()) lines_.emplace_back();
  Line& line = lines_[count_++];
  line.text.assign(text);
  line.number = number;
  line.offset = offset;
  line.header = moved(header, text, line.text);
  line.fields.clear();
  parse_auditd(line.header, line.fields);
  bytes_ += text.size();
}

void AuditdEvent::complete() {
  derived_.clear();
  shared_used_ = 0;
  for (size_t i = 0; i < count_; ++i) {
    if (lines_[i].header.type == kExecve) return join_arguments();
  }
}

void AuditdEvent::join_arguments() {
  size_t size = 0;
  for (size_t i = 0; i < count_; ++i) {
    for (const FieldList::Field& field : lines_[i].fields.fields()) size += field.value.size() + 1;
  }
  ArgumentJoin join(derived_, size);
  for (size_t i = 0; i < count_; ++i) {
    if (lines_[i].header.type == kExecve) join.add(lines_[i].fields);
  }
  join.finish();
}

void AuditdEvent::read(const PathSet& wanted, FieldValues& out) const {
  const FieldValues* shared = count_ > 1 ? shared_with(wanted) : nullptr;
  if (shared == nullptr) return read_all_lines(wanted, out);
  std::vector<RawValue> several;
  for (const uint32_t slot : shared->found()) {
    if (shared->count(slot) == 1) {
      out.put(slot, shared->first(slot));
      continue;
    }
    several.clear();
    shared->all(slot, several);
    for (const RawValue& value : several) out.put(slot, value);
  }
}

/// Null where too many want something.
const FieldValues* AuditdEvent::shared_with(const PathSet& wanted) const {
  for (size_t i = 0; i < shared_used_; ++i) {
    if (shared_[i]->wanted == wanted.identity()) return &shared_[i]->values;
  }
  if (shared_used_ == kMostShared) return nullptr;
  // Memory that was made for these paths before serves again.
  const auto old = std::find_if(shared_.begin() + static_cast<std::ptrdiff_t>(shared_used_), shared_.end(),
                                [&](const auto& shared) { return shared->wanted == wanted.identity(); });
  if (old != shared_.end()) {
    std::swap(*old, shared_[shared_used_]);
  } else if (shared_.size() < kMostShared) {
    shared_.push_back(std::make_unique<Shared>());
    std::swap(shared_.back(), shared_[shared_used_]);
  }
  Shared& shared = *shared_[shared_used_++];
  shared.wanted = wanted.identity();
  shared.values.reset(wanted.slots());
  read_all_lines(wanted, shared.values);
  return &shared.values;
}

void AuditdEvent::read_all_lines(const PathSet& wanted, FieldValues& out) const {
  for (size_t i = 0; i < count_; ++i) {
    const Line& line = lines_[i];
    const uint32_t node = wanted.child(0, line.header.type);
    if (node == 0) continue;
    line.fields.read(wanted, node, out);
    const uint32_t elements = wanted.child(node, kElements);
    if (elements != 0) line.fields.read(wanted, elements, out);
  }
  if (!derived_.empty()) derived_.read(wanted, 0, out);
}

bool AuditdEvent::write_at(std::string_view path, std::string& out) const {
  for (size_t i = 0; i < count_; ++i) {
    std::string_view rest = path;
    if (!take_key(rest, lines_[i].header.type)) continue;
    if (rest.starts_with("{}.")) rest.remove_prefix(3);
    if (!rest.empty() && lines_[i].fields.write_at(rest, out)) return true;
  }
  return !path.empty() && derived_.write_at(path, out);
}

void AuditdJoin::take(std::string_view text, const AuditdHeader& header, uint64_t number, uint64_t offset) {
  close_old(header);
  size_t at = find(header);
  bool last = header.type == "EOE" || header.type == "PROCTITLE";
  if (at == open_.size()) {
    last = header.type == "EOE" || is_user_message(header);
    if (!last && was_closed(header)) {
      ++late_;
      last = true;
    }
    at = open();
  }
  const size_t before = open_[at]->bytes();
  open_[at]->add(text, header, number, offset);
  bytes_ += open_[at]->bytes() - before;
  if (last || header.type == "PROCTITLE") close(at);
  while (!open_.empty() && (open_.size() > kMostEvents || bytes_ > kMostBytes)) close(0);
}

void AuditdJoin::finish() {
  while (!open_.empty()) close(0);
}

void AuditdJoin::reset() {
  finish();
  while (next() != nullptr) continue;
  late_ = 0;
  closed_.fill({});
}

const AuditdEvent* AuditdJoin::next() {
  if (given_) spare_.push_back(std::move(given_));
  if (ready_.empty()) return nullptr;
  given_ = std::move(ready_.front());
  ready_.erase(ready_.begin());
  return given_.get();
}

const AuditdEvent* AuditdJoin::alone(std::string_view text) {
  const auto header = find_auditd(text);
  if (!header) return nullptr;
  alone_.clear();
  alone_.add(text, *header, 0, 0);
  alone_.complete();
  return &alone_;
}

size_t AuditdJoin::find(const AuditdHeader& header) const {
  for (size_t i = open_.size(); i > 0; --i) {
    const AuditdHeader& other = open_[i - 1]->line(0).header;
    if (other.serial == header.serial && other.time == header.time && other.node == header.node) return i - 1;
  }
  return open_.size();
}

size_t AuditdJoin::open() {
  if (spare_.empty()) {
    open_.push_back(std::make_unique<AuditdEvent>());
  } else {
    open_.push_back(std::move(spare_.back()));
    spare_.pop_back();
    open_.back()->clear();
  }
  return open_.size() - 1;
}

void AuditdJoin::close(size_t at) {
  Event event = std::move(open_[at]);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
  bytes_ -= event->bytes();
  const AuditdHeader& header = event->line(0).header;
  closed_[closed_at_++ % kRemembered] = {header.serial, header.time};
  event->complete();
  ready_.push_back(std::move(event));
}

/// auparse takes an event as complete when one comes that is two seconds younger.
void AuditdJoin::close_old(const AuditdHeader& newest) {
  constexpr Ticks kWait = 2 * kTicksPerSecond;
  while (!open_.empty()) {
    const AuditdHeader& oldest = open_.front()->line(0).header;
    if (oldest.node != newest.node || oldest.time + kWait > newest.time) return;
    close(0);
  }
}

bool AuditdJoin::was_closed(const AuditdHeader& header) const {
  return std::any_of(closed_.begin(), closed_.end(), [&](const auto& closed) {
    return closed.first == header.serial && closed.second == header.time && header.serial != 0;
  });
}

}  // namespace hecate::ingest
