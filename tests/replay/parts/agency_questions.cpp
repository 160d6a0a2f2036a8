#include "tests/replay/parts/agency_questions.hpp"

#include "engine/price/scratch.hpp"
#include "engine/quote/answer.hpp"

#include "tests/replay/parts/comparison.hpp"
#include "tests/replay/parts/csv_rows.hpp"
#include "tests/replay/parts/examples.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <span>
#include <utility>

namespace tests::replay {

using engine::base::CivilMinutes;
using engine::base::Decimal;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::model::Outcome;
using engine::snapshot::Snapshot;

namespace {

constexpr std::size_t lines_asked_together = 1'000;

using Customers = std::map<std::string, std::string, std::less<>>;  // group to customer

Result<Customers> read_customers() {
  static constexpr std::array<std::string_view, 2> columns{"code", "groups"};
  const auto table = read_csv(project_path("docs/examples/va-fss/customers.csv"), columns,
                              QuotedCells::several_lines);
  if (!table) return table.error();
  const auto at = positions_of(*table, columns);
  Customers customers;
  for (const CsvRow& row : table->rows) {
    if (row.problem.empty()) customers[row.cells[at[1]]] = row.cells[at[0]];
  }
  return customers;
}

// The customer group that the record stands under; empty where its key has none.
std::string group_of(const Snapshot& snapshot, std::uint32_t record) {
  const auto& conditions = snapshot.conditions();
  const auto part = conditions.part_of_key(conditions.key_of_record(record));
  const auto& fields = conditions.table(conditions.table_of_part(part)).shape.party_fields;
  const auto at = std::ranges::find(fields, engine::model::Schema::customer_group);
  if (at == fields.end()) return {};
  const auto value = conditions.part_values(part)[static_cast<std::size_t>(at - fields.begin())];
  return std::string{snapshot.code_of(snapshot.schema().field(*at), value)};
}

PriceFound found_in(const Snapshot& snapshot, const engine::price::PricedLine& line) {
  PriceFound found;
  if (line.outcome != Outcome::priced) return found;
  found.price = Decimal{line.unit_price.mantissa, line.unit_price.decimals};
  if (line.record == engine::price::no_record) return found;
  const auto document = snapshot.conditions().record(line.record).document;
  if (!document.is_none()) found.contract = snapshot.documents()[document.raw()].code;
  found.type = group_of(snapshot, line.record);
  return found;
}

bool same(const PriceFound& a, const PriceFound& b) {
  if (!a.price || !b.price) return a.price.has_value() == b.price.has_value();
  return *a.price == *b.price && a.contract == b.contract && a.type == b.type;
}

std::string text_of(const PriceFound& found) {
  if (!found.price) return "no price";
  return fmt::format("{} by {} on {}", engine::base::to_string(*found.price), found.type,
                     found.contract);
}

class Agencies {
 public:
  Agencies(const Snapshot& snapshot, CivilMinutes day) : snapshot_{snapshot}, day_{day} {}

  // `questions` are of one group.
  Result<void> ask(std::string_view customer, std::span<const AgencyQuestion> questions) {
    engine::quote::QuoteRequest request;
    request.customer = customer;
    request.date = day_;
    for (const AgencyQuestion& question : questions) {
      engine::quote::LineRequest line;
      line.article = question.article;
      line.agreement = question.contract;
      request.lines.push_back(line);
    }
    const auto resolved = engine::quote::resolve(snapshot_, request, day_);
    if (!resolved) return resolved.error();
    engine::quote::quote(snapshot_, *resolved, engine::quote::Detail::plain, scratch_, answer_);
    for (std::size_t i = 0; i < questions.size(); ++i)
      compare(questions[i], answer_.priced.lines[i]);
    return {};
  }

  AgencyResult take() { return std::move(result_); }

