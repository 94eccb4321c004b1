#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "catalog/codes.h"
#include "catalog/data_models.h"
#include "catalog/loader.h"
#include "exec/functions/text.h"

namespace hecate::catalog {
namespace {

/// TargetObject as "targetObject".
std::string in_camel_case(std::string_view name) {
  std::string result(name);
  if (!result.empty() && result.front() >= 'A' && result.front() <= 'Z') {
    result.front() = static_cast<char>(result.front() - 'A' + 'a');
  }
  return result;
}

/// A template with the field's name in it, in the spelling that it asks for.
std::string filled(std::string_view path, std::string_view field) {
  static constexpr std::string_view kCamel = "{camel}";
  std::string result(path);
  if (const size_t at = result.find(kCamel); at != std::string::npos) {
    return result.replace(at, kCamel.size(), in_camel_case(field));
  }
  const size_t at = result.find("{}");
  return at == std::string::npos ? result : result.replace(at, 2, field);
}

std::vector<size_t> slots_of(const std::vector<std::string>& paths, ingest::PathSet& set) {
  std::vector<size_t> slots;
  for (const std::string& path : paths) slots.push_back(set.add(path));
  return slots;
}

class ConditionLoader {
 public:
  ConditionLoader(const SourceData& source, ingest::PathSet& paths, const Checker& check)
      : source_(source), paths_(paths), check_(check) {}

  std::vector<Condition> list(const yaml::Node& node) {
    std::vector<Condition> result;
    if (!node.is_sequence()) check_.wrong(node.span, "conditions are a list, each `path` or `field` with a test");
    for (const yaml::NodePtr& item : node.items) result.push_back(one(*item));
    return result;
  }

 private:
  // Conditions can be nested by `any` and `all` only as deep as yaml itself allows.
  Condition one(const yaml::Node& node) {
    Condition result;
    if (!check_.mapping(node, "a condition")) return result;
    check_.keys(node, {"path", "field", "record", "exists", "equals", "equals_any_case", "prefix", "contains",
                       "matches", "any_bit", "any", "all"});
    for (const auto& [key, op] : {std::pair{"any", Condition::Op::Any}, std::pair{"all", Condition::Op::All}}) {
      const yaml::Node* parts = node.find(key);
      if (parts == nullptr) continue;
      if (node.entries.size() != 1) check_.wrong(node.span, fmt::format("nothing stands beside `{}`", key));
      result.op = op;
      result.parts = list(*parts);
      return result;
    }
    operand(node, result);
    test(node, result);
    return result;
  }

  void operand(const yaml::Node& node, Condition& result) {
    const yaml::Node* path = node.find("path");
    const yaml::Node* field = node.find("field");
    const yaml::Node* record = node.find("record");
    if ((path != nullptr) + (field != nullptr) + (record != nullptr) != 1) {
      check_.wrong(node.span, "a condition has one of `path`, `field` and `record`");
    } else if (record != nullptr) {
      const bool file = record->text() == "file";
      if (!file && record->text() != "text") check_.wrong(record->span, "of a record there are `text` and `file`");
      result.slots = {paths_.add(file ? Catalog::Impl::kFileName : Catalog::Impl::kRawText)};
    } else if (path != nullptr) {
      result.slots = slots_of(check_.texts(*path), paths_);
    } else {
      for (const std::string& name : check_.texts(*field)) {
        for (const size_t slot : slots_of(paths_of(source_, name), paths_)) result.slots.push_back(slot);
      }
    }
  }

