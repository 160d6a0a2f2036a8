#include "server/cli/extras_view.hpp"

#include "engine/model/outcome.hpp"
#include "server/cli/answer_view.hpp"
#include "server/cli/columns.hpp"

#include <algorithm>

namespace server::cli {

using rules::Json;

namespace {

std::string words(std::string_view name) {
  std::string text{name};
  std::ranges::replace(text, '_', ' ');
  return text;
}

// The sentence behind a code; a newer node may know codes that this program does not.
std::string sentence_of(std::string_view code) {
  const auto found = std::ranges::find(engine::model::reason_names, code);
  if (found == engine::model::reason_names.end()) return words(code);
  const auto place = found - engine::model::reason_names.begin();
  return std::string{reason_text(static_cast<engine::model::Reason>(place))};
}

// What was taken off as "5.00", what was put on as "5.00" too: the word beside it says which.
void add_adjustment(const Json& adjustment, std::string first, Columns& columns) {
  std::string_view amount = text_at(adjustment, "amount");
  const bool put_on = amount.starts_with('-');
  if (put_on) amount.remove_prefix(1);
  const auto charge = text_at(adjustment, "charge");
  std::string by = record_place_text(adjustment);
  if (!charge.empty()) by.insert(0, "of " + words(charge) + " by ");
  columns.add({std::move(first),
               {put_on ? "put on" : "took off", Colour::dim},
               {std::string{amount}, Colour::bold},
               std::move(by),
               {std::string{text_at(adjustment, "step")}, Colour::dim}});
}

void add_line(const Json& line, const std::string& first, Columns& columns) {
  for (const auto& note : items_of(line, "notes"))
    columns.add({first, {"note", Colour::dim}, "", {sentence_of(note.text()), Colour::yellow}, ""});
  for (const auto& adjustment : items_of(line, "adjustments"))
    add_adjustment(adjustment, first, columns);
}

Columns extras_columns() {
  return Columns{{Align::left, Align::left, Align::right, Align::left, Align::left}};
}

std::string titled(std::string_view title, const std::string& rows) {
  return rows.empty() ? "" : "\n" + std::string{title} + "\n" + rows;
}

std::string order_rows(const Json& answer, bool may_colour) {
  Columns columns{{Align::left, Align::right}};
  if (const auto* order = answer.find("order")) {
    for (const auto& amount : order->members())
      columns.add({{words(amount.name), Colour::dim}, {amount.value.text(), Colour::bold}});
  }
  return columns.text("  ", may_colour);
}

std::string free_rows(const Json& answer, bool may_colour) {
  Columns columns{{Align::right, Align::left, Align::left, Align::right, Align::left, Align::left}};
  for (const auto& free : items_of(answer, "free_lines")) {
    const auto line = text_at(free, "earned_by");
    columns.add({quantity_text(free),
                 std::string{text_at(free, "article")},
                 std::string{text_at(free, "name")},
                 "at " + std::string{text_at(free, "unit_price")},
                 line.empty() ? std::string{"for the order"} : "for line " + std::string{line},
                 {record_place_text(free), Colour::dim}});
  }
  return columns.text("  ", may_colour);
}

}  // namespace

std::string record_place_text(const Json& json, std::string_view path) {
  const auto at = [&](std::string_view member) {
    return text_at(
        json, path.empty() ? std::string{member} : std::string{path}.append("/").append(member));
  };
  std::string text{at("type")};
  if (text.empty()) return text;
  text.append(" ").append(at("record"));
  if (const auto code = at("document/code"); !code.empty())
    text.append(" of ").append(words(at("document/kind"))).append(" ").append(code);
  return text;
}

std::string line_extras_text(const Json& line, std::string_view indent, bool may_colour) {
  auto columns = extras_columns();
  add_line(line, "", columns);
  return columns.text(indent, may_colour);
}

std::string order_extras_text(const Json& answer, bool may_colour) {
  auto columns = extras_columns();
  for (const auto& adjustment : items_of(answer, "order_adjustments"))
    add_adjustment(adjustment, "order", columns);
  return titled("Adjustments of the order", columns.text("  ", may_colour)) +
         titled("Order", order_rows(answer, may_colour)) +
         titled("Free", free_rows(answer, may_colour));
}

std::string extras_text(const Json& answer, bool may_colour) {
  auto columns = extras_columns();
  for (const auto& line : items_of(answer, "lines"))
    add_line(line, "line " + std::string{text_at(line, "line")}, columns);
  return titled("Notes and adjustments", columns.text("  ", may_colour)) +
         order_extras_text(answer, may_colour);
}

std::string notes_codes(const Json& line) {
  std::string codes;
  for (const auto& note : items_of(line, "notes"))
    codes += (codes.empty() ? "" : ";") + note.text();
  return codes;
}

}  // namespace server::cli
