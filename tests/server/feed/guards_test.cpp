// Guards: what they find in a batch, each by itself.
#include "server/feed/guards.hpp"

#include "server/feed/importer.hpp"

#include "tests/server/feed/feed_fixture.hpp"

using namespace tests::feed;
using server::feed::Finding;
using server::feed::GuardAction;
using server::feed::GuardKind;

namespace {

FeedDescription guarded(const std::string& guards, const std::string& feed = "conditions") {
  return description(R"({"feed": ")" + feed + R"(", "guards": )" + guards + "}");
}

const std::string priced_head =
    "type,customer,article,value,currency,price_unit,unit,valid_from,key\n";

// Costs (base_price under the article) and prices, settled in part and in part laid over that.
void put_priced(Facts& facts) {
  const Import read = import(
      facts, {file("currencies.csv", "code,decimals\nEUR,2\nUSD,2\n"),
              file("articles.csv", "code,base_unit\nA,PCE\nB,PCE\n"),
              file("article_units.csv", "article,unit,numerator\nA,BOX,10\n"),
              file("customers.csv", "code\nC\n"), file("warehouses.csv", "code\nW\n"),
              file("stock.csv", "article,warehouse,on_hand\nA,W,1\nB,W,2\n"),
              file("conditions.csv", priced_head + "price,,A,10,EUR,,,,\nprice,,B,20,EUR,,,,K-B\n"
                                                   "base_price,,A,6,EUR,,,,\n"
                                                   "base_price,,A,8,EUR,,,2026-01-01,\n")});
  INFO(troubles(read));
  REQUIRE(read.report.rows_refused() == 0);
  facts.settle();
  const Import more =
      import(facts, {file("conditions.csv", priced_head + "price,C,A,9,EUR,,,,\n")});
  REQUIRE(more.report.rows_refused() == 0);
  REQUIRE(facts.lay_over());
}

std::vector<Finding> found_in(const std::string& guards, const std::string& rows,
                              const std::string& partition = "") {
  Facts facts = example_facts();
  put_priced(facts);
  server::feed::ImportOptions options;
  if (!partition.empty()) options.replace = *server::feed::parse_partition(partition);
  const std::vector<FeedDescription> descriptions{guarded(guards)};
  const Import read = server::feed::read_feed(facts, {file("conditions.csv", priced_head + rows)},
                                              descriptions, options);
  INFO(troubles(read));
  CHECK_FALSE(read.fault);
  return read.findings;
}

std::string only_finding(const std::string& guards, const std::string& rows,
                         const std::string& partition = "") {
  const auto findings = found_in(guards, rows, partition);
  REQUIRE(findings.size() == 1);
  return describe(findings.front());
}

}  // namespace

TEST_CASE("guards: the share of refused rows", "[server][feed][guards]") {
  const std::string guard = R"({"refused_rows": {"percent": 50, "then": "hold"}})";
  const std::string good = "price,,A,10,EUR,,,,\n";
  const std::string bad = "price,,B,1x,EUR,,,,\nprice,,X,1,EUR,,,,\n";
  CHECK(only_finding(guard, good + bad) ==
        "conditions: refused_rows (hold): 2 of 3 rows can't be used, more than 50 %");
  CHECK(found_in(guard, good + "price,,B,1x,EUR,,,,\n").empty());
  CHECK(found_in(R"({"refused_rows": {"percent": 0, "then": "accept"}})", bad).empty());
}

TEST_CASE("guards: prices that jump, against what was settled or laid over",
          "[server][feed][guards]") {
  const std::string guard = R"({"price_jump": {"up": 50, "down": 30, "then": "flag"}})";
  CHECK(only_finding(guard, "price,,A,15.01,EUR,,,,\n") ==
        "conditions: price_jump (flag): 1 price jumps: conditions.csv, line 2: 10 to 15.01");
  CHECK(found_in(guard, "price,,A,15,EUR,,,,\n").empty());
  CHECK(found_in(guard, "price,,A,7,EUR,,,,\n").empty());
  CHECK(only_finding(guard, "price,,A,6.99,EUR,,,,\n").ends_with("10 to 6.99"));
  CHECK(only_finding(guard, "price,,B,200,EUR,,,,K-B\n").ends_with("20 to 200"));
  CHECK(only_finding(guard, "price,C,A,90,EUR,,,,\n").ends_with("9 to 90"));  // laid over
  CHECK(only_finding(guard, "price,,A,1000,EUR,10,,,\n").ends_with("10 to 1000 for 10"));
  CHECK(found_in(guard, "price,,A,1000,EUR,100,,,\n").empty());
  CHECK(found_in(guard, "price,,A,99,USD,,,,\nprice,C,B,99,EUR,,,,\n").empty());  // new ones
  CHECK(
      found_in(R"({"price_jump": {"up": 50, "then": "hold"}})", "price,,A,0.01,EUR,,,,\n").empty());
}

