#include "server/feed/format_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace server::feed {

using rules::Json;

namespace {

constexpr std::array<Choice<Layout>, 2> layouts{{{"csv", Layout::csv}, {"ndjson", Layout::ndjson}}};
constexpr std::array<Choice<Encoding>, 3> encodings{{{"utf-8", Encoding::utf8},
                                                     {"latin-1", Encoding::latin1},
                                                     {"windows-1252", Encoding::windows1252}}};
constexpr std::array<Choice<ExtraColumns>, 3> extra_columns{
    {{"refuse", ExtraColumns::refuse},
     {"ignore_empty", ExtraColumns::ignore_empty},
     {"ignore", ExtraColumns::ignore}}};
constexpr std::array<Choice<MissingColumns>, 2> missing_columns{
    {{"refuse", MissingColumns::refuse}, {"empty", MissingColumns::empty}}};

// "-" stands for a column that is not used and needs no name.
void read_columns(const Json& node, FileFormat& format, DescriptionJson& json) {
  format.columns = json.texts(node);
  std::vector<std::string> sorted = format.columns;
  std::erase(sorted, "-");
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) json.refuse(node, "the column '" + *twice + "' stands twice");
}

void check_separators(const Json& node, const CsvFormat& csv, DescriptionJson& json) {
  const bool usable = !csv.separator.empty() && csv.separator.find('\n') == std::string::npos &&
                      csv.separator != csv.row_end &&
                      !(csv.quote && csv.separator.find(*csv.quote) != std::string::npos);
  if (!usable)
    json.refuse(node,
                "the separator must be some text without line end and quote, and not the row end");
}

}  // namespace

void read_format(const Json& node, FileFormat& format, DescriptionJson& json) {
  if (!json.members(node,
                    {"layout", "separator", "row_end", "quote", "encoding", "header", "columns",
                     "extra_columns", "missing_columns", "trim", "empty_values"})) {
    return;
  }
  if (const Json* value = node.find("layout")) format.layout = json.choice<Layout>(*value, layouts);
  if (const Json* value = node.find("separator")) format.csv.separator = json.text(*value);
  if (const Json* value = node.find("row_end")) format.csv.row_end = json.text(*value);
  if (const Json* value = node.find("quote")) {
    const bool none = value->is(Json::Kind::string) && value->text() == "none";
    format.csv.quote = none ? std::nullopt : std::optional{json.character(*value)};
  }
  if (const Json* value = node.find("encoding"))
    format.encoding = json.choice<Encoding>(*value, encodings);
  if (const Json* value = node.find("header")) format.header = json.boolean(*value);
  if (const Json* value = node.find("columns")) read_columns(*value, format, json);
  if (const Json* value = node.find("extra_columns"))
    format.extra_columns = json.choice<ExtraColumns>(*value, extra_columns);
  if (const Json* value = node.find("missing_columns"))
    format.missing_columns = json.choice<MissingColumns>(*value, missing_columns);
  if (const Json* value = node.find("trim")) format.trim = json.boolean(*value);
  if (const Json* value = node.find("empty_values")) format.empty_values = json.texts(*value);
  check_separators(node, format.csv, json);
}

void check_columns(const Json& node, const FileFormat& format, DescriptionJson& json) {
  if (!format.header && format.columns.empty())
    json.refuse(node, "without a header, format.columns must name the columns");
  if (format.header && !format.columns.empty())
    json.refuse(node, "format.columns is for files without a header: say \"header\": false");
}

void read_numbers(const Json& node, NumberFormat& numbers, DescriptionJson& json) {
  if (!json.members(node, {"decimal_point", "thousands_separator", "trailing_minus"})) return;
  if (const Json* value = node.find("decimal_point"))
    numbers.decimal_point = json.character(*value);
  if (const Json* value = node.find("thousands_separator"))
    numbers.thousands = json.character(*value);
  if (const Json* value = node.find("trailing_minus"))
    numbers.trailing_minus = json.boolean(*value);
  const auto usable = [](char c) { return (c < '0' || c > '9') && c != '-' && c != '+'; };
  if (!usable(numbers.decimal_point) || !usable(numbers.thousands) ||
      numbers.decimal_point == numbers.thousands) {
    json.refuse(node,
                "decimal point and thousands separator must differ, and be neither digit nor sign");
  }
}

}  // namespace server::feed
