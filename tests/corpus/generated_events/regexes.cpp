#define PCRE2_CODE_UNIT_WIDTH 8
#include "regexes.h"

#include <pcre2.h>

namespace hecate::corpus {

struct Regexes::Compiled {
  pcre2_code* code = nullptr;
  pcre2_match_data* match = nullptr;
  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    pcre2_match_data_free(match);
    pcre2_code_free(code);
  }
};

Regexes::Regexes() = default;
Regexes::~Regexes() = default;

bool Regexes::matches(const sigma::ast::Item& item, std::string_view pattern, std::string_view text) {
  uint32_t options = PCRE2_UTF;
  for (const sigma::ast::AppliedModifier& modifier : item.modifiers) {
    if (modifier.row->id == sigma::Modifier::ReIgnoreCase) options |= PCRE2_CASELESS;
    if (modifier.row->id == sigma::Modifier::ReMultiline) options |= PCRE2_MULTILINE;
    if (modifier.row->id == sigma::Modifier::ReDotAll) options |= PCRE2_DOTALL;
  }
  auto& compiled = known_[std::to_string(options) + ":" + std::string(pattern)];
  if (!compiled) {
    compiled = std::make_unique<Compiled>();
    int error = 0;
    size_t at = 0;
    const auto* bytes = reinterpret_cast<PCRE2_SPTR>(pattern.data());
    compiled->code = pcre2_compile(bytes, pattern.size(), options, &error, &at, nullptr);
    if (compiled->code != nullptr) compiled->match = pcre2_match_data_create_from_pattern(compiled->code, nullptr);
  }
  if (compiled->code == nullptr) return false;
  return pcre2_match(compiled->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0, compiled->match,
                     nullptr) >= 0;
}

}  // namespace hecate::corpus
