#include "tests/replay/parts/published_prices.hpp"

#include "tests/replay/parts/csv_rows.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace tests::replay {

using engine::base::CivilMinutes;
using engine::base::Result;

namespace {

// What is read of the file, in the order of Cell.
constexpr std::array<std::string_view, 9> columns{
    "ContractNumber", "ContractStartDate", "ContractStopDate", "NDCWithDashes", "SubItemIdentifier",
    "Price",          "PriceStartDate",    "PriceStopDate",    "PriceType",
};

enum Cell : std::size_t {
  contract,
  contract_start,
  contract_stop,
  ndc,
  sub_item,
  price,
  price_start,
  price_stop,
  price_type
};

std::string wrong(std::size_t column, std::string_view value, std::string_view reason) {
  return std::string{columns[column]}.append(" '").append(value).append("' ").append(reason);
}

// MM/DD/YYYY.
std::optional<CivilMinutes> day_of(std::string_view text) {
  if (text.size() != 10 || text[2] != '/' || text[5] != '/') return std::nullopt;
  const std::string iso = std::string{text.substr(6, 4)}
                              .append("-")
                              .append(text.substr(0, 2))
                              .append("-")
                              .append(text.substr(3, 2));
  const auto day = engine::base::parse_civil(iso);
  return day ? std::optional{*day} : std::nullopt;
}

// Why the row can't be used; empty where it can. `at` says where the columns stand.
std::string take(const CsvRow& row, const std::vector<std::size_t>& at, PublishedPrice& made) {
  if (!row.problem.empty()) return row.problem;
  std::vector<std::string> cells;
  for (const std::size_t position : at) cells.push_back(row.cells[position]);
  for (const std::size_t day : {contract_start, contract_stop, price_start, price_stop}) {
    if (!day_of(cells[day])) return wrong(day, cells[day], "is no day MM/DD/YYYY");
  }
  made.line = row.line;
  made.contract = cells[contract];
  made.article = cells[ndc] + (cells[sub_item].empty() ? "" : "/" + cells[sub_item]);
  made.type = cells[price_type];
  made.contract_start = *day_of(cells[contract_start]);
  made.start = *day_of(cells[price_start]);
  made.stop = *day_of(cells[price_stop]);
  if (made.contract.empty()) return wrong(contract, "", "is missing");
  if (cells[ndc].empty()) return wrong(ndc, "", "is missing");
  if (std::ranges::find(agency_groups, made.type) == agency_groups.end())
    return wrong(price_type, made.type, "is none of FSS, Big4, NC");
  const auto amount = engine::base::parse_decimal(cells[price]);
  if (!amount) return wrong(price, cells[price], "is no decimal number");
  made.price = *amount;
  if (made.stop < made.start)
    return wrong(price_stop, cells[price_stop], "is before PriceStartDate");
  return {};
}

// Whether `a` is taken before `b`, both of one type: lowest price, later contract start, smaller
// contract number.
bool goes_before(const PublishedPrice& a, const PublishedPrice& b) {
  const int decimals = std::max(a.price.decimals, b.price.decimals);
  const auto a_price = engine::base::mantissa_at(a.price, decimals);
  const auto b_price = engine::base::mantissa_at(b.price, decimals);
  if (a_price != b_price) return a_price < b_price;
  if (a.contract_start != b.contract_start) return a.contract_start > b.contract_start;
  return a.contract < b.contract;
}

const PublishedPrice* best_of(const std::vector<const PublishedPrice*>& rows, std::string_view type,
                              CivilMinutes day) {
  const PublishedPrice* best = nullptr;
  for (const PublishedPrice* row : rows) {
    if (row->type != type || !row->in_force(day)) continue;
    if (best == nullptr || goes_before(*row, *best)) best = row;
  }
  return best;
}

}  // namespace

Result<PublishedPrices> read_published_prices(const std::string& path) {
  const auto table = read_csv(path, columns, QuotedCells::several_lines);
  if (!table) return table.error();
  const std::vector<std::size_t> at = positions_of(*table, columns);
  PublishedPrices made;
  std::set<std::tuple<std::string, std::string, std::string>> keys;
  for (const CsvRow& row : table->rows) {
    PublishedPrice read;
    std::string reason = take(row, at, read);
    if (reason.empty() && !keys.emplace(read.contract, read.article, read.type).second) {
      reason = "the same contract, article and price type stand on an earlier line";
    }
    if (reason.empty()) {
      made.rows.push_back(std::move(read));
    } else {
      made.unusable.push_back({row.line, std::move(reason)});
    }
  }
  return made;
}

PricesByArticle by_article(const PublishedPrices& prices) {
  PricesByArticle articles;
  for (const PublishedPrice& row : prices.rows) articles[row.article].push_back(&row);
  return articles;
}

const PublishedPrice* price_for(const std::vector<const PublishedPrice*>& rows,
                                std::string_view group, CivilMinutes day) {
  const std::vector<std::string_view> types =
      group == "NC"     ? std::vector<std::string_view>{"NC", "Big4", "FSS"}
      : group == "Big4" ? std::vector<std::string_view>{"Big4", "FSS"}
                        : std::vector<std::string_view>{"FSS"};
  for (const std::string_view type : types) {
    if (const PublishedPrice* best = best_of(rows, type, day)) return best;
  }
  return nullptr;
}

}  // namespace tests::replay
