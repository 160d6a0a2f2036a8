#include "tests/rules/checker_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

using rules::CheckReport;
using rules::Finding;
using rules::FindingKind;
using tests::checked;
using tests::first;
using tests::record;
using tests::rules_by;

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
  CHECK(report.total(FindingKind::access_not_reached) == 0);
}

TEST_CASE("checker: an access that brings nobody to the records there are", "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {record("X", {{"price_list", "L"}, {"article", "A"}}, "10")};
  const auto rules = [](const std::string& lists) {
    return fixture::price_rules(R"("choose": ["rank"], "accesses": [
      {"keys": ["price_list", "article"]},
      {"access": "for all", "keys": ["price_list", "article"], "lists": ")" +
                                lists + "\"}]");
  };
  const CheckReport report = checked(world, rules("everyone"));
  CHECK(report.total(FindingKind::access_not_reached) == 1);
  CHECK(tests::text_of(report, FindingKind::access_not_reached).find("'for all'") !=
        std::string::npos);
  CHECK(checked(world, rules("customer")).total(FindingKind::access_not_reached) == 0);
}

TEST_CASE("checker: records that no line can meet", "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {record("X", {{"article", "A"}}, "10")};
  SECTION("in a unit that the article is not sold in") { world.records[0].unit = "PAL"; }
  SECTION("in a unit that no article of its group is sold in") {
    world.records[0] = record("X", {{"customer_group", "top"}, {"article_group", "G1"}}, "10");
    world.records[0].unit = "PAL";
  }
  SECTION("outside of the dates of its price list") {
    world.records[0] = record("X", {{"price_list", "L"}, {"article", "A"}}, "10");
    world.documents[0].validity.to = oracle::day(2026, 1, 1);
    world.records[0].validity.from = oracle::day(2026, 1, 1);
  }
  const CheckReport report = checked(world, rules_by(R"(["rank"])"));
  CHECK(report.total(FindingKind::never_counts) == 1);
}

TEST_CASE("checker: records that some line can meet", "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {record("X", {{"article", "A"}}, "10")};
  SECTION("in a unit of the article") { world.records[0].unit = "BOX"; }
  SECTION("in its base unit") { world.records[0].unit = "PCE"; }
  SECTION("in a unit of an article of its group") {
    world.records[0] = record("X", {{"customer_group", "top"}, {"article_group", "G1"}}, "10");
    world.records[0].unit = "BOX";
  }
  SECTION("on the last day of its price list") {
    world.records[0] = record("X", {{"price_list", "L"}, {"article", "A"}}, "10");
    world.documents[0].validity.to = oracle::day(2026, 1, 2);
    world.records[0].validity.from = oracle::day(2026, 1, 1);
  }
  CHECK(checked(world, rules_by(R"(["rank"])")).total(FindingKind::never_counts) == 0);
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

TEST_CASE("checker: ties of records that are applied, where only one of them may act",
          "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {fixture::price("P", "100"), fixture::price("X", "10"),
                   fixture::price("Y", "20")};
  for (std::size_t i : {1, 2}) {
    world.records[i].type = "off";
    world.records[i].currency = "";
    world.records[i].flags_set = {"exclusive"};
  }
  const auto rules = [](const std::string& apply, const std::string& tie) {
    return R"({"procedure": "p", "condition_types": {"price": {"value": "price"},
      "off": {"value": "percent", "calculation": "percent"}},
      "steps": [
        {"step": "price", "find": {"type": "price", "choose": ["rank"], "required": true,
           "accesses": [{"keys": ["article"]}]}},
        {"step": "left", "find": {"type": "off", "choose": ["rank"], "tie": ")" +
           tie + R"(", "accesses": [{"keys": ["article"]}, {"keys": ["customer_group"]}]},
         "apply": {"on": "price")" +
           apply + R"(}, "round": [{"decimals": 2, "mode": "half_up"}]}],
      "answer": {"price": "price", "unit_price": "left", "line_amount": "left"}})";
  };
  const auto ties = [&](const std::string& apply) {
    const CheckReport report = checked(world, rules(apply, "refuse"));
    CHECK(report.total(FindingKind::possible_tie) == 0);
    return report.total(FindingKind::tie);
  };
  SECTION("exclusive ones, which of two acts is open") { CHECK(ties("") == 1); }
  SECTION("exclusive ones under two keys") {
    world.records[2].keys = {{"customer_group", "top"}};
    CHECK(ties("") == 1);
  }
  SECTION("one exclusive: it acts") {
    world.records[2].flags_set = {};
    CHECK(ties("") == 0);
  }
  SECTION("all act one after the other") {
    world.records[1].flags_set = world.records[2].flags_set = {};
    CHECK(ties("") == 0);
    CHECK(ties(R"(, "combine": "first")") == 1);
    CHECK(ties(R"(, "combine": "best")") == 0);  // 20 % takes more off than 10 %
    CHECK(ties(R"(, "only_first_unless_stackable": true)") == 1);
    world.records[1].flags_set = world.records[2].flags_set = {"stackable"};
    CHECK(ties(R"(, "only_first_unless_stackable": true)") == 0);
  }
  SECTION("a rank decides") {
    world.records[1].rank = -1;
    CHECK(ties("") == 0);
  }
  SECTION("of one promotion") {
    world.records[1].promotion = world.records[2].promotion = "P";
    CHECK(ties(R"(, "combine": "first")") == 0);
  }
  SECTION("settled by document and key") {
    CHECK(checked(world, rules("", "report")).total(FindingKind::tie) == 0);
  }
}

