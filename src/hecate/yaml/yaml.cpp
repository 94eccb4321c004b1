#include "yaml/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>
#include <unordered_map>

#include "yaml/codes.h"
#include "yaml/scalar_map.h"

namespace hecate::yaml {
namespace {

constexpr size_t kMostNodes = 2'000'000;
constexpr size_t kDeepest = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// yaml-cpp gives up by exception; ours says that a bound was hit.
struct BoundHit {
  uint32_t at;
  const char* what;
};

/// Builds our tree from yaml-cpp's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(FileId file, const SourceMap& sources, DiagnosticSink& sink)
      : file_(file),
        text_(sources.text(file)),
        sink_(sink),
        skipped_(text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0) {}

  /// Where a mark stands in the file: yaml-cpp does not count a byte order mark.
  [[nodiscard]] uint32_t offset(const YAML::Mark& mark) const {
    return static_cast<uint32_t>(std::min(skipped_ + static_cast<size_t>(std::max(mark.pos, 0)), text_.size()));
  }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = std::make_shared<Node>();
    node->span = at(mark);
    add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    const bool open = found != anchors_.end() && std::any_of(stack_.begin(), stack_.end(), [&](const Open& level) {
                        return level.node == found->second.node;
                      });
    if (found == anchors_.end() || open) throw BoundHit{at(mark).begin, "an alias inside its own anchor"};
    // Whoever walks the tree walks the aliased nodes once more.
    attach(found->second.node, found->second.size);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::Scalar;
    MappedScalar mapped = map_scalar(text_, file_, offset(mark), value);
    node->scalar = std::move(mapped.text);
    node->span = mapped.span;
    node->plain = tag == "?";
    const bool spelt_null = node->plain && (value == "~" || value == "null" || value == "Null" || value == "NULL");
    if (spelt_null) node->kind = Node::Kind::Null;
    add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, Node::Kind::Sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, Node::Kind::Mapping);
  }
  void OnMapEnd() override { close(); }

  NodePtr take_root() {
    stack_.clear();
    anchors_.clear();
    return std::exchange(root_, nullptr);
  }

 private:
  struct Anchored {
    NodePtr node;
    size_t size = 1;  // nodes in it, those behind aliases counted each time
  };
  struct Open {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor;
    size_t count_before;
    NodePtr key;
    std::set<std::string, std::less<>> keys;
  };

  [[nodiscard]] Span at(const YAML::Mark& mark) const { return {file_, offset(mark), offset(mark)}; }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
    if (stack_.size() >= kDeepest) throw BoundHit{at(mark).begin, "nested more than 200 levels deep"};
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->span = at(mark);
    const size_t before = count_;
    add(node, anchor);
    stack_.push_back({std::move(node), anchor, before, nullptr, {}});
  }

  void close() {
    Node& node = *stack_.back().node;
    for (const NodePtr& item : node.items) node.span = cover(node.span, item->span);
    for (const auto& [key, value] : node.entries) node.span = cover(node.span, cover(key->span, value->span));
    if (stack_.back().anchor != YAML::NullAnchor)
      anchors_[stack_.back().anchor].size = count_ - stack_.back().count_before;
    stack_.pop_back();
  }

  void add(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) anchors_[anchor] = {node, 1};
    attach(std::move(node));
  }

  void attach(NodePtr node, size_t size = 1) {
    count_ += size;
    if (count_ > kMostNodes) throw BoundHit{node->span.begin, "more than 2,000,000 nodes"};
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node->kind == Node::Kind::Sequence) {
      parent.node->items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      add_entry(parent, std::move(node));
    }
  }

  void add_entry(Open& parent, NodePtr value) {
    NodePtr key = std::exchange(parent.key, nullptr);
    if (key->is_scalar() && !parent.keys.emplace(key->text()).second) {
      Diagnostic diagnostic{&kDuplicateKey,
                            fmt::format("the key `{}` stands twice in this mapping", key->text()),
                            {key->span, "the second, not used"},
                            {},
                            "rename or remove one of them"};
      if (const Node* first = parent.node->find_key(key->text()))
        diagnostic.secondary.push_back({first->span, "the first"});
      sink_.report(std::move(diagnostic));
      return;
    }
    parent.node->entries.emplace_back(std::move(key), std::move(value));
  }

  FileId file_;
  std::string_view text_;
  DiagnosticSink& sink_;
  size_t skipped_;
  std::vector<Open> stack_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  NodePtr root_;
  size_t count_ = 0;
};

/// The hint for the mistakes that people make most.
std::string syntax_hint(std::string_view text, uint32_t at) {
  const size_t line_begin = text.rfind('\n', at == 0 ? 0 : at - 1);
  const std::string_view rest = text.substr(line_begin == std::string_view::npos ? 0 : line_begin + 1);
  const std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.find('\t') != std::string_view::npos) return "YAML is indented with blanks, never with tabs";
  return "check the indentation and the quotes here and on the line before";
}

}  // namespace

Documents parse(FileId file, const SourceMap& sources, DiagnosticSink& sink) {
  Documents documents;
  const std::string_view text = sources.text(file);
  const auto fail = [&](const DiagnosticCode& code, uint32_t at, const std::string& message, std::string hint) {
    at = std::min<uint32_t>(at, static_cast<uint32_t>(text.size()));
    sink.report(code, {file, at, at}, message, std::move(hint));
    documents.complete = false;
  };
  TreeBuilder builder(file, sources, sink);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
      NodePtr root = builder.take_root();
      if (!root) continue;
      // yaml-cpp never consumes a stray `,` before a document: it gives empty documents for ever.
      const bool stuck = root->is_null() && !documents.roots.empty() && documents.roots.back()->is_null() &&
                         documents.roots.back()->span == root->span;
      if (stuck) {
        documents.roots.pop_back();
        fail(kSyntax, root->span.begin, "invalid YAML: this cannot begin a document",
             syntax_hint(text, root->span.begin));
        break;
      }
      documents.roots.push_back(std::move(root));
    }
  } catch (const BoundHit& bound) {
    fail(kTooDeep, bound.at, fmt::format("this YAML is too large: {}", bound.what), "split it into several files");
  } catch (const YAML::Exception& error) {
    const uint32_t at = builder.offset(error.mark);
    fail(kSyntax, at, fmt::format("invalid YAML: {}", error.msg), syntax_hint(text, at));
  }
  return documents;
}

const Node* Node::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name->is_scalar() && name->text() == key) return value.get();
  }
  return nullptr;
}

const Node* Node::find_key(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name->is_scalar() && name->text() == key) return name.get();
  }
  return nullptr;
}

std::string_view Node::text_of(std::string_view key) const {
  const Node* value = find(key);
  return value != nullptr && value->is_scalar() ? value->text() : std::string_view{};
}

std::optional<bool> Node::as_bool() const {
  if (!is_scalar() || !plain) return std::nullopt;
  if (text() == "true" || text() == "True" || text() == "TRUE") return true;
  if (text() == "false" || text() == "False" || text() == "FALSE") return false;
  return std::nullopt;
}

std::optional<int64_t> Node::as_integer() const {
  if (!is_scalar() || !plain) return std::nullopt;
  int64_t value = 0;
  const std::string_view digits = text();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> Node::as_number() const {
  if (!is_scalar() || !plain) return std::nullopt;
  double value = 0;
  const std::string_view digits = text();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> Node::texts() const {
  std::vector<std::string_view> result;
  if (is_scalar()) result.push_back(text());
  for (const NodePtr& item : items) {
    if (item->is_scalar()) result.push_back(item->text());
  }
  return result;
}

}  // namespace hecate::yaml
