#include "catalog/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/codes.h"
#include "catalog/data_models.h"
#include "catalog/loader.h"
#include "catalog/lowering.h"

namespace hecate {
namespace {

using catalog::CompiledColumns;
using catalog::TypeData;

std::string_view conversion(Type type) {
  switch (type) {
    case Type::Bool: return "convert.bool";
    case Type::Long: return "convert.long";
    case Type::Real:
    case Type::Decimal: return "convert.real";
    case Type::Datetime: return "convert.datetime";
    case Type::Timespan: return "convert.timespan";
    case Type::Dynamic: return "convert.dynamic";
    case Type::Guid: return "convert.guid";
    case Type::String:
    case Type::Many: break;
  }
  return "convert.string";
}

/// Wraps an expression so that it has the wanted static type.
ExprPtr converted(ExprPtr value, Type wanted, bool kusto) {
  const bool constant = std::holds_alternative<Literal>(value->node);
  if (wanted == Type::Many && (value->type == Type::Many || value->type == Type::String)) return value;
  if (kusto && wanted == Type::String && !(constant && value->type == Type::String)) {
    return make_call("convert.kql_string", {std::move(value)}, Type::String);
  }
  if (value->type == wanted) return value;
  const Type type = wanted == Type::Many ? Type::String : wanted;
  return make_call(conversion(wanted), {std::move(value)}, type);
}

struct SplunkName {
  std::string_view field;
  std::string_view function;
  Type type;
};
constexpr std::array kSplunkMetadata{
    SplunkName{"_raw", "meta.raw", Type::String},      SplunkName{"_time", "meta.time", Type::Datetime},
    SplunkName{"host", "meta.host", Type::String},     SplunkName{"index", "meta.index", Type::String},
    SplunkName{"source", "meta.source", Type::String}, SplunkName{"sourcetype", "meta.sourcetype", Type::String},
};

/// Every event of Splunk has a time: where none was found in it, that of its file (Getting Data In, "How timestamp
/// assignment works"). It is seconds since the epoch, with a fraction.
ExprPtr never_timeless(ExprPtr time) {
  const auto epoch = [](ExprPtr value) { return make_call("convert.epoch", {std::move(value)}, Type::Real); };
  ExprPtr file = epoch(make_call("meta.file_time", {}, Type::Datetime));
  return make_call("spl.coalesce", {epoch(std::move(time)), std::move(file)}, Type::Real);
}

/// Every event of Splunk has a host: where nothing else says one, that of the input (Getting Data In, "Set a default
/// host for a Splunk platform instance"), which a file does not tell.
ExprPtr never_absent(ExprPtr host) {
  return make_call("spl.coalesce", {std::move(host), make_string("unknown")}, Type::String);
}

ExprPtr splunk_metadata(std::string_view field) {
  for (const SplunkName& known : kSplunkMetadata) {
    if (known.field != field) continue;
    ExprPtr value = make_call(known.function, {}, known.type);
    if (field == "host") return never_absent(std::move(value));
    return field == "_time" ? never_timeless(std::move(value)) : value;
  }
  return nullptr;
}

ExprPtr find_column(const TypeData& type, std::string_view vocabulary, std::string_view name) {
  const auto columns = type.columns.find(vocabulary);
  if (columns == type.columns.end()) return nullptr;
  const auto column = columns->second.find(name);
  return column == columns->second.end() ? nullptr : column->second;
}

/// What every event has, unless the source knows better: the source of a risk event is the rule that wrote it.
ExprPtr metadata_column(const TypeData& type, std::string_view field) {
  ExprPtr metadata = splunk_metadata(field);
  ExprPtr own = metadata ? find_column(type, "splunk", field) : nullptr;
  return own ? own : metadata;
}

constexpr std::string_view kGeneric = "generic";

/// Whether a line may have `field=value`: paths into JSON are no keys.
bool can_be_key(std::string_view field) { return !field.empty() && field.find('{') == std::string_view::npos; }

/// Of a text that nobody knows Splunk takes what stands as `key=value` for fields (props.conf.spec, KV_MODE = auto,
/// which is the default).
ExprPtr with_pairs(ExprPtr raw, std::string_view field) {
  ExprPtr pair =
      make_call("spl.auto_kv", {make_call("meta.raw", {}, Type::String), make_string(std::string(field))}, Type::Many);
  ExprPtr own = make_call("convert.spl_field", {std::move(raw)}, Type::Many);
  ExprPtr either = make_call("spl.coalesce", {own, std::move(pair)}, Type::Many);
  // Known when rules are bound, so that nobody pays for it where events are JSON.
  ExprPtr json = make_match({make_call("meta.sourcetype", {}, Type::String),
                             MatchOp::Equals,
                             Casing::Sensitive,
                             Quantifier::Any,
                             RegexDialect::Pcre2,
                             {"_json"}});
  return make_call("text.if", {std::move(json), std::move(own), std::move(either)}, Type::Many);
}

ExprPtr splunk_column(const TypeData& type, std::string_view field) {
  if (ExprPtr metadata = metadata_column(type, field)) return metadata;
  if (ExprPtr own = find_column(type, "splunk", field)) return own;
  for (const std::string& dataset : type.cim) {
    if (ExprPtr normalised = find_column(type, "cim." + dataset, field)) return normalised;
  }
  ExprPtr raw = make_raw_field(std::string(field));
  return type.name == kGeneric && can_be_key(field) ? with_pairs(std::move(raw), field) : raw;
}

/// A search-time field as functions see it: they must find Splunk's texts.
ExprPtr extracted_field(const TypeData& type, std::string_view field) {
  ExprPtr value = splunk_column(type, field);
  const bool raw = std::holds_alternative<RawField>(value->node);
  return raw ? make_call("convert.spl_field", {std::move(value)}, Type::Many) : value;
}

/// A search-time field as data models see it.
ExprPtr event_field(const TypeData& type, std::string_view root, std::string_view field,
                    const SearchTime* search_time) {
  const auto below = [&](std::string_view name) {
    ExprPtr value = find_column(type, "cim." + std::string(root), name);
    if (!value) return extracted_field(type, name);
    const bool raw = std::holds_alternative<RawField>(value->node);
    return raw ? make_call("convert.spl_field", {std::move(value)}, Type::Many) : value;
  };
  ExprPtr found = search_time != nullptr ? search_time->field(field, below) : nullptr;
  return found ? found : below(field);
}

ExprPtr sigma_column(const TypeData& type, const catalog::SourceData* source, std::string_view field) {
  static const catalog::NameRules kExact;
  const catalog::NameRules& names = source == nullptr ? kExact : source->names;
  if (const auto columns = type.columns.find("sigma"); columns != type.columns.end()) {
    if (const ExprPtr* own = catalog::find_spelled(columns->second, names, field)) return *own;
  }
  ExprPtr raw = make_raw_field(std::string(field));
  return names.objects_as_text ? make_call("text.json", {std::move(raw)}, Type::Many) : raw;
}

bool part_matches(std::string_view wanted, std::string_view own) {
  return wanted.empty() || equals_ignoring_case(wanted, own);
}

bool has_logsource(const TypeData& type, const SigmaLogsource& wanted) {
  if (wanted == SigmaLogsource{}) return true;
  return std::any_of(type.sigma.begin(), type.sigma.end(), [&](const SigmaLogsource& own) {
    return part_matches(wanted.product, own.product) && part_matches(wanted.category, own.category) &&
           part_matches(wanted.service, own.service);
  });
}

bool in_view(const TypeData& type, const catalog::View& view, const Catalog::KustoSchema& schema) {
  const auto own = type.views.find(catalog::vocabulary_of(schema));
  if (own == type.views.end()) return false;
  return view.event_types.empty() || std::any_of(own->second.begin(), own->second.end(), [&](const std::string& each) {
           return view.event_types.contains(each);
         });
}

}  // namespace

const catalog::SourceData* Catalog::Impl::source_of(RecordType id) const {
  if (id == RecordType::Generic) return generic ? &*generic : nullptr;
  return &sources[type(id).source];
}

Catalog::Catalog() : impl_(std::make_shared<Impl>()) {
  TypeData generic;
  generic.name = kGeneric;
  generic.title = "A record that no source recognises";
  impl_->types.push_back(std::move(generic));
}
Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;

Catalog Catalog::with(std::shared_ptr<const SearchTime> search_time) const {
  Catalog other;
  other.impl_ = impl_;
  other.search_time_ = std::move(search_time);
  return other;
}

size_t Catalog::record_types() const { return impl_->types.size(); }
std::string_view Catalog::name(RecordType type) const { return impl_->type(type).name; }
std::string_view Catalog::title(RecordType type) const { return impl_->type(type).title; }
std::span<const Catalog::ColumnRow> Catalog::columns(RecordType type) const {
  return impl_->view_columns.rows(*impl_, impl_->type(type));
}

void Catalog::check_views(DiagnosticSink& sink) const { catalog::ViewColumns::check(*impl_, sink); }

std::optional<RecordType> Catalog::find(std::string_view name) const {
  for (size_t i = 0; i < impl_->types.size(); ++i) {
    if (impl_->types[i].name == name) return static_cast<RecordType>(i);
  }
  return std::nullopt;
}

std::vector<std::string_view> Catalog::names() const {
  std::vector<std::string_view> result;
  for (const TypeData& type : impl_->types) result.push_back(type.name);
  return result;
}

std::string_view Catalog::cim_default(std::string_view dataset, std::string_view field) const {
  const catalog::CimField* found = catalog::find_field(*impl_, dataset, field);
  return found == nullptr ? std::string_view() : std::string_view(found->empty);
}

std::vector<std::string_view> Catalog::data_models() const {
  std::vector<std::string_view> result;
  for (const auto& [name, dataset] : impl_->cim) result.push_back(name);
  return result;
}

bool Catalog::has_data_model(const DataModel& model) const {
  const std::string name = fmt::format("{}.{}", model.model, model.dataset);
  if (!model.dataset.empty()) return impl_->cim.contains(name);
  const auto first = impl_->cim.lower_bound(name);
  return first != impl_->cim.end() && first->first.starts_with(name);
}

bool Catalog::has_field(const DataModel& model, std::string_view field) const {
  if (field == DataModel::kMember || field == "nodename" || splunk_metadata(field) || model.events) return true;
  const catalog::FieldPlace place = catalog::place_of(*impl_, model, field);
  return catalog::find_field(*impl_, place.dataset, place.field) != nullptr;
}

bool Catalog::belongs(RecordType id, const Dataset& dataset) const {
  const TypeData& type = impl_->type(id);
  if (const auto* logsource = std::get_if<SigmaLogsource>(&dataset)) return has_logsource(type, *logsource);
  if (const auto* model = std::get_if<DataModel>(&dataset)) return columns_of(id, *model).possible();
  const auto* table = std::get_if<KustoTable>(&dataset);
  if (table == nullptr) return true;
  const auto view = impl_->views.find(table->name);
  return view != impl_->views.end() && in_view(type, view->second, impl_->schemas[view->second.schema].schema);
}

catalog::DataModelColumns Catalog::columns_of(RecordType id, const DataModel& model) const {
  const SearchTime* search_time = search_time_.get();
  return {*impl_, impl_->type(id), model,
          [search_time](const TypeData& type, std::string_view root, std::string_view field) {
            return event_field(type, root, field, search_time);
          },
          search_time};
}

ExprPtr Catalog::splunk_field(RecordType id, std::string_view field) const {
  const TypeData& type = impl_->type(id);
  const auto below = [&](std::string_view name) { return extracted_field(type, name); };
  ExprPtr found = search_time_ ? search_time_->field(field, below) : nullptr;
  return found ? found : splunk_column(type, field);
}

ExprPtr Catalog::column(RecordType id, const Dataset& dataset, std::string_view field, Type wanted) const {
  const TypeData& type = impl_->type(id);
  if (std::holds_alternative<SplunkEvents>(dataset)) return converted(splunk_field(id, field), wanted, false);
  if (std::holds_alternative<SigmaLogsource>(dataset)) {
    // The text that keywords are searched in (lang/sigma): the record as written.
    if (field == "_raw") return make_call("meta.raw", {}, Type::String);
    return converted(sigma_column(type, impl_->source_of(id), field), wanted, false);
  }
  if (const auto* model = std::get_if<DataModel>(&dataset)) {
    ExprPtr own = splunk_metadata(field) ? splunk_field(id, field) : nullptr;
    if (!own) own = columns_of(id, *model).column(field);
    if (!own && model->events && !has_field({model->model, model->dataset}, field))
      own = event_field(type, {}, field, search_time_.get());
    return own ? converted(std::move(own), wanted, false) : nullptr;
  }
  const auto view = impl_->views.find(std::get<KustoTable>(dataset).name);
  if (view == impl_->views.end()) return nullptr;
  ExprPtr own = impl_->view_columns.find(*impl_, type, impl_->schemas[view->second.schema], field);
  return own ? converted(std::move(own), wanted, true) : nullptr;
}

std::string_view Catalog::discriminator(RecordType type) const {
  const catalog::SourceData* source = impl_->source_of(type);
  return source == nullptr ? std::string_view{} : std::string_view(source->discriminator);
}

std::vector<std::string> Catalog::raw_paths(RecordType type, std::string_view raw_field) const {
  const catalog::SourceData* source = impl_->source_of(type);
  return source == nullptr ? std::vector{std::string(raw_field)} : catalog::written_paths_of(*source, raw_field);
}

const Catalog::KustoColumn* Catalog::KustoSchema::find(std::string_view column) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const KustoColumn& own) { return own.name == column; });
  return found == columns.end() ? nullptr : &*found;
}

