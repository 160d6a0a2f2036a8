// The company of docs/examples/adventureworks, priced as it was billed: the committed sample
// always, all 77,186 lines where the full file lies beside the project.
#include "tests/catch.hpp"
#include "tests/replay/parts/billed_lines.hpp"
#include "tests/replay/parts/comparison.hpp"
#include "tests/replay/parts/examples.hpp"
#include "tests/replay/parts/in_process.hpp"
#include "tests/replay/parts/over_http.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace tests::replay;
using server::feed::FileUse;

namespace {

const std::string sample = project_path("tests/replay/adventureworks_sample.csv");
const std::string all_lines = project_path("../shared/data/adventureworks/order_lines.csv.xz");

std::vector<BilledLine> lines_in(const std::string& file) {
  auto lines = read_billed_lines(file);
  if (!lines) FAIL(lines.error().where << ": " << lines.error().detail);
  return *std::move(lines);
}

// A data folder with the example in it, and what the import said.
struct Company {
  Company() {
    auto made = DataFolder::make();
    REQUIRE(made);
    folder = *std::move(made);
    outcome = import_adventureworks(folder->node(), project_path(adventureworks_masters));
    INFO(describe(outcome));
    REQUIRE(outcome.accepted());
  }

  std::unique_ptr<DataFolder> folder;
  server::node::ImportOutcome outcome;
};

Comparison compared(const std::vector<BilledLine>& lines, auto& asker) {
  Comparison comparison;
  for (const BilledLine& line : lines) {
    if (!line.problem.empty()) comparison.add_unusable(line);
  }
  for (const Order& order : orders_of(lines)) {
    const auto answered = asker.ask(order);
    REQUIRE(answered.size() == order.size());
    for (std::size_t i = 0; i < order.size(); ++i) comparison.add(*order[i], answered[i]);
  }
  return comparison;
}

std::string told(const Comparison& comparison) {
  std::string text;
  for (const std::string& one : comparison.shown()) text += one + "\n";
  return text;
}

void check_all_right(const Comparison& comparison, std::uint64_t lines) {
  INFO(told(comparison));
  CHECK(comparison.lines() == lines);
  CHECK(comparison.right() == lines);
  CHECK(comparison.by_field().empty());
}

struct Rows {
  FileUse use = FileUse::records;
  std::uint64_t read = 0, set_aside = 0;
};

}  // namespace

