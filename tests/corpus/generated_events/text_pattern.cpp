#include "text_pattern.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace hecate::corpus {
namespace {

using sigma::Modifier;

constexpr std::array<std::string_view, 5> kDashes{"-", "/", "\u2013", "\u2014", "\u2015"};

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

size_t dash_at(std::string_view text) {
  for (const std::string_view dash : kDashes) {
    if (text.starts_with(dash)) return dash.size();
  }
  return 0;
}

size_t character_at(std::string_view text) {
  size_t size = text.empty() ? 0 : 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) ++size;
  return size;
}

/// How many bytes of the text a token that is no star takes; nothing where it does not match.
std::optional<size_t> taken(const Token& token, std::string_view text, bool cased) {
  if (text.empty()) return std::nullopt;
  size_t size = 0;
  if (token.kind == Token::Kind::Question) size = character_at(text);
  if (token.kind == Token::Kind::Dash) size = dash_at(text);
  if (token.kind == Token::Kind::Byte) {
    size = (cased ? token.byte == text[0] : folded(token.byte) == folded(text[0])) ? 1 : 0;
  }
  return size == 0 ? std::nullopt : std::optional(size);
}

Tokens dashes_free(const Tokens& tokens) {
  Tokens result;
  for (size_t i = 0; i < tokens.size();) {
    std::string rest;
    for (size_t k = i; k < tokens.size() && k < i + 3 && tokens[k].kind == Token::Kind::Byte; ++k)
      rest += tokens[k].byte;
    const size_t size = dash_at(rest);
    result.push_back(size == 0 ? tokens[i] : Token{Token::Kind::Dash, 0});
    i += std::max<size_t>(size, 1);
  }
  return result;
}

std::string base64_of(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](size_t k) { return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0U; };
    const unsigned group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    out += kAlphabet[group >> 18U & 63U];
    out += kAlphabet[group >> 12U & 63U];
    out += i + 1 < bytes.size() ? kAlphabet[group >> 6U & 63U] : '=';
    out += i + 2 < bytes.size() ? kAlphabet[group & 63U] : '=';
  }
  return out;
}

/// The characters that depend on the value alone, whatever `offset` bytes stand before it.
std::string base64_at(std::string_view bytes, size_t offset) {
  constexpr std::array<size_t, 3> kBefore{0, 2, 3}, kBehind{0, 3, 2};
  const std::string all = base64_of(std::string(offset, ' ') + std::string(bytes));
  const size_t begin = kBefore[offset];
  return all.substr(begin, all.size() - begin - kBehind[(offset + bytes.size()) % 3]);
}

/// Only ASCII: what the rules encode.
std::string wide(std::string_view text, Modifier modifier) {
  std::string out = modifier == Modifier::Utf16 ? "\xFF\xFE" : "";
  for (const char c : text) {
    if (modifier == Modifier::Utf16Be) out += '\0';
    out += c;
    if (modifier != Modifier::Utf16Be) out += '\0';
  }
  return out;
}

std::vector<Tokens> encoded(const Tokens& tokens, Modifier modifier) {
  const std::string text = fill(tokens, [](size_t) { return size_t{0}; });
  if (modifier == Modifier::Base64) return {literal_tokens(base64_of(text))};
  if (modifier != Modifier::Base64Offset) return {literal_tokens(wide(text, modifier))};
  std::vector<Tokens> result;
  for (size_t offset = 0; offset < 3; ++offset) result.push_back(literal_tokens(base64_at(text, offset)));
  return result;
}

struct Address {
  std::array<unsigned char, 16> bytes{};
  size_t size = 0;
};

std::optional<Address> parse_address(std::string_view text) {
  Address address;
  const std::string copy(text);
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) address.size = 4;
  if (address.size == 0 && inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) address.size = 16;
  return address.size == 0 ? std::nullopt : std::optional(address);
}

struct Network {
  Address base;
  size_t bits = 0;
};

std::optional<Network> parse_network(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return std::nullopt;
  Network network{*base, base->size * 8};
  if (slash < text.size()) std::from_chars(text.data() + slash + 1, text.data() + text.size(), network.bits);
  return network;
}

}  // namespace

