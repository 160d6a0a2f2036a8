#include "server/cli/answer_view.hpp"

#include "engine/base/date.hpp"
#include "server/cli/csv.hpp"
#include "server/cli/extras_view.hpp"
#include "server/cli/show.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace server::cli {

using rules::Json;

namespace {

constexpr std::size_t name_width_max = 32;

bool is_priced(const Json& line) { return text_at(line, "outcome") == "priced"; }

Cell band_cell(const Json& line) {
  const auto text = text_at(line, "availability/text");
  std::string shown{text_at(line, "availability/symbol")};
  if (!shown.empty()) shown += ' ';
  shown += text.empty() ? text_at(line, "availability/band") : text;
  const auto expected = text_at(line, "availability/expected");
  if (!expected.empty() && shown.find(expected) == std::string::npos)
    shown.append(", more on ").append(expected);
  return {shown, colour_named(text_at(line, "availability/colour"))};
}

void add_line(const Json& line, Columns& columns) {
  const bool priced = is_priced(line);
  Cell last{priced ? record_place_text(line, "source") : std::string{text_at(line, "reason")},
            priced ? Colour::dim : Colour::yellow};
  columns.add({std::string{text_at(line, "line")},
               std::string{text_at(line, "article")},
               shortened(text_at(line, "name"), name_width_max),
               quantity_text(line),
               unit_price_text(line),
               {std::string{text_at(line, "line_amount")}, Colour::bold},
               band_cell(line),
               std::move(last)});
}

// The sum of the lines, then the components that the procedure sums up; the first of those often is
// the same again.
void add_totals(const Json& answer, Columns& columns) {
  const auto* totals = answer.find("totals");
  if (totals == nullptr || answer.find("lines")->items().size() < 2) return;
  for (const auto& total : totals->members()) {
    std::string label = total.name == "line_amount" ? "total" : total.name;
    std::ranges::replace(label, '_', ' ');
    columns.add({"", "", "", "", {label, Colour::dim}, {total.value.text(), Colour::bold}, "", ""});
  }
}

// The names of components, as the first priced line has them.
std::vector<std::string> component_names(const Json& answer) {
  std::vector<std::string> names;
  for (const auto& line : items_of(answer, "lines")) {
    const auto* components = line.find("components");
    if (components == nullptr) continue;
    for (const auto& component : components->members()) names.push_back(component.name);
    break;
  }
  return names;
}

}  // namespace

std::string_view text_at(const Json& json, std::string_view path) {
  const Json* node = &json;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    node = node->find(path.substr(0, end));
    if (node == nullptr) return {};
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return node->text();
}

std::span<const Json> items_of(const Json& json, std::string_view name) {
  const auto* member = json.find(name);
  return member == nullptr ? std::span<const Json>{} : member->items();
}

std::string answer_head(const Json& answer, bool may_colour) {
  Columns facts{{Align::left, Align::left}};
  const auto add = [&](const char* label, std::string_view value) {
    if (!value.empty()) facts.add({{label, Colour::dim}, std::string{value}});
  };
  std::string date{text_at(answer, "date")};
  if (const auto until = engine::base::parse_civil(text_at(answer, "valid_until"))) {
    date.append(" (holds to ").append(end_text(*until)).append(")");
  }
  add("customer", text_at(answer, "customer"));
  add("date", date);
  add("currency", text_at(answer, "currency"));
  add("procedure", text_at(answer, "procedure"));
  return facts.text("", may_colour);
}

std::string unit_price_text(const Json& line) {
  if (!is_priced(line)) return "";
  std::string text{text_at(line, "unit_price")};
  const auto price_unit = text_at(line, "price_unit");
  const auto unit = text_at(line, "price_unit_of_measure");
  if (price_unit == "1" && unit == text_at(line, "unit")) return text;
  text += " per ";
  if (price_unit != "1") text.append(price_unit).append(unit.empty() ? "" : " ");
  return text.append(unit);
}

std::string quantity_text(const Json& line) {
  std::string text{text_at(line, "quantity")};
  if (const auto unit = text_at(line, "unit"); !unit.empty()) text.append(" ").append(unit);
  return text;
}

std::string quote_table(const Json& answer, bool may_colour) {
  Columns columns{{Align::right, Align::left, Align::left, Align::right, Align::right, Align::right,
                   Align::left, Align::left}};
  columns.add({{"line", Colour::dim},
               {"article", Colour::dim},
               {"name", Colour::dim},
               {"quantity", Colour::dim},
               {"unit price", Colour::dim},
               {"amount", Colour::dim},
               {"availability", Colour::dim},
               {"source", Colour::dim}});
  for (const auto& line : items_of(answer, "lines")) add_line(line, columns);
  add_totals(answer, columns);
  return answer_head(answer, may_colour) + "\n" + columns.text("", may_colour) +
         extras_text(answer, may_colour);
}

std::string quote_csv(const Json& answer) {
  static constexpr std::array before{
      "line",       "id",      "article",    "name",       "quantity",
      "unit",       "outcome", "unit_price", "price_unit", "price_unit_of_measure",
      "line_amount"};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> after{{
      {"band", "availability/band"},
      {"expected", "availability/expected"},
      {"source", "source/type"},
      {"document_kind", "source/document/kind"},
      {"document", "source/document/code"},
      {"record", "source/record"},
      {"valid_until", "valid_until"},
      {"reason", "reason"},
      {"reason_code", "reason_code"},
  }};
  const auto components = component_names(answer);
  std::string out;
  std::vector<std::string_view> row{before.begin(), before.end()};
  row.emplace_back("currency");
  row.insert(row.end(), components.begin(), components.end());
  for (const auto& column : after) row.push_back(column.first);
  row.emplace_back("notes");
  const std::size_t width = row.size();
  append_csv_row(out, row);
  for (const auto& line : items_of(answer, "lines")) {
    row.clear();
    for (const auto* name : before) row.push_back(text_at(line, name));
    row.push_back(text_at(answer, "currency"));
    const auto* amounts = line.find("components");
    for (const auto& name : components)
      row.push_back(amounts == nullptr ? "" : text_at(*amounts, name));
    for (const auto& column : after) row.push_back(text_at(line, column.second));
    const auto notes = notes_codes(line);
    row.emplace_back(notes);
    append_csv_row(out, row);
  }
  for (const auto& free : items_of(answer, "free_lines")) {
    row.assign({text_at(free, "earned_by"), "", text_at(free, "article"), text_at(free, "name"),
                text_at(free, "quantity"), text_at(free, "unit"), "free",
                text_at(free, "unit_price"), "1", text_at(free, "unit"), "",
                text_at(answer, "currency")});
    row.resize(before.size() + 1 + components.size() + 2);
    for (const char* place : {"type", "document/kind", "document/code", "record"})
      row.push_back(text_at(free, place));
    row.resize(width);
    append_csv_row(out, row);
  }
  return out;
}

bool has_line_without_price(const Json& answer) {
  const auto lines = items_of(answer, "lines");
  return !std::all_of(lines.begin(), lines.end(), is_priced);
}

}  // namespace server::cli
