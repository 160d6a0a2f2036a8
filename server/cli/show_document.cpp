#include "server/cli/show.hpp"
#include "server/cli/suggest.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::model::ConditionRecord;
using engine::model::Document;
using engine::model::DocumentId;
using engine::model::DocumentKind;
using engine::model::TableShape;

namespace {

Fault unknown_document(const Knowledge& known, DocumentKind kind, std::string_view code) {
  std::vector<std::string_view> codes;
  for (const Document& document : known.facts.documents()) {
    if (document.kind == kind) codes.emplace_back(document.code);
  }
  return {FaultCode::unknown_document, "",
          fmt::format("there is no {} '{}'{}", document_kind_text(kind), code,
                      did_you_mean(near_matches(code, codes)))};
}

std::string customers_text(const Knowledge& known, const Document& document) {
  std::vector<std::string> customers;
  for (const auto id : document.customers) {
    customers.push_back(named(known.snapshot.customer_code(id), known.snapshot.customer_name(id)));
  }
  if (customers.empty() && document.kind == DocumentKind::agreement) return "whoever names it";
  return joined(customers);
}

void add_assignments(Report& report, const Knowledge& known, DocumentId id) {
  Table& table = report.table("assignments", "Given to",
                              {{"customer", "customer"},
                               {"customer_group", "customer group"},
                               {"rank", "rank", Align::right},
                               {"validity", "valid"}});
  const auto& groups = known.facts.customer_groups();
  for (const auto& assignment : known.facts.assignments()) {
    if (assignment.list != id || assignment.withdrawn) continue;
    const bool everybody = assignment.customer.is_none() && assignment.group.is_none();
    table.add(
        {everybody ? "everybody" : std::string{known.snapshot.customer_code(assignment.customer)},
         assignment.group.is_none() ? "" : groups.codes->text(assignment.group.raw()),
         std::to_string(assignment.rank), validity_text(assignment.validity)});
  }
}

// Prices that begin before their agreement or go on after it: allowed, and worth knowing.
void add_overhang(Report& report, const Document& document, const Knowledge& known,
                  const std::vector<FoundRecord>& found) {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  for (const FoundRecord each : found) {
    const ConditionRecord& record = record_of(known, each);
    if (record.valid_from < document.validity.from) ++before;
    if (record.valid_to > document.validity.to) ++after;
  }
  report.fact("records_before", "begin before it", before == 0 ? Value{""} : Value{before});
  report.fact("records_after", "go on after it", after == 0 ? Value{""} : Value{after});
}

// 17 for "row 17" or "17", of whatever feed.
std::optional<std::uint32_t> line_from(std::string_view code) {
  if (code.substr(0, 4) == "row ") code.remove_prefix(4);
  std::uint32_t line = 0;
  const auto read = std::from_chars(code.data(), code.data() + code.size(), line);
  if (read.ec != std::errc{} || read.ptr != code.data() + code.size()) return std::nullopt;
  return line;
}

}  // namespace

Result<Report> show_document(const Knowledge& known, DocumentKind kind, std::string_view code) {
  const auto id = known.facts.find_document(kind, code);
  if (!id) return unknown_document(known, kind, code);
  const Document& document = known.facts.documents()[id->raw()];
  const auto records =
      find_records(known, [&](const TableShape&, KeyValues, const ConditionRecord& record) {
        return record.document == *id;
      });
  Report report;
  report.fact("document", document_kind_text(kind), document.code);
  report.fact("name", "name", document.name);
  report.fact("declared", "note", document.declared ? "" : "known only from records that name it");
  report.fact("validity", "valid", validity_text(document.validity));
  report.fact("currency", "currency", known.snapshot.currency_code(document.currency));
  report.fact("rank", "rank", document.rank == 0 ? "" : std::to_string(document.rank));
  report.fact("discounts", "discounts",
              document.refuses_discounts ? "refused: its prices are net" : "");
  if (document.when != engine::model::nothing_there)
    report.fact("when", "when", known.facts.record_texts()[document.when].text);
  if (!document.based_on.is_none())
    report.fact("based_on", "based on", known.facts.documents()[document.based_on.raw()].code);
  report.fact("merge", "merge", document.refuses_merge ? "refused" : "");
  report.fact("customers", "customers", customers_text(known, document));
  report.fact("record_counts", "records", counts_text(known, records));
  if (kind == DocumentKind::agreement) add_overhang(report, document, known, records);
  add_records(report, known, "records", "Condition records", records);
  if (kind == DocumentKind::price_list) add_assignments(report, known, *id);
  return report;
}

Result<Report> show_record(const Knowledge& known, std::string_view code) {
  const auto key = known.facts.record_keys().find(code);
  const auto line = line_from(code);
  const auto found =
      find_records(known, [&](const TableShape&, KeyValues, const ConditionRecord& record) {
        return record.is_keyed()
                   ? key == record.number()
                   : line == record.number() || known.snapshot.record_label(record) == code;
      });
  if (found.empty()) {
    const bool other_day = key && known.date;
    return Fault{FaultCode::bad_request, "",
                 other_day
                     ? fmt::format("record '{}' is not valid on {}", code,
                                   engine::base::to_string(*known.date))
                     : fmt::format("there is no record with the key '{}'{}", code,
                                   did_you_mean(near_matches(code, known.facts.record_keys())))};
  }
  Report report;
  if (found.size() == 1) {
    const ConditionRecord& record = record_of(known, found.front());
    if (!record.document.is_none()) {
      const Document& document = known.facts.documents()[record.document.raw()];
      report.fact("document", document_kind_text(document.kind),
                  fmt::format("{}, valid {}", named(document.code, document.name),
                              validity_text(document.validity)));
    }
  }
  add_records(report, known, "records", "", found);
  return report;
}

}  // namespace server::cli
