// Conditions that can never be true: of records, documents and steps. Each is told where it is false
// whatever is asked, and none that some question makes true.
#include "tests/rules/checker_fixture.hpp"
#include "tests/rules/checker_questions.hpp"

using rules::CheckReport;
using rules::FindingKind;
using tests::checked;

namespace {

std::string rules_with(const std::string& step_condition) {
  const std::string when = step_condition.empty() ? "" : R"("when": ")" + step_condition + "\", ";
  return fixture::rules_of(
      R"({"step": "price", )" + when +
          R"("find": {"type": "price", "choose": ["rank"], "tie": "report",
        "accesses": [{"keys": ["article"]}]}})",
      R"("price": "price", "unit_price": "price", "line_amount": "price")",
      R"("fields": {"tier": {"side": "question"}, "height": {"side": "article", "value": "decimal"},
         "brand": {"side": "article"}}, "title": "t")");
}

oracle::World world_with(const std::string& condition) {
  auto world = fixture::shop();
  world.articles[0].attributes = {{"brand", "acme"}};
  world.records = {fixture::price("X", "10")};
  world.records[0].when = condition;
  return world;
}

}  // namespace

TEST_CASE("checker: the condition of a record that can never be true", "[rules][checker]") {
  struct Case {
    std::string condition;
    std::string reason;
  };

  const auto wrong = GENERATE(values<Case>({
      {"1 > 2", "it is constantly false"},
      {"customer_group == 'nobody'", "nobody has customer_group 'nobody'"},
      {"article_group == 'G9'", "nobody has article_group 'G9'"},
      {"article == 'Z'", "nobody has article 'Z'"},
      {"brand == 'other'", "nobody has brand 'other'"},
      {"brand == 'other' || customer_group == 'nobody'", "nobody has brand 'other'"},
      {"customer_group == 'top' && 1 == 2", "it is constantly false"},
      {"channel == 'web' && channel == 'phone'", "channel can't be 'web' and 'phone' at once"},
      {"tier == 'a' && (tier == 'b' && channel == 'web')", "tier can't be 'a' and 'b' at once"},
      {"quantity > 5 && quantity < 3", "quantity can't be more than 5 and less than 3 at once"},
      {"quantity > 5 && quantity <= 5", "quantity can't be more than 5 and at most 5 at once"},
      {"quantity == 4 && quantity >= 4.5", "quantity can't be 4 and at least 4.5 at once"},
      {"3 > height && height >= 3.0", "height can't be less than 3 and at least 3 at once"},
  }));
  INFO(wrong.condition);
  const CheckReport report = checked(world_with(wrong.condition), rules_with(""));
  CHECK(report.total(FindingKind::never_true) == 1);
  const std::string text = tests::text_of(report, FindingKind::never_true);
  INFO(text);
  CHECK(text.find("price X (10 EUR)") != std::string::npos);
  CHECK(text.find("can never be true: " + wrong.reason) != std::string::npos);
}

TEST_CASE("checker: conditions that some question makes true", "[rules][checker]") {
  const std::string condition = GENERATE(values<std::string>({
      "1 < 2",
      "customer_group == 'top'",
      "article_group == 'G1'",
      "brand == 'acme'",
      "brand == 'other' || customer_group == 'top'",
      "!(customer_group == 'nobody')",
      "tier == 'whatever'",
      "channel == 'web' || channel == 'phone'",
      "customer_group == 'top' && customer_group == 'inner'",  // a customer has several
      "quantity > 3 && quantity < 5",
      "quantity >= 5 && quantity <= 5",
      "quantity == 5 && quantity >= 5",
      "quantity > 5 && height < 3",
      "quantity > 5 || quantity < 3",
  }));
  INFO(condition);
  CHECK(checked(world_with(condition), rules_with("")).total(FindingKind::never_true) == 0);
}

TEST_CASE("checker: the condition of a step or a document that can never be true",
          "[rules][checker]") {
  auto world = world_with("");
  CHECK(checked(world, rules_with("customer_group == 'top'")).total(FindingKind::never_true) == 0);
  const CheckReport of_step = checked(world, rules_with("customer_group == 'nobody'"));
  CHECK(of_step.total(FindingKind::never_true) == 1);
  CHECK(tests::text_of(of_step, FindingKind::never_true).find("step 'price'") != std::string::npos);

  world.records[0].promotion = "P";
  world.documents[4].when = "channel == 'web'";
  REQUIRE(world.documents[4].code == "P");
  CHECK(checked(world, rules_with("")).total(FindingKind::never_true) == 0);
  world.documents[4].when = "channel == 'web' && channel == 'phone'";
  const CheckReport of_document = checked(world, rules_with(""));
  CHECK(of_document.total(FindingKind::never_true) == 1);
  const auto* finding = tests::first(of_document, FindingKind::never_true);
  REQUIRE(finding != nullptr);
  CHECK(finding->document == "P");
}
