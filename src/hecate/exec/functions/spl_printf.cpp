#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "base/text.h"
#include "exec/functions/spl_functions.h"

// printf of eval (Search Reference, "Conversion functions"): %[flags][width][.precision]conversion.
namespace hecate::spl {
namespace {

constexpr int kWidest = 1000;

/// One conversion: its flags, numbers and letter.
struct Conversion {
  std::string flags;
  std::optional<int> width, precision;
  char letter = 0;
};

class Formatter {
 public:
  Formatter(Arguments arguments, EvalContext& context) : arguments_(arguments), context_(context) {}

  Value run() {
    const std::string_view format = value_text(arguments_[0], context_.arena);
    std::string out;
    for (at_ = 0; at_ < format.size();) {
      if (format[at_] != '%') {
        out += format[at_++];
        continue;
      }
      ++at_;
      out += converted(read(format));
    }
    return Value::string(context_.arena.copy(out));
  }

 private:
  Conversion read(std::string_view format) {
    Conversion conversion;
    while (at_ < format.size() && std::string_view("-+ #0'").find(format[at_]) != std::string_view::npos)
      conversion.flags += format[at_++];
    conversion.width = number(format);
    if (at_ < format.size() && format[at_] == '.') {
      ++at_;
      conversion.precision = number(format).value_or(0);
    }
    if (at_ < format.size()) conversion.letter = format[at_++];
    return conversion;
  }

  /// Digits, or `*` for an argument.
  std::optional<int> number(std::string_view format) {
    if (at_ < format.size() && format[at_] == '*') {
      ++at_;
      const std::optional<double> given = number_of(next());
      return given ? static_cast<int>(std::clamp(*given, 0.0, double{kWidest})) : 0;
    }
    if (at_ >= format.size() || !is_ascii_digit(format[at_])) return std::nullopt;
    int value = 0;
    for (; at_ < format.size() && is_ascii_digit(format[at_]); ++at_)
      value = std::min(value * 10 + (format[at_] - '0'), kWidest);
    return value;
  }

  Value next() { return used_ < arguments_.size() ? arguments_[used_++] : Value::null(); }

  std::string converted(const Conversion& conversion) {
    switch (conversion.letter) {
      case '%': return "%";
      case 's':
      case 'c': return text(conversion);
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
      case 'p': return whole(conversion);
      case 'a':
      case 'A':
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G': return real(conversion);
      default: return {};
    }
  }

  std::string text(const Conversion& conversion) {
    const Value value = next();
    std::string out(value.is_null() ? std::string_view() : value_text(value, context_.arena));
    if (conversion.precision && out.size() > static_cast<size_t>(*conversion.precision))
      out.resize(static_cast<size_t>(*conversion.precision));
    return padded(std::move(out), conversion, ' ');
  }

  /// The C library knows no thousands separators without a locale; they are put in by hand.
  static std::string padded(std::string out, const Conversion& conversion, char fill) {
    const auto width = static_cast<size_t>(conversion.width.value_or(0));
    if (out.size() >= width) return out;
    const bool left = conversion.flags.find('-') != std::string::npos;
    const std::string padding(width - out.size(), left ? ' ' : fill);
    return left ? out + padding : padding + out;
  }

  static std::string specifier(const Conversion& conversion, std::string_view length) {
    std::string format = "%";
    for (const char flag : conversion.flags) {
      if (flag != '\'') format += flag;
    }
    if (conversion.width) format += std::to_string(*conversion.width);
    if (conversion.precision) format += "." + std::to_string(*conversion.precision);
    return format + std::string(length) + conversion.letter;
  }

  template <typename Number>
  static std::string formatted(const std::string& format, Number number) {
    std::array<char, 3 * kWidest> buffer{};
    // The format is put together here from flags, numbers and one known letter.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    const int size = std::snprintf(buffer.data(), buffer.size(), format.c_str(), number);
#pragma GCC diagnostic pop
    return {buffer.data(), static_cast<size_t>(std::clamp(size, 0, static_cast<int>(buffer.size()) - 1))};
  }

  std::string whole(Conversion conversion) {
    const std::optional<double> number = number_of(next());
    if (!number) return padded("", conversion, ' ');
    if (conversion.letter == 'p') conversion.letter = 'x';
    constexpr double kLargest = 9.2e18;
    const auto value = static_cast<long long>(std::clamp(std::trunc(*number), -kLargest, kLargest));
    const bool decimal = conversion.letter == 'd' || conversion.letter == 'i';
    if (decimal && conversion.flags.find('\'') != std::string::npos) return separated(value, conversion);
    return formatted(specifier(conversion, "ll"), value);
  }

  static std::string separated(long long value, const Conversion& conversion) {
    std::string digits = std::to_string(value);
    for (size_t at = digits.size(); at > (value < 0 ? 4U : 3U);) {
      at -= 3;
      if (at > (value < 0 ? 1U : 0U)) digits.insert(at, ",");
    }
    return padded(std::move(digits), conversion, ' ');
  }

  std::string real(const Conversion& conversion) {
    const std::optional<double> number = number_of(next());
    return number ? formatted(specifier(conversion, ""), *number) : padded("", conversion, ' ');
  }

  Arguments arguments_;
  EvalContext& context_;
  size_t at_ = 0;
  size_t used_ = 1;
};

}  // namespace

Value print_format(Arguments arguments, EvalContext& context) { return Formatter(arguments, context).run(); }

}  // namespace hecate::spl
