#include "rules/checker.hpp"

#include "tests/catch.hpp"
#include "tests/engine/support/price_fixture.hpp"
#include "tests/oracle/engine_of.hpp"
#include "tests/rules/checker_questions.hpp"

#include <algorithm>

namespace {

using rules::CheckReport;
using rules::Finding;
using rules::FindingKind;

oracle::RecordRow record(const std::string& key, const oracle::Pairs& keys,
                         const std::string& value) {
  oracle::RecordRow made = fixture::price(key, value);
  made.keys = keys;
  return made;
}

const std::string accesses = R"("accesses": [
  {"keys": ["customer_group", "article"]}, {"keys": ["customer_group", "article_group"]},
  {"keys": ["price_list", "article"]}, {"keys": ["channel", "article"]}, {"keys": ["article"]}])";

std::string rules_by(const std::string& choose) {
  return fixture::price_rules(R"("search": "all", "tie": "refuse", "choose": )" + choose + ", " +
                              accesses);
}

CheckReport checked(const oracle::World& world, const std::string& rules,
                    const rules::CheckOptions& options = {}) {
  const oracle::Engine engine{world, std::vector<std::string>{rules}};
  CheckReport report = rules::check(engine.snapshot(), options);
  for (const Finding& finding : report.findings) {
    INFO(finding.text);
    CHECK((finding.kind == FindingKind::tie) == finding.witness.has_value());
    if (finding.witness)
      CHECK(tests::outcome_of(engine.snapshot(), *finding.witness) == "ambiguous");
  }
  return report;
}

const Finding* first(const CheckReport& report, FindingKind kind) {
  const auto at = std::ranges::find(report.findings, kind, &Finding::kind);
  return at == report.findings.end() ? nullptr : &*at;
}

}  // namespace

TEST_CASE("checker: ties between groups, lists and kinds of keys, each with its question",
          "[rules][checker]") {
  auto world = fixture::shop();
  world.customers[0].groups = {"inner", "top"};
  SECTION("a customer in two groups") {
    world.records = {record("X", {{"customer_group", "inner"}, {"article", "A"}}, "10"),
                     record("Y", {{"customer_group", "top"}, {"article", "A"}}, "11")};
  }
  SECTION("a price for the article and one for its group") {
    world.records = {record("X", {{"customer_group", "top"}, {"article", "A"}}, "10"),
                     record("Y", {{"customer_group", "top"}, {"article_group", "G1"}}, "11")};
  }
  SECTION("an article in a group and its parent") {
    world.records = {record("X", {{"customer_group", "top"}, {"article_group", "G1"}}, "10"),
                     record("Y", {{"customer_group", "top"}, {"article_group", "G2"}}, "11")};
  }
  SECTION("under a field of the question") {
    world.records = {record("X", {{"channel", "web"}, {"article", "A"}}, "10"),
                     record("Y", {{"article", "A"}}, "11")};
  }
  SECTION("above a threshold, in a few days only") {
    world.records = {record("X", {{"article", "A"}}, "10"), record("Y", {{"article", "A"}}, "11")};
    world.records[0].from_quantity = "12.5";
    world.records[0].validity.to = oracle::day(2026, 2, 1);
    world.records[1].validity.from = oracle::day(2026, 1, 30);
  }
  const CheckReport report = checked(world, rules_by(R"(["rank"])"));
  CHECK(report.total(FindingKind::tie) == 1);
  const Finding* tie = first(report, FindingKind::tie);
  REQUIRE(tie != nullptr);
  CHECK(tie->text.find("X (10 EUR") != std::string::npos);
  CHECK(tie->text.find("Y (11 EUR") != std::string::npos);
  CHECK(report.findings.front().kind == FindingKind::tie);
}

