#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exec/functions/function.h"

namespace hecate {

/// A database of where addresses are, in MaxMind's format (GeoLite2-City and the like). Read only: threads may share
/// it.
class Locations {
 public:
  ~Locations();
  Locations(const Locations&) = delete;
  Locations& operator=(const Locations&) = delete;

  /// nullptr where the file is no such database; `error` then says why.
  static std::unique_ptr<Locations> open(const std::string& path, std::string& error);

  /// What the database says of an address under a name of Splunk's iplocation: City, Country, Region, Continent,
  /// Timezone, MetroCode, lat, lon. Null where it says nothing.
  [[nodiscard]] Value find(std::string_view address, std::string_view field, Arena& arena) const;

 private:
  struct Database;
  explicit Locations(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

namespace spl {

Value location(std::span<const Value>, EvalContext&);  // (address, field)

}  // namespace spl

}  // namespace hecate
