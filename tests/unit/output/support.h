#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "output/output.h"

namespace hecate::output::test {

/// What a writer puts into a file.
inline std::string written(const std::function<std::unique_ptr<Writer>(std::FILE*)>& make,
                           const std::vector<Finding>& findings) {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) return "no temporary file";
  {
    const auto writer = make(file);
    for (const Finding& finding : findings) writer->write(finding);
    writer->finish();
  }
  std::rewind(file);
  std::string out;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) out += static_cast<char>(c);
  std::fclose(file);
  return out;
}

inline ResultField field(std::string name, std::string value, bool key = true) {
  return {std::move(name), OwnedValue::string(std::move(value)), key};
}

}  // namespace hecate::output::test
