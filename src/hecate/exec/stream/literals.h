#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/text_hash.h"

struct hs_database;
struct hs_scratch;

namespace hecate::stream {

/// Memory that a search needs; one for each thread.
class LiteralScratch {
 public:
  LiteralScratch() = default;
  ~LiteralScratch();
  LiteralScratch(const LiteralScratch&) = delete;
  LiteralScratch& operator=(const LiteralScratch&) = delete;

  /// Null where there is no memory.
  [[nodiscard]] hs_scratch* prepare(const hs_database* database);

  std::vector<uint32_t> found;  // literals of the search that runs

 private:
  hs_scratch* scratch_ = nullptr;
  std::unordered_set<const hs_database*> known_;  // for which the memory suffices
};

/// Texts by their beginnings: which of many are a prefix of a text (or, read backwards, a suffix).
class Trie {
 public:
  /// `texts[i]` stands for the number i. For suffixes the texts are given reversed.
  void build(const std::vector<std::string>& texts);
  [[nodiscard]] bool empty() const { return nodes_.empty(); }
  void find_prefixes(std::string_view text, std::vector<uint32_t>& out) const;
  void find_suffixes(std::string_view text, std::vector<uint32_t>& out) const;

 private:
  struct Node {
    uint32_t edges = 0;  // the first of its edges
    uint32_t count = 0;
    uint32_t text = UINT32_MAX;
  };
  [[nodiscard]] uint32_t child(uint32_t node, char label) const;

  std::vector<Node> nodes_;
  std::string labels_;  // of edges, sorted within a node
  std::vector<uint32_t> targets_;
};

/// Which of many literals stand in a text. Immutable after build(), shared by threads. Texts and literals are
/// compared byte by byte: where case does not matter both are folded before.
class LiteralIndex {
 public:
  enum class Where : uint8_t { Whole, Prefix, Suffix, Anywhere };

  LiteralIndex() = default;
  ~LiteralIndex();
  LiteralIndex(const LiteralIndex&) = delete;
  LiteralIndex& operator=(const LiteralIndex&) = delete;

  /// `id` is given out where the literal stands in a text. Several ids may have one literal, and one id several.
  void add(Where where, std::string_view literal, uint32_t id);
  void build();
  /// Appends the ids; the same id may come more than once.
  void find(std::string_view text, LiteralScratch& scratch, std::vector<uint32_t>& out) const;
  [[nodiscard]] size_t size() const { return size_; }

 private:
  /// Literals of one kind, each with its ids.
  struct Family {
    std::unordered_map<std::string, uint32_t, TextHash, std::equal_to<>> known;
    std::vector<std::string> texts;
    std::vector<std::vector<uint32_t>> ids;
  };
  [[nodiscard]] const Family& family(Where where) const { return families_[static_cast<size_t>(where)]; }
  static void report(const Family& family, uint32_t literal, std::vector<uint32_t>& out) {
    out.insert(out.end(), family.ids[literal].begin(), family.ids[literal].end());
  }
  static void report(const Family& family, const std::vector<uint32_t>& literals, std::vector<uint32_t>& out) {
    for (const uint32_t literal : literals) report(family, literal, out);
  }
  void find_short(std::string_view text, LiteralScratch& scratch, std::vector<uint32_t>& out) const;
  void find_long(std::string_view text, LiteralScratch& scratch, std::vector<uint32_t>& out) const;
  void compile() const;

  std::array<Family, 4> families_;
  Trie prefixes_, suffixes_;
  size_t size_ = 0;
  size_t longest_whole_ = 0;

  // Literals of Anywhere by their length: one byte by memchr, which is rarely asked for more than a few; two by table,
  // longer ones by Vectorscan.
  std::vector<uint32_t> everywhere_;  // the empty literal's
  std::vector<std::pair<char, uint32_t>> singles_;
  std::vector<uint64_t> pair_bits_;  // by the two bytes
  std::unordered_map<uint16_t, uint32_t> pairs_;
  std::vector<uint32_t> long_;  // literals of three bytes and more
  // Compiled when first needed: most fields of most kinds of events never occur.
  mutable std::once_flag compiled_;
  mutable hs_database* database_ = nullptr;
};

}  // namespace hecate::stream