TEST_CASE("guards: scales are compared tier by tier, with scales and with flat prices",
          "[server][feed][guards]") {
  const std::string head = "type,article,scale,scale_kind,currency,unit,valid_from,value\n";
  const auto found = [&head](const std::string& guards, const std::string& before,
                             const std::string& now) {
    Facts facts = example_facts();
    put_priced(facts);
    const Import was = import(facts, {file("conditions.csv", head + before)});
    INFO(troubles(was));
    REQUIRE(was.report.rows_refused() == 0);
    facts.settle();
    const std::vector<FeedDescription> descriptions{guarded(guards)};
    const Import read =
        server::feed::read_feed(facts, {file("conditions.csv", head + now)}, descriptions, {});
    INFO(troubles(read));
    REQUIRE(read.report.rows_refused() == 0);
    std::string text;
    for (const Finding& finding : read.findings) text += finding.detail + "\n";
    return text;
  };
  const std::string at = "conditions.csv, line 2";
  const std::string jump = R"({"price_jump": {"up": 50, "down": 30, "then": "hold"}})";
  const std::string tiers = "price,B,10; 9 from 10; 8 from 100,,EUR,,,\n";
  const auto jumps = [&](const std::string& now) { return found(jump, tiers, now); };
  CHECK(jumps("price,B,10; 90 from 10; 8 from 100,,EUR,,,\n") ==
        "1 price jumps: " + at + ", from 10: 9 to 90\n");
  CHECK(jumps("price,B,11; 10 from 10; 9 from 100,,EUR,,,\n").empty());
  // A tier of one alone is held against what the other says there, on either side.
  CHECK(jumps("price,B,10; 9 from 10; 8 from 100; 5 from 200,,EUR,,,\n") ==
        "1 price jumps: " + at + ", from 200: 8 to 5\n");
  CHECK(jumps("price,B,13; 12 from 50,,EUR,,,\n").empty());
  CHECK(jumps("price,B,13,,EUR,,,\n") == "1 price jumps: " + at + ", from 100: 8 to 13\n");
  // Bounds that end tiers; above the last one there is no price to compare.
  CHECK(jumps("price,B,10 to 10; 4 to 50,,EUR,,,\n") ==
        "1 price jumps: " + at + ", above 10: 9 to 4\n");
  CHECK(jumps("price,B,10 to 10; 9 to 99,,EUR,,,\n").empty());
  // To and from a flat price.
  CHECK(jumps("price,B,,,EUR,,,12.01\n") == "1 price jumps: " + at + ", from 100: 8 to 12.01\n");
  CHECK(found(jump, "price,B,,,EUR,,,10\n", "price,B,10; 1 from 5,,EUR,,,\n") ==
        "1 price jumps: " + at + ", from 5: 10 to 1\n");
  // Amounts that are not what all of the quantity costs.
  CHECK(jumps("price,B,90; 80 from 10,graduated,EUR,,,\n").empty());
  CHECK(jumps("price,B,90 + 1; 80 from 10,,EUR,,,\n").empty());

  const std::string zero = R"({"zero_price": {"then": "hold"}})";
  CHECK(found(zero, tiers, "price,A,10; 0 from 10,,EUR,,,\n") ==
        "1 price is zero: " + at + ", from 10\n");
  CHECK(found(zero, tiers, "price,A,0 + 5,,EUR,,,\n").empty());
  const std::string cost = R"({"below_cost": {"cost": "base_price", "then": "hold"}})";
  CHECK(found(cost, tiers, "price,A,9; 8 from 10; 7.5 from 20; 7 from 30,,EUR,,,\n") ==
        "1 price lies below cost: " + at + ", from 20: 7.5, cost 8\n");
  CHECK(found(cost, tiers, "price,A,90; 80 from 10,,EUR,BOX,,\n").empty());
}

