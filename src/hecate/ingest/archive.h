#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/byte_source.h"

namespace hecate::ingest {

/// How a file is packed that libarchive reads, by its first six bytes.
enum class Packing : uint8_t { None, Xz, Bzip2, Lz4, Zip };
inline constexpr size_t kPackingMagic = 6;
[[nodiscard]] Packing packing_of(std::string_view head);

/// Bytes unpacked as they arrive, never more than a few blocks of them held: of xz, bzip2 and lz4 all streams of a
/// file; of a zip archive the file that next_file() went on to. The source must outlive the result.
[[nodiscard]] std::unique_ptr<ByteSource> unpack(ByteSource& source, Packing packing);

}  // namespace hecate::ingest
