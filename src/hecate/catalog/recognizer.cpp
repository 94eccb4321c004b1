#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/text.h"
#include "catalog/evidence.h"
#include "catalog/model.h"
#include "exec/functions/convert.h"
#include "exec/functions/pcre2_pattern.h"

namespace hecate {
namespace {

using catalog::Condition;
using catalog::SourceData;
using ingest::FieldValues;
using ingest::RawKind;
using ingest::RawValue;

bool matches_text(const Condition& condition, std::string_view text) {
  return std::any_of(condition.values.begin(), condition.values.end(), [&](const std::string& value) {
    switch (condition.op) {
      case Condition::Op::EqualsAnyCase: return equals_ignoring_case(text, value);
      case Condition::Op::Prefix: return text.starts_with(value);
      case Condition::Op::Contains: return text.find(value) != std::string_view::npos;
      case Condition::Op::Matches: return cached_pattern(value).find(text);
      default: return text == value;
    }
  });
}

bool has_bit(std::string_view text, int64_t bits) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && (number & bits) != 0;
}

using catalog::matches;

/// What was asked of one slot, and the answers.
struct Asked {
  size_t slot = SIZE_MAX;
  std::vector<std::pair<const Condition*, bool>> answers;
};

/// One record's answers. Keeps the buffer of several values between conditions.
class Judge {
 public:
  /// Slots whose values are looked at are appended to `looked_at`, where there is one.
  Judge(const FieldValues& values, std::vector<RawValue>& scratch, std::vector<uint32_t>* looked_at = nullptr,
        Asked* asked = nullptr)
      : values_(values), scratch_(scratch), looked_at_(looked_at), asked_(asked) {}

  bool all(const std::vector<Condition>& conditions) {
    return std::all_of(conditions.begin(), conditions.end(), [this](const Condition& part) { return holds(part); });
  }

  [[nodiscard]] std::optional<size_t> first_slot(const std::vector<size_t>& slots) const {
    const auto found =
        std::find_if(slots.begin(), slots.end(), [this](size_t slot) { return values_.count(slot) > 0; });
    return found == slots.end() ? std::nullopt : std::optional(*found);
  }

 private:
  bool holds(const Condition& condition) {
    if (condition.op == Condition::Op::All) return all(condition.parts);
    if (condition.op == Condition::Op::Any) {
      return std::any_of(condition.parts.begin(), condition.parts.end(),
                         [this](const Condition& part) { return holds(part); });
    }
    const auto slot = first_slot(condition.slots);
    if (condition.op == Condition::Op::Missing) return !slot;
    if (!slot || condition.op == Condition::Op::Exists) return slot.has_value();
    if (looked_at_ != nullptr) looked_at_->push_back(static_cast<uint32_t>(*slot));
    const bool result = holds_for(*slot, condition);
    if (asked_ != nullptr && asked_->slot == *slot) asked_->answers.emplace_back(&condition, result);
    return result;
  }

  bool holds_for(size_t slot, const Condition& condition) {
    if (values_.count(slot) == 1) return matches(condition, values_.first(slot));
    scratch_.clear();
    values_.all(slot, scratch_);
    return std::any_of(scratch_.begin(), scratch_.end(),
                       [&](const RawValue& value) { return matches(condition, value); });
  }

  const FieldValues& values_;
  std::vector<RawValue>& scratch_;
  std::vector<uint32_t>* looked_at_;
  Asked* asked_;
};

}  // namespace

bool catalog::matches(const Condition& condition, const RawValue& value) {
  if (value.kind == RawKind::Absent || value.kind == RawKind::Null || value.kind == RawKind::Json) return false;
  return condition.op == Condition::Op::AnyBit ? has_bit(value.text, condition.bits)
                                               : matches_text(condition, value.text);
}

struct Catalog::Recognizer::Impl {
  const Catalog::Impl& catalog;
  std::shared_ptr<const SearchTime> search_time;  // or null
  std::vector<size_t> order;                      // of catalog.sources: by priority, then by name
  FieldValues values;
  std::vector<RawValue> scratch;
  Asked asked;
  catalog::Evidence evidence;
  struct Found {
    RecordType type = RecordType::Generic;
    const SourceData* source = nullptr;
    const catalog::ShapeRule* shape = nullptr;
  };
  /// More questions take as long as to ask the catalog.
  static constexpr size_t kMostAsked = 4;
  struct Known {
    Found found;
    std::vector<std::pair<const Condition*, bool>> of_text;  // the answers that led there
  };
  catalog::TraitMemo<Known> memo;
  catalog::Evidence::Traits traits;

