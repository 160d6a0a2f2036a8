// A year of changes to the Federal Supply Schedule as a stream of batches: whatever their size, what
// comes of it is what loading the end state at once gives. The committed sample always, all prices
// where the full file lies beside the project.
#include "tests/catch.hpp"
#include "tests/replay/parts/agency_questions.hpp"
#include "tests/replay/parts/examples.hpp"
#include "tests/replay/parts/price_changes.hpp"
#include "tests/replay/parts/published_prices.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

using engine::base::CivilMinutes;
using server::node::ImportRequest;
using server::node::Node;
using tests::replay::PriceChange;
using tests::replay::PriceYear;
using tests::replay::PublishedPrices;

const std::string schedule_sample = tests::replay::project_path("tests/replay/va_fss_sample.csv");
const std::string whole_schedule =
    tests::replay::project_path("../shared/data/va-fss/vaFssPharmPrices_2025-02.csv.xz");

CivilMinutes civil_day(int year, int month, int day) {
  return engine::base::civil(year, month, day).value();
}

const CivilMinutes first_day = civil_day(2024, 8, 1);
const CivilMinutes last_day = civil_day(2025, 8, 1);
constexpr std::uint32_t made_from = 20250217;

// A year, and a folder to which it comes.
class Year {
 public:
  explicit Year(const std::string& file) {
    auto read = tests::replay::read_published_prices(file);
    REQUIRE(read);
    prices = *std::move(read);
    made = tests::replay::year_of_changes(prices, first_day, last_day, made_from);
  }

  PublishedPrices prices;
  PriceYear made;
};

class Folder {
 public:
  explicit Folder(const Year& year) : year_{year} {
    auto made = tests::replay::DataFolder::make();
    REQUIRE(made);
    folder_ = *std::move(made);
    // One that is served takes many small batches, and keeps its facts.
    server::node::NodeOptions options{server::node::Access::create, server::node::Keep::facts};
    options.many_batches = true;
    auto opened = Node::open(folder_->path() + "/masters", options);
    REQUIRE(opened);
    node_ = *std::move(opened);
    REQUIRE(tests::replay::import_va_fss_rules(*node_).accepted());
    put("articles", tests::replay::articles_csv(year.prices));
    put("agreements", tests::replay::agreements_csv(year.prices));
  }

  // All of it must go in.
  void put(const std::string& feed, std::string csv) {
    ImportRequest request;
    request.delivery.feed = feed;
    request.files.push_back({feed + ".csv", "", std::move(csv), feed});
    const auto outcome = node_->import(request);
    INFO(tests::replay::describe(outcome));
    REQUIRE(outcome.accepted());
    REQUIRE(outcome.report.rows_refused() == 0);
  }

  // In batches of as many changes as `size` says each time.
  void apply(const std::function<std::size_t()>& size) {
    std::span<const PriceChange> rest{year_.made.changes};
    while (!rest.empty()) {
      const auto some = rest.first(std::min(size(), rest.size()));
      put("conditions", tests::replay::conditions_csv(some));
      rest = rest.subspan(some.size());
    }
  }

  // Opened again, from its journal and image.
  void reopen() {
    node_.reset();
    auto opened = Node::open(folder_->path() + "/masters");
    REQUIRE(opened);
    node_ = *std::move(opened);
  }

  std::uint64_t records() const { return node_->snapshot()->conditions().record_count(); }

  // Every article as each group, and every price on its contract, on that day.
  void check(CivilMinutes day) const {
    INFO(engine::base::to_string(day));
    auto questions = tests::replay::questions_by_group(year_.made.after, day);
    const auto on_contracts = tests::replay::questions_on_contracts(year_.made.after, day);
    const auto left = tests::replay::by_article(year_.made.after);
    for (const auto& [article, rows] : tests::replay::by_article(year_.prices)) {
      if (left.contains(article)) continue;
      for (const auto group : tests::replay::agency_groups)
        questions.push_back({article, std::string{group}, "", {}});
    }
    questions.insert(questions.end(), on_contracts.begin(), on_contracts.end());
    const auto result = tests::replay::ask(*node_->snapshot(), day, questions);
    REQUIRE(result);
    std::string told;
    for (const std::string& one : result->shown) told += one + "\n";
    INFO(told);
    CHECK(result->asked == questions.size());
    CHECK(result->right == result->asked);
  }

 private:
  const Year& year_;
  std::unique_ptr<tests::replay::DataFolder> folder_;
  std::unique_ptr<Node> node_;
};

