// Which questions take the plan that the snapshot keeps for their customer, and that prices which
// come under new parts are found at once.
#include "engine/snapshot/customer_plans.hpp"

#include "tests/engine/support/price_fixture.hpp"

using fixture::ask_for;
using fixture::price;

namespace {

oracle::RecordRow price_of(const std::string& key, const std::string& value,
                           const std::string& field, const std::string& whom) {
  auto row = price(key, value);
  row.keys.insert(row.keys.begin(), {field, whom});
  return row;
}

const std::string most_own_first =
    R"("search": "first", "accesses": [{"keys": ["customer", "article"], "parents": true},
       {"keys": ["customer_group", "article"]}, {"keys": ["channel", "article"]}, {"keys": ["article"]}])";

// A company whose customers C and D, below C, have no prices of their own yet.
struct Company {
  oracle::Engine engine;

  Company() : engine{world(), std::vector<std::string>{fixture::price_rules(most_own_first)}} {}

  static oracle::World world() {
    oracle::World made = fixture::shop();
    made.records = {price("for all", "10"), price_of("web", "9", "channel", "web"),
                    price_of("any", "11", "customer", "E"),
                    price_of("group", "12", "customer_group", "elsewhere")};
    made.customers.push_back(made.customers.front());
    made.customers.back().code = "E";
    made.customers.back().groups.clear();
    made.customer_groups.push_back(made.customer_groups.front());
    made.customer_groups.back().code = "elsewhere";
    return made;
  }

  // Whether the next generation was made from the one before.
  bool put(const oracle::RecordRow& row) {
    engine.facts().begin_batch();
    REQUIRE(oracle::put_record(row, engine.facts()));
    return engine.advance();
  }

  bool keeps(const std::string& customer) const {
    const auto& snapshot = engine.snapshot();
    const auto id = snapshot.find_customer(customer);
    REQUIRE(id);
    return snapshot.customer_plans().find(0, *id, {}).has_value();
  }

  std::string price_for(const std::string& customer, const std::string& channel = "") const {
    auto ask = ask_for("A");
    ask.customer = customer;
    if (!channel.empty()) ask.fields = {{"channel", channel}};
    const auto question = engine.question(ask);
    REQUIRE(question);
    const auto answer = engine.answer(ask);
    return oracle::texts_of(engine.snapshot(), *question, answer).front().unit_price;
  }
};

}  // namespace

TEST_CASE("customer plans: a question that gives a field of some key is planned by itself",
          "[engine][snapshot]") {
  const Company company;
  CHECK(company.keeps("C"));
  CHECK(company.price_for("C") == "10");
  CHECK(company.price_for("C", "web") == "9");
  CHECK(company.price_for("C", "shop") == "10");
}

TEST_CASE("customer plans: the first price of a customer is found by it and by those below it",
          "[engine][snapshot]") {
  Company company;
  REQUIRE(company.put(price_of("own", "8", "customer", "C")));
  CHECK(company.price_for("C") == "8");
  CHECK(company.price_for("D") == "8");
  CHECK(company.price_for("E") == "11");
  CHECK_FALSE(company.keeps("C"));
  CHECK_FALSE(company.keeps("D"));
  CHECK(company.keeps("E"));
}

TEST_CASE("customer plans: a second price under a part that is there leaves all plans as they are",
          "[engine][snapshot]") {
  Company company;
  REQUIRE(company.put(price_of("any", "7", "customer", "E")));
  CHECK(company.price_for("E") == "7");
  CHECK(company.keeps("E"));
  CHECK(company.keeps("C"));
}

TEST_CASE("customer plans: the first price of a group sends all questions back to planning",
          "[engine][snapshot]") {
  Company company;
  REQUIRE(company.put(price_of("own", "6", "customer_group", "top")));
  CHECK(company.price_for("C") == "6");
  CHECK(company.price_for("E") == "11");
  CHECK_FALSE(company.keeps("E"));
}
