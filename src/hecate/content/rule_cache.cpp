#include "content/rule_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "content/read_file.h"
#include "plan/serialize.h"

namespace hecate::content {
namespace {

constexpr std::string_view kMagic = "hecate rules 1\n";
constexpr size_t kChecksumSize = 16;
/// A file whose rules take more is compiled each time.
constexpr size_t kLargestEntry = size_t{1} << 20;
/// At most what an entry takes besides its bytes: two numbers of a key and a length.
constexpr size_t kOverhead = 30;
constexpr auto kLevels = static_cast<uint64_t>(Level::Critical) + 1;

std::string checksum(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  return {reinterpret_cast<const char*>(canonical.digest), kChecksumSize};
}

void write_texts(const std::vector<std::string>& texts, ByteWriter& out) {
  out.number(texts.size());
  for (const std::string& text : texts) out.text(text);
}

std::vector<std::string> read_texts(ByteReader& in) {
  std::vector<std::string> texts;
  const size_t count = in.count();
  for (size_t i = 0; i < count && in.ok(); ++i) texts.emplace_back(in.text());
  return texts;
}

constexpr std::array kTexts{&Detection::id,          &Detection::title,  &Detection::name,
                            &Detection::description, &Detection::author, &Detection::status};

/// What load_sigma_rule() reads; the path and the pack are of this run.
bool write_rule(const Detection& rule, Files files, ByteWriter& out) {
  for (const auto member : kTexts) out.text(rule.*member);
  out.number(static_cast<uint64_t>(rule.level));
  write_texts(rule.attack.tactics, out);
  write_texts(rule.attack.techniques, out);
  write_texts(rule.false_positives, out);
  write_texts(rule.references, out);
  return write_span(rule.span, files, out);
}

Detection read_rule(ByteReader& in, Files files) {
  Detection rule;
  rule.language = Language::Sigma;
  for (const auto member : kTexts) rule.*member = in.text();
  rule.level = static_cast<Level>(in.below(kLevels));
  rule.attack.tactics = read_texts(in);
  rule.attack.techniques = read_texts(in);
  rule.false_positives = read_texts(in);
  rule.references = read_texts(in);
  rule.span = read_span(in, files);
  return rule;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

/// Beside the file first, then in its place, so that nobody reads half of it.
void replace_file(const std::string& path, std::string_view bytes) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) return;
  const bool written = write_all(descriptor, bytes);
  const bool closed = ::close(descriptor) == 0;
  if (written && closed && std::rename(temporary.c_str(), path.c_str()) == 0) return;
  ::unlink(temporary.c_str());
}

}  // namespace

RuleCache::RuleCache(std::string folder, std::string program, Runnable runnable, size_t largest)
    : path_(folder + "/rules.bin"),
      folder_(std::move(folder)),
      program_(std::move(program)),
      runnable_(runnable),
      largest_(largest) {
  read();
}

void RuleCache::depends_on(std::string_view use, Span whole, std::string_view text) {
  for (const std::string_view part : {use, text}) {
    seed_ = XXH3_64bits_withSeed(part.data(), part.size(), seed_ + part.size() + 1);
  }
  dependencies_.push_back(whole);
}

std::vector<Span> RuleCache::files(Span own) const {
  std::vector<Span> files{own};
  files.insert(files.end(), dependencies_.begin(), dependencies_.end());
  return files;
}

RuleCache::Key RuleCache::key(std::string_view text) const {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(text.data(), text.size(), seed_);
  return {hash.low64, hash.high64};
}

void RuleCache::read() {
  std::optional<std::string> bytes = read_file(path_, largest_);
  if (!bytes) return;
  file_ = std::move(*bytes);
  std::string_view rest = file_;
  if (!rest.starts_with(kMagic) || rest.size() < kMagic.size() + kChecksumSize) return;
  rest.remove_prefix(kMagic.size());
  const std::string_view sum = rest.substr(0, kChecksumSize);
  rest.remove_prefix(kChecksumSize);
  if (sum != checksum(rest)) return;
  ByteReader in(rest);
  if (in.number() != kPlanFormat || in.text() != program_) return;
  const size_t count = in.count();
  entries_.reserve(count);
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const Key key{in.number(), in.number()};
    entries_[key] = {in.text(), false};
  }
  if (!in.finished()) entries_.clear();
}