Tokens tokens_of(std::string_view text) {
  Tokens result;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '*' || text[i + 1] == '?' || text[i + 1] == '\\');
    if (escape) {
      result.push_back({Token::Kind::Byte, text[++i]});
    } else if (text[i] == '*' || text[i] == '?') {
      result.push_back({text[i] == '*' ? Token::Kind::Star : Token::Kind::Question, 0});
    } else {
      result.push_back({Token::Kind::Byte, text[i]});
    }
  }
  return result;
}

Tokens literal_tokens(std::string_view text) {
  Tokens result;
  for (const char c : text) result.push_back({Token::Kind::Byte, c});
  return result;
}

bool matches(const Tokens& tokens, std::string_view text, bool cased) {
  size_t token = 0, at = 0;
  std::optional<std::pair<size_t, size_t>> retry;  // behind the last star, and the text's next place for it
  while (true) {
    if (token < tokens.size() && tokens[token].kind == Token::Kind::Star) {
      retry = {++token, at};
      continue;
    }
    if (token == tokens.size() && at == text.size()) return true;
    const auto size = token < tokens.size() ? taken(tokens[token], text.substr(at), cased) : std::nullopt;
    if (size) {
      ++token;
      at += *size;
      continue;
    }
    if (!retry || retry->second >= text.size()) return false;
    token = retry->first;
    at = ++retry->second;
  }
}

std::vector<Tokens> texts_of(const sigma::ast::Item& item, std::string_view value) {
  std::vector<Tokens> result{tokens_of(value)};
  const Token star{Token::Kind::Star, 0};
  const auto apply = [&](Modifier modifier) {
    for (Tokens& tokens : result) {
      if (modifier == Modifier::Windash) tokens = dashes_free(tokens);
      if (modifier == Modifier::Contains || modifier == Modifier::EndsWith) tokens.insert(tokens.begin(), star);
      if (modifier == Modifier::Contains || modifier == Modifier::StartsWith) tokens.push_back(star);
    }
  };
  bool placed = false;
  for (const sigma::ast::AppliedModifier& modifier : item.modifiers) {
    apply(modifier.row->id);
    placed |= modifier.row->kind == sigma::ModifierKind::Position;
    if (modifier.row->kind != sigma::ModifierKind::Encode) continue;
    std::vector<Tokens> all;
    for (const Tokens& tokens : result) {
      for (Tokens& one : encoded(tokens, modifier.row->id)) all.push_back(std::move(one));
    }
    result = std::move(all);
  }
  if (item.keyword() && !placed) apply(Modifier::Contains);
  return result;
}

std::string fill(const Tokens& tokens, const std::function<size_t(size_t)>& choose) {
  constexpr std::array<std::string_view, 3> kBetween{"", " ", "x1"};
  std::string result;
  for (const Token& token : tokens) {
    if (token.kind == Token::Kind::Byte) result += token.byte;
    if (token.kind == Token::Kind::Question) result += "x";
    if (token.kind == Token::Kind::Dash) result += kDashes[choose(kDashes.size())];
    if (token.kind == Token::Kind::Star) result += kBetween[choose(kBetween.size())];
  }
  return result;
}

bool in_network(std::string_view network, std::string_view address) {
  const auto net = parse_network(network);
  const auto own = parse_address(address);
  if (!net || !own || net->base.size != own->size) return false;
  for (size_t bit = 0; bit < net->bits && bit < own->size * 8; ++bit) {
    const unsigned mask = 0x80U >> bit % 8;
    if ((net->base.bytes[bit / 8] & mask) != (own->bytes[bit / 8] & mask)) return false;
  }
  return true;
}

std::optional<std::string> address_in(std::string_view network) {
  auto net = parse_network(network);
  if (!net) return std::nullopt;
  // Not the network's own address, where there is another one.
  if (net->bits < net->base.size * 8) net->base.bytes[net->base.size - 1] |= 1U;
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(net->base.size == 4 ? AF_INET : AF_INET6, net->base.bytes.data(), text.data(), text.size());
  return std::string(text.data());
}

}  // namespace hecate::corpus
