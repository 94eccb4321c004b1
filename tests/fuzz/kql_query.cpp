#include <cstddef>
#include <cstdint>
#include <string>

#include "base/source_map.h"
#include "lang/kql/kql.h"

/// Any bytes as a query over a small table: it compiles to a sound plan, or it is reported.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hecate;
  const std::string query(reinterpret_cast<const char*>(data), size);
  const kql::TableSchema table{"T",
                               {{"S", Type::String, "P"},
                                {"P", Type::String, ""},
                                {"N", Type::Long, ""},
                                {"R", Type::Real, ""},
                                {"B", Type::Bool, ""},
                                {"Time", Type::Datetime, ""},
                                {"D", Type::Dynamic, ""}}};
  kql::Environment environment;
  environment.find_table = [&](std::string_view name) { return name == "T" ? &table : nullptr; };
  environment.table_names = {"T"};
  SourceMap sources;
  const MappedText text(query, sources.whole(sources.add("query.kql", query)));
  DiagnosticSink sink;
  const auto plan = kql::compile(text, environment, sink);
  if (plan.ok() ? verify(*plan).has_value() : sink.errors() == 0) __builtin_trap();
  return 0;
}
