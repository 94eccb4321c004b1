#include "exec/tail/vectors.h"

#include <algorithm>
#include <optional>
#include <string>

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
void put_text(duckdb_vector vector, idx_t row, std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return duckdb_vector_assign_string_element_len(vector, row, text.data(), text.size());
  const std::string valid = valid_utf8(text);
  duckdb_vector_assign_string_element_len(vector, row, valid.data(), valid.size());
}

/// A number's whole part, or nothing where no long holds it.
std::optional<int64_t> whole_part(double number) {
  if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0)) return std::nullopt;
  return static_cast<int64_t>(number);
}

void write_list(duckdb_vector vector, idx_t row, const Value& value, Arena& arena) {
  const Value single[] = {value};
  const auto elements = value.kind() == Kind::Many ? value.as_list() : std::span<const Value>(single);
  const idx_t offset = duckdb_list_vector_get_size(vector);
  duckdb_list_vector_reserve(vector, offset + elements.size());
  duckdb_list_vector_set_size(vector, offset + elements.size());
  duckdb_vector child = duckdb_list_vector_get_child(vector);
  for (size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].is_null() || elements[i].kind() == Kind::Dynamic) {
      set_null(child, offset + i);
    } else {
      put_text(child, offset + i, value_text(elements[i], arena));
    }
  }
  static_cast<duckdb_list_entry*>(duckdb_vector_get_data(vector))[row] = {offset, elements.size()};
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

void write_value(duckdb_vector vector, idx_t row, Type type, const Value& value, Arena& arena) {
  if (value.is_null() || value.is_undecided()) {
    if (type == Type::Many) put(vector, row, duckdb_list_entry{duckdb_list_vector_get_size(vector), 0});
    return set_null(vector, row);
  }
  switch (type) {
    case Type::Bool:
      if (value.kind() != Kind::Bool) return set_null(vector, row);
      return put(vector, row, value.as_bool());
    case Type::Long:
      if (value.kind() == Kind::Real) {
        const auto whole = whole_part(value.as_real());
        return whole ? put(vector, row, *whole) : set_null(vector, row);
      }
      if (value.kind() != Kind::Long && value.kind() != Kind::Bool) return set_null(vector, row);
      return put(vector, row, value.as_integer());
    case Type::Datetime:
    case Type::Timespan:
      if (!is_ticks(value)) return set_null(vector, row);
      return put(vector, row, value.as_ticks());
    case Type::Real:
    case Type::Decimal:
      if (!is_number(value)) return set_null(vector, row);
      return put(vector, row, value.as_real());
    case Type::Many: return write_list(vector, row, value, arena);
    case Type::String:
    case Type::Dynamic:
    case Type::Guid: return put_text(vector, row, value_text(value, arena));
  }
}

}  // namespace hecate::tail