// Before, within and after the year.
const std::vector<CivilMinutes>& asked_days() {
  static const std::vector<CivilMinutes> days{
      civil_day(2023, 7, 1), civil_day(2024, 8, 1),   civil_day(2024, 12, 31),
      civil_day(2025, 1, 1), civil_day(2025, 2, 17),  civil_day(2025, 7, 31),
      civil_day(2025, 8, 1), civil_day(2025, 12, 31), civil_day(2027, 1, 1)};
  return days;
}

void check_all(const Folder& folder, std::span<const CivilMinutes> days) {
  for (const CivilMinutes day : days) folder.check(day);
}

// The year applied in such batches comes to what the end state is.
void check_stream(const Year& year, const std::function<std::size_t()>& size,
                  std::span<const CivilMinutes> days) {
  Folder folder{year};
  folder.put("conditions", tests::replay::conditions_csv(year.made.before));
  folder.apply(size);
  CHECK(folder.records() == year.made.after.rows.size());
  check_all(folder, days);
  folder.reopen();
  CHECK(folder.records() == year.made.after.rows.size());
  check_all(folder, days.first(1));
}

std::function<std::size_t()> always(std::size_t size) {
  return [size] { return size; };
}

std::function<std::size_t()> drawn_sizes(std::uint32_t seed, std::uint32_t size_max) {
  auto draw = std::make_shared<std::mt19937>(seed);
  return [draw, size_max] { return 1 + (*draw)() % size_max; };
}

std::uint32_t new_seed() {
  return static_cast<std::uint32_t>(std::chrono::steady_clock::now().time_since_epoch().count() &
                                    0xffffffff);
}

}  // namespace

TEST_CASE("va-fss changes: a year of the sample comes to its end state in batches of any size",
          "[cases][va_fss]") {
  const Year year{schedule_sample};
  CHECK(year.made.count(PriceChange::Kind::begins) > 100);
  CHECK(year.made.count(PriceChange::Kind::prolonged) > 10);
  CHECK(year.made.count(PriceChange::Kind::removed) > 100);
  {
    Folder at_once{year};
    at_once.put("conditions", tests::replay::conditions_csv(year.made.after.rows));
    CHECK(at_once.records() == year.made.after.rows.size());
    check_all(at_once, asked_days());
  }
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{100},
                                 std::size_t{1'000}, year.made.changes.size()}) {
    INFO("batches of " << size);
    check_stream(year, always(size), asked_days());
  }
  const auto seed = new_seed();
  INFO("sizes drawn from seed " << seed);
  check_stream(year, drawn_sizes(seed, 60), asked_days());
}

TEST_CASE("va-fss changes: the year before its changes is not the year after them",
          "[cases][va_fss]") {
  const Year year{schedule_sample};
  Folder folder{year};
  folder.put("conditions", tests::replay::conditions_csv(year.made.before));
  CHECK(folder.records() == year.made.before.size());
  CHECK(year.made.before.size() != year.made.after.rows.size());
}

TEST_CASE("va-fss changes: a year of the whole schedule comes to its end state",
          "[cases][va_fss][full]") {
  if (!std::filesystem::exists(whole_schedule)) {
    WARN(
        "skipped: the full file ../shared/data/va-fss/vaFssPharmPrices_2025-02.csv.xz is not here");
    return;
  }
  const Year year{whole_schedule};
  CHECK(year.made.count(PriceChange::Kind::begins) > 10'000);
  CHECK(year.made.count(PriceChange::Kind::prolonged) > 1'000);
  CHECK(year.made.count(PriceChange::Kind::removed) > 10'000);
  const std::vector<CivilMinutes> days{civil_day(2025, 2, 17), civil_day(2025, 8, 1)};
  {
    Folder at_once{year};
    at_once.put("conditions", tests::replay::conditions_csv(year.made.after.rows));
    CHECK(at_once.records() == year.made.after.rows.size());
    check_all(at_once, days);
  }
  for (const std::size_t size : {std::size_t{100}, std::size_t{1'000}, year.made.changes.size()}) {
    INFO("batches of " << size);
    check_stream(year, always(size), days);
  }
  const auto seed = new_seed();
  INFO("sizes drawn from seed " << seed);
  check_stream(year, drawn_sizes(seed, 2'000), days);
}

// Minutes: by name only.
TEST_CASE("va-fss changes: a year of the whole schedule change by change", "[.][va_fss][full]") {
  if (!std::filesystem::exists(whole_schedule)) return;
  const Year year{whole_schedule};
  for (const std::size_t size : {1U, 7U, 100U}) {
    INFO("batches of " << size);
    check_stream(year, always(size), asked_days());
  }
}
