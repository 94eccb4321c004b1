#include "exec/stream/lane.h"

#include <simdjson.h>

#include <algorithm>

#include "base/text.h"
#include "ingest/json_lexemes.h"

namespace hecate::stream {
namespace {

using ValueKind = LineWalk::Kind;

// Enough text to tell which fragments of literals are rare.
constexpr size_t kSample = size_t{64} << 10;

bool is_blank_line(std::string_view text, size_t begin) {
  return text[begin] == '\n' || (text[begin] == '\r' && text[begin + 1] == '\n');
}

}  // namespace

Lane::Lane(const Catalog& catalog, Groups& groups, const RunParameters& run)
    : catalog_(catalog),
      groups_(groups),
      run_(run),
      recognizer_(catalog),
      kernel_(&best_index_kernel()),
      paths_(recognizer_.paths()),
      catalog_slots_(paths_.slots()),
      walk_(paths_),
      xml_(paths_, walk_) {
  for (size_t slot = 0; slot < catalog_slots_; ++slot) {
    if (recognizer_.asks_for(slot)) mark_evidence(slot);
  }
  add_discriminators(catalog);
  walk_.paths_changed();
  xml_.paths_changed();
  evidence_.resize(paths_.slots());
  stats_.by_type.resize(catalog.record_types());
}

void Lane::mark_evidence(size_t slot) {
  if (slot >= evidence_.size()) evidence_.resize(slot + 1);
  evidence_[slot] = true;
}

void Lane::add_discriminators(const Catalog& catalog) {
  discriminators_.resize(catalog.record_types());
  for (size_t i = 0; i < discriminators_.size(); ++i) {
    const auto type = static_cast<RecordType>(i);
    const std::string_view field = catalog.discriminator(type);
    if (field.empty()) continue;
    for (const std::string& path : catalog.raw_paths(type, field)) {
      const size_t slot = paths_.add(path);
      discriminators_[i].push_back(static_cast<uint32_t>(slot));
      mark_evidence(slot);
    }
  }
}

void Lane::skim(const Input& input, std::vector<ingest::SkimmedRun>& runs) {
  if (file_ != input.file) {
    // A file's name may tell what kind its events are.
    file_ = input.file;
    forget_formats();
  }
  text_ = input.lines;
  kernel_->run(text_, screen_.tables(), index_);
  index_version_ = screen_version_;
  const auto false_alarm = [&](uint32_t hit) { return !screen_.confirm(text_, hit); };
  index_.hits.erase(std::remove_if(index_.hits.begin(), index_.hits.end(), false_alarm), index_.hits.end());
  next_remark_ = next_hit_ = 0;

  bool running = false;  // the last line was passed over
  for (size_t begin = 0, mark = 0; begin < text_.size();) {
    if (is_blank_line(text_, begin)) {
      while (text_[index_.marks[mark]] != '\n') ++mark;
      begin = index_.marks[mark++] + 1;
      if (running) runs.back().end = begin;
      continue;
    }
    sighting_.reset();
    const Kind* kind = skipped_kind(begin, mark, !running, input.largest_record);
    const size_t end = index_.marks[mark - 1] + 1;
    const bool alone = sighting_ != nullptr;
    if (running && (kind == nullptr || alone)) runs.back().latest = latest_.value();
    if (kind != nullptr && (!running || alone)) runs.push_back({begin, begin, 0, {}, {}});
    running = kind != nullptr && !alone;
    if (kind != nullptr) add_to(runs.back(), *kind, end);
    if (alone) {
      runs.back().latest = sighting_->time;
      runs.back().sighting = std::move(sighting_);
    }
    begin = end;
  }
  if (running) runs.back().latest = latest_.value();
}

void Lane::add_to(ingest::SkimmedRun& run, const Kind& kind, size_t end) {
  run.end = end;
  ++run.records;
  const auto type = static_cast<uint32_t>(kind.type);
  const auto known =
      std::find_if(run.tally.begin(), run.tally.end(), [&](const auto& entry) { return entry.first == type; });
  if (known != run.tally.end()) {
    ++known->second;
  } else {
    run.tally.emplace_back(type, 1);
  }
}

void Lane::passed(const ingest::PassedRun& passed) {
  const ingest::SkimmedRun& run = passed.run;
  stats_.skipped += run.records;
  for (const auto& [type, count] : run.tally) {
    stats_.by_type[type] += count;
    if (type != static_cast<uint32_t>(RecordType::Generic)) stats_.recognized += count;
  }
  stats_.latest_time = std::max(stats_.latest_time, run.latest);
  // Only lanes make sightings.
  if (!run.sighting || !on_sighted_) return;
  ++stats_.sighted;
  on_sighted_(static_cast<const SightedEvent&>(*run.sighting), passed);
}

/// The line's kind, where it need not be looked at. Moves `mark` behind the line's break, whatever the answer.
const Lane::Kind* Lane::skipped_kind(size_t begin, size_t& mark, bool first, size_t largest) {
  const bool whole = walk_line(begin, mark);
  const size_t end = index_.marks[mark - 1];
  if (!whole || end - begin > largest) return nullptr;
  const uint8_t notes = notes_of(begin, end);
  const std::string_view line = record_of(begin, end);
  if (!is_valid(line, notes)) return nullptr;
  const Layout::Reading* reading = reading_of_line();
  if (reading == nullptr) return nullptr;
  Kind* kind = kinds_[reading->kind].get();
  const bool disguised = (notes & LineIndex::kNonAscii) != 0 && may_hold_ascii_in_disguise(line);
  // Escapes are in the notes; looking for them among the backslashes of paths takes time.
  const bool encoded =
      kind->group->plan().decodes_raw() && ((notes & LineIndex::kUnicodeEscape) != 0 || line.find('<') != line.npos);
  const bool clean =
      !disguised && !encoded && kind->screened && kind->screen_version <= index_version_ && !holds_literal(begin, end);
  if (!kind->group->plan().rules().empty()) {
    const EventTokens event = tokens_of(*reading, line, clean);
    if (kind->sighted) {
      const auto rules = kind->group->matches(event, run_);
      if (!rules.empty()) {
        sighting_ = sight(*reading, line, rules);
        return sighting_ ? kind : nullptr;
      }
    } else if (kind->group->may_match(event, run_)) {
      see_wanted(*kind, event);
      return nullptr;
    }
  }
  if (first) latest_.forget();
  return see_time(*reading) ? kind : nullptr;
}

/// Finds the wanted values. Moves `mark` behind the line's break; false where the line is neither an object nor an
/// event.
bool Lane::walk_line(size_t begin, size_t& mark) {
  if (text_[begin] == '{') {
    is_xml_ = false;
    return walk_.walk(text_, index_, begin, mark) && !walk_.may_be_envelope();
  }
  is_xml_ = text_[begin] == '<';
  const bool whole = is_xml_ && xml_.walk(text_, begin);
  while (text_[index_.marks[mark]] != '\n') ++mark;
  ++mark;
  return whole;
}

/// The line as the reader gives it.
std::string_view Lane::record_of(size_t begin, size_t end) const {
  if (is_xml_) return text_.substr(begin, xml_.end() - begin);
  while (end - begin > 1 && (text_[end - 1] == ' ' || text_[end - 1] == '\r')) --end;
  return text_.substr(begin, end - begin);
}

/// Of all blocks that the line has a part in.
uint8_t Lane::notes_of(size_t begin, size_t end) {
  const auto& remarks = index_.remarks;
  while (next_remark_ < remarks.size() && remarks[next_remark_].block < begin / 64) ++next_remark_;
  uint8_t notes = 0;
  for (size_t i = next_remark_; i < remarks.size() && remarks[i].block <= end / 64; ++i) notes |= remarks[i].notes;
  return notes;
}

bool Lane::is_valid(std::string_view line, uint8_t notes) const {
  if (!is_xml_ && (notes & LineIndex::kBroken) != 0) return false;
  if ((notes & LineIndex::kNonAscii) != 0 && !simdjson::validate_utf8(line.data(), line.size())) return false;
  return is_xml_ || (notes & LineIndex::kUnicodeEscape) == 0 || ingest::valid_json_escapes(line);
}

bool Lane::holds_literal(size_t begin, size_t end) {
  while (next_hit_ < index_.hits.size() && index_.hits[next_hit_] < begin) ++next_hit_;
  return next_hit_ < index_.hits.size() && index_.hits[next_hit_] < end;
}

bool Lane::has_backslash_between(size_t begin, size_t end) const {
  for (size_t block = begin; block < end; ++block) {
    if (index_.backslashes[block] != 0) return true;
  }
  return false;
}

// --- what kind of event it is ---

const Layout::Reading* Lane::reading_of_line() {
  Layout& layout = layout_of_line();
  if (layout.unclear) return nullptr;
  KindMemo::Alike& alike = alike_of(layout);
  write_values(layout, alike);
  uint32_t kind = format().memo.find(key_);
  if (kind == KindMemo::kMissing) kind = ask_catalog(layout, alike);
  if (kind == KindMemo::kMissing) return nullptr;
  for (const Layout::Reading& reading : layout.readings) {
    if (reading.kind == kind) return &reading;
  }
  return &layout.readings.emplace_back(read_as(layout, kind, *kinds_[kind]));
}

Layout& Lane::layout_of_line() {
  Layouts& layouts = format().layouts;
  if (Layout* known = layouts.find(walk_.codes())) {
    if (known->readings.size() < Layout::kMostReadings) return *known;
    known->readings.clear();
    return *known;
  }
  if (layouts.size() == Layouts::kMost) layouts.clear();
  Layout& layout = layouts.add(walk_.codes());
  find_told(layout);
  return layout;
}

/// Where a new layout has values that may tell a line's kind.
void Lane::find_told(Layout& layout) const {
  std::vector<uint32_t> slots;
  for (const LineWalk::Code code : layout.codes) {
    const auto slot = static_cast<uint32_t>(LineWalk::slot_of(code));
    if (evidence_[slot]) slots.push_back(slot);
  }
  std::sort(slots.begin(), slots.end());
  for (const uint32_t slot : slots) {
    const Layout::Place place = layout.find(slot);
    layout.unclear |= place.kind == ValueKind::Many;
    layout.told.push_back(static_cast<uint32_t>(place.at));
    const LineWalk::Code code = layout.codes[place.at];
    layout.places.append(reinterpret_cast<const char*>(&code), sizeof(code));
  }
}

KindMemo::Alike& Lane::alike_of(Layout& layout) {
  KindMemo& memo = format().memo;
  if (layout.generation == memo.generation()) return memo.alike(layout.alike);
  KindMemo::Alike& alike = memo.alike(layout.places);
  layout.generation = memo.generation();
  layout.alike = alike.number;
  layout.asked.clear();
  return alike;
}

void Lane::forget_formats() {
  for (Format* format : {&json_format_, &xml_format_}) {
    format->layouts.clear();
    format->memo.clear();
  }
}

/// Puts into key_ all that the line's kind depends on, as far as that is known.
void Lane::write_values(Layout& layout, const KindMemo::Alike& alike) {
  while (layout.asked.size() < alike.slots.size()) {
    layout.asked.push_back(static_cast<uint32_t>(layout.find(alike.slots[layout.asked.size()]).at));
  }
  const std::array<uint32_t, 2> head{alike.number, static_cast<uint32_t>(alike.slots.size())};
  key_.assign(reinterpret_cast<const char*>(head.data()), sizeof(head));
  for (const uint32_t at : layout.asked) {
    const std::string_view written = bytes(at);
    const auto size = static_cast<uint32_t>(written.size());
    key_.append(reinterpret_cast<const char*>(&size), sizeof(size));
    key_.append(written);
  }
}

/// What of the line the catalog looked at is looked at in all that are alike.
void Lane::learn(const Layout& layout, KindMemo::Alike& alike, std::span<const uint32_t> slots) const {
  for (const uint32_t slot : slots) {
    if (!layout.find(slot).found()) continue;
    if (std::find(alike.slots.begin(), alike.slots.end(), slot) == alike.slots.end()) alike.slots.push_back(slot);
  }
}

std::string_view Lane::unescaped(const LineWalk::Value& value) {
  const std::string_view written = text_.substr(value.begin, value.end - value.begin);
  if (!has_backslash(value)) return written;
  char* to = unescaped_.allocate(written.size());
  return {to, ingest::unescape_json(written, to)};
}

/// The kind's number, or KindMemo::kMissing.
uint32_t Lane::ask_catalog(Layout& layout, KindMemo::Alike& alike) {
  tell_catalog(layout);
  looked_at_.clear();
  const auto shape = is_xml_ ? ingest::Shape::Xml : ingest::Shape::Json;
  Metadata metadata;
  const RecordType type = recognizer_.type_of(shape, file_, values_, looked_at_, metadata);
  std::optional<std::string_view> discriminator;
  if (!find_discriminator(layout, type, discriminator)) return KindMemo::kMissing;
  Group& group = groups_.group(type, metadata, discriminator);
  const std::string_view source = metadata.source_by_catalog ? metadata.source : std::string_view();
  const auto known = numbers_.find(
      std::tuple(type, &group, std::string(source), std::string(metadata.sourcetype), std::string(metadata.index)));
  const uint32_t number = known != numbers_.end() ? known->second : add_kind(type, group, metadata);
  learn(layout, alike, looked_at_);
  write_values(layout, alike);
  format().memo.insert(key_, number);
  // When this line was walked a new kind's paths were unknown; and the matcher reports what binding had to say.
  return known != numbers_.end() ? number : KindMemo::kMissing;
}

void Lane::tell_catalog(const Layout& layout) {
  unescaped_.reset();
  values_.reset(catalog_slots_);
  for (const uint32_t at : layout.told) {
    const size_t slot = LineWalk::slot_of(layout.codes[at]);
    if (slot >= catalog_slots_) continue;
    switch (LineWalk::kind_of(layout.codes[at])) {
      case ValueKind::Null: values_.put(slot, {ingest::RawKind::Null, {}}); break;
      case ValueKind::Many:  // such layouts are unclear
      case ValueKind::Container: values_.put(slot, {ingest::RawKind::Json, {}}); break;
      case ValueKind::Scalar: values_.put(slot, {ingest::RawKind::Number, bytes(at)}); break;
      case ValueKind::String: values_.put(slot, {ingest::RawKind::String, unescaped(walk_.value(at))}); break;
      case ValueKind::Decoded: values_.put(slot, {ingest::RawKind::String, bytes(at)}); break;
    }
  }
}

/// False where it cannot be told without the reader.
bool Lane::find_discriminator(const Layout& layout, RecordType type, std::optional<std::string_view>& value) {
  for (const uint32_t slot : discriminators_[static_cast<size_t>(type)]) {
    const Layout::Place place = layout.find(slot);
    if (!place.found()) continue;
    if (place.kind == ValueKind::Decoded) return false;
    if (place.kind == ValueKind::String || place.kind == ValueKind::Scalar) value = unescaped(walk_.value(place.at));
    looked_at_.push_back(slot);
    return true;
  }
  return true;
}

uint32_t Lane::add_kind(RecordType type, Group& group, const Metadata& origin) {
  const auto number = static_cast<uint32_t>(kinds_.size());
  Kind& kind = *kinds_.emplace_back(std::make_unique<Kind>());
  kind.type = type;
  kind.group = &group;
  kind.origin = origin;
  if (!origin.source_by_catalog) kind.origin.source = {};  // the file's
  numbers_.emplace(std::tuple(type, &group, std::string(kind.origin.source), std::string(origin.sourcetype),
                              std::string(origin.index)),
                   number);
  const size_t before = paths_.slots();
  for (const GroupField& field : group.fields()) kind.places.push_back(slots_of(field.paths));
  paths_changed(before);
  for (const size_t slot : recognizer_.time_slots(type)) kind.time_slots.push_back(static_cast<uint32_t>(slot));
  for (const size_t slot : recognizer_.host_slots(type)) kind.host_slots.push_back(static_cast<uint32_t>(slot));
  screen(kind);
  return number;
}

std::vector<uint32_t> Lane::slots_of(std::span<const std::string> paths) {
  std::vector<uint32_t> slots;
  for (const std::string& path : paths) slots.push_back(static_cast<uint32_t>(paths_.add(path)));
  return slots;
}

void Lane::paths_changed(size_t before) {
  if (paths_.slots() == before) return;
  walk_.paths_changed();
  xml_.paths_changed();
  evidence_.resize(paths_.slots());
}

/// The screen is that of all groups; where theirs is too much for it a group does without.
void Lane::screen(Kind& kind) {
  if (!kind.group->reads_raw() || !kind.group->raw_literals()) return;
  if (screen_.covers(*kind.group->raw_literals())) {
    kind.screened = true;
    kind.screen_version = screen_version_;
    return;
  }
  std::vector<std::string> literals = screen_.literals();
  literals.insert(literals.end(), kind.group->raw_literals()->begin(), kind.group->raw_literals()->end());
  if (literals == refused_) return;  // as of nearly all groups
  LiteralScreen larger;
  if (!larger.build(literals, text_.substr(0, kSample))) {
    refused_ = std::move(literals);
    return;
  }
  screen_ = std::move(larger);
  kind.screened = true;
  kind.screen_version = ++screen_version_;
}

// --- whether a rule may match ---

Layout::Reading Lane::read_as(const Layout& layout, uint32_t number, const Kind& kind) {
  Layout::Reading reading;
  reading.kind = number;
  for (const std::vector<uint32_t>& slots : kind.places) reading.fields.push_back(layout.field(slots));
  for (const uint32_t slot : kind.time_slots) {
    const Layout::Place place = layout.find(slot);
    if (!place.found() || place.kind == ValueKind::Null || place.kind == ValueKind::Container) continue;
    reading.many_times = place.kind == ValueKind::Many;
    if (reading.many_times) break;
    reading.times.push_back(static_cast<uint32_t>(place.at));
  }
  for (const std::vector<uint32_t>& slots : kind.all_places) reading.all.push_back(layout.field(slots));
  for (const uint32_t& slot : kind.host_slots) reading.hosts.push_back(layout.field({&slot, 1}));
  return reading;
}

bool Lane::see_time(const Layout::Reading& reading) {
  return try_times(reading, [this](std::string_view text) { return latest_.see(text); });
}

EventTokens Lane::tokens_of(const Layout::Reading& reading, std::string_view line, bool clean) {
  tokens_.resize(reading.fields.size());
  for (size_t i = 0; i < tokens_.size(); ++i) tokens_[i] = token_of(reading.fields[i]);
  return {tokens_, line, clean};
}

Token Lane::token_of(const Layout::Field& field) const {
  if (field.form != Token::Form::Plain) return {{}, field.form};
  const bool escaped = field.string && has_backslash(walk_.value(field.at));
  return {bytes(field.at), escaped ? Token::Form::Escaped : Token::Form::Plain};
}

}  // namespace hecate::stream
