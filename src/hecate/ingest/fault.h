#pragma once

#include <cstddef>
#include <cstdint>

namespace hecate::ingest {

/// Why a record is bad.
enum class Fault : uint8_t { None, Json, Xml, NotText, Oversized, TooDeep, Envelope, Damaged, Row };
constexpr size_t kFaults = 9;

}  // namespace hecate::ingest
