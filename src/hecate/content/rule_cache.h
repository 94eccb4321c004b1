#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "content/content.h"
#include "plan/plan.h"

namespace hecate::content {

/// Files of Sigma rules as earlier runs read and compiled them, in one file of a folder of the user's. What decides on
/// the result is in the key: the bytes of the file, the pipelines, the program. Only files that gave no diagnostic are
/// kept, so that none is ever lost. The file is never trusted: what is not exactly right counts as absent, and is
/// written anew. Nothing here ever fails; at worst all is compiled again.
class RuleCache {
 public:
  using Key = std::array<uint64_t, 2>;
  /// Whether the program can run a plan, besides what verify() says.
  using Runnable = bool (*)(const Plan& plan);

  /// Bytes of the file. All of SigmaHQ's rules take 4 MB.
  static constexpr size_t kLargest = size_t{32} << 20;

  /// Reads `folder`/rules.bin. `program` is anything that differs for every program that might compile otherwise.
  RuleCache(std::string folder, std::string program, Runnable runnable, size_t largest = kLargest);

  /// A file that decides on what all rules compile to, all of it, and what it is used as: before the first key().
  void depends_on(std::string_view use, Span whole, std::string_view text);

  [[nodiscard]] Key key(std::string_view text) const;

  /// The rules of a file, each with its plan, their spans in `whole` (the file of this run, all of it).
  [[nodiscard]] std::optional<std::vector<Detection>> find(const Key& key, Span whole);

  /// The rules of a file that is not in the cache, as they stand in it. It is kept if each of them gets a plan.
  void offer(const Key& key, Span whole, std::span<const Detection> rules);
  /// The plan of a rule, which compiled without a diagnostic. In the order of the rules.
  void add_plan(const Detection& rule, const Plan& plan);

  /// Writes what is new, in one step: others see the old file or the new one. Where the file would become too large,
  /// rules that this run did not ask for are left out of it.
  void save();

 private:
  struct KeyHash {
    size_t operator()(const Key& key) const { return static_cast<size_t>(key[0]); }
  };
  struct Entry {
    std::string_view bytes;
    bool used = false;
  };
  struct Offer {
    Key key;
    Span whole;
    std::vector<std::string> rules, plans;
    bool refused = false;
  };

  void read();
  /// A rule's own file, and those that it depends on.
  [[nodiscard]] std::vector<Span> files(Span own) const;
  [[nodiscard]] std::optional<std::vector<Detection>> read_entry(std::string_view bytes, Span whole) const;
  /// What to write: nothing where nothing new has room.
  [[nodiscard]] std::vector<std::pair<Key, std::string_view>> choose() const;

  std::string path_, folder_, program_;
  Runnable runnable_;
  size_t largest_;
  uint64_t seed_ = 0;
  std::vector<Span> dependencies_;
  std::string file_;  // entries point into it
  std::unordered_map<Key, Entry, KeyHash> entries_;
  std::map<FileId, Offer> offers_;
  std::vector<std::pair<Key, std::string>> added_;
};

}  // namespace hecate::content