TEST_CASE("guards: a record that is new is held against the one of its key that it follows",
          "[server][feed][guards]") {
  const std::string guard = R"({"price_jump": {"up": 50, "down": 30, "then": "flag"}})";
  CHECK(only_finding(guard, "price,,A,100,EUR,,,2027-01-01,\n").ends_with("10 to 100"));
  CHECK(found_in(guard, "price,,A,11,EUR,,,2027-01-01,\n").empty());
  CHECK(only_finding(guard, "price,,B,2,EUR,,,2027-01-01,K-C\n").ends_with("20 to 2"));
  // The last one that begins before it: 8, not 6 (and 12 is not beyond half more than 8).
  CHECK(only_finding(guard, "base_price,,A,12.01,EUR,,,2027-01-01,\n").ends_with("8 to 12.01"));
  CHECK(found_in(guard, "base_price,,A,12,EUR,,,2027-01-01,\n").empty());
  CHECK(only_finding(guard, "base_price,,A,12,EUR,,,2025-01-01,\n").ends_with("6 to 12"));
  // Under another external key, or none, it is the same price.
  CHECK(only_finding(guard, "price,,B,99,EUR,,,,K-9\n").ends_with("20 to 99"));
  CHECK(only_finding(guard, "price,,B,99,EUR,,,,\n").ends_with("20 to 99"));
  CHECK(only_finding(guard, "price,,A,99,EUR,,,,K-9\n").ends_with("10 to 99"));
  CHECK(found_in(guard, "price,,B,21,EUR,,,,K-9\n").empty());
  // Another currency, unit or customer is another price.
  CHECK(found_in(guard,
                 "price,,A,99,USD,,,2027-01-01,\nprice,,A,999,EUR,,BOX,2027-01-01,\n"
                 "price,C,B,99,EUR,,,2027-01-01,\n")
            .empty());
  // What follows takes nothing's place: all three prices vanish.
  CHECK(only_finding(R"({"vanished": {"percent": 50, "then": "hold"}})",
                     "price,,A,10,EUR,,,2027-01-01,\n", "type:price")
            .find("3 of 3 records vanish") != std::string::npos);
}

