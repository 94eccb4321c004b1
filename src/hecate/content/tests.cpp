#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

constexpr std::array<std::string_view, 5> kTestKeys{"name", "description", "events", "file", "expect"};
constexpr std::array<std::string_view, 6> kExpectKeys{"detection", "findings", "suppressed",
                                                      "results",   "messages", "risk"};

int64_t whole_number(const yaml::Node& node, const DocumentContext& context) {
  const auto number = node.as_integer();
  if (!number) context.sink.report(kWrongType, node.span, "a whole number is wanted here");
  return number.value_or(0);
}

Expectation read_expectation(const yaml::Node& node, const DocumentContext& context) {
  refuse_unknown_keys(node, kExpectKeys, context);
  Expectation expectation;
  expectation.span = node.span;
  expectation.detection = std::string(required_text(node, "detection", context));
  const yaml::Node* findings = node.find("findings");
  if (findings == nullptr) {
    context.sink.report(kMissingKey, node.span,
                        "`findings`, the number of findings that are not suppressed, is missing");
  } else {
    expectation.findings = whole_number(*findings, context);
  }
  const auto shaped = [&](std::string_view key, yaml::Node::Kind wanted) {
    const yaml::Node* value = node.find(key);
    return value != nullptr && has_shape(*value, wanted, context) ? value : nullptr;
  };
  if (const yaml::Node* suppressed = shaped("suppressed", yaml::Node::Kind::Mapping)) {
    for (const auto& [filter, count] : suppressed->entries) {
      expectation.suppressed[std::string(filter->text())] = whole_number(*count, context);
    }
  }
  if (const yaml::Node* results = shaped("results", yaml::Node::Kind::Sequence)) {
    for (const yaml::NodePtr& row : results->items) {
      if (!has_shape(*row, yaml::Node::Kind::Mapping, context)) continue;
      auto& fields = expectation.results.emplace_back();
      for (const auto& [field, value] : row->entries) {
        // Several values are joined as value_text() joins them.
        fields[std::string(field->text())] =
            value->is_sequence() ? fmt::format("{}", fmt::join(value->texts(), "\n")) : std::string(value->text());
      }
    }
  }
  expectation.messages = text_list(node, "messages");
  if (const yaml::Node* risk = shaped("risk", yaml::Node::Kind::Sequence)) {
    for (const yaml::NodePtr& item : risk->items) {
      const yaml::Node* score = item->find("score");
      expectation.risk.push_back({std::string(item->text_of("object")), std::string(item->text_of("type")),
                                  score == nullptr ? 0 : whole_number(*score, context)});
    }
  }
  return expectation;
}

}  // namespace

void load_tests(const yaml::Node& document, const DocumentContext& context, Content& content) {
  const yaml::Node* tests = document.find("tests");
  if (!has_shape(*tests, yaml::Node::Kind::Sequence, context)) return;
  for (const yaml::NodePtr& node : tests->items) {
    if (!has_shape(*node, yaml::Node::Kind::Mapping, context)) continue;
    refuse_unknown_keys(*node, kTestKeys, context);
    TestCase test;
    test.path = context.path;
    test.name = std::string(required_text(*node, "name", context));
    test.span = node->find("name") != nullptr ? node->find("name")->span : node->span;
    test.events = std::string(node->text_of("events"));
    if (const std::string_view file = node->text_of("file"); !file.empty()) {
      test.events_file = (std::filesystem::path(context.path).parent_path() / file).lexically_normal().string();
    }
    if (test.events.empty() && test.events_file.empty()) {
      context.sink.report(kMissingKey, node->span, "a test needs `events` or `file`");
    }
    const yaml::Node* expect = node->find("expect");
    if (expect == nullptr || expect->items.empty()) {
      context.sink.report(kMissingKey, node->span, "a test needs at least one expectation under `expect`");
      continue;
    }
    for (const yaml::NodePtr& item : expect->items) {
      if (has_shape(*item, yaml::Node::Kind::Mapping, context))
        test.expectations.push_back(read_expectation(*item, context));
    }
    content.tests.push_back(std::move(test));
  }
}

}  // namespace hecate::content
