// Keys with very many records: what is found does not depend on how they are compared, and two
// hundred thousand records of one key take about a second, not hours; what is left out then is told.
#include "engine/base/parallel.hpp"

#include "tests/rules/checker_fixture.hpp"

#include <chrono>

using oracle::day;
using rules::CheckReport;
using rules::FindingKind;
using tests::checked;
using tests::rules_by;

namespace {

constexpr int many = 200'000;
constexpr int asked = 20'000;  // of which one question, explained, looks at each beside the others

oracle::World shop_with(int count) {
  auto world = fixture::shop();
  world.records.assign(static_cast<std::size_t>(count), fixture::price("", "10"));
  for (int i = 0; i < count; ++i)
    world.records[static_cast<std::size_t>(i)].key = "R" + std::to_string(i);
  return world;
}

template <class Change>
oracle::World shop_with(int count, const Change& change) {
  auto world = shop_with(count);
  for (int i = 0; i < count; ++i) change(world.records[static_cast<std::size_t>(i)], i);
  return world;
}

struct Timed {
  CheckReport report;
  double seconds = 0;
};

Timed timed(const oracle::World& world, const std::string& rules) {
  const oracle::Engine engine{world, std::vector<std::string>{rules}};
  const auto start = std::chrono::steady_clock::now();
  Timed made{rules::check(engine.snapshot()), 0};
  made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  // Far above what it takes, far below what comparing all pairs would: machines and sanitizers
  // differ.
  CHECK(made.seconds < 60);
  return made;
}

}  // namespace

TEST_CASE("checker: two hundred thousand thresholds, periods or windows of one key are compared",
          "[rules][checker]") {
  std::string choose = R"(["highest_threshold"])";
  oracle::World world;
  FindingKind expected = FindingKind::rising_ladder;
  SECTION("thresholds, the last one dearer") {
    world = shop_with(many, [](oracle::RecordRow& row, int i) {
      row.from_quantity = std::to_string(i);
      row.value = i == many - 1 ? "11" : "10";
    });
  }
  SECTION("one period after the other, and a gap") {
    world = shop_with(many, [](oracle::RecordRow& row, int i) {
      row.validity.from = day(2000, 1, 1) + 60 * i + (i == many - 1 ? 1 : 0);
      row.validity.to = day(2000, 1, 1) + 60 * (i + 1) + 1;
      if (i == many - 2) row.validity.to -= 2;
      row.value = std::to_string(10 + i % 7);
    });
    for (auto& row : world.records) row.validity.to -= 1;
    expected = FindingKind::validity_gap;
  }
  SECTION("periods that overlap a few others") {
    choose = R"(["newest_start"])";
    world = shop_with(many, [](oracle::RecordRow& row, int i) {
      row.validity.from = day(2000, 1, 1) + 60 * i;
      row.validity.to = day(2000, 1, 1) + 60 * (i + 3);
      row.value = std::to_string(10 + i % 7);
    });
    expected = FindingKind::validity_overlap;
  }
  SECTION("windows, the last one closed") {
    world = shop_with(many, [](oracle::RecordRow& row, int i) {
      row.from_quantity = std::to_string(2 * i);
      row.to_quantity = std::to_string(2 * i + 1);
    });
    expected = FindingKind::closed_last_tier;
  }
  SECTION("values, the lowest of which decides") {
    choose = R"(["lowest_value"])";
    world = shop_with(many, [](oracle::RecordRow& row, int i) {
      row.value = std::to_string(i + 1);
      row.validity.from = day(2000, 1, 1) + 60 * i;
      row.validity.to = day(2000, 1, 1) + 60 * (i + 2);
    });
    expected = FindingKind::validity_overlap;
  }
  const Timed made = timed(world, rules_by(choose));
  CHECK(made.report.total(expected) == 1);
  CHECK(made.report.total(FindingKind::tie) == 0);
  CHECK(made.report.total(FindingKind::possible_tie) == 0);
  CHECK(made.report.total(FindingKind::not_compared) == 0);
}

TEST_CASE("checker: a tie among very many records of one key is found", "[rules][checker]") {
  auto world = shop_with(asked, [](oracle::RecordRow& row, int i) {
    row.from_quantity = std::to_string(i);
    row.value = std::to_string(asked - i);
  });
  world.records[asked / 2 + 1].from_quantity = world.records[asked / 2].from_quantity;
  const Timed made = timed(world, rules_by(R"(["highest_threshold"])"));
  CHECK(made.report.total(FindingKind::tie) == 1);
  const std::string text = tests::text_of(made.report, FindingKind::tie);
  CHECK(text.find("R10000 (") != std::string::npos);
  CHECK(text.find("R10001 (") != std::string::npos);
  CHECK(made.report.total(FindingKind::not_compared) == 0);
}