  void test(const yaml::Node& node, Condition& result) {
    static constexpr std::array kTests{
        std::pair{"equals", Condition::Op::Equals}, std::pair{"equals_any_case", Condition::Op::EqualsAnyCase},
        std::pair{"prefix", Condition::Op::Prefix}, std::pair{"contains", Condition::Op::Contains},
        std::pair{"matches", Condition::Op::Matches}};
    size_t tests = 0;
    for (const auto& [key, op] : kTests) {
      const yaml::Node* values = node.find(key);
      if (values == nullptr) continue;
      ++tests;
      result.op = op;
      result.values = check_.texts(*values);
      if (op == Condition::Op::Matches) check_patterns(*values, result.values);
    }
    if (const yaml::Node* exists = node.find("exists")) {
      ++tests;
      const auto wanted = exists->as_bool();
      if (!wanted) check_.wrong(exists->span, "`exists` is true or false");
      result.op = wanted.value_or(true) ? Condition::Op::Exists : Condition::Op::Missing;
    }
    if (const yaml::Node* bits = node.find("any_bit")) {
      ++tests;
      result.op = Condition::Op::AnyBit;
      result.bits = bits->as_integer().value_or(0);
      if (result.bits <= 0) check_.wrong(bits->span, "`any_bit` is a positive whole number");
    }
    if (tests != 1)
      check_.wrong(node.span, "a condition has one test: exists, equals, prefix, contains, matches or any_bit");
  }

  void check_patterns(const yaml::Node& node, const std::vector<std::string>& patterns) const {
    for (const std::string& pattern : patterns) {
      const auto problem = regex_problem(pattern, 0);
      if (problem) {
        check_.sink().report(kBadRegex, node.span, fmt::format("this regular expression does not do: {}", *problem));
      }
    }
  }

