#include "base/source_map.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"

namespace hecate {
namespace {

bool is_continuation_byte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

FileId SourceMap::add(std::string path, std::string text) {
  if (std::optional<std::string> converted = utf8_of_utf16(text)) text = std::move(*converted);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  File file{std::move(path), std::move(text), {0}};
  for (size_t at = file.text.find('\n'); at != std::string::npos; at = file.text.find('\n', at + 1)) {
    file.line_starts.push_back(static_cast<uint32_t>(at + 1));
  }
  files_.push_back(std::move(file));
  return static_cast<FileId>(files_.size() - 1);
}

std::string_view SourceMap::path(FileId id) const {
  if (id == FileId::None) return {};
  return files_[static_cast<size_t>(id)].path;
}

std::string_view SourceMap::text(FileId id) const {
  if (id == FileId::None) return {};
  return files_[static_cast<size_t>(id)].text;
}

Position SourceMap::position(FileId id, uint32_t offset) const {
  if (id == FileId::None) return {};
  const File& file = files_[static_cast<size_t>(id)];
  offset = std::min<uint32_t>(offset, static_cast<uint32_t>(file.text.size()));
  auto after = std::upper_bound(file.line_starts.begin(), file.line_starts.end(), offset);
  const auto line = static_cast<uint32_t>(after - file.line_starts.begin());
  uint32_t column = 1;
  for (uint32_t i = file.line_starts[line - 1]; i < offset; ++i) {
    if (!is_continuation_byte(file.text[i])) ++column;
  }
  return {line, column};
}

std::string_view SourceMap::line(FileId id, uint32_t line) const {
  if (id == FileId::None) return {};
  const File& file = files_[static_cast<size_t>(id)];
  if (line == 0 || line > file.line_starts.size()) return {};
  const size_t begin = file.line_starts[line - 1];
  size_t end = line < file.line_starts.size() ? file.line_starts[line] - 1 : file.text.size();
  if (end > begin && file.text[end - 1] == '\r') --end;
  return std::string_view(file.text).substr(begin, end - begin);
}

Span SourceMap::whole(FileId id) const { return {id, 0, static_cast<uint32_t>(text(id).size())}; }

}  // namespace hecate
