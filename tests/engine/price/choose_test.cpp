// The comparators one by one: two records that differ in one thing, and which of them must win.
#include "tests/engine/support/price_fixture.hpp"

#include <algorithm>

using fixture::answer_of;
using fixture::ask_for;
using fixture::price;
using oracle::day;
using oracle::RecordRow;
using oracle::World;

namespace {

const std::string all_accesses =
    R"("search": "all", "accesses": [{"keys": ["article"]}, {"keys": ["customer", "article"], "parents": true},
       {"keys": ["customer_group", "article"]}, {"keys": ["price_list", "article"]}, {"keys": ["article_group"]}, {"keys": []}],
       "tie": "refuse", "choose": [)";

// The key of the record that wins, or the outcome where none does; whichever record is put first.
std::string winner_of(const World& world, const std::string& choose,
                      oracle::Ask ask = ask_for("A", "10")) {
  const std::string find = all_accesses + choose + "]";
  const auto source = [&](const World& as_put) {
    const auto line = answer_of(as_put, {fixture::price_rules(find)}, ask);
    return line.outcome == "priced" ? line.source.substr(line.source.find(" / ") + 3)
                                    : line.outcome;
  };
  World other_order = world;
  std::ranges::reverse(other_order.records);
  const std::string winner = source(world);
  CHECK(source(other_order) == winner);
  return winner;
}

World with(std::vector<RecordRow> records) {
  World world = fixture::shop();
  world.records = std::move(records);
  return world;
}

template <class Change>
RecordRow changed(RecordRow record, const Change& change) {
  change(record);
  return record;
}

}  // namespace

TEST_CASE("choose: without a comparator that decides, different answers are a tie",
          "[engine][price]") {
  CHECK(winner_of(with({price("a", "10"), price("b", "11")}), "") == "ambiguous");
}

TEST_CASE("choose: records that answer alike are no tie, whatever else they are",
          "[engine][price]") {
  CHECK(winner_of(with({price("a", "10"), price("b", "10.00")}), "") == "a");
  auto in_pieces = changed(price("b", "10"), [](auto& r) { r.unit = "PCE"; });
  CHECK(winner_of(with({price("a", "10"), in_pieces}), "") == "a");  // no unit is the base unit
  auto per_hundred = changed(price("b", "1000"), [](auto& r) { r.price_unit = 100; });
  CHECK(winner_of(with({price("a", "10"), per_hundred}), "") ==
        "ambiguous");  // the same money, told in another way
  auto stackable = changed(price("b", "10"), [](auto& r) { r.flags_set = {"stackable"}; });
  CHECK(winner_of(with({price("a", "10"), stackable}), "") ==
        "ambiguous");  // later steps may ask for the flag
}

TEST_CASE("choose: rank goes by the list's assignment, then by the record, smaller first",
          "[engine][price]") {
  World world = with({});
  world.documents.push_back({"price_list", "M", "EUR", {}, 0, false, {}});
  world.assignments = {{"M", "", "inner", 0, {}}};  // L has rank 1 by the customer's own row
  auto in_l = changed(price("l", "10"), [](auto& r) {
    r.keys = {{"price_list", "L"}, {"article", "A"}};
    r.rank = -5;
  });
  auto in_m = changed(price("m", "20"), [](auto& r) {
    r.keys = {{"price_list", "M"}, {"article", "A"}};
    r.rank = 9;
  });
  world.records = {in_l, in_m};
  CHECK(winner_of(world, "\"rank\"") == "m");
  world.assignments[0].rank = 1;
  CHECK(winner_of(world, "\"rank\"") == "l");
}

TEST_CASE("choose: rank of customer groups counts where the key is a group", "[engine][price]") {
  World world = with({changed(price("t", "10"),
                              [](auto& r) {
                                r.keys = {{"customer_group", "top"}, {"article", "A"}};
                              }),
                      changed(price("i", "20"), [](auto& r) {
                        r.keys = {{"customer_group", "inner"}, {"article", "A"}};
                      })});
  world.customer_groups[0].rank = 1;
  world.customer_groups[1].rank = 2;
  CHECK(winner_of(world, "\"rank\"") == "t");
  CHECK(winner_of(world, "\"nearest\"") == "i");
}

TEST_CASE("choose: nearest is the customer before its parent, the group before the group above",
          "[engine][price]") {
  auto ask = ask_for("A");
  ask.customer = "D";
  const World parents = with({changed(price("parent", "10"),
                                      [](auto& r) {
                                        r.keys = {{"customer", "C"}, {"article", "A"}};
                                      }),
                              changed(price("own", "20"), [](auto& r) {
                                r.keys = {{"customer", "D"}, {"article", "A"}};
                              })});
  CHECK(winner_of(parents, "\"nearest\"", ask) == "own");
  const World groups = with({changed(price("above", "10"),
                                     [](auto& r) {
                                       r.keys = {{"article_group", "G1"}};
                                     }),
                             changed(price("own", "20"), [](auto& r) {
                               r.keys = {{"article_group", "G2"}};
                             })});
  CHECK(winner_of(groups, "\"nearest\"") == "own");
}

