#include "exec/stream/lane_clock.h"

#include "base/text.h"
#include "exec/functions/convert.h"

namespace hecate::stream {
namespace {

/// `2020-10-18T10:56:18.799Z`, with or without fraction and Z: no offset, and all digits from the greatest to the
/// least.
bool is_ordered(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd?dd:dd:dd";
  if (text.size() < kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool good = kForm[i] == 'd'   ? is_ascii_digit(text[i])
                      : kForm[i] == '?' ? text[i] == 'T' || text[i] == ' '
                                        : text[i] == kForm[i];
    if (!good) return false;
  }
  std::string_view rest = text.substr(kForm.size());
  if (rest.ends_with('Z')) rest.remove_suffix(1);
  if (rest.empty()) return true;
  return rest.size() > 1 && rest[0] == '.' && rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// Of an ordered text: whether the other is one as well, of the same form.
bool same_form(std::string_view ordered, std::string_view other) {
  if (ordered.size() != other.size()) return false;
  const auto is_digit = [](char c) { return static_cast<unsigned>(static_cast<unsigned char>(c - '0') < 10); };
  unsigned same = 1;
  for (size_t i = 0; i < ordered.size(); ++i) {
    // No branch: both are digits, or both the same.
    same &= (is_digit(other[i]) & is_digit(ordered[i])) | static_cast<unsigned>(ordered[i] == other[i]);
  }
  return same != 0;
}

/// Of an ordered text: a time of these years that surely exists; late days of months are left to the calendar.
bool surely_exists(std::string_view text) {
  const bool year = text[0] == '2' || text.starts_with("19");
  const bool month = text[5] == '0' ? text[6] != '0' : text[5] == '1' && text[6] <= '2';
  const bool day = text[8] == '0' ? text[9] != '0' : text[8] == '1' || (text[8] == '2' && text[9] < '9');
  const bool hour = text[11] < '2' || (text[11] == '2' && text[12] < '4');
  return year && month && day && hour && text[14] < '6' && text[17] < '6';
}

}  // namespace

bool LatestTime::see(std::string_view text) {
  if (!text_.empty() && same_form(text_, text) && surely_exists(text)) {
    if (text > text_) {
      text_ = text;
      is_read_ = false;
    }
    return true;
  }
  const auto time = time_of_text(text);
  if (!time) return false;
  if (value() && *time <= *value()) return true;
  latest_ = time;
  text_ = is_ordered(text) ? text : std::string_view();
  is_read_ = true;
  return true;
}

std::optional<Ticks> LatestTime::value() {
  if (!is_read_) latest_ = time_of_text(text_);
  is_read_ = true;
  return latest_;
}

}  // namespace hecate::stream
