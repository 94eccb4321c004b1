#include "engine/data_models.h"

#include <fmt/format.h>

#include "base/diagnostic.h"
#include "engine/codes.h"

namespace hecate::engine {
namespace {

std::string full_name(const DataModel& model) {
  return model.dataset.empty() ? model.model : fmt::format("{}.{}", model.model, model.dataset);
}

bool check_scan(const Scan& scan, Span span, const Catalog& catalog, DiagnosticSink& sink) {
  const auto* model = std::get_if<DataModel>(&scan.dataset);
  if (model == nullptr) return true;
  if (!catalog.has_data_model(*model)) {
    const std::string_view near = nearest(full_name(*model), catalog.data_models());
    sink.report(kUnknownDataModel, span, fmt::format("there is no data model `{}`", full_name(*model)),
                near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    return false;
  }
  for (const Scan::Column& column : scan.columns) {
    if (catalog.has_field(*model, column.field)) continue;
    sink.report(
        kUnknownModelField, span,
        fmt::format("the data model `{}` has no field `{}`; it is always absent", full_name(*model), column.field),
        "fields are written with their dataset's name, such as Processes.process_name");
  }
  return true;
}

}  // namespace

bool check_data_models(const Plan& plan, const Catalog& catalog, DiagnosticSink& sink) {
  bool sound = true;
  for (const Node& node : plan.nodes) {
    if (const auto* scan = std::get_if<Scan>(&node.op)) sound = check_scan(*scan, node.span, catalog, sink) && sound;
  }
  for (const PlanInput& input : plan.inputs) sound = check_data_models(*input.plan, catalog, sink) && sound;
  return sound;
}

}  // namespace hecate::engine
