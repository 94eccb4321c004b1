#include <openssl/evp.h>

#include <array>
#include <string>

#include "exec/functions/spl_functions.h"

// Cryptographic functions of eval (Search Reference).
namespace hecate::spl {
namespace {

Value digest(Arguments arguments, EvalContext& context, const EVP_MD* algorithm) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::string_view text = value_text(arguments[0], context.arena);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, algorithm, nullptr) != 1) return Value::null();
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[bytes[i] >> 4];
    hex += kDigits[bytes[i] & 15];
  }
  return Value::string(context.arena.copy(hex));
}

}  // namespace

Value md5(Arguments a, EvalContext& context) { return digest(a, context, EVP_md5()); }
Value sha1(Arguments a, EvalContext& context) { return digest(a, context, EVP_sha1()); }
Value sha256(Arguments a, EvalContext& context) { return digest(a, context, EVP_sha256()); }
Value sha512(Arguments a, EvalContext& context) { return digest(a, context, EVP_sha512()); }

}  // namespace hecate::spl
