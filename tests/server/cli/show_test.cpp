#include "tests/catch.hpp"
#include "tests/server/cli/netto_run.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <string>
#include <vector>

namespace {

using server::cli::Exit;
using tests::netto_run;
using tests::Ran;
using tests::write_file;

// The small company with an agreement, a price list and a customer group, imported.
class Company {
 public:
  Company() {
    const std::string files = folder_.path() + "/files";
    tests::write_small_company(files);
    std::string rules{tests::base_price_rules};
    rules.replace(
        rules.find("{\"keys\": [\"article\"]}"), 21,
        R"({"keys": ["price_list", "article"]}, {"keys": ["customer_group", "article_group"]}, {"keys": ["article"]})");
    write_file(files + "/base.json", rules);
    write_file(files + "/customer_groups.csv",
               "code,name,parent,rank\nG0,All,,2\nG1,Builders,G0,1\n");
    write_file(
        files + "/customers.csv",
        "code,name,currency,groups,parent\nK0,Karlsson Group,EUR,,\nK1,Karlsson AB,EUR,G1,K0\n");
    write_file(files + "/agreements.csv",
               "code,name,valid_from,valid_to,customers\nRA-7,Frame,2026-01-01,2026-06-30,K1\n");
    write_file(files + "/price_lists.csv", "code,name,currency,rank\nPL-1,List one,EUR,5\n");
    write_file(files + "/price_list_assignments.csv",
               "price_list,customer_group,rank\nPL-1,G0,3\n");
    write_file(files + "/conditions.csv",
               "type,customer,customer_group,price_list,agreement,article,article_group,value,"
               "currency,price_unit,"
               "from_quantity,to_quantity,valid_from,valid_to,key\n"
               "base_price,,,,,S-10,,4.95,EUR,100,,,,,B-1\n"
               "base_price,,,,,S-10,,4.4512,EUR,,100,500,2026-01-01,2026-12-31,B-2\n"
               "base_price,K1,,,RA-7,S-10,,4,EUR,,,,2026-01-01,2026-12-31,A-1\n"
               "base_price,,,PL-1,,S-20,,9.80,,,,,,,L-1\n"
               "base_price,,G0,,,,F,2.50,EUR,,,,,,G-1\n");
    const Ran imported = run({"import", files});
    INFO(imported.err << imported.out);
    REQUIRE(imported.exit == Exit::ok);
  }

  Ran run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", folder_.path() + "/data"});
    return netto_run(arguments);
  }

  Ran show(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "show");
    return run(std::move(arguments));
  }

 private:
  tests::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE(
    "netto show article: masters, stock, receipts and every record of the article or its groups",
    "[server][cli]") {
  const Company company;
  const Ran ran = company.show({"article", "S-10"});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.says("groups        F (Fasteners) > S (Screws)"));
  CHECK(ran.says("available     95"));
  CHECK(ran.says("Condition records (4)"));
  CHECK(ran.says("4.95 EUR per 100"));
  CHECK(ran.says("4.4512 EUR  100 to 500  2026-01-01  2026-12-31"));
  CHECK(ran.says("agreement RA-7          4.00 EUR"));
  CHECK(ran.says("customer_group G0, article_group F"));
  CHECK(ran.says("HQ (Head quarters)      120        20"));
  CHECK(ran.says("2026-05-03       500  HQ         PO-7"));
  CHECK_FALSE(ran.says("S-20"));
}

TEST_CASE("netto show article: a date leaves out what is not valid, its last day included",
          "[server][cli]") {
  const Company company;
  CHECK(company.show({"article", "S-10", "--date", "2026-12-31"}).says("Condition records (4)"));
  CHECK(company.show({"article", "S-10", "--date", "2027-01-01"}).says("Condition records (2)"));
  CHECK(company.show({"article", "S-10", "--limit", "1"}).says("and 3 more (--limit 0 shows all)"));
  CHECK(company.show({"article", "S-10", "--date", "31.12.2026"}).exit == Exit::bad_input);
}

TEST_CASE("netto show customer: groups, lists, agreements, own records and those of its groups",
          "[server][cli]") {
  const Company company;
  const Ran ran = company.show({"customer", "K1"});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.says("below     K0 (Karlsson Group)"));
  CHECK(ran.says("groups    G1 (Builders), G0 (All) [1 up]"));
  CHECK(ran.says("Condition records of its own (1)"));
  CHECK(ran.says("Condition records of its groups (1)"));
  CHECK(ran.says("PL-1 (List one)  EUR          3  a group"));
  CHECK(ran.says("RA-7 (Frame)  2026-01-01 to 2026-06-30"));
}

