#include <openssl/evp.h>
#include <openssl/rand.h>
#include <xxhash.h>

#include <array>
#include <bit>
#include <cstring>

#include "base/time.h"
#include "exec/functions/kql_support.h"

// Hashes, random values, constants of the engine.
namespace hecate::kql_support {

uint64_t xxhash64(std::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

namespace {

std::string hex_of(std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : bytes) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}
/// Of a value's text; of "" it is "" and no digest.
template <const EVP_MD* (*algorithm)()>
Value digest(Arguments a, EvalContext& c) {
  const std::string_view text = text_of(a[0], c);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  if (text.empty() || EVP_Digest(text.data(), text.size(), bytes.data(), &size, algorithm(), nullptr) != 1)
    return Value::string("");
  return string_value(hex_of({bytes.data(), size}), c);
}

std::string_view little_endian(uint64_t number, std::array<char, 8>& bytes) {
  for (char& byte : bytes) {
    byte = static_cast<char>(number & 0xFF);
    number >>= 8;
  }
  return {bytes.data(), bytes.size()};
}
/// The bytes that Kusto hashes: UTF-8, or eight bytes of a number; datetimes count from the year 1.
std::string_view bytes_of(const Value& value, std::array<char, 8>& bytes, EvalContext& c) {
  switch (value.kind()) {
    case Kind::Bool: bytes[0] = value.as_bool() ? 1 : 0; return {bytes.data(), 1};
    case Kind::Real: return little_endian(std::bit_cast<uint64_t>(value.as_real()), bytes);
    case Kind::Long:
    case Kind::Timespan: return little_endian(static_cast<uint64_t>(value.as_integer()), bytes);
    case Kind::Datetime: {
      const auto origin = static_cast<uint64_t>(ticks_from_civil(1, 1, 1, 0, 0, 0));
      return little_endian(static_cast<uint64_t>(value.as_ticks()) - origin, bytes);
    }
    default: return text_of(value, c);
  }
}
uint64_t hash_of(const Value& value, EvalContext& c) {
  std::array<char, 8> bytes{};
  return xxhash64(bytes_of(value, bytes, c));
}
/// hash-function: the remainder is not negative.
Value hash(Arguments a, EvalContext& c) {
  if (a[0].is_null()) return Value::null();
  const uint64_t value = hash_of(a[0], c);
  if (a.size() < 2) return Value::integer(static_cast<int64_t>(value));
  if (a[1].is_null() || a[1].as_integer() <= 0) return Value::null();
  return Value::integer(static_cast<int64_t>(value % static_cast<uint64_t>(a[1].as_integer())));
}

/// How Kusto combines hashes is not documented, and may change (hash-combine-function): any good mixture will do.
uint64_t combined(uint64_t seed, uint64_t next) {
  return seed ^ (next + 0x9E3779B97F4A7C15ULL + (seed << 6) + (seed >> 2));
}
template <bool hashes>
Value combine(Arguments a, EvalContext& c) {
  uint64_t result = 0;
  bool first = true;
  for (const Value& value : a) {
    const uint64_t next = hashes ? static_cast<uint64_t>(value.as_integer()) : hash_of(value, c);
    result = first ? next : combined(result, next);
    first = false;
  }
  return Value::integer(static_cast<int64_t>(result));
}

uint64_t random_bits() {
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return 0;
  return std::bit_cast<uint64_t>(bytes);
}
// Heads look at an event as often as they like, so random values are the tail's (EvalContext::run.now is known there).
Value random(Arguments a, EvalContext& c) {
  if (!c.run.now) return Value::undecided();
  const double unit = static_cast<double>(random_bits() >> 11) * 0x1.0p-53;
  if (a.empty() || a[0].as_integer() <= 1) return Value::real(unit);
  return Value::real(static_cast<double>(random_bits() % static_cast<uint64_t>(a[0].as_integer())));
}
Value new_guid(Arguments, EvalContext& c) {
  if (!c.run.now) return Value::undecided();
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return Value::null();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string hex = hex_of(bytes);
  for (const size_t place : {size_t{20}, size_t{16}, size_t{12}, size_t{8}}) hex.insert(place, "-");
  return string_value(hex, c);
}

Value hecate_name(Arguments, EvalContext&) { return Value::string("hecate"); }
Value nobody(Arguments, EvalContext&) { return Value::string(""); }

/// Texts count their UTF-8, all else eight bytes (estimate-data-size-function).
Value data_size(Arguments a, EvalContext&) {
  int64_t size = 0;
  for (const Value& value : a) {
    if (!value.is_null()) size += value.is_text() ? static_cast<int64_t>(value.as_text().size()) : 8;
  }
  return Value::integer(size);
}

constexpr Function kFunctions[] = {
    {"kql.current_cluster_endpoint", 0, 0, false, &hecate_name, "What runs the query."},
    {"kql.current_database", 0, 0, false, &hecate_name, "What is queried."},
    {"kql.current_principal", 0, 0, false, &nobody, "Who runs the query: nobody."},
    {"kql.estimate_data_size", 1, -1, true, &data_size, "An estimate of the bytes of values."},
    {"kql.hash", 1, 2, true, &hash, "xxHash64 of a value."},
    {"kql.hash_combine", 2, -1, false, &combine<true>, "Hashes as one."},
    {"kql.hash_many", 2, -1, true, &combine<false>, "One hash of several values."},
    {"kql.hash_md5", 1, 1, true, &digest<&EVP_md5>, "MD5 of a text."},
    {"kql.hash_sha1", 1, 1, true, &digest<&EVP_sha1>, "SHA-1 of a text."},
    {"kql.hash_sha256", 1, 1, true, &digest<&EVP_sha256>, "SHA-256 of a text."},
    {"kql.new_guid", 0, 0, false, &new_guid, "A new random guid."},
    {"kql.rand", 0, 1, false, &random, "A random number."},
};

}  // namespace

std::span<const Function> hash_functions() { return kFunctions; }

}  // namespace hecate::kql_support
