#include "engine/avail/band.hpp"

#include "tests/engine/support/price_fixture.hpp"

using oracle::day;
using oracle::World;

namespace {

const std::string set_of_four =
    R"({"availability_bands": [{"set": "s", "expected_band": "soon", "bands": [
  {"band": "none", "texts": {"en": "-"}}, {"band": "few", "from": 1, "texts": {"en": "-"}},
  {"band": "many", "from": "10", "texts": {"en": "-"}}, {"band": "soon", "texts": {"en": "-"}}]}]})";

std::string two_sets(const std::string& lookup) {
  return R"({"availability_bands": [{"set": "one", "bands": [{"band": "any", "texts": {"en": "-"}}]},
    {"set": "two", "bands": [{"band": "any", "texts": {"en": "-"}}]}], "lookup": [)" +
         lookup + "]}";
}

World stocked(const std::string& on_hand, const std::string& reserved = "0") {
  World world = fixture::shop();
  world.stock = {{"A", "W", on_hand, reserved}};
  return world;
}

// "s / few covers", and the expected day behind a comma where there is one.
std::string shown(const World& world, const std::string& quantity = "1",
                  const std::string& bands = set_of_four, const std::string& unit = "",
                  const oracle::Pairs& fields = {}, const std::string& customer = "C") {
  auto ask = fixture::ask_for("A", quantity, unit);
  ask.fields = fields;
  ask.customer = customer;
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}]}})",
      R"("price": "price", "unit_price": "price", "line_amount": "price")",
      R"("fields": {"brand": {"side": "article"}, "tier": {"side": "question"}}, "quantity": {"zero_allowed": true, "returns": ["return"]})");
  const auto line = fixture::answer_of(world, {rules, bands}, ask);
  return line.band + (line.expected.empty() ? "" : ", " + line.expected);
}

}  // namespace

TEST_CASE("bands: the last one that starts at or below what is free", "[engine][avail]") {
  CHECK(shown(stocked("0")) == "s / none");
  CHECK(shown(stocked("0.999999")) == "s / none");
  CHECK(shown(stocked("1")) == "s / few covers");
  CHECK(shown(stocked("9.999999")) == "s / few covers");
  CHECK(shown(stocked("10")) == "s / many covers");
  CHECK(shown(stocked("-5")) == "s / none");
  CHECK(shown(fixture::shop()) == "s / none");  // nobody has counted
}

TEST_CASE("bands: reservations and safety stock are not for sale", "[engine][avail]") {
  CHECK(shown(stocked("12", "3")) == "s / few covers");
  World world = stocked("12");
  world.articles[0].safety_stock = "2.000001";
  CHECK(shown(world) == "s / few covers");
  world.stock.push_back({"A", "V", "1", "0"});
  world.warehouses.emplace_back("V");
  CHECK(shown(world) == "s / many covers");
}

TEST_CASE("bands: whether the quantity is covered is another question than the band",
          "[engine][avail]") {
  CHECK(shown(stocked("5"), "5") == "s / few covers");
  CHECK(shown(stocked("5"), "5.000001") == "s / few");
  CHECK(shown(stocked("12"), "1", set_of_four, "BOX") == "s / many covers");
  CHECK(shown(stocked("12"), "1.000001", set_of_four, "BOX") == "s / many");
  CHECK(shown(stocked("0.333333"), "1", set_of_four, "THD") ==
        "s / none");  // a third is a little more
  CHECK(shown(stocked("0.333334"), "1", set_of_four, "THD") == "s / none covers");
  CHECK(shown(stocked("0"), "0") == "s / none");  // nothing is there, even for who wants nothing
  CHECK(shown(stocked("0.000001"), "0") == "s / none covers");
}

TEST_CASE("bands: a return needs no stock", "[engine][avail]") {
  CHECK(shown(stocked("1"), "-5", set_of_four, "", {{"document_kind", "return"}}) ==
        "s / few covers");
}

TEST_CASE("expected: the day from which receipts cover what is missing", "[engine][avail]") {
  World world = stocked("1");
  world.receipts = {{"A", "W", "1", day(2026, 6, 20), "2"},
                    {"A", "", "2", day(2026, 6, 18), "1"},
                    {"A", "W", "3", day(2026, 7, 1), "100"},
                    {"B", "W", "4", day(2026, 6, 16), "1000"}};
  CHECK(shown(world, "1") == "s / few covers");
  CHECK(shown(world, "2") == "s / few, 2026-06-18");
  CHECK(shown(world, "2.000001") == "s / few, 2026-06-20");
  CHECK(shown(world, "4") == "s / few, 2026-06-20");
  CHECK(shown(world, "104") == "s / few, 2026-07-01");
  CHECK(shown(world, "104.000001") == "s / few");
  world.stock[0].on_hand = "0";
  CHECK(shown(world, "1") ==
        "s / soon, 2026-06-18");  // the lowest band, and goods are on their way
  world.stock[0].on_hand = "-3";
  CHECK(shown(world, "1") == "s / soon, 2026-07-01");  // what is owed already comes first
}

