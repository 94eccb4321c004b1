#include "exec/stream/lane_clock.h"

#include "base/text.h"
#include "exec/functions/convert.h"
#include "exec/stream/lane_keys.h"

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

/// The highest bit of each byte that is no digit; eight bytes at a time, of whatever order.
uint64_t others_than_digits(uint64_t word) {
  const uint64_t digits = word ^ 0x3030303030303030U;
  return (digits | ((digits & 0x7F7F7F7F7F7F7F7FU) + 0x7676767676767676U)) & 0x8080808080808080U;
}

/// Whether eight bytes are the same, but for digits in place of digits.
bool same_but_digits(const char* one, const char* other) {
  const uint64_t a = lane::load_word(one);
  const uint64_t b = lane::load_word(other);
  const uint64_t difference = a ^ b;
  const uint64_t different = difference | ((difference & 0x7F7F7F7F7F7F7F7FU) + 0x7F7F7F7F7F7F7F7FU);
  return ((others_than_digits(a) | others_than_digits(b)) & different) == 0;
}

/// Of an ordered text: whether the other is one as well, of the same form.
bool same_form(std::string_view ordered, std::string_view other) {
  constexpr size_t kWord = 8;
  if (ordered.size() != other.size()) return false;
  size_t at = 0;
  for (; at + kWord <= ordered.size(); at += kWord) {
    if (!same_but_digits(ordered.data() + at, other.data() + at)) return false;
  }
  at = ordered.size() - kWord;  // an ordered text is longer
  return same_but_digits(ordered.data() + at, other.data() + at);
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
