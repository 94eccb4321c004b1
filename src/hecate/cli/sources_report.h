#pragma once

#include <cstdio>

#include "catalog/catalog.h"
#include "engine/survey.h"

namespace hecate::cli {

struct SurveyReport {
  const engine::Survey& survey;
  const Catalog& catalog;
  bool list_rules = false;  // name them, not only count them
};

/// For eyes: a table of what each file holds, then one of the rules.
void print_survey_table(const SurveyReport& report, std::FILE* out, size_t width);
/// For pipes: one JSON object a line, whose "report" says what it is about: "file", "type", "rules".
void print_survey_ndjson(const SurveyReport& report, std::FILE* out);

}  // namespace hecate::cli