TEST_CASE("netto show agreement: its prices, and those that outlive it", "[server][cli]") {
  const Company company;
  const Ran ran = company.show({"agreement", "RA-7"});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.says("valid           2026-01-01 to 2026-06-30"));
  CHECK(ran.says("customers       K1 (Karlsson AB)"));
  CHECK(ran.says("records         base_price 1"));
  CHECK(ran.says("go on after it  1"));
  const Ran list = company.show({"price-list", "PL-1"});
  CHECK(list.says("9.80 EUR"));
  CHECK(list.says("Given to"));
}

TEST_CASE("netto show record: by its external key", "[server][cli]") {
  const Company company;
  const Ran ran = company.show({"record", "A-1", "--format", "csv"});
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.out ==
        "type,key,document,value,quantity,valid_from,valid_to,rank,flags,record,more\r\n"
        "base_price,\"customer K1, article S-10\",agreement RA-7,4.00 "
        "EUR,,2026-01-01,2026-12-31,,,A-1,\r\n");
  CHECK(company.show({"record", "A-1", "--date", "2027-01-01"})
            .complains("record 'A-1' is not valid on 2027-01-01"));
}

TEST_CASE("netto show record: by its line, of one feed and import where both are named",
          "[server][cli]") {
  const Company company;
  const tests::TemporaryFolder more;
  for (const char* price : {"7", "8"}) {
    write_file(more.path() + "/conditions.csv",
               std::string{"type,article,value,currency,valid_from\nbase_price,S-20,"} + price +
                   ",EUR,2026-01-0" + price + "\n");
    REQUIRE(company.run({"import", more.path()}).exit == Exit::ok);
  }
  const auto records = [&](const char* code) {
    return company.show({"record", code, "--format", "csv"}).out;
  };
  CHECK(records("row 2").find("7.00 EUR") != std::string::npos);
  CHECK(records("row 2").find("8.00 EUR") != std::string::npos);
  CHECK(records("row 2").find("row 2 (import 2 of canonical)") != std::string::npos);
  CHECK(records("row 2 (import 3 of canonical)").find("7.00 EUR") == std::string::npos);
  CHECK(records("row 2 (import 3 of canonical)").find("8.00 EUR") != std::string::npos);
}

TEST_CASE("netto show: scales, conditions, numbers, and what a price list stands on",
          "[server][cli]") {
  const Company company;
  const tests::TemporaryFolder more;
  const std::string& files = more.path();
  write_file(
      files + "/base.json",
      R"json({"procedure": "more", "fields": {"weight": {"side": "article", "value": "decimal"}},
  "condition_types": {
    "scaled": {"value": "percent"},
    "bundle": {"value": "percent", "calculation": "buy_get", "parameters": ["buy", "get"]},
    "metal": {"value": "amount"}},
  "steps": [
    {"step": "price", "find": {"type": "base_price", "accesses": [{"keys": ["article"]}], "required": true}},
    {"step": "rebate", "find": {"type": "scaled", "accesses": [{"keys": ["article"]}]}},
    {"step": "metal", "find": {"type": "metal", "accesses": [{"keys": ["article"]}]}},
    {"step": "bundles", "phase": "aggregate",
     "find": {"type": "bundle", "accesses": [{"keys": ["article"]}]},
     "apply": {"on": "price", "over": "order"}, "round": [{"decimals": 2, "mode": "half_up"}]},
    {"step": "floor", "phase": "aggregate", "when": "price < 0",
     "guard": {"then": "refuse", "reason": "below_floor"}}],
  "answer": {"price": "price", "unit_price": "price", "line_amount": "price"}})json");
  write_file(files + "/lookup.json",
             R"({"procedure_lookup": [{"when": {"channel": "web"}, "procedure": "more"},
                                      {"procedure": "base"}]})");
  write_file(files + "/price_lists.csv",
             "code,currency,when,based_on,merge\nPL-2,EUR,channel == 'web',PL-1,false\n");
  write_file(files + "/conditions.csv",
             "type,article,currency,value,scale,scale_kind,formula,when,buy,get,buy_when,key\n"
             "scaled,S-10,,,5; 12.5 from 10,graduated,,quantity > 2,,,,X-1\n"
             "bundle,S-10,,100,,,,,2,1,article == 'S-20',X-2\n"
             "metal,S-10,EUR,,,,weight * 2,,,,,X-3\n");
  const Ran imported = company.run({"import", files});
  INFO(imported.err << imported.out);
  REQUIRE(imported.exit == Exit::ok);
  const auto record = [&](const char* key) {
    const Ran ran = company.show({"record", key, "--format", "csv"});
    CHECK(ran.exit == Exit::ok);
    return ran.out.substr(ran.out.find("\r\n") + 2);
  };
  CHECK(record("X-1") ==
        "scaled,article S-10,,5.0; 12.5 from 10 %,,,,,,X-1,\"quantity > 2, graduated\"\r\n");
  CHECK(record("X-2") ==
        "bundle,article S-10,,100 %,,,,,,X-2,\"bought: article == 'S-20', buy 2, get 1\"\r\n");
  CHECK(record("X-3") == "metal,article S-10,,weight * 2 EUR,,,,,,X-3,\r\n");
  const Ran list = company.show({"price-list", "PL-2"});
  CHECK(list.says("channel == 'web'"));
  CHECK(list.says("PL-1"));
  CHECK(list.says("refused"));
  const Ran procedure = company.show({"procedure", "more"});
  CHECK(procedure.says("records act on price"));
  CHECK(procedure.says("refuses: below_floor"));
}

