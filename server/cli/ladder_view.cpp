#include "server/cli/ladder_view.hpp"

#include "server/cli/answer_view.hpp"
#include "server/cli/columns.hpp"
#include "server/cli/csv.hpp"
#include "server/cli/extras_view.hpp"

#include <array>
#include <span>
#include <vector>

namespace server::cli {

using rules::Json;

namespace {

std::span<const Json> tiers_of(const Json& line) {
  const auto* ladder = line.find("ladder");
  return ladder == nullptr ? std::span<const Json>{} : items_of(*ladder, "tiers");
}

// "promotion_discount row 4 of promotion P-1; ...".
std::string records_text(const Json& tier) {
  std::string text;
  for (const auto& record : items_of(tier, "records"))
    text.append(text.empty() ? "" : "; ").append(record_place_text(record));
  return text;
}

std::string price_text(const Json& tier, std::string_view ordered_unit) {
  std::string text{text_at(tier, "unit_price")};
  const auto price_unit = text_at(tier, "price_unit");
  const auto unit = text_at(tier, "price_unit_of_measure");
  if (text.empty() || (price_unit == "1" && unit == ordered_unit)) return text;
  text += " per ";
  if (price_unit != "1") text.append(price_unit).append(unit.empty() ? "" : " ");
  return text.append(unit);
}

void add_tier(const Json& tier, std::string_view unit, Columns& columns) {
  const bool priced = text_at(tier, "outcome") == "priced";
  std::string from{text_at(tier, "from")};
  if (!unit.empty()) from.append(" ").append(unit);
  columns.add({std::move(from),
               price_text(tier, unit),
               {std::string{text_at(tier, "line_amount")}, Colour::bold},
               {priced ? record_place_text(tier, "source") : std::string{text_at(tier, "reason")},
                priced ? Colour::dim : Colour::yellow},
               {records_text(tier), Colour::dim}});
}

}  // namespace

std::string ladder_table(const Json& answer, bool may_colour) {
  std::string text;
  for (const auto& line : items_of(answer, "lines")) {
    if (tiers_of(line).empty()) continue;
    const auto unit = text_at(line, "unit");
    text += "\n" +
            coloured("line " + std::string{text_at(line, "line")} + "  " +
                         std::string{text_at(line, "article")} + " from",
                     Colour::bold, may_colour) +
            "\n";
    Columns columns{{Align::right, Align::right, Align::right, Align::left, Align::left}};
    for (const auto& tier : tiers_of(line)) add_tier(tier, unit, columns);
    text += columns.text("    ", may_colour);
    if (const auto end = text_at(line, "ladder/complete_below"); !end.empty())
      text.append("    nothing is said of ").append(end).append(" and more\n");
  }
  return text;
}

std::string ladder_csv(const Json& answer) {
  static constexpr std::array<std::string_view, 15> heading{
      "line",        "article",    "unit",       "from",
      "outcome",     "unit_price", "price_unit", "price_unit_of_measure",
      "line_amount", "currency",   "source",     "document",
      "record",      "records",    "reason"};
  std::string out;
  append_csv_row(out, heading);
  std::vector<std::string_view> row;
  for (const auto& line : items_of(answer, "lines")) {
    for (const auto& tier : tiers_of(line)) {
      const auto records = records_text(tier);
      row.assign({text_at(line, "line"), text_at(line, "article"), text_at(line, "unit")});
      for (const char* name :
           {"from", "outcome", "unit_price", "price_unit", "price_unit_of_measure", "line_amount"})
        row.push_back(text_at(tier, name));
      row.push_back(text_at(answer, "currency"));
      for (const char* path : {"source/type", "source/document/code", "source/record"})
        row.push_back(text_at(tier, path));
      row.emplace_back(records);
      row.push_back(text_at(tier, "reason"));
      append_csv_row(out, row);
    }
  }
  return out;
}

}  // namespace server::cli