  const SourceData& source_;
  ingest::PathSet& paths_;
  const Checker& check_;
};

SplunkMetadata load_splunk(const yaml::Node& node, SplunkMetadata base, const Checker& check) {
  const yaml::Node* splunk = node.find("splunk");
  if (splunk == nullptr || !check.mapping(*splunk, "`splunk`")) return base;
  check.keys(*splunk, {"sourcetype", "source", "index"});
  if (splunk->find("sourcetype") != nullptr) base.sourcetype = check.text(*splunk, "sourcetype");
  if (splunk->find("source") != nullptr) base.source = check.text(*splunk, "source");
  if (splunk->find("index") != nullptr) base.index = check.text(*splunk, "index");
  return base;
}

void load_shape_paths(const yaml::Node& key, const yaml::Node& node, SourceData& source, const Checker& check) {
  ShapeRule shape;
  shape.name = key.text();
  if (!check.mapping(node, "a shape")) return;
  check.keys(node, {"of", "when", "paths", "fields", "sourcetype"});
  const std::string of = check.required(node, "of");
  if (of == "xml") shape.of = ingest::Shape::Xml;
  if (of == "text") shape.of = ingest::Shape::Text;
  if (of != "xml" && of != "text" && of != "json" && !of.empty()) {
    check.unknown(kWrongValue, node.find("of")->span, "kind of document", of, {"json", "xml", "text"});
  }
  shape.templates = check.texts(node, "paths");
  for (const std::string& path : shape.templates) {
    if (filled(path, "F") == path)
      check.wrong(node.find("paths")->span, fmt::format("`{}` lacks the `{{}}` for the field's name", path));
  }
  if (const yaml::Node* fields = node.find("fields"); fields != nullptr && check.mapping(*fields, "`fields`")) {
    for (const auto& [name, paths] : fields->entries) shape.fields[std::string(name->text())] = check.texts(*paths);
  }
  shape.sourcetype = check.text(node, "sourcetype");
  source.shapes.push_back(std::move(shape));
}

/// The shapes of another source, whose file is read before this one's.
void borrow_shapes(const yaml::Node& name, SourceData& source, const Catalog::Impl& catalog, const Checker& check) {
  std::vector<std::string_view> known;
  for (const SourceData& other : catalog.sources) {
    if (other.name == name.text()) source.shapes = other.shapes;
    known.push_back(other.name);
  }
  if (source.shapes.empty()) check.unknown(kWrongValue, name.span, "source read before this one", name.text(), known);
}

void load_shapes(const yaml::Node& root, SourceData& source, Catalog::Impl& catalog, const Checker& check) {
  const yaml::Node* shapes = root.find("shapes");
  if (shapes == nullptr) {
    check.sink().report(kMissingKey, root.span, "`shapes` is missing");
    return;
  }
  if (shapes->is_scalar()) return borrow_shapes(*shapes, source, catalog, check);
  if (!check.mapping(*shapes, "`shapes`")) return;
  for (const auto& [key, node] : shapes->entries) load_shape_paths(*key, *node, source, check);
  // Conditions may name fields, and where these stand is known only now.
  for (size_t i = 0; i < source.shapes.size() && i < shapes->entries.size(); ++i) {
    const yaml::Node& node = *shapes->entries[i].second;
    if (const yaml::Node* when = node.find("when"))
      source.shapes[i].when = load_conditions(*when, source, catalog.paths, check);
  }
}

NameRules load_names(const yaml::Node& root, const Checker& check) {
  NameRules rules;
  const yaml::Node* names = root.find("names");
  if (names == nullptr || !check.mapping(*names, "`names`")) return rules;
  check.keys(*names, {"ignore_case", "through_arrays", "in_words", "objects_as_text", "optional_prefixes"});
  const auto flag = [&](std::string_view key) {
    const yaml::Node* value = names->find(key);
    if (value == nullptr) return false;
    if (!value->as_bool()) check.wrong(value->span, fmt::format("`{}` is true or false", key));
    return value->as_bool().value_or(false);
  };
  rules.ignore_case = flag("ignore_case");
  rules.through_arrays = flag("through_arrays");
  rules.in_words = flag("in_words");
  rules.objects_as_text = flag("objects_as_text");
  rules.optional_prefixes = check.texts(*names, "optional_prefixes");
  return rules;
}

/// What must hold in every shape.
void load_when(const yaml::Node& root, SourceData& source, ingest::PathSet& paths, const Checker& check) {
  const yaml::Node* when = root.find("when");
  if (when == nullptr) return;
  const std::vector<Condition> conditions = load_conditions(*when, source, paths, check);
  for (ShapeRule& shape : source.shapes) shape.when.insert(shape.when.end(), conditions.begin(), conditions.end());
}

void load_metadata(const yaml::Node& root, SourceData& source, ingest::PathSet& paths, const Checker& check) {
  const auto slots = [&](const std::vector<std::string>& fields) {
    std::vector<size_t> result;
    for (const std::string& field : fields) {
      for (const size_t slot : slots_of(paths_of(source, field), paths)) result.push_back(slot);
    }
    return result;
  };
  if (const yaml::Node* time = root.find("time"); time != nullptr && check.mapping(*time, "`time`")) {
    check.keys(*time, {"fields", "before_envelope"});
    source.time_slots = slots(check.texts(*time, "fields"));
    if (const yaml::Node* first = time->find("before_envelope")) {
      if (!first->as_bool()) check.wrong(first->span, "`before_envelope` is true or false");
      source.event_time_first = first->as_bool().value_or(false);
    }
  }
  source.host_slots = slots(check.texts(root, "host"));
  source.splunk = load_splunk(root, {}, check);
}

std::vector<SigmaLogsource> load_sigma(const yaml::Node* node, const Checker& check) {
  std::vector<SigmaLogsource> result;
  if (node == nullptr) return result;
  if (!node->is_sequence()) check.wrong(node->span, "`sigma` is a list of logsources");
  for (const yaml::NodePtr& item : node->items) {
    if (!check.mapping(*item, "a logsource")) continue;
    check.keys(*item, {"product", "category", "service"});
    result.push_back({check.text(*item, "product"), check.text(*item, "category"), check.text(*item, "service")});
  }
  return result;
}

const SchemaData* find_schema(const Catalog::Impl& catalog, std::string_view name, bool asim) {
  const auto found = std::find_if(catalog.schemas.begin(), catalog.schemas.end(), [&](const SchemaData& data) {
    return data.schema.asim == asim && data.schema.name == name;
  });
  return found == catalog.schemas.end() ? nullptr : &*found;
}

/// An entry of `cim`: a dataset's name, or its name and the test that its events pass.
DeclaredMembership load_membership(const yaml::Node& node, const Checker& check) {
  if (!node.is_mapping()) return {std::string(node.text()), std::nullopt};
  check.keys(node, {"dataset", "when"});
  DeclaredMembership membership{check.required(node, "dataset"), std::nullopt};
  const yaml::Node* when = node.find("when");
  if (when == nullptr) return membership;
  Result<Expression> test = parse_expression(when->scalar, check.sink());
  if (test) membership.when = std::move(*test);
  return membership;
}

std::vector<DeclaredMembership> load_memberships(const yaml::Node* node, TypeData& type, const Catalog::Impl& catalog,
                                                 const Checker& check) {
  std::vector<DeclaredMembership> result;
  if (node == nullptr) return result;
  std::vector<const yaml::Node*> entries;
  if (!node->is_sequence()) entries.push_back(node);
  for (const yaml::NodePtr& item : node->items) entries.push_back(item.get());
  std::vector<std::string_view> known;
  for (const auto& [name, dataset] : catalog.cim) known.push_back(name);
  for (const yaml::Node* entry : entries) {
    result.push_back(load_membership(*entry, check));
    const std::string root(root_of(catalog, result.back().dataset));
    if (root.empty()) check.unknown(kUnknownSchema, entry->span, "data model", result.back().dataset, known);
    if (std::find(type.cim.begin(), type.cim.end(), root) == type.cim.end()) type.cim.push_back(root);
  }
  return result;
}

/// What every table has: when an event was, and the table's name. Defender's tables say the time twice.
void add_common_defaults(SchemaData& table) {
  for (const std::string_view time : {"TimeGenerated", "Timestamp", "_TimeReceived"}) {
    const Catalog::KustoColumn* column = table.schema.find(time);
    if (column != nullptr && column->type == Type::Datetime)
      table.defaults[column->name] = Expression{Expression::Kind::Call, "meta.time", {}, {}};
  }
  if (table.schema.find("Type") != nullptr)
    table.defaults["Type"] = Expression{Expression::Kind::Text, table.schema.name, {}, {}};
}

/// The tables and the ASIM schema that a type's events are rows of.
void load_views(const yaml::Node& node, TypeData& type, Catalog::Impl& catalog, const Checker& check) {
  const auto names = [&](bool asim) {
    std::vector<std::string_view> result;
    for (const SchemaData& data : catalog.schemas) {
      if (data.schema.asim == asim) result.push_back(data.schema.name);
    }
    return result;
  };
  if (const std::string asim = check.text(node, "asim"); !asim.empty()) {
    type.views["asim." + asim] = check.texts(node, "event_types");
    if (find_schema(catalog, asim, true) == nullptr)
      check.unknown(kUnknownSchema, node.find("asim")->span, "ASIM schema", asim, names(true));
  }
  for (const std::string& table : check.texts(node, "tables")) {
    type.views["table." + table] = {};
    if (!add_listed_table(catalog, table))
      check.unknown(kUnknownSchema, node.find("tables")->span, "table", table, names(false));
  }
}

TypeData load_type(const yaml::Node& key, const yaml::Node& node, const SourceData& source, Catalog::Impl& catalog,
                   const Checker& check) {
  TypeData type;
  type.name = fmt::format("{}.{}", source.name, key.text());
  if (!check.mapping(node, "a record type")) return type;
  check.keys(node, {"title", "when", "with", "splunk", "sigma", "cim", "asim", "event_types", "tables", "columns"});
  type.title = check.required(node, "title");
  if (const yaml::Node* when = node.find("when")) type.when = load_conditions(*when, source, catalog.paths, check);
  if (const yaml::Node* with = node.find("with"); with != nullptr && check.mapping(*with, "`with`")) {
    for (const auto& [name, value] : with->entries) type.variables[std::string(name->text())] = value->text();
  }
  type.splunk = load_splunk(node, source.splunk, check);
  type.sigma = load_sigma(node.find("sigma"), check);
  const std::vector<DeclaredMembership> memberships = load_memberships(node.find("cim"), type, catalog, check);
  load_views(node, type, catalog, check);
  const yaml::Node* columns = node.find("columns");
  compile_columns(type, source, columns == nullptr ? std::vector<ColumnGroup>() : load_groups(*columns, check),
                  memberships, catalog, check);
  return type;
}

bool known_source(const Catalog::Impl& catalog, std::string_view name) {
  if (name == "generic") return catalog.generic.has_value();
  return std::any_of(catalog.sources.begin(), catalog.sources.end(),
                     [&](const SourceData& source) { return source.name == name; });
}

void accept(SourceData source, std::vector<TypeData> types, Catalog::Impl& catalog) {
  if (source.name == "generic") {
    catalog.types.front().title = source.title;
    catalog.types.front().splunk = source.splunk;
    catalog.generic = std::move(source);
    return;
  }
  source.first_type = static_cast<uint32_t>(catalog.types.size());
  source.type_count = static_cast<uint32_t>(types.size());
  for (TypeData& type : types) {
    type.source = static_cast<uint32_t>(catalog.sources.size());
    catalog.types.push_back(std::move(type));
  }
  catalog.sources.push_back(std::move(source));
}

}  // namespace

bool add_listed_table(Catalog::Impl& catalog, const std::string& name) {
  if (find_schema(catalog, name, false) != nullptr) return true;
  const Catalog::KustoSchema* listed = catalog.tables.find(name);
  if (listed == nullptr) return false;
  SchemaData data;
  data.schema = *listed;
  add_common_defaults(data);
  catalog.views[name] = View{catalog.schemas.size(), {}};
  catalog.schemas.push_back(std::move(data));
  return true;
}

std::vector<Condition> load_conditions(const yaml::Node& node, const SourceData& source, ingest::PathSet& paths,
                                       const Checker& check) {
  return ConditionLoader(source, paths, check).list(node);
}

std::vector<std::string> paths_of(const SourceData& source, std::string_view field) {
  std::vector<std::string> result;
  const auto add = [&result](std::string path) {
    if (std::find(result.begin(), result.end(), path) == result.end()) result.push_back(std::move(path));
  };
  for (const ShapeRule& shape : source.shapes) {
    if (const auto own = shape.fields.find(std::string(field)); own != shape.fields.end()) {
      for (const std::string& path : own->second) add(path);
      continue;
    }
    for (const std::string& path : shape.templates) {
      add(filled(path, field));
    }
  }
  add(std::string(field));
  return result;
}

void load_source(const yaml::Node& root, Catalog::Impl& catalog, DiagnosticSink& sink) {
  const Checker check(sink);
  const size_t errors = sink.errors();
  if (!check.mapping(root, "a source")) return;
  check.keys(root, {"source", "title", "priority", "discriminator", "names", "shapes", "when", "time", "host", "splunk",
                    "columns", "types"});
  SourceData source;
  source.name = check.required(root, "source");
  source.title = check.required(root, "title");
  if (known_source(catalog, source.name))
    sink.report(kDuplicate, root.find("source")->span, fmt::format("source `{}` is defined twice", source.name));
  if (const yaml::Node* priority = root.find("priority")) {
    if (!priority->as_integer()) check.wrong(priority->span, "`priority` is a whole number");
    source.priority = priority->as_integer().value_or(0);
  }
  source.discriminator = check.text(root, "discriminator");
  source.names = load_names(root, check);
  load_shapes(root, source, catalog, check);
  load_when(root, source, catalog.paths, check);
  load_metadata(root, source, catalog.paths, check);
  if (const yaml::Node* columns = root.find("columns")) source.groups = load_groups(*columns, check);

  std::vector<TypeData> types;
  const yaml::Node* nodes = root.find("types");
  if (nodes == nullptr && source.name != "generic") sink.report(kMissingKey, root.span, "`types` is missing");
  if (nodes != nullptr && check.mapping(*nodes, "`types`")) {
    for (const auto& [key, node] : nodes->entries) types.push_back(load_type(*key, *node, source, catalog, check));
  }
  if (sink.errors() == errors) accept(std::move(source), std::move(types), catalog);
}

}  // namespace hecate::catalog