 private:
  void compare(const AgencyQuestion& question, const engine::price::PricedLine& line) {
    ++result_.asked;
    const PriceFound found = found_in(snapshot_, line);
    const bool refused = line.outcome != Outcome::priced && line.outcome != Outcome::no_price;
    if (!refused && same(found, question.expected)) {
      ++result_.right;
      ++result_.priced_by[question.group + (found.price ? " by " + found.type : ", no price")];
      return;
    }
    if (result_.shown.size() == deviations_shown_max) return;
    result_.shown.push_back(fmt::format(
        "article {} as {}{}: should be {}, is {}", question.article, question.group,
        question.contract.empty() ? "" : " on contract " + question.contract,
        text_of(question.expected),
        found.price ? text_of(found) : std::string{engine::model::outcome_name(line.outcome)}));
  }

  const Snapshot& snapshot_;
  CivilMinutes day_;
  engine::price::Scratch scratch_;
  engine::quote::Answer answer_;
  AgencyResult result_;
};

PriceFound found_as(const PublishedPrice* row) {
  if (row == nullptr) return {};
  return {row->price, row->contract, row->type};
}

}  // namespace

std::vector<AgencyQuestion> questions_on_contracts(const PublishedPrices& prices,
                                                   CivilMinutes day) {
  std::vector<AgencyQuestion> questions;
  for (const PublishedPrice& row : prices.rows) {
    if (row.in_force(day))
      questions.push_back({row.article, row.type, row.contract, found_as(&row)});
  }
  return questions;
}

std::vector<AgencyQuestion> questions_by_group(const PublishedPrices& prices, CivilMinutes day) {
  std::vector<AgencyQuestion> questions;
  for (const auto& [article, rows] : by_article(prices)) {
    for (const std::string_view group : agency_groups) {
      questions.push_back({article, std::string{group}, "", found_as(price_for(rows, group, day))});
    }
  }
  return questions;
}

Result<std::vector<AgencyQuestion>> questions_in(std::string_view csv) {
  std::vector<AgencyQuestion> questions;
  const std::vector<std::string> header{"article", "group", "price", "contract", "price_type"};
  const std::vector<CsvRow> rows = csv_rows(csv, QuotedCells::several_lines);
  if (rows.empty() || rows.front().cells != header) {
    return Fault{FaultCode::wrong_header, "expected prices",
                 "the header is not article,group,price,contract,price_type"};
  }
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::vector<std::string>& cells = rows[i].cells;
    if (!rows[i].problem.empty() || cells.size() != header.size()) {
      return Fault{FaultCode::wrong_columns, "expected prices",
                   at_line(rows[i].line, "it can't be read")};
    }
    AgencyQuestion question{cells[0], cells[1], "", {std::nullopt, cells[3], cells[4]}};
    if (!cells[2].empty()) {
      const auto price = engine::base::parse_decimal(cells[2]);
      if (!price)
        return Fault{FaultCode::bad_number, "expected prices",
                     at_line(rows[i].line, price.error().detail)};
      question.expected.price = *price;
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

Result<AgencyResult> ask(const Snapshot& snapshot, CivilMinutes day,
                         const std::vector<AgencyQuestion>& questions) {
  const auto customers = read_customers();
  if (!customers) return customers.error();
  std::map<std::string, std::vector<AgencyQuestion>> by_group;
  for (const AgencyQuestion& question : questions) by_group[question.group].push_back(question);
  Agencies agencies{snapshot, day};
  for (const auto& [group, own] : by_group) {
    const auto customer = customers->find(group);
    if (customer == customers->end()) {
      return Fault{FaultCode::unknown_customer_group, "docs/examples/va-fss/customers.csv",
                   "no customer is in group '" + group + "'"};
    }
    for (std::size_t begin = 0; begin < own.size(); begin += lines_asked_together) {
      const std::span<const AgencyQuestion> some{
          own.data() + begin, std::min(lines_asked_together, own.size() - begin)};
      if (auto ok = agencies.ask(customer->second, some); !ok) return ok.error();
    }
  }
  return agencies.take();
}

}  // namespace tests::replay