TEST_CASE("choose: most fields is the longer key", "[engine][price]") {
  const World world = with({changed(price("none", "10"), [](auto& r) { r.keys = {}; }),
                            price("one", "20"), changed(price("two", "30"), [](auto& r) {
                              r.keys = {{"customer", "C"}, {"article", "A"}};
                            })});
  CHECK(winner_of(world, "\"most_fields\"") == "two");
}

TEST_CASE("choose: dated records come before open ones, by a start or an end", "[engine][price]") {
  auto started =
      changed(price("started", "10"), [](auto& r) { r.validity.from = day(2026, 1, 1); });
  auto ending = changed(price("ending", "20"), [](auto& r) { r.validity.to = day(2027, 1, 1); });
  CHECK(winner_of(with({price("open", "5"), started}), "\"dated\"") == "started");
  CHECK(winner_of(with({price("open", "5"), ending}), "\"dated\"") == "ending");
  CHECK(winner_of(with({started, ending}), "\"dated\"") == "ambiguous");
}

TEST_CASE("choose: records with a unit or a currency come before those without",
          "[engine][price]") {
  const auto boxes = changed(price("boxes", "100"), [](auto& r) { r.unit = "BOX"; });
  CHECK(winner_of(with({price("any", "9"), boxes}), "\"unit_bound\"", ask_for("A", "1", "BOX")) ==
        "boxes");
  World discounts = with({});
  RecordRow anywhere = price("anywhere", "5");
  anywhere.type = "discount";
  anywhere.currency = "";
  discounts.records = {anywhere, changed(anywhere, [](auto& r) {
                         r.key = "euro";
                         r.value = "6";
                         r.currency = "EUR";
                       })};
  const std::string rules = fixture::rules_of(
      R"({"step": "discount", "find": {"type": "discount", "accesses": [{"keys": ["article"]}], "choose": ["currency_bound"], "required": true}})",
      R"("price": "discount", "unit_price": "discount", "line_amount": "discount")");
  CHECK(answer_of(discounts, {rules}, ask_for("A")).unit_price == "0.06");
}

TEST_CASE("choose: the highest threshold reached wins, counted in base units", "[engine][price]") {
  auto from_ten = changed(price("ten", "9"), [](auto& r) { r.from_quantity = "10"; });
  CHECK(winner_of(with({price("one", "5"), from_ten}), "\"highest_threshold\"") == "ten");
  CHECK(winner_of(with({price("one", "5"), from_ten}), "\"highest_threshold\"",
                  ask_for("A", "9.999999")) == "one");
  // 2 boxes are 24 pieces: further up than 10 pieces.
  auto two_boxes = changed(price("boxes", "99"), [](auto& r) {
    r.unit = "BOX";
    r.from_quantity = "2";
  });
  CHECK(winner_of(with({from_ten, two_boxes}), "\"highest_threshold\"", ask_for("A", "2", "BOX")) ==
        "boxes");
  auto from_thirty = changed(price("thirty", "8"), [](auto& r) { r.from_quantity = "30"; });
  CHECK(winner_of(with({from_thirty, two_boxes}), "\"highest_threshold\"",
                  ask_for("A", "3", "BOX")) == "thirty");
}

TEST_CASE("choose: the newest start wins; an open start is the oldest", "[engine][price]") {
  auto old = changed(price("old", "10"), [](auto& r) { r.validity.from = day(2025, 1, 1); });
  auto recent = changed(price("recent", "20"), [](auto& r) { r.validity.from = day(2026, 6, 15); });
  CHECK(winner_of(with({price("open", "5"), old, recent}), "\"newest_start\"") == "recent");
  CHECK(winner_of(with({price("open", "5"), old}), "\"newest_start\"") == "old");
}

TEST_CASE("choose: the newest document wins; none is the oldest", "[engine][price]") {
  World world =
      with({price("none", "5"), changed(price("p", "10"), [](auto& r) { r.promotion = "P"; }),
            changed(price("q", "20"), [](auto& r) { r.promotion = "Q"; })});
  for (auto& document : world.documents) {
    if (document.code == "P") document.validity.from = day(2026, 1, 1);
    if (document.code == "Q") document.validity.from = day(2025, 1, 1);
  }
  CHECK(winner_of(world, "\"newest_document\"") == "p");
  for (auto& document : world.documents) document.validity = {};
  CHECK(winner_of(world, "\"newest_document\"") == "ambiguous");
}

