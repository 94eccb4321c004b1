#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "content/codes.h"
#include "content/documents.h"

namespace hecate::content {
namespace {

constexpr std::array<std::string_view, 5> kTestKeys{"name", "description", "events", "file", "expect"};
constexpr std::array<std::string_view, 6> kExpectKeys{"detection", "findings", "suppressed", "results", "messages", "risk"};

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
    context.sink.report(kMissingKey, node.span, "`findings`, the number of findings that are not suppressed, is missing");
  } else {
    expectation.findings = whole_number(*findings, context);
  }
  if (const yaml::Node* suppressed = node.find("suppressed")) {
    for (const auto& [filter, count] : suppressed->entries) {
      expectation.suppressed[std::string(filter->text())] = whole_number(*count, context);
    }
  }
  if (const yaml::Node* results = node.find("results")) {
    for (const yaml::NodePtr& row : results->items) {
      auto& fields = expectation.results.emplace_back();
      for (const auto& [field, value] : row->entries) {
        std::string text;
        if (value->is_sequence()) {
          for (const std::string_view element : value->texts()) text += (text.empty() ? "" : "\n") + std::string(element);
        } else {
          text = std::string(value->text());
        }
        fields[std::string(field->text())] = std::move(text);
      }
    }
  }
  expectation.messages = text_list(node, "messages");
  if (const yaml::Node* risk = node.find("risk")) {
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
  for (const yaml::NodePtr& node : tests->items) {
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
    for (const yaml::NodePtr& item : expect->items) test.expectations.push_back(read_expectation(*item, context));
    content.tests.push_back(std::move(test));
  }
}

}  // namespace hecate::content