TEST_CASE("guards: percentages are compared in points, up or down", "[server][feed][guards]") {
  const std::string head =
      "type,customer,customer_group,article,article_group,scale,scale_kind,formula,value,unit,"
      "valid_from,key\n";
  const auto found = [&head](const std::string& guards, const std::string& now) {
    Facts facts = example_facts();
    put_priced(facts);
    const Import was = import(
        facts, {file("article_groups.csv", "code\nG\n"), file("customer_groups.csv", "code\nR\n"),
                file("conditions.csv", head + "customer_discount,C,,,G,,,,5,,,\n"
                                              "customer_discount,C,,,,,,,-2.5,,,\n"
                                              "group_discount,,R,,G,,,,10,,,K-1\n"
                                              "group_discount,,R,A,,5; 12.5 from 10,,,,PCE,,\n")});
    INFO(troubles(was));
    facts.settle();
    const std::vector<FeedDescription> descriptions{guarded(guards)};
    const Import read =
        server::feed::read_feed(facts, {file("conditions.csv", head + now)}, descriptions, {});
    INFO(troubles(read));
    REQUIRE(read.report.rows_refused() == 0);
    std::string text;
    for (const Finding& finding : read.findings)
      text += std::to_string(finding.records) + ": " + finding.detail + "\n";
    return text;
  };
  const std::string at = "conditions.csv, line 2";
  const auto jumps = [&](const std::string& now) {
    return found(R"({"price_jump": {"points": 10, "then": "hold"}})", now);
  };
  CHECK(jumps("customer_discount,C,,,G,,,,15,,,\n").empty());
  CHECK(jumps("customer_discount,C,,,G,,,,15.01,,,\n") ==
        "1: 1 percentage jumps: " + at + ": 5 % to 15.01 %\n");
  CHECK(jumps("customer_discount,C,,,G,,,,-5,,,\n").empty());
  CHECK(jumps("customer_discount,C,,,G,,,,-5.5,,,\n") ==
        "1: 1 percentage jumps: " + at + ": 5 % to -5.5 %\n");
  CHECK(jumps("customer_discount,C,,,G,,,,50,,2027-01-01,\n") ==
        "1: 1 percentage jumps: " + at + ": 5 % to 50 %\n");  // follows it
  CHECK(jumps("group_discount,,R,,G,,,,100,,2027-01-01,K-1\n") ==
        "1: 1 percentage jumps: " + at + ": 10 % to 100 %\n");  // its own key
  CHECK(jumps("group_discount,,R,A,,5; 22.5 from 10,,,,PCE,,\n").empty());
  CHECK(jumps("group_discount,,R,A,,5; 22.6 from 10,,,,PCE,,\n") ==
        "1: 1 percentage jumps: " + at + ", from 10: 12.5 % to 22.6 %\n");
  CHECK(jumps("group_discount,,R,A,,,,,20,PCE,,\n") ==
        "1: 1 percentage jumps: " + at + ": 5 % to 20 %\n");  // a scale and a flat one
  // What has no number of its own, and another unit.
  CHECK(jumps("customer_discount,C,,,G,,,50 + 1,,,,\n").empty());
  CHECK(jumps("group_discount,,R,A,,50; 60 from 10,graduated,,,PCE,,\n").empty());
  CHECK(jumps("group_discount,,R,A,,50; 60 from 10,,,,BOX,,\n").empty());
  // Points are of percentages, and per cent is of prices; one finding tells of both.
  const std::string discount = "customer_discount,C,,,G,,,,90,,,\n";
  CHECK(found(R"({"price_jump": {"up": 1, "down": 1, "then": "hold"}})", discount).empty());
  Facts facts = example_facts();
  put_priced(facts);
  const std::string narrow = "type,customer,article,article_group,value,currency\n";
  REQUIRE(import(facts, {file("article_groups.csv", "code\nG\n"),
                         file("conditions.csv", narrow + "customer_discount,C,,G,5,\n")})
              .report.rows_refused() == 0);
  facts.settle();
  const std::vector<FeedDescription> both{
      guarded(R"({"price_jump": {"up": 50, "points": 10, "then": "hold"}})")};
  const Import read = server::feed::read_feed(
      facts,
      {file("conditions.csv", narrow + "price,,A,,100,EUR\n" + "customer_discount,C,,G,50,\n")},
      both, {});
  REQUIRE(read.findings.size() == 1);
  CHECK(read.findings.front().records == 2);
  CHECK(read.findings.front().detail ==
        "1 price jumps: conditions.csv, line 2: 10 to 100; 1 percentage jumps: conditions.csv, "
        "line 3: 5 % to 50 %");
}

TEST_CASE("guards: a whole-replace is held against what it takes the place of, which goes",
          "[server][feed][guards]") {
  const std::string guard = R"({"price_jump": {"up": 50, "then": "hold"}})";
  // The old price of A, which begins earlier, goes; B's stays, and its next one is another record.
  CHECK(only_finding(guard, "price,,A,100,EUR,,,2027-01-01,\n", "type:price")
            .ends_with("1 price jumps: conditions.csv, line 2: 10 to 100"));
  CHECK(only_finding(guard, "price,,B,20,EUR,,,,K-B\nprice,,B,99,EUR,,,2027-01-01,K-C\n",
                     "type:price")
            .ends_with("line 3: 20 to 99"));
  CHECK(found_in(guard, "price,,A,15,EUR,,,2027-01-01,\n", "type:price").empty());
  // A list whose external keys are numbered anew.
  CHECK(only_finding(guard, "price,,B,200,EUR,,,,K-1\n", "type:price")
            .ends_with("line 2: 20 to 200"));
}

TEST_CASE("guards: prices of zero", "[server][feed][guards]") {
  const std::string guard = R"({"zero_price": {"then": "hold"}})";
  CHECK(only_finding(guard, "price,,A,0.00,EUR,,,,\n") ==
        "conditions: zero_price (hold): 1 price is zero: conditions.csv, line 2");
  CHECK(found_in(guard, "price,,A,0.01,EUR,,,,\n").empty());
  CHECK(found_in(guard, "discount,,A,0,EUR,,,,\n").empty());
}