TEST_CASE("checker: no tie where a comparator decides, answers are equal, or nobody meets both",
          "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {record("X", {{"article", "A"}}, "10"), record("Y", {{"article", "A"}}, "11")};
  std::string choose = R"(["rank"])";
  SECTION("a comparator decides") { choose = R"(["lowest_value"])"; }
  SECTION("one price twice") { world.records[1].value = "10"; }
  SECTION("one after the other") {
    world.records[0].validity.to = world.records[1].validity.from = oracle::day(2026, 1, 1);
  }
  SECTION("groups that no customer has both") {
    world.customer_groups.push_back({"other", "", 0});
    world.records[0].keys = {{"customer_group", "other"}, {"article", "A"}};
  }
  SECTION("a third one beats both") {
    world.records.push_back(record("Z", {{"article", "A"}}, "12"));
    world.records.back().rank = -1;
  }
  const CheckReport report = checked(world, rules_by(choose));
  CHECK(report.total(FindingKind::tie) == 0);
  CHECK(report.total(FindingKind::possible_tie) == 0);
}

TEST_CASE("checker: ladders, gaps, overlaps and jumps", "[rules][checker]") {
  auto world = fixture::shop();
  std::string choose = R"(["highest_threshold", "newest_start"])";
  rules::CheckOptions options;
  world.records = {record("X", {{"article", "A"}}, "10"), record("Y", {{"article", "A"}}, "14")};
  oracle::RecordRow& x = world.records[0];
  oracle::RecordRow& y = world.records[1];
  FindingKind expected = FindingKind::rising_ladder;
  SECTION("a ladder that rises") { y.from_quantity = "5"; }
  SECTION("a gap") {
    x.validity.to = oracle::day(2026, 1, 1);
    y.validity.from = oracle::day(2026, 1, 2);
    expected = FindingKind::validity_gap;
  }
  SECTION("an overlap") {
    x.validity.to = oracle::day(2026, 1, 3);
    y.validity.from = oracle::day(2026, 1, 2);
    expected = FindingKind::validity_overlap;
  }
  SECTION("a jump") {
    x.validity.to = y.validity.from = oracle::day(2026, 1, 2);
    options.jump_percent = 39;
    expected = FindingKind::price_jump;
  }
  SECTION("a record that never wins") {
    choose = R"(["lowest_value"])";
    expected = FindingKind::always_beaten;
  }
  SECTION("a window that ends") {
    world.records.pop_back();
    world.records[0].to_quantity = "9";
    expected = FindingKind::closed_last_tier;
  }
  SECTION("a price of zero") {
    world.records.pop_back();
    world.records[0].value = "0";
    expected = FindingKind::zero_price;
  }
  const CheckReport report = checked(world, rules_by(choose), options);
  CHECK(first(report, expected) != nullptr);
}

TEST_CASE("checker: what nobody can reach", "[rules][checker]") {
  auto world = fixture::shop();
  world.customer_groups.push_back({"other", "", 0});
  world.article_groups.push_back({"G9", "", 0});
  world.records = {record("X", {{"customer_group", "other"}, {"article", "A"}}, "10"),
                   record("Y", {{"customer_group", "top"}, {"article_group", "G9"}}, "11")};
  const CheckReport report = checked(world, rules_by(R"(["rank"])"));
  CHECK(report.total(FindingKind::key_nobody_has) == 2);
  CHECK(report.total(FindingKind::type_not_read) == 3);  // discount, charge, multiplier
  CHECK(report.total(FindingKind::access_without_records) == 3);
}

TEST_CASE("checker: keeps the first findings of a kind and counts them all", "[rules][checker]") {
  auto world = fixture::shop();
  world.records.clear();
  for (const char* article : {"A", "B"})
    world.records.push_back(record(article, {{"article", article}}, "0"));
  rules::CheckOptions options;
  options.kept_max = 1;
  const CheckReport report = checked(world, rules_by(R"(["rank"])"), options);
  CHECK(report.total(FindingKind::zero_price) == 2);
  CHECK(std::ranges::count(report.findings, FindingKind::zero_price, &Finding::kind) == 1);
  CHECK(first(report, FindingKind::zero_price)->article == "A");
}
