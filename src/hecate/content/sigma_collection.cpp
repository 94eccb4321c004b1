#include "content/sigma_collection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "content/codes.h"

namespace hecate::content {
namespace {

using yaml::Node;
using yaml::NodePtr;

constexpr std::array<std::string_view, 3> kActions{"global", "reset", "repeat"};

/// What merging may copy: a small file could repeat a large rule very often.
constexpr size_t kMostEntries = 2'000'000;

NodePtr without_action(const NodePtr& document) {
  auto result = std::make_shared<Node>(*document);
  std::erase_if(result->entries, [](const auto& entry) { return entry.first->text() == "action"; });
  return result;
}

class Merger {
 public:
  explicit Merger(DiagnosticSink& sink) : sink_(sink) {}

  void add(const NodePtr& document) {
    const Node* action = document->is_mapping() ? document->find("action") : nullptr;
    if (action == nullptr) return add_plain(document);
    const std::string_view name = action->text();
    if (name == "global") {
      end_global();
      previous_ = global_ = without_action(document);
      global_action_ = action->span;
    } else if (name == "reset") {
      end_global();
    } else if (name == "repeat") {
      repeat(document, *action);
    } else if (is_sigma(*document)) {
      const std::string_view near = nearest(name, kActions);
      sink_.report(
          kBadAction, action->span, fmt::format("there is no action `{}`", name),
          near.empty() ? fmt::format("one of {}", fmt::join(kActions, ", ")) : fmt::format("did you mean `{}`?", near));
    } else {
      merged_.push_back(document);
    }
  }

  std::vector<NodePtr> take() {
    end_global();
    return std::move(merged_);
  }

 private:
  static bool is_sigma(const Node& document) {
    return document.find("detection") != nullptr || document.find("logsource") != nullptr;
  }

  /// A template alone is no rule.
  void end_global() {
    if (global_ && !std::exchange(global_used_, false)) {
      sink_.report(kBadAction, global_action_, "no rule follows this `action: global`, so that it does nothing",
                   "remove the `action` where this is a rule itself");
    }
    global_ = nullptr;
  }

  void add_plain(const NodePtr& document) {
    const bool rule = document->is_mapping() && document->find("correlation") == nullptr &&
                      document->find("filter") == nullptr && (is_sigma(*document) || global_);
    if (!rule) {
      merged_.push_back(document);
      return;
    }
    // The global part wins over the rule's own, as in pySigma.
    previous_ = global_ ? merge(document, global_) : document;
    global_used_ = global_ != nullptr;
    emit(previous_, global_ != nullptr);
  }

  void repeat(const NodePtr& document, const Node& action) {
    if (!previous_) {
      sink_.report(kBadAction, action.span, "there is no rule before it that could be repeated",
                   "`action: repeat` is the rule before it with changes");
      return;
    }
    previous_ = merge(previous_, without_action(document));
    global_used_ = true;
    emit(previous_, true);
  }

  /// `over` wins; mappings are merged key by key, everything else is replaced (pySigma's deep_dict_update).
  NodePtr merge(const NodePtr& under, const NodePtr& over) {
    if (!under || !under->is_mapping() || !over->is_mapping()) return over;
    copied_ += under->entries.size() * (1 + over->entries.size());
    if (copied_ > kMostEntries) return under;
    auto result = std::make_shared<Node>(*under);
    for (const auto& [key, value] : over->entries) {
      const auto same = std::find_if(result->entries.begin(), result->entries.end(),
                                     [&](const auto& entry) { return entry.first->text() == key->text(); });
      if (same == result->entries.end()) {
        result->entries.emplace_back(key, value);
      } else {
        *same = {key, merge(same->second, value)};
      }
    }
    result->span = cover(over->span, result->span);
    return result;
  }

  /// Rules that got their id, or their title for want of one, from another are still different detections.
  void emit(NodePtr document, bool derived) {
    if (copied_ > kMostEntries) {
      if (!std::exchange(too_large_, true)) {
        sink_.report(kTooLarge, document->span, "the collection of rules becomes too large when its parts are merged");
      }
      return;
    }
    const std::string_view key = document->find("id") != nullptr ? "id" : "title";
    const std::string name(document->text_of(key));
    if (derived && !name.empty() && seen_.contains(name)) document = numbered(*document, key, name);
    seen_.insert(std::string(document->text_of(document->find("id") != nullptr ? "id" : "title")));
    merged_.push_back(std::move(document));
  }

  [[nodiscard]] NodePtr numbered(const Node& document, std::string_view key, const std::string& name) const {
    size_t number = 2;
    while (seen_.contains(fmt::format("{}:{}", name, number))) ++number;
    const Node& old_key = *document.find_key(key);
    auto id_key = std::make_shared<Node>(old_key);
    id_key->scalar = MappedText();
    id_key->scalar.append_generated("id", old_key.span);
    auto id = std::make_shared<Node>(*document.find(key));
    id->scalar = MappedText();
    id->scalar.append_generated(fmt::format("{}:{}", name, number), id->span);
    auto result = std::make_shared<Node>(document);
    std::erase_if(result->entries, [](const auto& entry) { return entry.first->text() == "id"; });
    result->entries.emplace_back(std::move(id_key), std::move(id));
    return result;
  }

  DiagnosticSink& sink_;
  NodePtr global_, previous_;
  Span global_action_;
  bool global_used_ = false;
  std::set<std::string, std::less<>> seen_;
  std::vector<NodePtr> merged_;
  size_t copied_ = 0;
  bool too_large_ = false;
};

}  // namespace

std::vector<yaml::NodePtr> merge_collections(const std::vector<yaml::NodePtr>& documents, DiagnosticSink& sink) {
  const bool any = std::any_of(documents.begin(), documents.end(), [](const NodePtr& document) {
    const Node* action = document->is_mapping() ? document->find("action") : nullptr;
    return action != nullptr && action->is_scalar();
  });
  if (!any) return documents;
  Merger merger(sink);
  for (const NodePtr& document : documents) merger.add(document);
  return merger.take();
}

}  // namespace hecate::content
