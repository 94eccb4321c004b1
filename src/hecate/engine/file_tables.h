#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "lang/kql/kql.h"

namespace hecate::engine {

/// KQL tables for events that no source recognises: one for each file, called like the file without folder and
/// extension, with columns inferred from all of its records: JSON whole numbers are long, other numbers real,
/// true and false bool, objects and arrays dynamic, everything else string; kinds that do not agree are string
/// (long and real: real). Reads the files once; standard input has no table.
[[nodiscard]] std::vector<kql::TableSchema> infer_file_tables(const std::vector<std::string>& files,
                                                              const Catalog& catalog);
/// The same for a text in memory.
[[nodiscard]] kql::TableSchema infer_table(const std::string& text, const std::string& name);

}  // namespace hecate::engine