TEST_CASE("AdventureWorks: every row of every master is accepted or set aside with a reason",
          "[cases][adventureworks]") {
  const Company company;
  // Counted with xz -dc FILE | wc -l, of ProductModel the row ends "&|".
  const std::map<std::string, Rows, std::less<>> expected{
      {"Product.csv.xz", {FileUse::records, 504, 0}},
      {"ProductCategory.csv.xz", {FileUse::records, 4, 0}},
      {"ProductSubcategory.csv.xz", {FileUse::records, 37, 0}},
      {"ProductModel.csv.xz", {FileUse::records, 128, 0}},
      {"ProductListPriceHistory.csv.xz", {FileUse::records, 395, 0}},
      {"SpecialOffer.csv.xz", {FileUse::records, 16, 0}},
      // Offer 12 at all, offer 16 for two articles.
      {"SpecialOfferProduct.csv.xz", {FileUse::records, 538, 12 + 2}},
      {"ProductInventory.csv.xz", {FileUse::records, 1'069, 0}},
      {"Location.csv.xz", {FileUse::records, 14, 0}},
      {"Customer.csv.xz", {FileUse::records, 19'820, 0}},
      // 24 lines of open orders are still to come.
      {"PurchaseOrderDetail.csv.xz", {FileUse::records, 8'845, 8'845 - 24}},
      {"charges.csv", {FileUse::records, 2, 0}},
      {"currencies.csv", {FileUse::records, 165, 0}},
      {"offer_exceptions.csv", {FileUse::look_up}},
      {"Store.csv.xz", {FileUse::look_up}},
      {"SalesTerritory.csv.xz", {FileUse::look_up}},
      {"PurchaseOrderHeader.csv.xz", {FileUse::look_up}},
      {"Currency.csv.xz", {FileUse::not_read}},
      {"CurrencyRate.csv.xz", {FileUse::not_read}},
      {"ProductCostHistory.csv.xz", {FileUse::not_read}},
      {"ProductVendor.csv.xz", {FileUse::not_read}},
      {"UnitMeasure.csv.xz", {FileUse::not_read}},
  };
  const auto& files = company.outcome.report.files;
  CHECK(files.size() == expected.size());
  for (const auto& file : files) {
    const std::string name = std::filesystem::path{file.file}.filename().string();
    INFO(name);
    const auto wanted = expected.find(name);
    REQUIRE(wanted != expected.end());
    CHECK(file.use == wanted->second.use);
    CHECK(file.rows_refused == 0);
    CHECK(file.rows_read == file.rows_accepted + file.rows_set_aside + file.rows_refused);
    CHECK(file.rows_read == wanted->second.read);
    CHECK(file.rows_set_aside == wanted->second.set_aside);
    std::uint64_t with_reason = 0;
    for (const auto& [reason, rows] : file.set_aside_reasons)
      with_reason += reason.empty() ? 0 : rows;
    CHECK(with_reason == file.rows_set_aside);
  }
}

TEST_CASE("AdventureWorks: all lines of the sample come out as billed, to the last digit",
          "[cases][adventureworks]") {
  const Company company;
  InProcess asker{company.folder->node().snapshot()};
  check_all_right(compared(lines_in(sample), asker), 2'500);
}

TEST_CASE("AdventureWorks: the data folder answers the same after it was opened again",
          "[cases][adventureworks]") {
  Company company;
  const std::string folder = company.folder->path() + "/data";
  const auto again = server::node::Node::open(folder, {server::node::Access::read});
  if (!again) FAIL(again.error().where << ": " << again.error().detail);
  CHECK((*again)->sequence() == company.folder->node().sequence());
  InProcess asker{(*again)->snapshot()};
  check_all_right(compared(lines_in(sample), asker), 2'500);
}

TEST_CASE("AdventureWorks: orders of the sample come out as billed over HTTP",
          "[http][adventureworks]") {
  const Company company;
  auto asker = OverHttp::open(company.folder->node().cell());
  if (!asker) FAIL(asker.error().where << ": " << asker.error().detail);
  std::vector<BilledLine> lines = lines_in(sample);
  lines.resize(500);
  check_all_right(compared(lines, **asker), 500);
}

TEST_CASE(
    "AdventureWorks: a digit that differs, an unknown customer and a line that can't be read are "
    "all told",
    "[cases][adventureworks]") {
  const Company company;
  std::vector<BilledLine> lines = lines_in(sample);
  lines.resize(7);
  const std::string customer = lines[0].customer;
  for (BilledLine& line : lines) REQUIRE(line.is_reseller());
  for (std::size_t i = 0; i < amount_count; ++i) lines[i].amounts[i].mantissa += 1;
  lines[5].offer = "99";
  lines[6].article = "NO-SUCH";
  lines.push_back(lines[0]);
  lines.back().customer = "AW99999999";
  lines.push_back({});
  lines.back().problem = "it is broken";
  InProcess asker{company.folder->node().snapshot()};
  const Comparison comparison = compared(lines, asker);
  INFO(told(comparison));
  CHECK(comparison.lines() == 9);
  CHECK(comparison.right() == 0);
  const std::map<std::string, std::uint64_t> expected{{"unit_price", 1},
                                                      {"unit_price_discount", 1},
                                                      {"extended_amount", 1},
                                                      {"line_total", 1},
                                                      {"tax", 1},
                                                      {"freight", 1},
                                                      {"offer_id", 1},
                                                      {"outcome", 2},
                                                      {"unusable line", 1}};
  CHECK(comparison.by_field() == expected);
  CHECK(comparison.shown().size() == 10);
}

TEST_CASE("AdventureWorks: all 77,186 order lines come out as billed",
          "[cases][adventureworks][full]") {
  if (!std::filesystem::exists(all_lines)) {
    WARN("skipped: the full file ../shared/data/adventureworks/order_lines.csv.xz is not here");
    return;
  }
  const Company company;
  InProcess asker{company.folder->node().snapshot()};
  check_all_right(compared(lines_in(all_lines), asker), 77'186);
}