TEST_CASE("guards: prices below cost", "[server][feed][guards]") {
  const std::string guard = R"({"below_cost": {"cost": "base_price", "then": "hold"}})";
  CHECK(only_finding(guard, "price,,A,7.99,EUR,,,,\n") ==
        "conditions: below_cost (hold): 1 price lies below cost: conditions.csv, line 2: 7.99, "
        "cost 8");
  CHECK(found_in(guard, "price,,A,8,EUR,,,,\n").empty());
  CHECK(found_in(guard, "price,,A,1,USD,,,,\nprice,,B,1,EUR,,,,\n").empty());
  CHECK(found_in(guard, "base_price,,A,1,EUR,,,,\n").empty());
  CHECK(only_finding(guard, "price,,A,79,EUR,,BOX,,\n").ends_with("79, cost 8"));
  CHECK(found_in(guard, "price,,A,80,EUR,,BOX,,\n").empty());
}

TEST_CASE("guards: the share that vanishes in a whole-replace", "[server][feed][guards]") {
  const std::string guard = R"({"vanished": {"percent": 50, "then": "hold"}})";
  CHECK(only_finding(guard, "price,,A,10,EUR,,,,\n", "type:price") ==
        "conditions: vanished (hold): 2 of 3 records vanish, more than 50 %");
  CHECK(found_in(guard, "price,,A,10,EUR,,,,\nprice,C,A,9,EUR,,,,\n", "type:price").empty());
  CHECK(found_in(guard, "price,,A,10,EUR,,,,\n").empty());
  Facts facts = example_facts();
  put_priced(facts);
  server::feed::ImportOptions options;
  options.replace.emplace();
  const std::vector<FeedDescription> descriptions{guarded(guard, "stock")};
  const Import read = server::feed::read_feed(
      facts, {file("stock.csv", "article,warehouse,on_hand\n")}, descriptions, options);
  REQUIRE(read.findings.size() == 1);
  CHECK(read.findings.front().detail == "2 of 2 records vanish, more than 50 %");
}

TEST_CASE("guards: of a feed description, and many findings in few words",
          "[server][feed][guards]") {
  const auto erp = description(R"({
    "feed": "erp", "files": "erp*.csv", "guards": {"zero_price": {"then": "flag"}},
    "dates": {"formats": "%Y-%m-%d"},
    "records": [{"kind": "conditions", "fields": {"type": {"constant": "price"}, "article": "a",
                 "value": "v", "currency": {"constant": "EUR"}, "valid_from": "d"}}]})");
  Facts facts = example_facts();
  put_priced(facts);
  const Import read = import(facts,
                             {file("erp.csv",
                                   "a,v,d\nA,0,\nA,0,2026-01-01\nB,0,\nA,0,2026-02-01\n"
                                   "A,0,2026-03-01\n")},
                             {erp});
  INFO(troubles(read));
  REQUIRE(read.findings.size() == 1);
  CHECK(describe(read.findings.front()) ==
        "erp: zero_price (flag): 5 prices are zero: erp.csv, line 2; erp.csv, line 3; erp.csv, "
        "line 4; and 2 more");
}

TEST_CASE("guards: a description of them that says nothing is told where",
          "[server][feed][guards]") {
  const auto fault_of = [](const std::string& guards) {
    const auto read =
        server::feed::parse_feed_description(R"({"feed": "stock", "guards": )" + guards + "}");
    return read ? "" : read.error().where;
  };
  CHECK(fault_of("{}").empty());
  CHECK(fault_of(R"({"vanished": {"percent": 101, "then": "hold"}})") ==
        "/guards/vanished/percent");
  CHECK(fault_of(R"({"vanished": {"percent": "5", "then": "hold"}})") ==
        "/guards/vanished/percent");
  CHECK(fault_of(R"({"vanished": {"percent": 5}})") == "/guards/vanished");
  CHECK(fault_of(R"({"vanished": {"percent": 5, "then": "stop"}})") == "/guards/vanished/then");
  CHECK(fault_of(R"({"price_jump": {"then": "hold"}})") == "/guards/price_jump");
  CHECK(fault_of(R"({"price_jump": {"points": 5, "then": "hold"}})").empty());
  CHECK(fault_of(R"({"price_jump": {"points": -1, "then": "hold"}})") ==
        "/guards/price_jump/points");
  CHECK(fault_of(R"({"below_cost": {"then": "hold"}})") == "/guards/below_cost");
  CHECK(fault_of(R"({"ties": {"then": "hold"}})").empty());
  CHECK(fault_of(R"({"ties": {}})") == "/guards/ties");
}
