#include "cli/version.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>
#include <simdjson.h>
#include <utf8proc.h>
#include <zlib.h>
#include <zstd.h>

#include <pugixml.hpp>

#include "cli/build_info.h"
#include "exec/tail/database.h"

// simdjson's version is a bare token.
#define HECATE_TEXT_OF(token) #token
#define HECATE_TEXT(token) HECATE_TEXT_OF(token)

namespace hecate::cli {

std::string version_text() {
  char pcre2[64] = {};
  pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
  return fmt::format(
      "hecate {} ({})\n"
      "DuckDB {}, simdjson {}, PCRE2 {}, pugixml {}.{}, utf8proc {}, zlib {}, zstd {}, fmt {}.{}.{}",
      HECATE_VERSION, HECATE_COMMIT, tail::Database::version(), HECATE_TEXT(SIMDJSON_VERSION), pcre2,
      PUGIXML_VERSION / 1000, PUGIXML_VERSION % 1000 / 10, utf8proc_version(), zlibVersion(), ZSTD_versionString(),
      FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

}  // namespace hecate::cli