TEST_CASE("choose: the lowest value is the lowest price of what is ordered, not the lowest number",
          "[engine][price]") {
  auto per_hundred = changed(price("hundred", "900"), [](auto& r) { r.price_unit = 100; });
  CHECK(winner_of(with({price("one", "10"), per_hundred}), "\"lowest_value\"") == "hundred");
  CHECK(winner_of(with({price("one", "10"), per_hundred}), "\"highest_value\"") == "one");
  auto box = changed(price("box", "100"), [](auto& r) { r.unit = "BOX"; });  // 8.33 a piece
  CHECK(winner_of(with({price("piece", "9"), box}), "\"lowest_value\"",
                  ask_for("A", "10", "BOX")) == "box");
  CHECK(winner_of(with({price("piece", "8"), box}), "\"lowest_value\"",
                  ask_for("A", "10", "BOX")) == "piece");
  auto exact_box = changed(price("box", "108"), [](auto& r) { r.unit = "BOX"; });
  CHECK(winner_of(with({price("piece", "9"), exact_box}), "\"lowest_value\"",
                  ask_for("A", "10", "BOX")) == "ambiguous");
}

TEST_CASE("choose: values are compared to the last digit, however wide", "[engine][price]") {
  // The price is not told here: 34 digits with 18 decimals are more than an answer holds.
  const auto winner = [](const World& world, const std::string& choose, const oracle::Ask& ask) {
    const std::string rules = fixture::rules_of(
        R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true, "choose": [")" +
            choose + R"("]}}, {"step": "one", "amount": "1"})",
        R"("price": "price", "unit_price": "one", "line_amount": "one")");
    return answer_of(world, {rules}, ask).source;
  };
  const World world = with({price("wide", "99999999999999999999999999999999999999"),
                            price("fine", "99999999999999999999.000000000000000001")});
  CHECK(winner(world, "lowest_value", ask_for("A")) == " / fine");
  CHECK(winner(world, "highest_value", ask_for("A")) == " / wide");
  CHECK(winner_of(with({price("a", "1.000000000000000001"), price("b", "1.000000000000000002")}),
                  "\"lowest_value\"") == "a");
  CHECK(winner_of(with({price("a", "-2"), price("b", "1")}), "\"lowest_value\"") == "a");
  // The largest factors that units and price units can have.
  World factors = world;
  factors.articles[0].units = {{"BIG", 1'000'000'000, 999'999'999}};
  factors.records[1].price_unit = 1'000'000;
  CHECK(winner(factors, "highest_value", ask_for("A", "1", "BIG")) == " / wide");
  factors.records[0].price_unit = 1'000'000;
  factors.records[0].unit = "BIG";
  CHECK(winner(factors, "highest_value", ask_for("A", "1", "BIG")) == " / wide");
}

TEST_CASE("choose: percents have no unit: a box's ten percent is not less than a piece's five",
          "[engine][price]") {
  World world = fixture::shop();
  RecordRow of_pieces = price("pieces", "5");
  of_pieces.type = "discount";
  of_pieces.currency = "";
  RecordRow of_boxes = changed(of_pieces, [](auto& r) {
    r.key = "boxes";
    r.value = "10";
    r.unit = "BOX";
  });
  world.records = {of_pieces, of_boxes};
  const std::string rules = fixture::rules_of(
      R"({"step": "discount", "find": {"type": "discount", "accesses": [{"keys": ["article"]}], "choose": ["highest_value"], "required": true}})",
      R"("price": "discount", "unit_price": "discount", "line_amount": "discount")");
  CHECK(answer_of(world, {rules}, ask_for("A", "1", "BOX")).unit_price == "0.1");
}

TEST_CASE("choose: a flag decides, set or clear", "[engine][price]") {
  auto net = changed(price("net", "10"), [](auto& r) { r.flags_cleared = {"discountable"}; });
  const World world = with({price("gross", "11"), net});
  CHECK(winner_of(world, R"({"by": "flag_set", "flag": "discountable"})") == "gross");
  CHECK(winner_of(world, R"({"by": "flag_clear", "flag": "discountable"})") == "net");
  CHECK(winner_of(world, R"({"by": "flag_set", "flag": "stackable"})") == "ambiguous");
}

TEST_CASE("choose: documents by number or by text; none comes last", "[engine][price]") {
  World world = fixture::shop();
  world.documents = {{"promotion", "10", "", {}, 0, false, {}},
                     {"promotion", "9", "", {}, 0, false, {}},
                     {"price_list", "L", "EUR", {}, 0, false, {}}};
  world.records = {changed(price("ten", "10"), [](auto& r) { r.promotion = "10"; }),
                   changed(price("nine", "20"), [](auto& r) { r.promotion = "9"; }),
                   price("none", "5")};
  CHECK(winner_of(world, "\"document_number\"") == "nine");
  CHECK(winner_of(world, "\"document_text\"") == "ten");
  world.records.erase(world.records.begin() + 1);
  CHECK(winner_of(world, "\"document_number\"") == "ten");
}

TEST_CASE(
    "choose: a list and an agreement of one code are told apart by what follows, not by who came "
    "first",
    "[engine][price]") {
  World world = fixture::shop();
  world.documents.push_back({"agreement", "P", "", {}, 0, false, {}});
  world.records = {changed(price("b", "10"), [](auto& r) { r.promotion = "P"; }),
                   changed(price("a", "20"), [](auto& r) { r.agreement = "P"; })};
  CHECK(winner_of(world, "\"document_text\"") == "ambiguous");
  CHECK(winner_of(world, "\"document_text\", \"record_text\"") == "a");
  std::ranges::reverse(world.documents);
  CHECK(winner_of(world, "\"document_number\", \"record_text\"") == "a");
}

TEST_CASE(
    "choose: external keys by number or by text; records without one come last, by their key "
    "fields",
    "[engine][price]") {
  const auto keyed = [](const char* key, const char* value) { return price(key, value); };
  CHECK(winner_of(with({keyed("10", "1"), keyed("9", "2")}), "\"record_number\"") == "9");
  CHECK(winner_of(with({keyed("10", "1"), keyed("9", "2")}), "\"record_text\"") == "10");
  CHECK(winner_of(with({keyed("A", "1"), keyed("9", "2")}), "\"record_number\"") == "9");
  auto by_group = changed(price("", "1"), [](auto& r) {
    r.keys = {{"article_group", "G1"}};
    r.line = 2;
  });
  auto by_other_group = changed(price("", "2"), [](auto& r) {
    r.keys = {{"article_group", "G2"}};
    r.line = 1;
  });
  CHECK(winner_of(with({by_other_group, by_group}), "\"record_text\"") == "row 2");
  CHECK(winner_of(with({by_other_group, keyed("zzz", "3")}), "\"record_text\"") == "zzz");
  CHECK(winner_of(with({by_other_group, keyed("zzz", "3")}), "\"record_number\"") == "zzz");
  auto from_five = changed(price("", "1"), [](auto& r) {
    r.from_quantity = "5";
    r.line = 1;
  });
  auto from_ten = changed(price("", "2"), [](auto& r) {
    r.from_quantity = "10";
    r.line = 2;
  });
  CHECK(winner_of(with({from_ten, from_five}), "\"record_text\"") ==
        "row 1");  // 5 before 10, as numbers
}

TEST_CASE("choose: later comparators decide only what earlier ones leave", "[engine][price]") {
  auto cheap_far = changed(price("far", "1"), [](auto& r) { r.keys = {{"article_group", "G1"}}; });
  auto dear_near = changed(price("near", "9"), [](auto& r) { r.keys = {{"article_group", "G2"}}; });
  auto dearer_near = changed(price("nearest", "10"), [](auto& r) {
    r.keys = {{"article_group", "G2"}};
  });
  const World world = with({cheap_far, dear_near, dearer_near});
  CHECK(winner_of(world, "\"nearest\", \"lowest_value\"") == "near");
  CHECK(winner_of(world, "\"lowest_value\", \"nearest\"") == "far");
  CHECK(winner_of(world, "\"nearest\"") == "ambiguous");
}

TEST_CASE("choose: a reported tie is settled by document, then by external key, and explained",
          "[engine][price]") {
  const std::string find = R"("accesses": [{"keys": ["article"]}], "tie": "report")";
  World world = with({price("b", "10"), price("a", "11"),
                      changed(price("c", "12"), [](auto& r) { r.promotion = "Q"; }),
                      changed(price("d", "13"), [](auto& r) { r.promotion = "P"; })});
  for (int i = 0; i < 24; ++i) {
    std::ranges::next_permutation(world.records, {}, &RecordRow::key);
    CHECK(answer_of(world, {fixture::price_rules(find)}, ask_for("A")).source == "P / d");
  }
  const oracle::Engine engine{world, std::vector<std::string>{fixture::price_rules(find)}};
  const auto answer = engine.answer(ask_for("A"), engine::quote::Detail::explained);
  const auto& candidates = answer.traces.at(0).steps.at(0).candidates;
  CHECK(candidates.size() == 4);
  CHECK(std::ranges::count(candidates, engine::price::Loss::tie,
                           &engine::price::CandidateTrace::loss) == 3);
  CHECK(std::ranges::count(candidates, engine::price::Loss::won,
                           &engine::price::CandidateTrace::loss) == 1);
}
