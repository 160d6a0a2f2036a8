// What `netto show` knows of one thing: an article, a customer, a document, a record, a procedure;
// and of exchange rates.
// Each view takes the knowledge of an opened folder and a code, and returns a Report, or a Fault
// that suggests codes like it. Ids of facts and snapshot are the same: facts have everything, the
// snapshot turns ids back into codes. Records are found by looking at all of them: some ten million
// a second. Pure; one thread.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/fixed.hpp"
#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "rules/rule_book.hpp"
#include "server/cli/report.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::cli {

struct Knowledge {
  const engine::model::Facts& facts;
  const engine::snapshot::Snapshot& snapshot;
  const std::vector<rules::RuleDocument>& rules;
  std::optional<engine::base::CivilMinutes> date;  // show only what is valid then
  std::size_t rows_max = 40;                       // of any one table of records; 0: all
};

engine::base::Result<Report> show_article(const Knowledge& known, std::string_view code);
engine::base::Result<Report> show_customer(const Knowledge& known, std::string_view code);
engine::base::Result<Report> show_document(const Knowledge& known, engine::model::DocumentKind kind,
                                           std::string_view code);
// By its external key, or by its line in the file it came from: "row 17" of whatever feed, "row 17
// (import 3 of list_prices)" of that one.
engine::base::Result<Report> show_record(const Knowledge& known, std::string_view code);
engine::base::Result<Report> show_procedure(const Knowledge& known, std::string_view name);
// Exchange rates by kind, pair and start: those from or to a currency; of all where it is empty.
engine::base::Result<Report> show_rates(const Knowledge& known, std::string_view currency);

// ---- what the views share
// -------------------------------------------------------------------------

struct FoundRecord {
  engine::model::TableId table;
  std::uint32_t part = 0;
  std::uint32_t key = 0;  // its position
  std::uint32_t record = 0;
};

// The key values of a record: those of the table's party fields, then those of its article fields.
using KeyValues = std::span<const std::uint32_t>;
using RecordTest = std::function<bool(const engine::model::TableShape& shape, KeyValues keys,
                                      const engine::model::ConditionRecord& record)>;

// Those that pass, in order of type, key, document, threshold and start; without those that are not
// valid at known.date.
std::vector<FoundRecord> find_records(const Knowledge& known, const RecordTest& passes);

void add_records(Report& report, const Knowledge& known, std::string name, std::string title,
                 const std::vector<FoundRecord>& found);

const engine::model::ConditionRecord& record_of(const Knowledge& known, FoundRecord found);
std::vector<std::uint32_t> keys_of(const Knowledge& known, FoundRecord found);
// "customer K1003, article S-0420".
std::string key_text(const Knowledge& known, FoundRecord found);
// "84.50 SEK per 100 PCE", "12.5 %".
std::string value_text(const Knowledge& known, FoundRecord found);
// What few records have: a condition, numbers of the type, what is bought or free.
std::string more_text(const Knowledge& known, FoundRecord found);
// "from 500", "500 to 999"; empty where any quantity will do.
std::string quantity_text(const Knowledge& known, const engine::model::ConditionRecord& record);
// "price list PL-7"; empty for none.
std::string document_text(const Knowledge& known, engine::model::DocumentId id);
std::string document_kind_text(engine::model::DocumentKind kind);
// "base_price 312, discount 4": how many there are of each type.
std::string counts_text(const Knowledge& known, const std::vector<FoundRecord>& found);
std::string flags_text(const Knowledge& known, std::uint32_t flags);

std::string text_of(engine::base::Quantity quantity);
// The first day; empty for an open one.
std::string start_text(engine::base::CivilMinutes from);
// The last day where it ends with the day, else the first moment no longer valid; empty for an open
// end.
std::string end_text(engine::base::CivilMinutes to);
// "2026-01-01 to 2026-12-31", "from 2026-01-01", "always".
std::string validity_text(const engine::base::Validity& validity);
// "code (name)", or the code alone.
std::string named(std::string_view code, std::string_view name);
std::string joined(const std::vector<std::string>& texts, std::string_view between = ", ");

}  // namespace server::cli
