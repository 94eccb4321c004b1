#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "output/output.h"

namespace hecate::output {
namespace {

/// One line, no control characters: a log's bytes must not drive the terminal.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string_view(", ") : std::string_view(&c, 1);
  return printable(out);
}

std::string cut_to(std::string_view text, size_t width) {
  if (code_points(text) <= width) return std::string(text);
  std::string out;
  size_t taken = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts && taken++ == width - 1) break;
    out += text[i];
  }
  return out + "…";
}

void pad_to(std::string& line, std::string_view cell, size_t width) {
  line += cell;
  const size_t length = code_points(cell);
  if (length < width) line.append(width - length, ' ');
}

std::string cell_of(const ResultField& field) {
  const Value value = field.value.get();
  // Splunk shows its time field as a time, whatever the number is.
  if (field.name == "_time" && value.kind() == Kind::Real) {
    if (const auto ticks = ticks_from_epoch_seconds(value.as_real())) return format_rfc3339(*ticks);
  }
  return one_line(value_text(value));
}

struct Paint {
  bool on;
  [[nodiscard]] std::string operator()(std::string_view text, std::string_view style) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : std::string(text);
  }
};

std::string_view level_style(content::Level level) {
  switch (level) {
    case content::Level::Critical:
    case content::Level::High: return "1;31";
    case content::Level::Medium: return "1;33";
    case content::Level::Low: return "1;36";
    case content::Level::Informational: break;
  }
  return "1;37";
}