TEST_CASE("checker: ties that show only at a quantity which a condition names",
          "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {fixture::price("P", "100"), fixture::price("X", "10"),
                   fixture::price("Y", "20")};
  for (std::size_t i : {1, 2}) {
    world.records[i].type = "off";
    world.records[i].currency = "";
    world.records[i].flags_set = {"exclusive"};
  }
  auto& x = world.records[1];
  auto& y = world.records[2];
  std::string when;
  const auto witness = [&] {
    const CheckReport report =
        checked(world,
                R"({"procedure": "p", "condition_types": {"price": {"value": "price"},
      "off": {"value": "percent", "calculation": "percent", "parameters": ["least"]}},
      "steps": [
        {"step": "price", "find": {"type": "price", "choose": ["rank"], "required": true,
           "accesses": [{"keys": ["article"]}]}},
        {"step": "left")" +
                    when + R"(, "find": {"type": "off", "choose": ["rank"],
           "accesses": [{"keys": ["article"]}, {"keys": ["customer_group"]}]},
         "apply": {"on": "price"}, "round": [{"decimals": 2, "mode": "half_up"}]}],
      "answer": {"price": "price", "unit_price": "left", "line_amount": "left"}})");
    const auto* found = first(report, FindingKind::tie);
    return found == nullptr ? std::string{} : found->witness->quantity;
  };
  SECTION("a record's own") {
    y.when = "quantity > 2";
    CHECK(witness() == "3");
    x.when = "quantity < 3";
    CHECK(witness() == "2.000001");  // no whole quantity is between them
    x.when = "quantity <= 2";
    CHECK(witness().empty());
  }
  SECTION("both records'") {
    x.when = "quantity >= 40";
    y.when = "quantity in [7, 43.5]";
    CHECK(witness() == "43.5");
  }
  SECTION("in base units, and as a number of the record") {
    y.when = "base_quantity > least && quantity == 12";
    y.parameters = {{"least", "11"}};
    CHECK(witness() == "12");
    y.parameters = {{"least", "12"}};
    CHECK(witness() == "12");  // in boxes
  }
  SECTION("the promotion's") {
    x.promotion = "P";
    for (auto& document : world.documents) {
      if (document.kind == "promotion" && document.code == "P") document.when = "quantity != 1";
    }
    CHECK(witness() == "2");
  }
  SECTION("the step's") {
    when = R"(, "when": "quantity > 500")";
    CHECK(witness() == "501");
  }
  SECTION("a third record's, which acts before them") {
    world.records.push_back(y);
    world.records.back().key = "Z";
    world.records.back().rank = -1;
    world.records.back().when = "quantity < 25";
    CHECK(witness() == "25");
  }
}

TEST_CASE("checker: docs/CHECKS.md tells every kind with its importance", "[rules][checker]") {
  std::ifstream file{NETTO_SOURCE_DIR "/docs/CHECKS.md"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  for (std::size_t i = 0; i < rules::finding_kind_count; ++i) {
    const auto kind = static_cast<FindingKind>(i);
    const std::string name = "`" + std::string{rules::finding_name(kind)} + "`";
    INFO(name);
    const auto at = text.find(name);
    REQUIRE(at != std::string::npos);
    const std::string row = text.substr(at, text.find('\n', at) - at);
    CHECK(row.find("| " + std::string{rules::importance_name(rules::importance_of(kind))} + " |") !=
          std::string::npos);
  }
}
