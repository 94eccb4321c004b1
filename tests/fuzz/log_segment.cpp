// A segment of the log whose bytes are anything: it can be opened and read, and what is written behind them is found.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

#include "store/write_ahead_log.h"

namespace {

using namespace hecate;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string kFolder =
      (std::filesystem::temp_directory_path() / ("hecate-fuzz-" + std::to_string(::getpid()))).native();
  std::filesystem::remove_all(kFolder);
  std::filesystem::create_directories(kFolder);
  std::string bytes(reinterpret_cast<const char*>(data), size);
  // Hashes that are right are not found by chance: a record that is, before or between the bytes.
  std::string whole;
  store::RecordHeader header;
  header.payload_size = 4;
  header.sequence = 1;
  header.first_event = 1;
  header.events = 1;
  header.payload_hash = store::hash_of_payload("good");
  header.append_to(whole);
  whole += "good";
  bytes.insert(size == 0 ? 0 : data[0] % (size + 1), whole);
  std::ofstream(kFolder + "/00000000000000000001-00000000000000000001.wal", std::ios::binary) << bytes;

  DiagnosticSink sink;
  auto log = store::WriteAheadLog::open({kFolder}, sink);
  require(log.ok());
  std::promise<store::AppendResult> done;
  require((*log)->append({"next", 1, 0, {}}, [&](const store::AppendResult& result) { done.set_value(result); }));
  require(done.get_future().get().kind == store::AppendResult::Kind::Written);
  store::LogCursor cursor(**log, 0, nullptr);
  std::string first, last;
  while (cursor.next()) {
    if (first.empty()) first = cursor.payload();
    last = cursor.payload();
  }
  require(first == "good" && last == "next");
  return 0;
}