std::string indent(std::string_view block, std::string_view by) {
  std::string out;
  size_t at = 0;
  while (at < block.size()) {
    const size_t end = std::min(block.find('\n', at), block.size());
    out += fmt::format("{}{}\n", by, block.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// The columns of rows that may each have other fields, in order of first appearance.
struct Grid {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  void add(const std::vector<ResultField>& fields) {
    auto& row = rows.emplace_back(header.size());
    for (const ResultField& field : fields) {
      const auto known = std::find(header.begin(), header.end(), field.name);
      const auto column = static_cast<size_t>(known - header.begin());
      if (known == header.end()) header.push_back(field.name);
      if (row.size() < header.size()) row.resize(header.size());
      row[column] = cell_of(field);
    }
  }
};

class TableWriter final : public Writer {
 public:
  TableWriter(std::FILE* out, TableOptions options) : out_(out), options_(options), paint_{options.color} {}

  void write(const Finding& finding) override {
    Section& section = sections_[finding.detection];
    section.order = std::min(section.order, sections_.size());
    if (!finding.suppressed_by.empty()) {
      ++section.suppressed;
    } else {
      ++section.findings;
    }
    if (section.grid.rows.size() >= options_.most_rows) {
      ++section.not_shown;
      return;
    }
    section.grid.add(row_of(finding));
    if (!finding.message.empty() && finding.suppressed_by.empty()) section.add_message(one_line(finding.message));
  }

  void finish() override {
    std::vector<std::pair<const content::Detection*, Section*>> order;
    for (auto& [detection, section] : sections_) order.emplace_back(detection, &section);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return a.first->level != b.first->level ? a.first->level > b.first->level : a.second->order < b.second->order;
    });
    for (const auto& [detection, section] : order) print(*detection, *section);
    std::fflush(out_);
  }

 private:
  struct Section {
    size_t order = SIZE_MAX;
    Grid grid;
    std::vector<std::pair<std::string, uint64_t>> messages;  // with how many findings say so
    uint64_t findings = 0, suppressed = 0, not_shown = 0;

    void add_message(std::string text) {
      const auto same =
          std::find_if(messages.begin(), messages.end(), [&](const auto& entry) { return entry.first == text; });
      if (same == messages.end()) {
        messages.emplace_back(std::move(text), 1);
      } else {
        ++same->second;
      }
    }
  };

  static std::vector<ResultField> row_of(const Finding& finding) {
    std::vector<ResultField> fields;
    const auto add = [&](std::string name, std::string text) {
      fields.push_back({std::move(name), OwnedValue::string(std::move(text)), true});
    };
    const bool any_key =
        std::any_of(finding.result.begin(), finding.result.end(), [](const ResultField& f) { return f.key; });
    if (finding.whole_event && finding.time) add("time", format_rfc3339(*finding.time));
    for (const ResultField& field : finding.result) {
      const Value value = field.value.get();
      const bool empty = value.is_null() || value_text(value).empty();
      if (!empty && (field.key || !any_key)) fields.push_back(field);
    }
    if (finding.whole_event && finding.source)
      add("source", fmt::format("{}:{}", finding.source->file, finding.source->record));
    if (!finding.suppressed_by.empty()) {
      add("suppressed by", finding.suppressed_by_title.empty() ? finding.suppressed_by : finding.suppressed_by_title);
    }
    return fields;
  }

  void print(const content::Detection& detection, const Section& section) const {
    std::string attack;
    for (const std::string& technique : detection.attack.techniques) attack += (attack.empty() ? "" : " ") + technique;
    std::string counts = fmt::format("{} finding{}", section.findings, section.findings == 1 ? "" : "s");
    if (section.suppressed > 0) counts += fmt::format(", {} suppressed", section.suppressed);
    std::string text =
        fmt::format("{}  {}  [{}]  {}  {}\n", paint_(content::to_string(detection.level), level_style(detection.level)),
                    paint_(detection.title, "1"), to_string(detection.language), attack, counts);
    text += indent(format_table(section.grid.header, section.grid.rows, options_.width - 2), "  ");
    for (const auto& [message, times] : section.messages) {
      text += fmt::format("  {} {}{}\n", paint_("risk:", "1;35"), message,
                          times > 1 ? fmt::format(" ({} times)", times) : "");
    }
    if (section.not_shown > 0) text += fmt::format("  … and {} more: --output ndjson shows all\n", section.not_shown);
    fmt::print(out_, "{}\n", text);
  }

  std::FILE* out_;
  TableOptions options_;
  Paint paint_;
  std::map<const content::Detection*, Section> sections_;
};

class RowsTableWriter final : public Writer {
 public:
  RowsTableWriter(std::FILE* out, TableOptions options) : out_(out), options_(options) {}
  void write(const Finding& finding) override {
    if (grid_.rows.size() >= kMostRows) {
      ++not_shown_;
      return;
    }
    grid_.add(finding.result);
  }
  void finish() override {
    if (!grid_.header.empty()) fmt::print(out_, "{}", format_table(grid_.header, grid_.rows, options_.width));
    if (not_shown_ > 0) fmt::print(out_, "… and {} more rows: --output ndjson shows all\n", not_shown_);
    std::fflush(out_);
  }

 private:
  static constexpr size_t kMostRows = 1000;
  std::FILE* out_;
  TableOptions options_;
  Grid grid_;
  uint64_t not_shown_ = 0;
};

}  // namespace

std::string format_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                         size_t width) {
  constexpr size_t kGap = 2;
  constexpr size_t kNarrowest = 8;
  std::vector<size_t> widths;
  for (size_t c = 0; c < header.size(); ++c) {
    size_t widest = code_points(header[c]);
    for (const auto& row : rows) widest = std::max(widest, c < row.size() ? code_points(row[c]) : 0);
    widths.push_back(widest);
  }
  // The widest columns give way first, down to a common width.
  size_t cap = widths.empty() ? 0 : *std::max_element(widths.begin(), widths.end());
  const auto total = [&] {
    size_t sum = 0;
    for (const size_t w : widths) sum += std::min(w, cap) + kGap;
    return sum;
  };
  while (cap > kNarrowest && total() > width + kGap) --cap;
  for (size_t& w : widths) w = std::min(w, cap);
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t c = 0; c < widths.size(); ++c) {
      pad_to(text, cut_to(c < cells.size() ? cells[c] : std::string(), widths[c]), widths[c] + kGap);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string out = line(header);
  for (const auto& row : rows) out += line(row);
  return out;
}

std::unique_ptr<Writer> make_table_writer(std::FILE* out, TableOptions options) {
  return std::make_unique<TableWriter>(out, options);
}
std::unique_ptr<Writer> make_rows_table_writer(std::FILE* out, TableOptions options) {
  return std::make_unique<RowsTableWriter>(out, options);
}

}  // namespace hecate::output