  explicit Impl(const Catalog::Impl& from) : catalog(from), order(from.sources.size()), evidence(from) {
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return from.sources[a].priority > from.sources[b].priority; });
  }

  void put_record(const ingest::Record& record) {
    // Only texts are recognised by how they read; JSON and XML by their fields.
    if (record.document->shape() == ingest::Shape::Text) {
      values.put(catalog.raw_slot, {ingest::RawKind::String, record.raw});
    }
    put_file(record.file, values);
  }

  void put_file(std::string_view file, FieldValues& to) const {
    const size_t slash = file.find_last_of("/\\");
    const std::string_view name = slash == std::string_view::npos ? file : file.substr(slash + 1);
    to.put(catalog.file_slot, {ingest::RawKind::String, name});
  }

  Found find(ingest::Shape shape, const FieldValues& from) {
    // What is asked of a text as a whole depends on its fields and on the answers before: where all are as they were,
    // so is the type.
    const size_t text = shape == ingest::Shape::Text ? catalog.raw_slot : SIZE_MAX;
    const bool brief = (text == SIZE_MAX || from.count(text) == 1) && evidence.traits(from, traits, text);
    const Known* known = brief ? memo.find(shape, traits) : nullptr;
    if (known != nullptr && std::all_of(known->of_text.begin(), known->of_text.end(), [&](const auto& answer) {
          return matches(*answer.first, from.first(text)) == answer.second;
        })) {
      return known->found;
    }
    asked.slot = text;
    asked.answers.clear();
    Judge judge(from, scratch, nullptr, &asked);
    const Found found = ask(shape, judge);
    if (brief && known == nullptr && asked.answers.size() <= kMostAsked) {
      memo.insert(shape, traits, {found, asked.answers});
    }
    return found;
  }

  Found ask(ingest::Shape shape, Judge& judge) const {
    for (const size_t index : order) {
      const SourceData& source = catalog.sources[index];
      const auto rule = std::find_if(
          source.shapes.begin(), source.shapes.end(),
          [&](const catalog::ShapeRule& candidate) { return candidate.of == shape && judge.all(candidate.when); });
      if (rule == source.shapes.end()) continue;
      for (uint32_t i = source.first_type; i < source.first_type + source.type_count; ++i) {
        if (judge.all(catalog.types[i].when)) return {static_cast<RecordType>(i), &source, &*rule};
      }
    }
    if (!catalog.generic) return {};
    const auto& shapes = catalog.generic->shapes;
    const auto rule = std::find_if(shapes.begin(), shapes.end(),
                                   [&](const catalog::ShapeRule& candidate) { return candidate.of == shape; });
    return {RecordType::Generic, &*catalog.generic, rule == shapes.end() ? nullptr : &*rule};
  }

  [[nodiscard]] std::optional<Ticks> event_time(const SourceData& source) const {
    for (const size_t slot : source.time_slots) {
      const RawValue value = values.first(slot);
      if (value.kind != RawKind::String && value.kind != RawKind::Number) continue;
      if (const auto time = time_of_text(value.text)) return time;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string_view event_host(const SourceData& source) const {
    for (const size_t slot : source.host_slots) {
      const RawValue value = values.first(slot);
      if (value.kind == RawKind::String && !value.text.empty()) return value.text;
    }
    return {};
  }

  static std::string_view or_else(const std::optional<std::string_view>& first, std::string_view second) {
    return first ? *first : second;
  }

  /// Where an event comes from, as Splunk would have been told.
  void describe_origin(const Found& found, const ingest::Envelope& envelope, std::string_view file,
                       Metadata& metadata) const {
    const catalog::SplunkMetadata& splunk = catalog.type(found.type).splunk;
    metadata.source_by_catalog = !envelope.source && !splunk.source.empty();
    metadata.source = or_else(envelope.source, splunk.source.empty() ? file : std::string_view(splunk.source));
    const bool shape_type = found.shape != nullptr && !found.shape->sourcetype.empty();
    metadata.sourcetype = or_else(envelope.sourcetype, shape_type ? std::string_view(found.shape->sourcetype)
                                                                  : std::string_view(splunk.sourcetype));
    metadata.index =
        or_else(envelope.index, splunk.index.empty() ? std::string_view("main") : std::string_view(splunk.index));
  }

  void describe(const Found& found, const ingest::Record& record, Metadata& metadata) const {
    const ingest::Envelope& envelope = record.envelope;
    metadata.time = envelope.time;
    metadata.file_time = record.file_time;
    std::string_view host;
    if (found.source != nullptr) {
      if (!envelope.time || found.source->event_time_first) {
        if (const auto time = event_time(*found.source)) metadata.time = time;
      }
      host = event_host(*found.source);
    }
    metadata.host = or_else(envelope.host, host);
    describe_origin(found, envelope, record.file, metadata);
  }
};

Catalog::Recognizer::Recognizer(const Catalog& catalog) : impl_(std::make_unique<Impl>(*catalog.impl_)) {
  impl_->search_time = catalog.search_time_;
}
Catalog::Recognizer::~Recognizer() = default;
Catalog::Recognizer::Recognizer(Recognizer&&) noexcept = default;

RecordType Catalog::Recognizer::recognize(const ingest::Record& record, Metadata& metadata) {
  Impl& impl = *impl_;
  impl.values.reset(impl.catalog.paths.slots());
  Impl::Found found;
  if (record.document != nullptr) {
    record.document->read(impl.catalog.paths, impl.values);
    impl.put_record(record);
    found = impl.find(record.document->shape(), impl.values);
  }
  impl.describe(found, record, metadata);
  if (impl.search_time) impl.search_time->describe(record, metadata);
  return found.type;
}

const ingest::PathSet& Catalog::Recognizer::paths() const { return impl_->catalog.paths; }

bool Catalog::Recognizer::asks_for(size_t slot) const {
  return impl_->evidence.use(slot) != catalog::Evidence::Use::None;
}

std::span<const size_t> Catalog::Recognizer::time_slots(RecordType type) const {
  const SourceData* source = impl_->catalog.source_of(type);
  return source == nullptr ? std::span<const size_t>() : std::span<const size_t>(source->time_slots);
}

std::span<const size_t> Catalog::Recognizer::host_slots(RecordType type) const {
  const SourceData* source = impl_->catalog.source_of(type);
  return source == nullptr ? std::span<const size_t>() : std::span<const size_t>(source->host_slots);
}

RecordType Catalog::Recognizer::type_of(ingest::Shape shape, std::string_view file, ingest::FieldValues& values,
                                        std::vector<uint32_t>& looked_at, Metadata& metadata) {
  impl_->put_file(file, values);
  Judge judge(values, impl_->scratch, &looked_at);
  const Impl::Found found = impl_->ask(shape, judge);
  impl_->describe_origin(found, {}, file, metadata);
  return found.type;
}

}  // namespace hecate
