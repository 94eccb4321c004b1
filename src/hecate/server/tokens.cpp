#include "server/tokens.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "base/json_text.h"
#include "base/text.h"
#include "server/codes.h"
#include "yaml/yaml.h"

namespace hecate::server {
namespace {

constexpr std::array<std::string_view, 9> kKeys{"name",   "sha256", "index",   "indexes", "sourcetype",
                                                "source", "host",   "use_ack", "disabled"};

std::string hexadecimal(const unsigned char* bytes, size_t size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

std::string with_hyphens(std::string digits) {
  for (const size_t at : {20, 16, 12, 8}) digits.insert(at, 1, '-');
  return digits;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Reads one entry; what is wrong is reported at its place.
class Entry {
 public:
  Entry(const yaml::Node& node, DiagnosticSink& sink) : node_(node), sink_(sink) {}

  std::optional<Token> read() {
    if (!node_.is_mapping()) return wrong(node_.span, "a token is a mapping of `name`, `sha256` and others");
    for (const auto& [key, value] : node_.entries) {
      if (std::find(kKeys.begin(), kKeys.end(), key->text()) != kKeys.end()) continue;
      const std::string_view meant = nearest(key->text(), kKeys);
      return wrong(key->span, fmt::format("a token has no `{}`", key->text()),
                   meant.empty() ? std::string() : fmt::format("did you mean `{}`?", meant));
    }
    Token token;
    token.name = node_.text_of("name");
    token.sha256 = node_.text_of("sha256");
    token.sourcetype = node_.text_of("sourcetype");
    token.source = node_.text_of("source");
    token.host = node_.text_of("host");
    if (token.name.empty()) return wrong(node_.span, "the token has no `name`");
    if (!is_sha256(token.sha256)) {
      return wrong(place("sha256"),
                   fmt::format("token `{}` has no `sha256` of 64 lowercase hexadecimal digits", token.name),
                   "`hecate serve token add` makes one; so does `printf %s TOKEN | sha256sum`");
    }
    if (const auto* index = node_.find("index")) token.index = index->text();
    if (!is_index_name(token.index))
      return wrong(place("index"), fmt::format("`{}` is no name of an index", token.index));
    if (!read_indexes(token)) return std::nullopt;
    if (!read_flag("use_ack", token.use_ack) || !read_flag("disabled", token.disabled)) return std::nullopt;
    return token;
  }

 private:
  bool read_indexes(Token& token) {
    const yaml::Node* indexes = node_.find("indexes");
    if (indexes == nullptr) return true;
    for (const std::string_view name : indexes->texts()) {
      if (!is_index_name(name)) {
        wrong(indexes->span, fmt::format("`{}` is no name of an index", name));
        return false;
      }
      token.indexes.emplace_back(name);
    }
    if (!token.indexes.empty() && !token.allows(token.index)) {
      wrong(indexes->span, fmt::format("the token's own index `{}` is not among its `indexes`", token.index));
      return false;
    }
    return true;
  }

  bool read_flag(std::string_view key, bool& flag) {
    const yaml::Node* node = node_.find(key);
    if (node == nullptr) return true;
    const auto value = node->as_bool();
    if (!value) wrong(node->span, fmt::format("`{}` is true or false", key));
    flag = value.value_or(false);
    return value.has_value();
  }

  [[nodiscard]] Span place(std::string_view key) const {
    const yaml::Node* node = node_.find(key);
    return node == nullptr ? node_.span : node->span;
  }

  std::nullopt_t wrong(Span span, std::string message, std::string hint = {}) {
    sink_.report(kBadToken, span, std::move(message), std::move(hint));
    return std::nullopt;
  }

  const yaml::Node& node_;
  DiagnosticSink& sink_;
};

}  // namespace

bool Token::allows(std::string_view index_name) const {
  return indexes.empty() || std::find(indexes.begin(), indexes.end(), index_name) != indexes.end();
}

Result<Tokens> Tokens::load(const std::string& path, SourceMap& sources, DiagnosticSink& sink) {
  Tokens tokens;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return tokens;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    sink.report(kBadTokenFile, {}, fmt::format("{}: cannot be read", path));
    return already_reported();
  }
  const size_t errors = sink.errors();
  const FileId id = sources.add(path, text);
  const yaml::Documents documents = yaml::parse(id, sources, sink);
  const yaml::Node* list = documents.roots.empty() ? nullptr : documents.roots.front()->find("tokens");
  if (list == nullptr || (!list->is_sequence() && !list->is_null())) {
    sink.report(kBadTokenFile, sources.whole(id), "the file has no list `tokens`");
    return already_reported();
  }
  for (const yaml::NodePtr& item : list->items) {
    auto token = Entry(*item, sink).read();
    if (!token) continue;
    if (tokens.has_name(token->name) || tokens.by_hash_.contains(token->sha256)) {
      sink.report(kBadToken, item->span, fmt::format("token `{}` is there twice", token->name));
      continue;
    }
    tokens.add(std::move(*token));
  }
  if (sink.errors() > errors) return already_reported();
  return tokens;
}

const Token* Tokens::find(std::string_view token) const {
  // Looked up by its hash: how long that takes tells nothing of the tokens there are.
  const auto found = by_hash_.find(sha256_hex(token));
  return found == by_hash_.end() ? nullptr : &found->second;
}

bool Tokens::has_name(std::string_view name) const {
  return std::any_of(by_hash_.begin(), by_hash_.end(), [&](const auto& one) { return one.second.name == name; });
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hexadecimal(digest.data(), size);
}

std::string new_token() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return {};
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  return with_hyphens(hexadecimal(bytes.data(), bytes.size()));
}

std::string guid_of(std::string_view text) { return with_hyphens(sha256_hex(text).substr(0, 32)); }

std::string to_yaml(const Token& token) {
  // A JSON string is a YAML string.
  std::string text = fmt::format("  - name: {}\n    sha256: {}\n", json_quote(token.name), token.sha256);
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) text += fmt::format("    {}: {}\n", key, json_quote(value));
  };
  add("index", token.index);
  if (!token.indexes.empty()) text += fmt::format("    indexes: {}\n", json_list(token.indexes));
  add("sourcetype", token.sourcetype);
  add("source", token.source);
  add("host", token.host);
  if (token.use_ack) text += "    use_ack: true\n";
  if (token.disabled) text += "    disabled: true\n";
  return text;
}

bool is_index_name(std::string_view name) {
  constexpr size_t kLongest = 80;
  if (name.empty() || name.size() > kLongest || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-'; });
}

}  // namespace hecate::server
