#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "catalog/codes.h"
#include "catalog/loader.h"

namespace hecate::catalog {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// Reads the headers of a file's blocks:
/// `@ <types> <tables and schemas> <confidence> <evidence> [<event types>]`, by tabs.
class BlockLoader {
 public:
  BlockLoader(std::string source, std::string file, Catalog::Impl& catalog, DiagnosticSink& sink)
      : source_(std::move(source)), file_(std::move(file)), catalog_(catalog), check_(sink) {}

  void load(std::string_view text, FileId id) {
    size_t line = 0;
    for (size_t at = 0; at < text.size();) {
      ++line;
      const size_t end = std::min(text.find('\n', at), text.size());
      if (text[at] == '@') {
        // The block goes on up to the next header.
        const size_t next = std::min(text.find("\n@", end == 0 ? 0 : end - 1), text.size());
        const Span span{id, static_cast<uint32_t>(at), static_cast<uint32_t>(end)};
        const size_t body = std::min(end + 1, text.size());
        header(split(text.substr(at, end - at), '\t'), text.substr(body, next < body ? 0 : next - body + 1),
               fmt::format("{}:{}", file_, line), span);
      }
      at = end + 1;
    }
  }

 private:
  void header(const std::vector<std::string_view>& fields, std::string_view lines, std::string place, Span span) {
    if (fields.size() < 5 || fields.size() > 6 || fields[3].size() != 1 ||
        std::string_view("ABCU").find(fields[3]) == std::string_view::npos) {
      check_.wrong(span,
                   "a block begins with `@`, types, tables, confidence, evidence and perhaps event types, by tabs");
      return;
    }
    std::vector<std::string> event_types;
    if (fields.size() == 6) {
      for (const std::string_view type : split(fields[5], ',')) event_types.emplace_back(type);
    }
    const std::vector<TypeData*> types = types_of(fields[1], span);
    for (const std::string_view vocabulary : split(fields[2], ',')) {
      if (!known(vocabulary, span)) continue;
      for (TypeData* type : types) {
        if (!vocabulary.ends_with('*')) declare(*type, vocabulary, event_types);
        type->blocks.push_back({std::string(vocabulary), std::string(fields[4]), fields[3].front(), lines, place});
      }
    }
  }

  static void declare(TypeData& type, std::string_view vocabulary, const std::vector<std::string>& event_types) {
    std::vector<std::string>& own = type.views[std::string(vocabulary)];
    for (const std::string& each : event_types) {
      if (std::find(own.begin(), own.end(), each) == own.end()) own.push_back(each);
    }
  }

  std::vector<TypeData*> types_of(std::string_view names, Span span) {
    std::vector<TypeData*> types;
    std::vector<std::string_view> known;
    for (TypeData& type : catalog_.types) {
      if (type.name.starts_with(source_ + ".")) known.push_back(std::string_view(type.name).substr(source_.size() + 1));
    }
    for (const std::string_view name : split(names, ',')) {
      const size_t before = types.size();
      for (TypeData& type : catalog_.types) {
        if (type.name.starts_with(source_ + ".") && (name == "*" || type.name.substr(source_.size() + 1) == name))
          types.push_back(&type);
      }
      if (types.size() == before)
        check_.unknown(kWrongValue, span, fmt::format("record type of `{}`", source_), name, known);
    }
    return types;
  }

  bool known(std::string_view vocabulary, Span span) {
    if (vocabulary == "asim.*" || vocabulary == "table.*") return true;
    std::vector<std::string_view> names;
    for (const SchemaData& data : catalog_.schemas) {
      if (data.schema.asim && vocabulary == "asim." + data.schema.name) return true;
      if (data.schema.asim) names.push_back(data.schema.name);
    }
    if (vocabulary.starts_with("table.") && add_listed_table(catalog_, std::string(vocabulary.substr(6)))) return true;
    check_.unknown(kUnknownSchema, span, "table or ASIM schema", vocabulary, names);
    return false;
  }

  std::string source_, file_;
  Catalog::Impl& catalog_;
  Checker check_;
};

}  // namespace

void load_blocks(const std::string& path, Catalog::Impl& catalog, SourceMap& sources, DiagnosticSink& sink) {
  const std::string file = std::filesystem::path(path).filename().string();
  std::ifstream stream(path, std::ios::binary);
  const std::string_view text =
      catalog.view_columns.keep(std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()));
  const FileId id = sources.add(path, std::string(text));
  BlockLoader(file.substr(0, file.find('.')), file, catalog, sink).load(text, id);
}

}  // namespace hecate::catalog
