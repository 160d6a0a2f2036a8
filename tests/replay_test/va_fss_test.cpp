// The Federal Supply Schedule of docs/examples/va-fss: real framework agreements, quoted by
// contract and by group. The committed sample always, all 21,160 prices where the full file lies
// beside the project.
#include "tests/catch.hpp"
#include "tests/replay/parts/agency_questions.hpp"
#include "tests/replay/parts/examples.hpp"
#include "tests/replay/parts/program.hpp"
#include "tests/replay/parts/published_prices.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

using namespace tests::replay;
using engine::base::CivilMinutes;

namespace {

const std::string sample = project_path("tests/replay/va_fss_sample.csv");
const std::string all_prices =
    project_path("../shared/data/va-fss/vaFssPharmPrices_2025-02.csv.xz");

CivilMinutes day_of(int year, int month, int day) {
  return engine::base::civil(year, month, day).value();
}

const CivilMinutes published = day_of(2025, 2, 17);

PublishedPrices prices_in(const std::string& file) {
  auto prices = read_published_prices(file);
  if (!prices) FAIL(prices.error().where << ": " << prices.error().detail);
  return *std::move(prices);
}

struct Schedule {
  explicit Schedule(const std::string& file) {
    auto made = DataFolder::make();
    REQUIRE(made);
    folder = *std::move(made);
    const auto rules = import_va_fss_rules(folder->node());
    INFO(describe(rules));
    REQUIRE(rules.accepted());
    outcome = import_va_fss_prices(folder->node(), file);
  }

  std::unique_ptr<DataFolder> folder;
  server::node::ImportOutcome outcome;
};

AgencyResult asked(Schedule& schedule, CivilMinutes day,
                   const std::vector<AgencyQuestion>& questions) {
  auto result = ask(*schedule.folder->node().snapshot(), day, questions);
  if (!result) FAIL(result.error().where << ": " << result.error().detail);
  return *std::move(result);
}

void check_all_right(const AgencyResult& result, std::uint64_t questions) {
  std::string told;
  for (const std::string& one : result.shown) told += one + "\n";
  INFO(told);
  CHECK(result.asked == questions);
  CHECK(result.right == questions);
}

void check_rows(const server::node::ImportOutcome& outcome, std::uint64_t accepted,
                std::uint64_t refused) {
  INFO(describe(outcome));
  REQUIRE(outcome.accepted());
  CHECK(outcome.report.rows_read() == accepted + refused);
  CHECK(outcome.report.rows_accepted() == accepted);
  CHECK(outcome.report.rows_set_aside() == 0);
  CHECK(outcome.report.rows_refused() == refused);
}

using Counts = std::map<std::string, std::uint64_t>;

}  // namespace

TEST_CASE("va-fss: each price of the sample is quoted on its own contract", "[cases][va_fss]") {
  Schedule schedule{sample};
  check_rows(schedule.outcome, 600, 0);
  const PublishedPrices prices = prices_in(sample);
  REQUIRE(prices.unusable.empty());
  check_all_right(asked(schedule, published, questions_on_contracts(prices, published)), 600);
}

TEST_CASE("va-fss: without a contract the buyer's group decides, whatever the amount",
          "[cases][va_fss]") {
  Schedule schedule{sample};
  const PublishedPrices prices = prices_in(sample);
  const auto articles = by_article(prices).size();
  check_all_right(asked(schedule, published, questions_by_group(prices, published)),
                  articles * agency_groups.size());
  // Each of these days some prices of the sample have begun or ended: 18 of all prices end on the
  // day of publication.
  for (const CivilMinutes day : {day_of(2018, 3, 14), day_of(2018, 3, 15), day_of(2025, 2, 18),
                                 day_of(2025, 7, 31), day_of(2025, 8, 1), day_of(2030, 1, 1)}) {
    INFO(engine::base::to_string(day));
    check_all_right(asked(schedule, day, questions_by_group(prices, day)),
                    articles * agency_groups.size());
    const auto on_contracts = questions_on_contracts(prices, day);
    check_all_right(asked(schedule, day, on_contracts), on_contracts.size());
  }
}

