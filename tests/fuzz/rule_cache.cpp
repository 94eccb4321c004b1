// Arbitrary bytes in the file of the rule cache: it is never trusted, and whatever it gives is a plan that can run. The
// first two bytes say where in what the cache itself wrote the others stand; the sum over the file is put right, so
// that they are looked at.
#define XXH_INLINE_ALL
#include "content/rule_cache.h"

#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "content/content.h"
#include "engine/ruleset.h"

namespace {

using namespace hecate;
namespace fs = std::filesystem;

constexpr std::string_view kRule = R"(title: one
id: 00000000-0000-0000-0000-000000000001
logsource: {product: windows, category: process_creation}
detection:
  sel: {Image|endswith: ['\\a.exe', '\\b.exe'], CommandLine|re: 'x+'}
  condition: not sel or 1 of them
level: high
)";

constexpr size_t kSum = 16;

/// Where the sum stands: what is behind it is summed up.
size_t place_of_sum(std::string_view file) {
  for (size_t at = 0; at + kSum < file.size() && at < 64; ++at) {
    XXH128_canonical_t sum;
    XXH128_canonicalFromHash(&sum, XXH3_128bits(file.data() + at + kSum, file.size() - at - kSum));
    if (file.substr(at, kSum) == std::string_view(reinterpret_cast<const char*>(sum.digest), kSum)) return at;
  }
  std::abort();
}

struct Setting {
  Setting() {
    std::string name = (fs::temp_directory_path() / "hecate-fuzz-XXXXXX").native();
    folder = ::mkdtemp(name.data());
    auto loaded = Catalog::load(std::string(HECATE_SOURCE_DIR) + "/catalogs", sources, sink);
    if (!loaded) std::abort();
    catalog = std::move(*loaded);
    rules = folder + "/rules";
    fs::create_directories(rules);
    std::ofstream(rules + "/one.yml") << kRule;
    file = folder + "/cache/rules.bin";
    run();
    std::ifstream whole(file, std::ios::binary);
    std::ostringstream bytes;
    bytes << whole.rdbuf();
    written = bytes.str();
    sum = place_of_sum(written);
  }
  ~Setting() {
    std::error_code error;
    fs::remove_all(folder, error);
  }

  void run() const {
    SourceMap own_sources;
    DiagnosticSink own_sink;
    content::RuleCache cache(folder + "/cache", "fuzz", engine::runnable);
    engine::CompileOptions options;
    options.rule_cache = &cache;
    const engine::Ruleset compiled(content::load({rules}, own_sources, own_sink, &cache), catalog, options, own_sink);
    for (const auto& detection : compiled.detections()) {
      if (verify(detection->plan)) std::abort();
    }
    cache.save();
  }

  SourceMap sources;
  DiagnosticSink sink;
  Catalog catalog;
  std::string folder, rules, file, written;
  size_t sum = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Setting setting;
  if (size < 2) return 0;
  const std::string_view own(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t behind = setting.sum + kSum;
  std::string bytes = setting.written;
  const size_t at = behind + (size_t{data[0]} << 8U | data[1]) % (bytes.size() - behind);
  bytes.replace(at, std::min(own.size(), bytes.size() - at), own);
  XXH128_canonical_t sum;
  XXH128_canonicalFromHash(&sum, XXH3_128bits(bytes.data() + behind, bytes.size() - behind));
  bytes.replace(setting.sum, kSum, reinterpret_cast<const char*>(sum.digest), kSum);
  std::ofstream(setting.file, std::ios::binary | std::ios::trunc) << bytes;
  setting.run();
  return 0;
}