TEST_CASE("netto show procedure: steps, searches and what decides", "[server][cli]") {
  const Company company;
  const Ran ran = company.show({"procedure", "base"});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.says("document          base.json"));
  CHECK(ran.says("round(extended(price, price), 2, 'half_up')"));
  CHECK(ran.says("customer, article"));
  CHECK(ran.says("highest_threshold"));
}

TEST_CASE("netto show rates: by kind, pair and start", "[server][cli]") {
  const Company company;
  CHECK(company.show({"rates"}).complains("there are no exchange rates"));
  const tests::TemporaryFolder more;
  write_file(more.path() + "/currencies.csv", "code,decimals\nUSD,2\nJPY,0\nSEK,2\n");
  write_file(more.path() + "/exchange_rates.csv",
             "from,to,kind,rate,per,valid_from\n"
             "USD,EUR,,0.92,,2026-01-01\nUSD,EUR,,0.9500,,2026-05-01\n"
             "JPY,EUR,,0.62,100,\nUSD,EUR,budget,0.90,,\n");
  REQUIRE(company.run({"import", more.path()}).exit == Exit::ok);
  const Ran all = company.show({"rates", "--format", "csv"});
  INFO(all.out << all.err);
  CHECK(all.out ==
        "kind,from,to,per,rate,valid_from,valid_to\r\n"
        ",JPY,EUR,100,0.62,,\r\n"
        ",USD,EUR,1,0.92,2026-01-01,2026-04-30\r\n"
        ",USD,EUR,1,0.95,2026-05-01,\r\n"
        "budget,USD,EUR,1,0.9,,\r\n");
  CHECK(company.show({"rates", "JPY", "--format", "csv"}).out ==
        "kind,from,to,per,rate,valid_from,valid_to\r\n,JPY,EUR,100,0.62,,\r\n");
  const Ran dated = company.show({"rates", "USD", "--date", "2026-04-30", "--format", "csv"});
  CHECK(dated.says(",USD,EUR,1,0.92,"));
  CHECK_FALSE(dated.says("0.95"));
  CHECK(company.show({"rates", "SEK"}).complains("no exchange rate has SEK"));
  CHECK(company.show({"rates", "UST"}).complains("there is no currency 'UST'"));
  CHECK(company.show({"article"}).complains("name the article to show"));
}

TEST_CASE("netto show: an unknown code suggests what may have been meant", "[server][cli]") {
  const Company company;
  const Ran article = company.show({"article", "s10"});
  CHECK(article.exit == Exit::bad_input);
  CHECK(article.out.empty());
  CHECK(article.complains("there is no article 's10'; did you mean 'S-10'? (unknown_article)"));
  CHECK(company.show({"customer", "K9"}).complains("did you mean 'K0' or 'K1'?"));
  CHECK(company.show({"agreement", "RA7"}).complains("did you mean 'RA-7'?"));
  CHECK(company.show({"record", "A1"}).complains("'A-1'"));
  CHECK(company.show({"procedure", "bace"}).complains("did you mean 'base'?"));
  CHECK(company.show({"nonsense", "x"}).exit == Exit::bad_input);
  CHECK(netto_run({"--data", "/nonexistent", "show", "article", "x"}).exit == Exit::world_failed);
}

TEST_CASE("netto check: findings, counts, and the rows that the last import refused",
          "[server][cli]") {
  const Company company;
  const Ran ran = company.run({"check"});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.says("price_outlives_agreement"));
  CHECK(ran.says("Counts"));
  CHECK(company.run({"check", "--kind", "zero_price"}).says("Nothing to complain of."));
  const Ran wrong = company.run({"check", "--kind", "zero"});
  CHECK(wrong.exit == Exit::bad_input);
  CHECK(wrong.complains("zero_price"));
  const tests::TemporaryFolder more;
  std::string stock = "article,warehouse,on_hand\nS-99,HQ,1\n";
  write_file(more.path() + "/stock.csv", stock + "S-10,HQ,1\n");
  REQUIRE(company.run({"import", more.path() + "/stock.csv", "--max-refused", "50"}).exit ==
          Exit::findings);
  CHECK(company.run({"check"}).says("Refused by the last import (1)"));
  CHECK(company.run({"check"}).says("unknown_article"));
}