TEST_CASE(
    "checker: where all records of a large key tie or overlap, some are told, the rest counted",
    "[rules][checker]") {
  const auto differ = [](oracle::RecordRow& row, int i) { row.value = std::to_string(i + 1); };
  SECTION("ties") {
    const Timed made = timed(shop_with(asked, differ), rules_by(R"(["highest_threshold"])"));
    CHECK(made.report.total(FindingKind::tie) > 0);
    CHECK(made.report.total(FindingKind::tie) <= 1'000);
    CHECK(made.report.total(FindingKind::not_compared) > 0);
  }
  SECTION("overlaps, which a comparator settles") {
    const Timed made = timed(shop_with(many, differ), rules_by(R"(["lowest_value"])"));
    CHECK(made.report.total(FindingKind::tie) == 0);
    CHECK(made.report.total(FindingKind::always_beaten) == 1);
    CHECK(made.report.total(FindingKind::not_compared) == 1);
  }
}

TEST_CASE("checker: an article on very many agreements", "[rules][checker]") {
  auto world = fixture::shop();
  constexpr int agreements = 20'000;
  for (int i = 0; i < agreements; ++i) {
    const std::string code = "FA" + std::to_string(i);
    world.documents.push_back({"agreement", code, "", {}, 0, false, {}});
    world.records.push_back(fixture::price("R" + std::to_string(i), "10"));
    world.records.back().agreement = code;
  }
  SECTION("at one time") {
    const Timed made = timed(world, rules_by(R"(["highest_threshold"])"));
    REQUIRE(made.report.total(FindingKind::several_agreements) == 1);
    CHECK(tests::first(made.report, FindingKind::several_agreements)->document.size() < 1'000);
    CHECK(made.report.total(FindingKind::not_compared) > 0);
  }
  SECTION("one after the other") {
    for (int i = 0; i < agreements; ++i) {
      auto& validity = world.records[static_cast<std::size_t>(i)].validity;
      validity = {day(2000, 1, 1) + 60 * i, day(2000, 1, 1) + 60 * (i + 1)};
    }
    const Timed made = timed(world, rules_by(R"(["highest_threshold"])"));
    CHECK(made.report.total(FindingKind::several_agreements) == 0);
    CHECK(made.report.total(FindingKind::not_compared) == 0);
  }
}

TEST_CASE("checker: of a key with many records the same is found as of one with few",
          "[rules][checker]") {
  // Twenty periods of thirty thresholds under one key go through the sweep; the same periods a
  // threshold apiece under thirty keys are compared one by one.
  const auto change = [](oracle::RecordRow& row, int i) {
    row.validity = {day(2026, 1, 1) + 1440 * (i % 20), day(2026, 1, 3) + 1440 * (i % 20)};
    row.value = std::to_string(10 + i % 3);
    row.from_quantity = std::to_string(1 + i / 20);
  };
  const auto together = shop_with(600, change);
  auto apart = together;
  for (int i = 0; i < 30; ++i) {
    const std::string code = "A" + std::to_string(i);
    auto article = apart.articles[0];
    article.code = code;
    apart.articles.push_back(article);
    for (int j = 0; j < 20; ++j)
      apart.records[static_cast<std::size_t>(20 * i + j)].keys = {{"article", code}};
  }
  const auto ties = [](const oracle::World& world) {
    return checked(world, rules_by(R"(["highest_threshold"])")).total(FindingKind::tie);
  };
  CHECK(ties(together) == 30 * 19);
  CHECK(ties(apart) == 30 * 19);
}

TEST_CASE("checker: how many workers there are makes no difference", "[rules][checker]") {
  const auto world = shop_with(300, [](oracle::RecordRow& row, int i) {
    row.keys = {{"article", i % 2 == 0 ? "A" : "B"}};
    row.validity = {day(2026, 1, 1) + 1440 * i, day(2026, 1, 1) + 1440 * (i + i % 5)};
    if (i % 5 == 0) row.validity.to += 1440;
    row.value = std::to_string(10 + i % 3);
  });
  const auto texts = [&] {
    std::vector<std::string> made;
    for (const auto& finding : checked(world, rules_by(R"(["rank"])")).findings)
      made.push_back(finding.text);
    return made;
  };
  const auto by_all = texts();
  CHECK(by_all.size() > 10);
  const engine::base::WorkerLimit one{1};
  CHECK(texts() == by_all);
}

TEST_CASE("checker: a tie that may not be asked about is a possible one", "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {fixture::price("X", "10"), fixture::price("Y", "11")};
  rules::CheckOptions options;
  options.questions_max = 0;
  const CheckReport unasked = checked(world, rules_by(R"(["rank"])"), options);
  CHECK(unasked.total(FindingKind::tie) == 0);
  CHECK(unasked.total(FindingKind::possible_tie) == 1);
  const std::string text = tests::text_of(unasked, FindingKind::possible_tie);
  CHECK(text.find("X (10 EUR") != std::string::npos);
  CHECK(text.find("Y (11 EUR") != std::string::npos);
  options.questions_max = 1'000;
  const CheckReport asked = checked(world, rules_by(R"(["rank"])"), options);
  CHECK(asked.total(FindingKind::tie) == 1);
  CHECK(asked.total(FindingKind::possible_tie) == 0);
  options.questions_max = 0;  // what a comparator decides needs no question
  const CheckReport decided = checked(world, rules_by(R"(["lowest_value"])"), options);
  CHECK(decided.total(FindingKind::possible_tie) == 0);
}
