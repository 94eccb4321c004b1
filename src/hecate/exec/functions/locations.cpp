#include "exec/functions/locations.h"

#include <maxminddb.h>

#include <algorithm>
#include <array>

namespace hecate {
namespace {

/// Where a field of iplocation stands in a record of MaxMind's city databases; names are those in English.
struct FieldPath {
  std::string_view field;
  std::array<const char*, 5> path;  // ended by nullptr
};
constexpr std::array<FieldPath, 8> kFields{{
    {"City", {"city", "names", "en", nullptr, nullptr}},
    {"Continent", {"continent", "names", "en", nullptr, nullptr}},
    {"Country", {"country", "names", "en", nullptr, nullptr}},
    {"MetroCode", {"location", "metro_code", nullptr, nullptr, nullptr}},
    {"Region", {"subdivisions", "0", "names", "en", nullptr}},
    {"Timezone", {"location", "time_zone", nullptr, nullptr, nullptr}},
    {"lat", {"location", "latitude", nullptr, nullptr, nullptr}},
    {"lon", {"location", "longitude", nullptr, nullptr, nullptr}},
}};

Value value_of(const MMDB_entry_data_s& data, Arena& arena) {
  const auto number = [&](double value) { return Value::string(arena.copy(number_text(value))); };
  switch (data.type) {
    case MMDB_DATA_TYPE_UTF8_STRING: return Value::string(arena.copy({data.utf8_string, data.data_size}));
    case MMDB_DATA_TYPE_DOUBLE: return number(data.double_value);
    case MMDB_DATA_TYPE_FLOAT: return number(static_cast<double>(data.float_value));
    case MMDB_DATA_TYPE_UINT16: return number(data.uint16);
    case MMDB_DATA_TYPE_UINT32: return number(data.uint32);
    default: return Value::null();
  }
}

}  // namespace

struct Locations::Database {
  MMDB_s mmdb{};
};

Locations::Locations(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Locations::~Locations() { MMDB_close(&database_->mmdb); }

std::unique_ptr<Locations> Locations::open(const std::string& path, std::string& error) {
  auto database = std::make_unique<Database>();
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &database->mmdb);
  if (status != MMDB_SUCCESS) {
    error = MMDB_strerror(status);
    return nullptr;
  }
  return std::unique_ptr<Locations>(new Locations(std::move(database)));  // the constructor is private
}

Value Locations::find(std::string_view address, std::string_view field, Arena& arena) const {
  const auto* row =
      std::find_if(kFields.begin(), kFields.end(), [&](const FieldPath& each) { return each.field == field; });
  if (row == kFields.end() || address.empty() || address.size() > 64) return Value::null();
  int gai_error = 0;
  int mmdb_error = MMDB_SUCCESS;
  // Numeric addresses only: the library asks no name server.
  MMDB_lookup_result_s found =
      MMDB_lookup_string(&database_->mmdb, std::string(address).c_str(), &gai_error, &mmdb_error);
  if (gai_error != 0 || mmdb_error != MMDB_SUCCESS || !found.found_entry) return Value::null();
  MMDB_entry_data_s data{};
  const int status = MMDB_aget_value(&found.entry, &data, row->path.data());
  return status == MMDB_SUCCESS && data.has_data ? value_of(data, arena) : Value::null();
}

namespace spl {

Value location(std::span<const Value> arguments, EvalContext& context) {
  if (context.run.locations == nullptr || arguments[0].is_null()) return Value::null();
  const std::string_view field = value_text(arguments[1], context.arena);
  // Of several addresses the first.
  const Value first = arguments[0].kind() == Kind::Many ? arguments[0].as_list().front() : arguments[0];
  return context.run.locations->find(value_text(first, context.arena), field, context.arena);
}

}  // namespace spl
}  // namespace hecate