std::optional<std::vector<Detection>> RuleCache::find(const Key& key, Span whole) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  std::optional<std::vector<Detection>> rules = read_entry(found->second.bytes, whole);
  if (rules) {
    found->second.used = true;
  } else {
    entries_.erase(found);
  }
  return rules;
}

std::optional<std::vector<Detection>> RuleCache::read_entry(std::string_view bytes, Span whole) const {
  ByteReader in(bytes);
  const std::vector<Span> spans_in = files(whole);
  std::vector<Detection> rules;
  const size_t count = in.count();
  for (size_t i = 0; i < count; ++i) {
    Detection& rule = rules.emplace_back(read_rule(in, spans_in));
    std::optional<Plan> plan = read_plan(in, spans_in);
    if (!plan || plan->language != Language::Sigma || !runnable_(*plan)) return std::nullopt;
    rule.compiled = std::make_shared<const Plan>(std::move(*plan));
  }
  if (!in.finished() || rules.empty()) return std::nullopt;
  return rules;
}

void RuleCache::offer(const Key& key, Span whole, std::span<const Detection> rules) {
  Offer offer{key, whole, {}, {}, false};
  for (const Detection& rule : rules) {
    ByteWriter out;
    if (!write_rule(rule, files(whole), out) || rule.span.file != whole.file) return;
    offer.rules.push_back(out.take());
  }
  offers_[whole.file] = std::move(offer);
}

void RuleCache::add_plan(const Detection& rule, const Plan& plan) {
  const auto found = offers_.find(rule.span.file);
  if (found == offers_.end()) return;
  Offer& offer = found->second;
  ByteWriter out;
  offer.refused |= !write_plan(plan, files(offer.whole), kLargestEntry, out);
  offer.plans.push_back(out.take());
  if (offer.refused || offer.plans.size() != offer.rules.size()) return;
  ByteWriter entry;
  entry.number(offer.rules.size());
  std::string bytes = entry.take();
  for (size_t i = 0; i < offer.rules.size(); ++i) bytes += offer.rules[i] + offer.plans[i];
  if (bytes.size() <= kLargestEntry) added_.emplace_back(offer.key, std::move(bytes));
  offers_.erase(found);
}

std::vector<std::pair<RuleCache::Key, std::string_view>> RuleCache::choose() const {
  std::vector<std::pair<Key, std::string_view>> chosen;
  size_t size = 0;
  const auto add = [&](const Key& key, std::string_view bytes) {
    if (size + bytes.size() + kOverhead > largest_) return;
    size += bytes.size() + kOverhead;
    chosen.emplace_back(key, bytes);
  };
  for (const auto& [key, entry] : entries_) {
    if (entry.used) add(key, entry.bytes);
  }
  const size_t known = chosen.size();
  for (const auto& [key, bytes] : added_) add(key, bytes);
  if (chosen.size() == known) return {};
  // All of the others or none: which of them will be asked for again, nobody knows.
  const size_t kept = chosen.size();
  for (const auto& [key, entry] : entries_) {
    if (!entry.used) add(key, entry.bytes);
  }
  if (chosen.size() != entries_.size() + added_.size()) chosen.resize(kept);
  return chosen;
}

void RuleCache::save() {
  const auto chosen = choose();
  if (chosen.empty()) return;
  ByteWriter out;
  out.number(kPlanFormat);
  out.text(program_);
  out.number(chosen.size());
  for (const auto& [key, bytes] : chosen) {
    for (const uint64_t part : key) out.number(part);
    out.text(bytes);
  }
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  replace_file(path_, std::string(kMagic) + checksum(out.bytes()) + out.bytes());
  added_.clear();
}

}  // namespace hecate::content