const Catalog::KustoSchema* Catalog::kusto_schema(std::string_view table) const {
  const auto view = impl_->views.find(table);
  return view == impl_->views.end() ? impl_->tables.find(table) : &impl_->schemas[view->second.schema].schema;
}

std::span<const Catalog::KustoParameter> Catalog::parameters(std::string_view view) const {
  static const std::vector<KustoParameter> kUnfiltered{{"pack", Type::Bool, KustoParameter::Test::None, {}}};
  const auto found = impl_->views.find(view);
  if (found == impl_->views.end()) return {};
  const KustoSchema& schema = impl_->schemas[found->second.schema].schema;
  if (schema.parameters.empty() || found->second.filters) return schema.parameters;
  return kUnfiltered;
}

bool Catalog::has_rows(std::string_view table) const { return impl_->views.contains(table); }

std::vector<std::string_view> Catalog::kusto_tables() const {
  std::vector<std::string_view> result;
  for (const auto& [name, view] : impl_->views) result.push_back(name);
  for (const std::string_view name : impl_->tables.names()) {
    if (!impl_->views.contains(name)) result.push_back(name);
  }
  return result;
}

Result<ExprPtr> Catalog::compile_expression(std::string_view text, Span span, RecordType type, const Dataset& dataset,
                                            DiagnosticSink& sink) const {
  MappedText mapped;
  if (span.known() && span.end - span.begin == text.size()) {
    mapped = MappedText(std::string(text), span);
  } else {
    mapped.append_generated(text, span);
  }
  const Result<catalog::Expression> parsed = catalog::parse_expression(mapped, sink);
  if (!parsed) return already_reported();
  const auto* table = std::get_if<KustoTable>(&dataset);
  const KustoSchema* schema = table == nullptr ? nullptr : kusto_schema(table->name);
  const auto resolve = [&](const catalog::Expression& name) -> ExprPtr {
    if (table == nullptr) return column(type, dataset, name.text, Type::Many);
    const KustoColumn* known = schema == nullptr ? nullptr : schema->find(name.text);
    if (known != nullptr) {
      ExprPtr value = column(type, dataset, name.text, known->type);
      return value ? value
                   : make_literal(OwnedValue(known->type == Type::String ? Value::string("") : Value::null()),
                                  known->type, name.span);
    }
    std::vector<std::string_view> names;
    for (size_t i = 0; schema != nullptr && i < schema->columns.size(); ++i) names.push_back(schema->columns[i].name);
    catalog::Checker(sink).unknown(catalog::kUnknownName, name.span, "column", name.text, names);
    return nullptr;
  };
  return catalog::lower(*parsed, resolve, sink);
}

}  // namespace hecate
