#include "ingest/evtx_binxml.h"

#include <algorithm>
#include <array>

#include "ingest/little_endian.h"

namespace hecate::ingest {
namespace {

enum class Token : uint8_t {
  Eof = 0x00,
  OpenStart = 0x01,
  CloseStart = 0x02,
  CloseEmpty = 0x03,
  EndElement = 0x04,
  ValueText = 0x05,
  Attribute = 0x06,
  CData = 0x07,
  CharRef = 0x08,
  EntityRef = 0x09,
  PiTarget = 0x0a,
  PiData = 0x0b,
  TemplateInstance = 0x0c,
  NormalSubstitution = 0x0d,
  OptionalSubstitution = 0x0e,
  FragmentHeader = 0x0f,
};
constexpr uint8_t kMore = 0x40;  // a flag beside some tokens: more of the kind follow, or attributes

constexpr Token kind_of(uint8_t token) { return static_cast<Token>(token & ~kMore); }

constexpr int kDeepest = 64;
constexpr uint16_t kNoDependency = 0xFFFF;
constexpr size_t kNameHeader = 8;
constexpr size_t kDefinitionHeader = 24;

// A record fits into a chunk of 64 KiB, and its XML is no longer than a few hundred KiB. A crafted one, whose
// templates nest, could otherwise grow exponentially.
constexpr uint64_t kRecordSteps = 1 << 16;
constexpr uint64_t kRecordBytes = 1 << 20;
constexpr uint64_t kChunkSteps = 1 << 20;
constexpr uint64_t kChunkBytes = 8 << 20;
constexpr size_t kLongestName = 512;  // in UTF-16 units
constexpr size_t kChunkNames = 1 << 20;

/// What may stand in a name without breaking the XML around it.
bool names_an_element(std::string_view name) {
  constexpr std::string_view kForbidden = "<>&'\"/=?! \t\r\n;";
  return !name.empty() && name.find_first_of(kForbidden) == std::string_view::npos;
}

}  // namespace

void BinXmlRenderer::begin(std::string_view chunk) {
  chunk_ = chunk;
  known_.assign(chunk.size(), 0);
  found_.clear();
  names_.clear();
  chunk_steps_ = 0;
  chunk_bytes_ = 0;
}

BinXmlRenderer::Outcome BinXmlRenderer::render(size_t begin, size_t end, std::string& out) {
  out_ = &out;
  out_begin_ = out.size();
  values_.clear();
  steps_ = 0;
  too_much_ = false;
  Cursor cursor{begin, std::min(end, chunk_.size())};
  const bool done = fragment(cursor, Scope{});
  chunk_steps_ += steps_;
  chunk_bytes_ += out.size() - out_begin_;
  if (too_much_) return Outcome::TooMuch;
  return done && out.size() > out_begin_ ? Outcome::Done : Outcome::Damaged;
}

bool BinXmlRenderer::step() {
  const uint64_t bytes = out_->size() - out_begin_;
  ++steps_;
  if (steps_ > kRecordSteps || bytes > kRecordBytes || chunk_steps_ + steps_ > kChunkSteps ||
      chunk_bytes_ + bytes > kChunkBytes) {
    too_much_ = true;
  }
  return !too_much_;
}

bool BinXmlRenderer::fragment(Cursor& cursor, const Scope& scope) {
  constexpr size_t kHeader = 4;
  if (scope.depth > kDeepest) return false;
  while (const auto token = peek(cursor)) {
    if (!step()) return false;
    switch (kind_of(*token)) {
      case Token::Eof: return true;
      case Token::FragmentHeader:
        if (!skip(cursor, kHeader)) return false;
        break;
      case Token::OpenStart:
        if (!element(cursor, scope)) return false;
        break;
      case Token::TemplateInstance:
        if (!template_instance(cursor, scope)) return false;
        break;
      case Token::PiTarget:
      case Token::PiData:
        if (!instruction(cursor)) return false;
        break;
      default: return false;
    }
  }
  return true;
}

bool BinXmlRenderer::element(Cursor& cursor, const Scope& outer) {
  Scope scope = outer;
  if (++scope.depth > kDeepest) return false;
  const bool attributes = (*peek(cursor) & kMore) != 0;
  const auto tag = open_start(cursor, scope.dependencies);
  if (!tag) return false;
  // An element whose optional value is missing is missing itself.
  if (tag->dependency != kNoDependency && is_null(scope, tag->dependency)) {
    cursor.at = tag->end;
    return true;
  }
  // The name may move while the content brings more names.
  const std::string element_name(tag->name);
  const size_t begin = out_->size();
  out_->append("<").append(element_name);
  if (attributes && !attribute_list(cursor, scope)) return false;
  const auto token = take<uint8_t>(cursor);
  if (!token) return false;
  if (kind_of(*token) == Token::CloseEmpty) {
    out_->append("/>");
    return true;
  }
  if (kind_of(*token) != Token::CloseStart) return false;
  *out_ += '>';
  const size_t start = out_->size() - begin;
  Repeat repeat;
  if (!content(cursor, scope, repeat)) return false;
  out_->append("</").append(element_name).append(">");
  while (!repeat.rest.empty()) {
    if (!step()) return false;
    out_->append(*out_, begin, start);
    append_value(repeat.type, take_element(repeat.type, repeat.rest), XmlPlace::Text, *out_);
    out_->append("</").append(element_name).append(">");
  }
  return true;
}

std::optional<BinXmlRenderer::Tag> BinXmlRenderer::open_start(Cursor& cursor, bool dependencies) {
  const Cursor begin = cursor;
  // What a value holds has no dependency identifiers as a rule; some writers differ, so the other way is tried where
  // no name stands at the place that this one gives.
  for (const bool dependency : {dependencies, !dependencies}) {
    cursor = begin;
    Tag tag{kNoDependency, 0, {}};
    if (!skip(cursor, 1)) return std::nullopt;
    if (dependency) {
      const auto value = take<uint16_t>(cursor);
      if (!value) return std::nullopt;
      tag.dependency = *value;
    }
    const auto size = take<uint32_t>(cursor);
    if (!size) return std::nullopt;
    tag.end = cursor.at + *size;
    const auto named = name(cursor);
    if (!named || tag.end > cursor.end) continue;
    tag.name = *named;
    return tag;
  }
  return std::nullopt;
}

bool BinXmlRenderer::attribute_list(Cursor& cursor, const Scope& scope) {
  if (!take<uint32_t>(cursor)) return false;
  for (auto token = peek(cursor); token && kind_of(*token) == Token::Attribute; token = peek(cursor)) {
    if (!step() || !attribute(cursor, scope)) return false;
  }
  return true;
}

bool BinXmlRenderer::attribute(Cursor& cursor, const Scope& scope) {
  if (!skip(cursor, 1)) return false;
  const auto named = name(cursor);
  if (!named) return false;
  const size_t begin = out_->size();
  out_->append(" ").append(*named).append("='");
  bool given = false;  // an attribute of nothing but missing optional values is missing itself
  bool optional = false;
  for (auto token = peek(cursor); token; token = peek(cursor)) {
    const Token kind = kind_of(*token);
    const bool data = kind == Token::ValueText || kind == Token::NormalSubstitution || kind == Token::CharRef ||
                      kind == Token::OptionalSubstitution || kind == Token::EntityRef || kind == Token::CData;
    if (!data) break;
    if (!step()) return false;
    if (kind == Token::OptionalSubstitution && cursor.at + 3 <= cursor.end &&
        is_null(scope, little_endian<uint16_t>(chunk_, cursor.at + 1))) {
      optional = true;
    } else {
      given = true;
    }
    if (!datum(cursor, scope, XmlPlace::Attribute, nullptr)) return false;
  }
  *out_ += '\'';
  if (optional && !given) out_->resize(begin);
  return true;
}

bool BinXmlRenderer::content(Cursor& cursor, const Scope& scope, Repeat& repeat) {
  while (const auto token = peek(cursor)) {
    if (!step()) return false;
    switch (kind_of(*token)) {
      case Token::EndElement: return skip(cursor, 1);
      case Token::OpenStart:
        if (!element(cursor, scope)) return false;
        break;
      case Token::TemplateInstance:
        if (!template_instance(cursor, scope)) return false;
        break;
      case Token::PiTarget:
      case Token::PiData:
        if (!instruction(cursor)) return false;
        break;
      default:
        if (!datum(cursor, scope, XmlPlace::Text, &repeat)) return false;
    }
  }
  return false;
}

bool BinXmlRenderer::datum(Cursor& cursor, const Scope& scope, XmlPlace place, Repeat* repeat) {
  const auto token = peek(cursor);
  if (!token) return false;
  switch (kind_of(*token)) {
    case Token::ValueText: return value_text(cursor, place);
    case Token::NormalSubstitution:
    case Token::OptionalSubstitution: return substitution(cursor, scope, place, repeat);
    case Token::CharRef: return character(cursor);
    case Token::EntityRef: return entity(cursor);
    case Token::CData: return cdata(cursor);
    default: return false;
  }
}

bool BinXmlRenderer::value_text(Cursor& cursor, XmlPlace place) {
  const auto type = skip(cursor, 1) ? take<uint8_t>(cursor) : std::nullopt;
  if (!type || static_cast<EvtxType>(*type) != EvtxType::Utf16) return false;
  const auto text = counted_text(cursor);
  if (!text) return false;
  append_utf16_xml(*text, place, *out_);
  return true;
}

bool BinXmlRenderer::substitution(Cursor& cursor, const Scope& scope, XmlPlace place, Repeat* repeat) {
  if (!skip(cursor, 1)) return false;
  const auto index = take<uint16_t>(cursor);
  if (!index || !skip(cursor, 1)) return false;
  // Windows shows nothing for values that an instance does not bring.
  if (*index >= scope.values) return true;
  const Value value = values_[scope.first_value + *index];
  return substitute(value, scope, place, repeat);
}

bool BinXmlRenderer::substitute(const Value& value, const Scope& scope, XmlPlace place, Repeat* repeat) {
  const auto type = static_cast<EvtxType>(value.type & ~kArrayOf);
  if (type == EvtxType::BinXml) {
    if (place == XmlPlace::Attribute) return false;
    const auto at = static_cast<size_t>(value.bytes.data() - chunk_.data());
    Cursor cursor{at, at + value.bytes.size()};
    Scope inner = scope;
    inner.dependencies = false;
    ++inner.depth;
    return fragment(cursor, inner);
  }
  if ((value.type & kArrayOf) == 0) {
    append_value(type, value.bytes, place, *out_);
    return true;
  }
  std::string_view rest = value.bytes;
  append_value(type, take_element(type, rest), place, *out_);
  if (repeat != nullptr && repeat->rest.empty()) {
    *repeat = {type, rest};
    return true;
  }
  while (!rest.empty()) {
    if (!step()) return false;
    *out_ += ' ';
    append_value(type, take_element(type, rest), place, *out_);
  }
  return true;
}

bool BinXmlRenderer::character(Cursor& cursor) {
  constexpr size_t kUnit = 2;
  if (!skip(cursor, 1)) return false;
  const std::string_view unit = chunk_.substr(cursor.at, kUnit);
  if (!skip(cursor, kUnit)) return false;
  append_utf16_xml(unit, XmlPlace::Attribute, *out_);
  return true;
}

bool BinXmlRenderer::entity(Cursor& cursor) {
  constexpr std::array<std::string_view, 5> kEntities{"amp", "apos", "gt", "lt", "quot"};
  const auto named = skip(cursor, 1) ? name(cursor) : std::nullopt;
  if (!named || std::find(kEntities.begin(), kEntities.end(), *named) == kEntities.end()) return false;
  out_->append("&").append(*named).append(";");
  return true;
}

bool BinXmlRenderer::cdata(Cursor& cursor) {
  const auto text = skip(cursor, 1) ? counted_text(cursor) : std::nullopt;
  if (!text) return false;
  append_utf16_xml(*text, XmlPlace::Text, *out_);
  return true;
}

/// A processing instruction says nothing about an event.
bool BinXmlRenderer::instruction(Cursor& cursor) {
  const auto token = take<uint8_t>(cursor);
  if (!token) return false;
  return kind_of(*token) == Token::PiTarget ? name(cursor).has_value() : counted_text(cursor).has_value();
}

bool BinXmlRenderer::template_instance(Cursor& cursor, const Scope& scope) {
  constexpr size_t kTokenVersionAndId = 6;
  if (!skip(cursor, kTokenVersionAndId)) return false;
  auto definition = template_definition(cursor);
  if (!definition) return false;
  Scope inner{values_.size(), 0, true, scope.depth + 1};
  if (!template_values(cursor, inner) || !fragment(*definition, inner)) return false;
  values_.resize(inner.first_value);
  return true;
}

std::optional<BinXmlRenderer::Cursor> BinXmlRenderer::template_definition(Cursor& cursor) {
  const auto offset = take<uint32_t>(cursor);
  if (!offset || *offset > chunk_.size() || chunk_.size() - *offset < kDefinitionHeader) return std::nullopt;
  const size_t begin = *offset + kDefinitionHeader;
  const size_t size = little_endian<uint32_t>(chunk_, begin - sizeof(uint32_t));
  if (size > chunk_.size() - begin) return std::nullopt;
  if (*offset == cursor.at && !skip(cursor, kDefinitionHeader + size)) return std::nullopt;
  return Cursor{begin, begin + size};
}

bool BinXmlRenderer::template_values(Cursor& cursor, Scope& inner) {
  constexpr size_t kDescriptor = 4;
  const auto count = take<uint32_t>(cursor);
  if (!count || *count > (cursor.end - cursor.at) / kDescriptor) return false;
  size_t at = cursor.at + *count * kDescriptor;
  for (uint32_t i = 0; i < *count; ++i) {
    if (!step()) return false;
    const size_t size = *take<uint16_t>(cursor);
    const uint8_t type = *take<uint8_t>(cursor);
    cursor.at += 1;
    if (size > cursor.end - at) return false;
    values_.push_back({type, chunk_.substr(at, size)});
    at += size;
  }
  cursor.at = at;
  inner.values = *count;
  return true;
}

bool BinXmlRenderer::is_null(const Scope& scope, uint16_t value) const {
  return value >= scope.values || static_cast<EvtxType>(values_[scope.first_value + value].type) == EvtxType::Null;
}

/// A name's offset, and the name itself where this is its first use.
std::optional<std::string_view> BinXmlRenderer::name(Cursor& cursor) {
  const auto offset = take<uint32_t>(cursor);
  const Name* found = offset ? name_at(*offset) : nullptr;
  if (found == nullptr) return std::nullopt;
  if (*offset == cursor.at && !skip(cursor, found->stored)) return std::nullopt;
  return std::string_view(names_).substr(found->begin, found->size);
}

const BinXmlRenderer::Name* BinXmlRenderer::name_at(size_t offset) {
  constexpr size_t kTerminator = 2;
  if (offset >= chunk_.size() || chunk_.size() - offset < kNameHeader + kTerminator) return nullptr;
  if (known_[offset] != 0) return &found_[known_[offset] - 1];
  const size_t size = size_t{2} * little_endian<uint16_t>(chunk_, offset + 6);
  if (size > 2 * kLongestName || size > chunk_.size() - offset - kNameHeader - kTerminator) return nullptr;
  if (names_.size() > kChunkNames) return nullptr;
  Name found{names_.size(), 0, kNameHeader + size + kTerminator};
  append_utf16_xml(chunk_.substr(offset + kNameHeader, size), XmlPlace::Text, names_);
  found.size = names_.size() - found.begin;
  if (!names_an_element(std::string_view(names_).substr(found.begin))) {
    names_.resize(found.begin);
    return nullptr;
  }
  found_.push_back(found);
  known_[offset] = static_cast<uint32_t>(found_.size());
  return &found_.back();
}

std::optional<std::string_view> BinXmlRenderer::counted_text(Cursor& cursor) {
  const auto count = take<uint16_t>(cursor);
  if (!count) return std::nullopt;
  const std::string_view text = chunk_.substr(cursor.at, size_t{2} * *count);
  if (!skip(cursor, size_t{2} * *count)) return std::nullopt;
  return text;
}

std::optional<uint8_t> BinXmlRenderer::peek(const Cursor& cursor) const {
  if (cursor.at >= cursor.end) return std::nullopt;
  return static_cast<uint8_t>(chunk_[cursor.at]);
}

template <typename T>
std::optional<T> BinXmlRenderer::take(Cursor& cursor) const {
  if (cursor.end - cursor.at < sizeof(T)) return std::nullopt;
  const T value = little_endian<T>(chunk_, cursor.at);
  cursor.at += sizeof(T);
  return value;
}

bool BinXmlRenderer::skip(Cursor& cursor, size_t size) {
  if (size > cursor.end - cursor.at) return false;
  cursor.at += size;
  return true;
}

}  // namespace hecate::ingest
