// Scales, promotions, a charge, a guard, free goods and the day that decides, from files to answers
// on the command line.
#include "tests/catch.hpp"
#include "tests/server/cli/netto_run.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace {

using server::cli::Exit;
using tests::Ran;
using tests::write_file;

constexpr std::string_view rules = R"json({
  "procedure": "promoted",
  "fields": {"gift": {"side": "question", "value": "bool"}, "delivery": {"side": "question"}},
  "deciding_date": "delivery",
  "condition_types": {
    "price": {"value": "price"},
    "promo": {"value": "percent", "calculation": "order_percent"},
    "free_shipping": {"value": "percent", "calculation": "charge_percent", "charge": "shipping"},
    "gift": {"value": "price", "calculation": "free_goods", "parameters": ["get", "every"]}},
  "steps": [
    {"step": "price", "find": {"type": "price", "required": true, "accesses": [{"keys": ["article"]}]}},
    {"step": "line_amount", "amount": "round(scaled(price), 2, 'half_up')"},
    {"step": "small", "when": "line_amount < 5", "guard": {"then": "note", "reason": "below_minimum_amount"}},
    {"step": "tiny", "when": "line_amount < 1", "guard": {"then": "refuse", "reason": "below_floor"}},
    {"step": "shipping", "phase": "aggregate", "of": "order", "amount": "4.90"},
    {"step": "promotions", "phase": "document",
     "find": {"accesses": [{"type": "promo", "keys": ["article"]}, {"type": "free_shipping", "keys": []},
                           {"type": "gift", "keys": ["article"]}]},
     "apply": {"on": "line_amount", "over": "order", "combine": "all", "charges": ["shipping"]},
     "round": [{"decimals": 2, "mode": "half_up"}]}],
  "answer": {"price": "price", "unit_price": "price", "line_amount": "promotions",
             "order": {"shipping": "shipping"}}
})json";

class Company {
 public:
  Company() {
    const std::string files = folder_.path() + "/files";
    std::filesystem::create_directories(files);
    write_file(files + "/promoted.json", rules);
    write_file(files + "/currencies.csv", "code,decimals\nEUR,2\n");
    write_file(files + "/articles.csv", "code,name,base_unit\nA,Anvil,PCE\nB,Bolt,PCE\n");
    write_file(files + "/customers.csv", "code,currency\nC,EUR\n");
    write_file(files + "/promotions.csv", "code,name,when\nSPRING,Spring sale,channel == 'web'\n");
    write_file(files + "/conditions.csv",
               "type,promotion,article,currency,value,scale,scale_kind,get,every,free_article,when,"
               "valid_to\n"
               "price,,A,EUR,,10.00; 9.00 from 10,graduated,,,,,\n"
               "price,,B,EUR,0.50,,,,,,,\n"
               "promo,SPRING,A,,10,,,,,,,2026-06-30\n"
               "free_shipping,SPRING,,,100,,,,,,,\n"
               "gift,,A,EUR,0,,,1,5,B,gift,\n");
    const Ran imported = tests::netto_run({"--data", folder_.path() + "/data", "import", files});
    INFO(imported.err << imported.out);
    REQUIRE(imported.exit == Exit::ok);
  }

  Ran ask(const std::string& verb, std::vector<std::string> more) const {
    more.insert(more.begin(), {"--data", folder_.path() + "/data", verb, "--customer", "C",
                               "--channel", "web", "--date", "2026-04-01"});
    return tests::netto_run(more);
  }

 private:
  tests::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("netto quote: what promotions took off, charges, notes and free lines are told",
          "[server][cli]") {
  const Company company;
  const Ran ran = company.ask("quote", {"--field", "gift=true", "A:12", "B:3", "B:1"});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::findings);
  // Graduated: 10 at 10.00 before the tier at 10 is reached, 2 at 9.00; less 10 %.
  CHECK(ran.says("106.20"));
  CHECK(
      ran.says("line 1  took off  11.80  promo row 4 (import 1 of canonical) of promotion SPRING"));
  CHECK(ran.says("line 2  note             The amount is below the smallest one allowed."));
  CHECK(ran.says("The price is below the lowest one allowed."));
  CHECK(
      ran.says("order  took off  4.90  of shipping by free_shipping row 5 (import 1 of canonical) "
               "of promotion SPRING"));
  CHECK(ran.says("2 PCE  B  Bolt  at 0.00  for line 1  gift row 6 (import 1 of canonical)"));
}

TEST_CASE("netto quote: the field that decides dates the question", "[server][cli]") {
  const Company company;
  const Ran ran = company.ask("quote", {"--field", "delivery=2026-07-01", "A:12"});
  CHECK(ran.says("date       2026-07-01"));
  CHECK(ran.says("118.00"));  // the promotion has ended
  CHECK(
      company.ask("quote", {"--field", "delivery=July", "A"}).complains("the day that decides: "));
  CHECK(company.ask("quote", {"--field", "gift=perhaps", "A"})
            .complains("expected true or false, found 'perhaps'"));
}

TEST_CASE("netto explain: guards say what they found, records their scale and condition",
          "[server][cli]") {
  const Company company;
  const Ran ran = company.ask("explain", {"--field", "gift=false", "A:12", "B:1"});
  INFO(ran.out << ran.err);
  CHECK(ran.says("10; 9 from 10 EUR"));
  CHECK(ran.says("notes below minimum amount"));
  CHECK(ran.says("refuses below floor"));
  CHECK(ran.says("get 1, every 5, when gift, free article B"));
}
