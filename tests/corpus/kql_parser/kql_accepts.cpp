#include <iostream>
#include <string>

#include "base/source_map.h"
#include "lang/kql/ast.h"
#include "lang/kql/kql.h"

/// Reads queries, each as a line with its length in bytes and then its text; writes a line for each: the codes of what
/// is reported of its syntax, or `-`; a tab; the first message and its hint.
int main() {
  using namespace hecate;
  for (std::string length; std::getline(std::cin, length);) {
    std::string query(std::stoul(length), '\0');
    if (!std::cin.read(query.data(), static_cast<std::streamsize>(query.size()))) return 1;
    SourceMap sources;
    const MappedText text(query, sources.whole(sources.add("query.kql", query)));
    DiagnosticSink sink;
    const kql::ast::Query parsed = kql::parse(text, sink);
    std::string codes;
    for (const Diagnostic& diagnostic : sink.all()) {
      codes += codes.empty() ? "" : " ";
      codes += diagnostic.code->id;
    }
    std::string first = sink.all().empty() ? "" : sink.all().front().message + "\t" + sink.all().front().hint;
    for (char& c : first) c = c == '\n' || c == '\r' ? ' ' : c;
    std::cout << (codes.empty() ? "-" : codes) << '\t' << first << '\n';
  }
  return 0;
}
