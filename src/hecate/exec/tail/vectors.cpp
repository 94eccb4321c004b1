#include "exec/tail/vectors.h"

#include <simdjson.h>

#include <cstring>
#include <optional>
#include <span>

#include "base/text.h"

namespace hecate::tail {
namespace {

std::string_view text_at(duckdb_vector vector, idx_t row) {
  auto* strings = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
  return {duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row])};
}

bool is_valid(duckdb_vector vector, idx_t row) {
  uint64_t* validity = duckdb_vector_get_validity(vector);
  return validity == nullptr || duckdb_validity_row_is_valid(validity, row);
}

void set_null(duckdb_vector vector, idx_t row) {
  duckdb_vector_ensure_validity_writable(vector);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

Value read_list(duckdb_vector vector, idx_t row, Arena& arena) {
  const auto* entries = static_cast<duckdb_list_entry*>(duckdb_vector_get_data(vector));
  const duckdb_list_entry entry = entries[row];
  if (entry.length == 0) return Value::null();
  duckdb_vector child = duckdb_list_vector_get_child(vector);
  if (entry.length == 1)
    return is_valid(child, entry.offset) ? Value::string(text_at(child, entry.offset)) : Value::null();
  const auto list = arena.allocate_array<Value>(entry.length);
  for (uint64_t i = 0; i < entry.length; ++i) {
    if (is_valid(child, entry.offset + i)) list[i] = Value::string(text_at(child, entry.offset + i));
  }
  return Value::many(list);
}

/// DuckDB trusts that a VARCHAR is UTF-8 (duckdb.h: else "undefined behavior"); functions may cut characters apart.
std::string_view mended(std::string_view text, std::string& buffer) {
  if (simdjson::validate_utf8(text.data(), text.size())) return text;
  buffer = valid_utf8(text);
  return buffer;
}

/// A number's whole part, or nothing where no long holds it.
std::optional<int64_t> whole_part(double number) {
  if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0)) return std::nullopt;
  return static_cast<int64_t>(number);
}

// A list's elements, each behind its length; those that are null have this one.
constexpr uint32_t kNullElement = UINT32_MAX;

void append_element(const Value& element, std::string& list, Arena& arena) {
  std::string buffer;
  const bool null = element.is_null() || element.kind() == Kind::Dynamic;
  const std::string_view text = null ? std::string_view() : mended(value_text(element, arena), buffer);
  const uint32_t length = null ? kNullElement : static_cast<uint32_t>(text.size());
  list.append(reinterpret_cast<const char*>(&length), sizeof length);
  list += text;
}

std::string_view list_text(const Value& value, CellBuffer& buffer) {
  const Value single[] = {value};
  buffer.text.clear();
  for (const Value& element : value.kind() == Kind::Many ? value.as_list() : std::span<const Value>(single))
    append_element(element, buffer.text, buffer.arena);
  return buffer.text;
}

/// Takes one element off the list; nothing: null.
std::optional<std::string_view> take_element(std::string_view& list) {
  uint32_t length = 0;
  std::memcpy(&length, list.data(), sizeof length);
  list.remove_prefix(sizeof length);
  if (length == kNullElement) return std::nullopt;
  const std::string_view text = list.substr(0, length);
  list.remove_prefix(length);
  return text;
}

void write_list(duckdb_vector vector, idx_t row, std::string_view list) {
  const idx_t offset = duckdb_list_vector_get_size(vector);
  idx_t count = 0;
  for (std::string_view rest = list; !rest.empty(); ++count) (void)take_element(rest);
  duckdb_list_vector_reserve(vector, offset + count);
  duckdb_list_vector_set_size(vector, offset + count);
  duckdb_vector child = duckdb_list_vector_get_child(vector);
  for (idx_t i = 0; i < count; ++i) {
    const auto text = take_element(list);
    if (!text) set_null(child, offset + i);
    if (text) duckdb_vector_assign_string_element_len(child, offset + i, text->data(), text->size());
  }
  static_cast<duckdb_list_entry*>(duckdb_vector_get_data(vector))[row] = {offset, count};
}

template <typename T>
void put(duckdb_vector vector, idx_t row, T value) {
  static_cast<T*>(duckdb_vector_get_data(vector))[row] = value;
}

bool is_number(const Value& value) { return value.kind() == Kind::Long || value.kind() == Kind::Real; }
bool is_ticks(const Value& value) { return value.kind() == Kind::Datetime || value.kind() == Kind::Timespan; }

}  // namespace

