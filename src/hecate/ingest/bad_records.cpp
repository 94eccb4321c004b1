#include "ingest/bad_records.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ingest/codes.h"

namespace hecate::ingest {
namespace {

const DiagnosticCode& code_of(Fault fault) {
  switch (fault) {
    case Fault::None:
    case Fault::Json: return kMalformedJson;
    case Fault::Xml: return kMalformedXml;
    case Fault::NotText: return kNotText;
    case Fault::Oversized: return kOversized;
    case Fault::TooDeep: return kTooDeep;
    case Fault::Envelope: return kBadEnvelope;
    case Fault::Row: return kBadRow;
    case Fault::Damaged: return kDamaged;
  }
  return kMalformedJson;
}

std::string meaning(Fault fault, const ReadOptions& options) {
  switch (fault) {
    case Fault::None:
    case Fault::Json: return "not valid JSON";
    case Fault::Xml: return "not well-formed event XML";
    case Fault::NotText: return "not UTF-8 text";
    case Fault::Oversized: return fmt::format("longer than {} bytes", options.largest_record);
    case Fault::TooDeep: return "nested too deeply";
    case Fault::Envelope: return "a HEC envelope without an event";
    case Fault::Row: return "not as many cells as the table has names";
    case Fault::Damaged: return "damaged parts of a Windows event log";
  }
  return {};
}

}  // namespace

void BadRecords::count(Fault fault, uint64_t record, ReadStats& stats) {
  ++(fault == Fault::Oversized ? stats.oversized : stats.malformed);
  Reason& reason = reasons_[static_cast<size_t>(fault)];
  if (++reason.count <= kNamed) reason.first.push_back(record);
}

void BadRecords::report(std::string_view file, const ReadOptions& options, DiagnosticSink& sink) const {
  for (size_t i = 0; i < kFaults; ++i) {
    const Reason& reason = reasons_[i];
    if (reason.count == 0) continue;
    const auto fault = static_cast<Fault>(i);
    const uint64_t others = reason.count - reason.first.size();
    sink.report(
        code_of(fault), Span{},
        fmt::format("{}: record{} {}{}: {}; skipped", file, reason.count == 1 ? "" : "s", fmt::join(reason.first, ", "),
                    others == 0 ? "" : fmt::format(" and {} more", others), meaning(fault, options)));
  }
}

}  // namespace hecate::ingest