TEST_CASE("va-fss: the loops of the test and the independent program expect the same",
          "[cases][va_fss]") {
  if (!has_program("python3")) {
    WARN("skipped: there is no python3 to run tests/replay/va_fss_expected.py");
    return;
  }
  const auto run = run_program(
      {"python3", project_path("tests/replay/va_fss_expected.py"), sample, "--date", "2025-02-17"});
  REQUIRE(run);
  REQUIRE(run->exit_code == 0);
  const auto theirs = questions_in(run->output);
  REQUIRE(theirs);
  const auto ours = questions_by_group(prices_in(sample), published);
  REQUIRE(theirs->size() == ours.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    INFO(ours[i].article << " " << ours[i].group);
    CHECK((*theirs)[i].article == ours[i].article);
    CHECK((*theirs)[i].group == ours[i].group);
    CHECK((*theirs)[i].expected.price == ours[i].expected.price);
    CHECK((*theirs)[i].expected.contract == ours[i].expected.contract);
    CHECK((*theirs)[i].expected.type == ours[i].expected.type);
  }
}

TEST_CASE("va-fss: rows that can't be used are refused, told, and cost nothing else",
          "[cases][va_fss]") {
  Schedule folder{sample};
  const std::string file = folder.folder->path() + "/broken.csv";
  {
    std::ifstream in{sample};
    std::ofstream out{file};
    std::string line;
    for (int i = 0; i < 101 && std::getline(in, line); ++i) out << line << "\n";
    out << "C1,V,01/01/2025,12/31/2025,00000-0000-01,,1,G,T,X,F,T,1.00,01/01/2025,12/31/"
           "2025,VIP,Compliant\n"
        << "C1,V,01/01/2025,12/31/2025,00000-0000-02,,1,G,T,X,F,T,1.00,13/01/2025,12/31/"
           "2025,FSS,Compliant\n"
        << "C1,V,01/01/2025,12/31/2025,00000-0000-03,,1,G,T,X,F,T,one,01/01/2025,12/31/"
           "2025,FSS,Compliant\n"
        << "C1,V,01/01/2025\n"
        << "C1,V,01/01/2025,12/31/2025,00000-0000-04,,1,\"G,T,X,F,T,1.00,01/01/2025,12/31/"
           "2025,FSS,Compliant\n"
        << line << "\n";
  }
  Schedule schedule{file};
  check_rows(schedule.outcome, 100, 6);
  const PublishedPrices prices = prices_in(file);
  CHECK(prices.rows.size() == 100);
  CHECK(prices.unusable.size() == 6);
  const auto on_contracts = questions_on_contracts(prices, published);
  check_all_right(asked(schedule, published, on_contracts), on_contracts.size());
}

TEST_CASE("va-fss: an answer that is not expected is told", "[cases][va_fss]") {
  Schedule schedule{sample};
  auto questions = questions_on_contracts(prices_in(sample), published);
  questions.resize(4);
  questions[0].expected.price->mantissa += 1;
  questions[1].expected.contract = "another";
  questions[2].expected = {};
  questions[3].contract = "no such contract";
  const AgencyResult result = asked(schedule, published, questions);
  CHECK(result.asked == 4);
  CHECK(result.right == 0);
  CHECK(result.shown.size() == 4);
}

TEST_CASE("va-fss: all 21,160 prices are quoted by contract and by group as published",
          "[cases][va_fss][full]") {
  if (!std::filesystem::exists(all_prices)) {
    WARN(
        "skipped: the full file ../shared/data/va-fss/vaFssPharmPrices_2025-02.csv.xz is not here");
    return;
  }
  Schedule schedule{all_prices};
  check_rows(schedule.outcome, 21'160, 0);
  const PublishedPrices prices = prices_in(all_prices);
  check_all_right(asked(schedule, published, questions_on_contracts(prices, published)), 21'160);
  const AgencyResult by_group = asked(schedule, published, questions_by_group(prices, published));
  check_all_right(by_group, 3 * 15'507);
  CHECK(by_group.priced_by == Counts{{"FSS by FSS", 14'608},
                                     {"FSS, no price", 899},
                                     {"Big4 by Big4", 5'508},
                                     {"Big4 by FSS", 9'100},
                                     {"Big4, no price", 899},
                                     {"NC by NC", 1'040},
                                     {"NC by Big4", 5'465},
                                     {"NC by FSS", 9'002}});
}
