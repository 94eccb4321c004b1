#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"

namespace hecate::server {

/// What a sender shows, and what is said of its events where they do not say it themselves.
struct Token {
  std::string name;
  std::string sha256;  // of the token, 64 lowercase hexadecimal digits; the token itself is kept nowhere
  std::string index = "main";
  std::vector<std::string> indexes;  // that events may name; empty: any
  std::string sourcetype, source, host;
  bool use_ack = false;
  bool disabled = false;

  [[nodiscard]] bool allows(std::string_view index_name) const;
};

/// The tokens of a server: a YAML file
///
///   tokens:
///     - name: forwarders
///       sha256: 2cf24d…
///       index: main
///       indexes: [main, linux]
///       sourcetype: …
///       source: …
///       host: …
///       use_ack: true
///       disabled: true
///
/// in which all but the first two keys may be missing.
class Tokens {
 public:
  /// A file that does not exist holds no tokens.
  static Result<Tokens> load(const std::string& path, SourceMap& sources, DiagnosticSink& sink);
  /// Null where nobody has it.
  [[nodiscard]] const Token* find(std::string_view token) const;
  [[nodiscard]] const std::map<std::string, Token, std::less<>>& by_hash() const { return by_hash_; }
  [[nodiscard]] bool has_name(std::string_view name) const;

 private:
  void add(Token token) { by_hash_.emplace(token.sha256, std::move(token)); }
  std::map<std::string, Token, std::less<>> by_hash_;
};

/// Lowercase hexadecimal.
[[nodiscard]] std::string sha256_hex(std::string_view text);
/// A random GUID, as Splunk's tokens are; empty where the system gives no random numbers.
[[nodiscard]] std::string new_token();
/// The GUID that stands for a text: always the same.
[[nodiscard]] std::string guid_of(std::string_view text);
/// The token's entry for the file.
[[nodiscard]] std::string to_yaml(const Token& token);
/// As Splunk's: lowercase letters, digits, `_` and `-`, which is not the first.
[[nodiscard]] bool is_index_name(std::string_view name);

}  // namespace hecate::server