TEST_CASE("expected: less than one unit is enough for who wants less than one unit",
          "[engine][avail]") {
  World world = stocked("0");
  world.receipts = {{"A", "W", "1", day(2026, 6, 20), "0.7"},
                    {"A", "W", "2", day(2026, 6, 25), "5"}};
  CHECK(shown(world, "0.5") == "s / soon, 2026-06-20");
  CHECK(shown(world, "0.700001") == "s / soon, 2026-06-25");
  CHECK(shown(world, "0") == "s / soon, 2026-06-20");
}

TEST_CASE("expected: what should have come before the day of the question promises nothing",
          "[engine][avail]") {
  World world = stocked("0");
  world.receipts = {{"A", "W", "late", day(2026, 6, 14) + 1439, "10"}};
  CHECK(shown(world) == "s / none");
  world.receipts[0].date = day(2026, 6, 15);
  CHECK(shown(world) == "s / soon, 2026-06-15");  // today is not late
}

TEST_CASE("bands: the set is the first row's that fits article, buyer and question",
          "[engine][avail]") {
  World world = fixture::shop();
  world.articles[0].attributes = {{"brand", "acme"}};
  const auto set = [&](const std::string& rows, const oracle::Pairs& fields = {},
                       const std::string& customer = "C") {
    const std::string text = shown(world, "1", two_sets(rows), "", fields, customer);
    return text.substr(0, text.find(' '));
  };
  const std::string otherwise = R"(, {"set": "two"})";
  CHECK(set(R"({"set": "two"})") == "two");
  CHECK(set(R"({"when": {"article": "A"}, "set": "one"})" + otherwise) == "one");
  CHECK(set(R"({"when": {"article": ["B", "X"]}, "set": "one"})" + otherwise) == "two");
  CHECK(set(R"({"when": {"article_group": "G1"}, "set": "one"})" + otherwise) ==
        "one");  // by an ancestor
  CHECK(set(R"({"when": {"customer": "C"}, "set": "one"})" + otherwise) == "one");
  CHECK(set(R"({"when": {"customer": "C"}, "set": "one"})" + otherwise, {}, "D") == "two");
  CHECK(set(R"({"when": {"customer_group": "top"}, "set": "one"})" + otherwise) == "one");
  CHECK(set(R"({"when": {"brand": "acme"}, "set": "one"})" + otherwise) == "one");
  CHECK(set(R"({"when": {"country": "SE"}, "set": "one"})" + otherwise) == "one");
  CHECK(set(R"({"when": {"country": "SE"}, "set": "one"})" + otherwise, {{"country", "DE"}}) ==
        "two");  // the question's own comes first
  CHECK(set(R"({"when": {"channel": "web"}, "set": "one"})" + otherwise) == "two");
  CHECK(set(R"({"when": {"channel": "web"}, "set": "one"})" + otherwise, {{"channel", "web"}}) ==
        "one");
  CHECK(set(R"({"when": {"article": "A", "channel": "web"}, "set": "one"})" + otherwise) ==
        "two");                                                       // all of a row must fit
  CHECK(set(R"({"when": {"article": "B"}, "set": "one"})").empty());  // no row: nothing is shown
}

TEST_CASE("bands: without a look-up the only set is shown, several are not", "[engine][avail]") {
  CHECK(shown(stocked("1")) == "s / few covers");
  const std::string two =
      R"({"availability_bands": [{"set": "one", "bands": [{"band": "any", "texts": {"en": "-"}}]},
    {"set": "two", "bands": [{"band": "any", "texts": {"en": "-"}}]}]})";
  CHECK(shown(stocked("1"), "1", two).empty());
}

TEST_CASE(
    "availability: a line without a price still tells what is in stock, one without an article "
    "nothing",
    "[engine][avail]") {
  const std::string rules = fixture::price_rules(R"("accesses": [{"keys": ["article"]}])");
  const World world = stocked("5");
  const auto line = fixture::answer_of(world, {rules, set_of_four}, fixture::ask_for("A"));
  CHECK(line.outcome == "no_price");
  CHECK(line.band == "s / few covers");
  CHECK(fixture::answer_of(world, {rules, set_of_four}, fixture::ask_for("X")).band.empty());
  CHECK(fixture::answer_of(world, {rules, set_of_four}, fixture::ask_for("A", "1", "CRATE")).band ==
        "s / few covers");
}
