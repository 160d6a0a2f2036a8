#include "tests/replay/parts/billed_lines.hpp"

#include "engine/base/limits.hpp"

#include "tests/replay/parts/csv_rows.hpp"

#include <algorithm>
#include <utility>

namespace tests::replay {

using engine::base::Decimal;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr std::array<std::string_view, 14> columns{
    "channel",         "order_number", "line",     "order_date", "account",
    "product_number",  "quantity",     "offer_id", "unit_price", "unit_price_discount",
    "extended_amount", "line_total",   "tax",      "freight",
};
constexpr std::size_t first_amount = 8;
constexpr std::size_t account_digits = 8;

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string wrong(std::size_t column, std::string_view value, std::string_view reason) {
  return std::string{columns[column]}.append(" '").append(value).append("' ").append(reason);
}

// "INET021768" is customer "AW00021768"; dealers' accounts are their customer numbers.
std::string customer_of(std::string_view account, BilledLine& line) {
  if (!account.starts_with("INET")) return std::string{account};
  const std::string_view number = account.substr(4);
  if (!is_digits(number) || number.size() > account_digits) {
    line.problem = wrong(4, account, "is no account INET and up to eight digits");
    return {};
  }
  return std::string{"AW"}.append(account_digits - number.size(), '0').append(number);
}

void take_date(const std::string& text, BilledLine& line) {
  const auto date = engine::base::parse_civil(text);
  if (date && text.size() == std::string_view{"YYYY-MM-DD"}.size()) {
    line.date = *date;
  } else {
    line.problem = wrong(3, text, "is no day YYYY-MM-DD");
  }
}

void take_amounts(const std::vector<std::string>& cells, BilledLine& line) {
  for (std::size_t i = 0; i < amount_count; ++i) {
    const auto amount = engine::base::parse_decimal(cells[first_amount + i]);
    if (amount) {
      line.amounts[i] = *amount;
    } else {
      line.problem = wrong(first_amount + i, cells[first_amount + i], "is no decimal number");
    }
  }
}

BilledLine line_of(const CsvRow& row) {
  BilledLine line;
  line.line = row.line;
  line.problem = row.problem;
  if (!line.problem.empty()) return line;
  const std::vector<std::string>& cells = row.cells;
  line.channel = cells[0];
  line.order = cells[1];
  line.number = cells[2];
  line.customer = customer_of(cells[4], line);
  line.article = cells[5];
  line.quantity = cells[6];
  line.offer = cells[7];
  take_date(cells[3], line);
  take_amounts(cells, line);
  if (line.channel != "internet" && line.channel != "reseller")
    line.problem = wrong(0, line.channel, "is neither internet nor reseller");
  if (line.order.empty()) line.problem = "order_number is empty";
  if (!engine::base::parse_decimal(line.quantity))
    line.problem = wrong(6, line.quantity, "is no decimal number");
  return line;
}

bool go_together(const BilledLine& a, const BilledLine& b) {
  return a.order == b.order && a.customer == b.customer && a.date == b.date &&
         a.channel == b.channel;
}

}  // namespace

Result<std::vector<BilledLine>> read_billed_lines(const std::string& path) {
  const auto table = read_csv(path, columns, QuotedCells::one_line);
  if (!table) return table.error();
  if (!std::ranges::equal(table->header, columns)) {
    return Fault{
        FaultCode::wrong_header, path,
        "the columns must be channel, order_number, line ... freight, in this order and no others"};
  }
  std::vector<BilledLine> lines;
  lines.reserve(table->rows.size());
  for (const CsvRow& row : table->rows) lines.push_back(line_of(row));
  return lines;
}

std::vector<Order> orders_of(const std::vector<BilledLine>& lines) {
  std::vector<Order> orders;
  for (const BilledLine& line : lines) {
    if (!line.problem.empty()) continue;
    const bool joins = !orders.empty() && go_together(*orders.back().front(), line) &&
                       orders.back().size() < engine::base::limits::lines_per_question;
    if (!joins) orders.emplace_back();
    orders.back().push_back(&line);
  }
  return orders;
}

}  // namespace tests::replay