std::string_view sql_type(Type type) {
  switch (type) {
    case Type::Bool: return "BOOLEAN";
    case Type::Long:
    case Type::Datetime:
    case Type::Timespan: return "BIGINT";
    case Type::Real:
    case Type::Decimal: return "DOUBLE";
    case Type::Many: return "VARCHAR[]";
    case Type::String:
    case Type::Dynamic:
    case Type::Guid: return "VARCHAR";
  }
  return "VARCHAR";
}

duckdb_logical_type logical_type(Type type) {
  switch (type) {
    case Type::Bool: return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case Type::Long:
    case Type::Datetime:
    case Type::Timespan: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case Type::Real:
    case Type::Decimal: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case Type::Many: {
      duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
      duckdb_logical_type list = duckdb_create_list_type(text);
      duckdb_destroy_logical_type(&text);
      return list;
    }
    case Type::String:
    case Type::Dynamic:
    case Type::Guid: break;
  }
  return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
}

Value read_value(duckdb_vector vector, idx_t row, Type type, Arena& arena) {
  if (!is_valid(vector, row)) return Value::null();
  const void* data = duckdb_vector_get_data(vector);
  switch (type) {
    case Type::Bool: return Value::boolean(static_cast<const bool*>(data)[row]);
    case Type::Long: return Value::integer(static_cast<const int64_t*>(data)[row]);
    case Type::Datetime: return Value::datetime(static_cast<const int64_t*>(data)[row]);
    case Type::Timespan: return Value::timespan(static_cast<const int64_t*>(data)[row]);
    case Type::Real:
    case Type::Decimal: return Value::real(static_cast<const double*>(data)[row]);
    case Type::Many: return read_list(vector, row, arena);
    case Type::Dynamic: return Value::dynamic(text_at(vector, row));
    case Type::String:
    case Type::Guid: return Value::string(text_at(vector, row));
  }
  return Value::null();
}

Cell cell_of(const Value& value, Type type, CellBuffer& buffer) {
  if (value.is_null() || value.is_undecided())
    return {.kind = type == Type::Many ? Cell::Kind::NullList : Cell::Kind::Null};
  const auto whole = [](int64_t number) { return Cell{.kind = Cell::Kind::Whole, .whole = number}; };
  switch (type) {
    case Type::Bool:
      if (value.kind() != Kind::Bool) return {};
      return {.kind = Cell::Kind::Bool, .whole = value.as_bool() ? 1 : 0};
    case Type::Long:
      if (value.kind() == Kind::Real) {
        const auto part = whole_part(value.as_real());
        return part ? whole(*part) : Cell{};
      }
      return value.kind() == Kind::Long || value.kind() == Kind::Bool ? whole(value.as_integer()) : Cell{};
    case Type::Datetime:
    case Type::Timespan: return is_ticks(value) ? whole(value.as_ticks()) : Cell{};
    case Type::Real:
    case Type::Decimal: return is_number(value) ? Cell{.kind = Cell::Kind::Real, .real = value.as_real()} : Cell{};
    case Type::Many: return {.kind = Cell::Kind::List, .text = list_text(value, buffer)};
    case Type::String:
    case Type::Dynamic:
    case Type::Guid: return {.kind = Cell::Kind::Text, .text = mended(value_text(value, buffer.arena), buffer.text)};
  }
  return {};
}

void write_cell(duckdb_vector vector, idx_t row, const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::Null: return set_null(vector, row);
    case Cell::Kind::NullList:
      put(vector, row, duckdb_list_entry{duckdb_list_vector_get_size(vector), 0});
      return set_null(vector, row);
    case Cell::Kind::Bool: return put(vector, row, cell.whole != 0);
    case Cell::Kind::Whole: return put(vector, row, cell.whole);
    case Cell::Kind::Real: return put(vector, row, cell.real);
    case Cell::Kind::Text:
      return duckdb_vector_assign_string_element_len(vector, row, cell.text.data(), cell.text.size());
    case Cell::Kind::List: return write_list(vector, row, cell.text);
  }
}

void write_value(duckdb_vector vector, idx_t row, Type type, const Value& value, CellBuffer& buffer) {
  buffer.arena.reset();
  write_cell(vector, row, cell_of(value, type, buffer));
}

}  // namespace hecate::tail
