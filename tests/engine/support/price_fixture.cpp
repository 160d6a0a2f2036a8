#include "tests/engine/support/price_fixture.hpp"

namespace fixture {

oracle::World shop() {
  oracle::World world;
  world.currencies = {{"EUR", 2}, {"JPY", 0}};
  world.article_groups = {{"G1", "", 0}, {"G2", "G1", 0}};
  world.articles = {{"A", "PCE", {"G2"}, {}, {{"BOX", 12, 1}, {"THD", 1, 3}}, "0"},
                    {"B", "", {}, {}, {}, "0"}};
  world.customer_groups = {{"top", "", 0}, {"inner", "top", 0}};
  world.customers = {{"C", "", "EUR", {"inner"}, {"L"}, {{"country", "SE"}}},
                     {"D", "C", "EUR", {}, {}, {}}};
  world.documents = {
      {"price_list", "L", "EUR", {}, 0, false, {}}, {"agreement", "F", "", {}, 0, false, {}},
      {"agreement", "FC", "", {}, 0, false, {"C"}}, {"agreement", "FD", "", {}, 0, false, {"D"}},
      {"promotion", "P", "", {}, 0, false, {}},     {"promotion", "Q", "", {}, 0, false, {}}};
  world.warehouses = {"W"};
  return world;
}

oracle::RecordRow price(const std::string& key, const std::string& value) {
  oracle::RecordRow record;
  record.type = "price";
  record.keys = {{"article", "A"}};
  record.value = value;
  record.currency = "EUR";
  record.feed = "test";
  record.key = key;
  return record;
}

std::string rules_of(const std::string& steps, const std::string& answer,
                     const std::string& members) {
  return R"({"procedure": "p", "condition_types": {"price": {"value": "price", "flags": ["discountable"]},
    "discount": {"value": "percent"}, "charge": {"value": "amount"}, "multiplier": {"value": "factor"}}, )" +
         members + (members.empty() ? "" : ", ") + "\"steps\": [" + steps + "], \"answer\": {" +
         answer + "}}";
}

std::string price_rules(const std::string& find) {
  return rules_of(R"({"step": "price", "find": {"type": "price", "required": true, )" + find + "}}",
                  R"("price": "price", "unit_price": "price", "line_amount": "price")");
}

oracle::Ask ask_for(const std::string& article, const std::string& quantity,
                    const std::string& unit) {
  oracle::Ask ask;
  ask.customer = "C";
  ask.date = oracle::day(2026, 6, 15);
  ask.lines = {{article, quantity, unit, "", {}}};
  return ask;
}

oracle::LineText answer_of(const oracle::World& world, const std::vector<std::string>& documents,
                           const oracle::Ask& ask) {
  const oracle::Engine engine{world, documents};
  const auto question = engine.question(ask);
  if (!question) FAIL(question.error().where << ": " << question.error().detail);
  const auto lines = oracle::texts_of(engine.snapshot(), *question,
                                      engine.answer(*question, engine::quote::Detail::plain));
  REQUIRE(lines.size() == 1);
  return lines.front();
}

}  // namespace fixture
