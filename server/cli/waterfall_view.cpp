#include "server/cli/waterfall_view.hpp"

#include "engine/base/date.hpp"
#include "server/cli/answer_view.hpp"
#include "server/cli/csv.hpp"
#include "server/cli/extras_view.hpp"
#include "server/cli/show.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace server::cli {

using rules::Json;

namespace {

constexpr std::size_t losers_shown_max = 12;  // of a step, for people; a spreadsheet gets them all

// Why a candidate lost, in words.
std::string loss_text(std::string_view why) {
  if (why == "validity") return "not valid on that day";
  if (why == "currency") return "in another currency";
  if (why == "unit") return "for another unit";
  if (why == "threshold") return "from a larger quantity on";
  if (why == "window") return "up to a smaller quantity";
  if (why == "agreement") return "of an agreement that was not asked for";
  if (why == "condition") return "its condition, or its document's, does not hold";
  if (why == "merged") return "an earlier price list has a price for it";
  if (why == "excluded") return "another one excludes it";
  if (why == "stopped") return "another one before it says stop";
  if (why == "not_taken") return "one only is taken, and that is another";
  if (why == "no_longer_met") return "its condition no longer held when its turn came";
  if (why == "limit_reached") return "its limit left it nothing";
  if (why == "no_effect") return "changes nothing here";
  if (why == "line_closed") return "the line had no price any more";
  if (why == "tie") return "nothing decides between it and another";
  std::string text = "loses by ";
  text += why.substr(std::min(why.find(' ') + 1, why.size()));
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string words(std::string_view name) {
  std::string text{name};
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string value_text(const Json& record) {
  const auto scale = text_at(record, "scale");
  std::string text{scale.empty() ? text_at(record, "value") : scale};
  if (text.empty()) text = text_at(record, "formula");
  if (text_at(record, "kind") == "percent") return text + " %";
  if (const auto currency = text_at(record, "currency"); !currency.empty())
    text.append(" ").append(currency);
  const auto price_unit = text_at(record, "price_unit");
  const auto unit = text_at(record, "unit");
  if (price_unit.empty() && unit.empty()) return text;
  text += " per";
  if (!price_unit.empty()) text.append(" ").append(price_unit);
  if (!unit.empty()) text.append(" ").append(unit);
  return text;
}

std::string quantities_text(const Json& record) {
  const std::string from{text_at(record, "from_quantity")};
  const std::string to{text_at(record, "to_quantity")};
  if (from.empty()) return to.empty() ? "" : "up to " + to;
  return to.empty() ? "from " + from : from + " to " + to;
}

// Stored as the first moment no longer valid, told as the last day.
std::string days_text(const Json& record) {
  const auto from = engine::base::parse_civil(text_at(record, "valid_from"));
  const auto to = engine::base::parse_civil(text_at(record, "valid_to"));
  engine::base::Validity validity;
  if (from) validity.from = *from;
  if (to) validity.to = *to;
  return validity_text(validity);
}

void append_members(std::string& text, const Json& record, std::string_view name) {
  const auto* members = record.find(name);
  if (members == nullptr) return;
  for (const auto& member : members->members()) {
    text.append(text.empty() ? "" : ", ")
        .append(words(member.name))
        .append(" ")
        .append(member.value.text());
  }
}

// The fields that the record stands under, then what it has beside its value.
std::string key_text(const Json& record) {
  std::string text;
  append_members(text, record, "key");
  append_members(text, record, "numbers");
  for (const char* name : {"when", "buy_when", "free_article"}) {
    const auto told = text_at(record, name);
    if (!told.empty())
      text.append(text.empty() ? "" : ", ").append(words(name)).append(" ").append(told);
  }
  return text;
}

// "promotion 3 (Volume Discount 15 to 24), row 4".
std::string origin_text(const Json& record) {
  std::string text;
  if (const auto code = text_at(record, "document/code"); !code.empty()) {
    text.append(words(text_at(record, "document/kind"))).append(" ").append(code);
    if (const auto name = text_at(record, "document/name"); !name.empty())
      text.append(" (").append(name).append(")");
    text += ", ";
  }
  return text.append(text_at(record, "record"));
}

// "10.00 instead of 12.00: floor".
std::string cuts_text(const Json& candidate) {
  std::string text;
  for (const auto& cut : items_of(candidate, "cuts")) {
    text.append(text.empty() ? "" : "; ")
        .append(text_at(cut, "amount"))
        .append(" instead of ")
        .append(text_at(cut, "instead_of"))
        .append(": ")
        .append(words(text_at(cut, "by")));
  }
  return text;
}

bool is_winner(const Json& candidate) { return text_at(candidate, "outcome") == "won"; }

void add_candidate(const Json& candidate, Columns& columns) {
  const bool won = is_winner(candidate);
  const auto colour = won ? Colour::none : Colour::dim;
  Cell verdict = won ? Cell{"won", Colour::green} : Cell{"lost", Colour::dim};
  std::string why = won ? "" : loss_text(text_at(candidate, "why"));
  if (const auto cuts = cuts_text(candidate); !cuts.empty())
    why.append(why.empty() ? "" : ", ").append(cuts);
  columns.add({std::move(verdict),
               {value_text(candidate), colour},
               {quantities_text(candidate), colour},
               {days_text(candidate), colour},
               {origin_text(candidate), colour},
               {key_text(candidate), colour},
               {std::move(why), Colour::yellow}});
}

std::string candidates_text(const Json& step, bool may_colour) {
  const auto candidates = items_of(step, "candidates");
  Columns columns{std::vector<Align>(7, Align::left)};
  std::size_t losers = 0;
  for (const auto& candidate : candidates) {
    if (is_winner(candidate)) add_candidate(candidate, columns);
  }
  for (const auto& candidate : candidates) {
    if (!is_winner(candidate) && ++losers <= losers_shown_max) add_candidate(candidate, columns);
  }
  auto text = columns.text("        ", may_colour);
  if (losers > losers_shown_max) {
    text += "        and " + std::to_string(losers - losers_shown_max) + " more that lost\n";
  }
  if (candidates.empty() && step.find("candidates") != nullptr) text += "        no record\n";
  return text;
}

// "rounded from 2011.99420", "shown only", "skipped".
std::string remark_text(const Json& step) {
  if (step.find("skipped") != nullptr) return "skipped";
  if (const auto guard = text_at(step, "guard"); !guard.empty())
    return std::string{guard} + " " + words(text_at(step, "reason_code"));
  const auto exact = text_at(step, "before_rounding");
  std::string text = exact.empty() ? "" : "rounded from " + std::string{exact};
  if (step.find("statistical") != nullptr)
    text += text.empty() ? "for information" : ", for information";
  return text;
}

std::string line_head(const Json& line, bool may_colour) {
  auto text = coloured(
      "line " + std::string{text_at(line, "line")} + "  " + std::string{text_at(line, "article")},
      Colour::bold, may_colour);
  if (const auto name = text_at(line, "name"); !name.empty()) text.append("  ").append(name);
  text += "  x " + quantity_text(line);
  return text + "\n";
}

std::string result_text(const Json& line, std::string_view currency, bool may_colour) {
  if (text_at(line, "outcome") != "priced") {
    return "    " + coloured(text_at(line, "reason"), Colour::yellow, may_colour) + "\n";
  }
  auto text = "    unit price " + unit_price_text(line) + ", amount ";
  text += coloured(text_at(line, "line_amount"), Colour::bold, may_colour);
  return text.append(" ").append(currency) + "\n";
}

}  // namespace

std::string waterfall_text(const Json& answer, bool may_colour) {
  auto text = answer_head(answer, may_colour);
  for (const auto& line : items_of(answer, "lines")) {
    text += "\n" + line_head(line, may_colour);
    const auto steps = items_of(line, "waterfall");
    Columns columns{{Align::left, Align::left, Align::right, Align::left}};
    for (const auto& step : steps) {
      columns.add({{std::string{text_at(step, "step")}, Colour::cyan},
                   std::string{text_at(step, "title")},
                   std::string{text_at(step, "amount")},
                   {remark_text(step), Colour::dim}});
    }
    // The steps are aligned with each other, and what each of them found stands below it.
    std::string_view aligned;
    const auto table = columns.text("    ", may_colour);
    aligned = table;
    for (const auto& step : steps) {
      const auto end = aligned.find('\n') + 1;
      text += aligned.substr(0, end);
      text += candidates_text(step, may_colour);
      aligned.remove_prefix(end);
    }
    text += result_text(line, text_at(answer, "currency"), may_colour);
    text += line_extras_text(line, "    ", may_colour);
  }
  return text + order_extras_text(answer, may_colour);
}

std::string waterfall_csv(const Json& answer) {
  static constexpr std::array<std::string_view, 22> heading{"line",
                                                            "article",
                                                            "step",
                                                            "title",
                                                            "skipped",
                                                            "amount",
                                                            "before_rounding",
                                                            "outcome",
                                                            "why",
                                                            "access",
                                                            "type",
                                                            "document_kind",
                                                            "document",
                                                            "record",
                                                            "value",
                                                            "kind",
                                                            "currency",
                                                            "from_quantity",
                                                            "to_quantity",
                                                            "valid_from",
                                                            "valid_to",
                                                            "cuts"};
  static constexpr std::array<std::string_view, 14> of_candidate{
      "outcome", "why",  "access",   "type",          "document/kind", "document/code", "record",
      "value",   "kind", "currency", "from_quantity", "to_quantity",   "valid_from",    "valid_to"};
  static constexpr std::size_t value_column = 14;
  static_assert(heading[value_column] == "value");
  std::string out;
  append_csv_row(out, heading);
  std::vector<std::string_view> row;
  for (const auto& line : items_of(answer, "lines")) {
    for (const auto& step : items_of(line, "waterfall")) {
      row.assign({text_at(line, "line"), text_at(line, "article"), text_at(step, "step"),
                  text_at(step, "title"), step.find("skipped") != nullptr ? "true" : "",
                  text_at(step, "amount"), text_at(step, "before_rounding")});
      const auto own = row.size();
      row.resize(heading.size());
      append_csv_row(out, row);
      for (const auto& candidate : items_of(step, "candidates")) {
        const auto cuts = cuts_text(candidate);
        row.resize(own);
        for (const auto name : of_candidate) row.push_back(text_at(candidate, name));
        if (auto& value = row[value_column]; value.empty()) value = text_at(candidate, "scale");
        row.emplace_back(cuts);
        append_csv_row(out, row);
      }
    }
  }
  return out;
}

}  // namespace server::cli
