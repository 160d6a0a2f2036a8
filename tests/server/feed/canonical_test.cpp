#include "server/feed/canonical_table.hpp"

#include "tests/server/feed/feed_fixture.hpp"

using namespace tests::feed;
using server::feed::check_header;
using server::feed::Kind;
using server::feed::kind_of_file;

namespace {

using Header = std::vector<std::string>;

// Facts with one of everything that a row may refer to.
Facts small_world() {
  Facts facts = example_facts();
  const Import read = import(
      facts,
      {file("currencies.csv", "code,decimals,name\nEUR,2,Euro\nJPY,0,Yen\n"),
       file("article_groups.csv", "code\nG\n"), file("articles.csv", "code,name\nA,Anvil\n"),
       file("customer_groups.csv", "code\nCG\n"), file("customers.csv", "code,name\nC,Customer\n"),
       file("price_lists.csv", "code,currency\nPL,EUR\n"), file("agreements.csv", "code\nAG\n"),
       file("promotions.csv", "code\nPR\n"), file("warehouses.csv", "code\nW\n")});
  INFO(troubles(read));
  REQUIRE(read.report.rows_refused() == 0);
  REQUIRE_FALSE(read.report.has_fault());
  return facts;
}

// The row's refusal as "column: code", or "" when it goes in.
std::string put(Kind kind, const std::string& header, const std::string& row) {
  Facts facts = small_world();
  const Import read = import(facts, {file(std::string{server::feed::kind_name(kind)} + ".csv",
                                          header + "\n" + row + "\n")});
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  REQUIRE(read.report.rows_read() == 1);
  if (read.report.rows_refused() == 0) return "";
  const auto& refused = read.report.files.front().refused_rows.front();
  CHECK(refused.line == 2);
  CHECK_FALSE(refused.reason.empty());
  return refused.column + ": " + engine::base::fault_name(refused.code);
}

}  // namespace

TEST_CASE("canonical: kinds have names", "[server][feed][canonical]") {
  for (std::size_t i = 0; i < server::feed::kind_count; ++i) {
    const auto kind = static_cast<Kind>(i);
    CHECK(server::feed::kind_from(server::feed::kind_name(kind)) == kind);
    CHECK_FALSE(server::feed::columns_of(kind).empty());
  }
  CHECK_FALSE(server::feed::kind_from("prices"));
}

TEST_CASE("canonical: an unknown, repeated or missing column is a wrong header",
          "[server][feed][canonical]") {
  const Facts facts = example_facts();
  const auto fault = [&](Kind kind, const Header& header) {
    const auto ok = check_header(kind, header, facts.schema);
    REQUIRE_FALSE(ok);
    CHECK(ok.error().code == FaultCode::wrong_header);
    return ok.error().where;
  };
  CHECK(fault(Kind::articles, {"code", "nmae"}) == "nmae");
  CHECK(fault(Kind::articles, {"code", "name", "code"}) == "code");
  CHECK(fault(Kind::articles, {"name"}) == "code");
  CHECK(fault(Kind::conditions, {"type", "value", "brand"}) == "brand");
  CHECK(fault(Kind::articles, {"code", "attribute:brand"}) == "attribute:brand");
  CHECK(fault(Kind::customers, {"code", "attribute:band_profile"}) == "attribute:band_profile");
  CHECK(check_header(Kind::articles, Header{"code", "attribute:band_profile"}, facts.schema));
  CHECK(check_header(Kind::conditions, Header{"type", "value", "offer_category", "customer"},
                     facts.schema));
  const auto unknown = check_header(Kind::warehouses, Header{"code", "town"}, facts.schema);
  CHECK(unknown.error().detail == "'town' is no column of warehouses; it has code, name, op");
}

TEST_CASE("canonical: the kind is known by the file's name, else by a header that fits one kind",
          "[server][feed][canonical]") {
  const Facts facts = example_facts();
  CHECK(*kind_of_file("in/warehouses.csv.xz", Header{"code", "name"}, facts.schema) ==
        Kind::warehouses);
  CHECK(*kind_of_file("x.csv", Header{"article", "warehouse", "on_hand"}, facts.schema) ==
        Kind::stock);
  CHECK(*kind_of_file("x.csv", Header{"code", "parent", "rank", "name"}, facts.schema) ==
        Kind::customer_groups);
  const auto several = kind_of_file("x.csv", Header{"code", "name"}, facts.schema);
  CHECK(several.error().code == FaultCode::wrong_header);
  CHECK_THAT(several.error().detail, Catch::Matchers::Contains("several kinds"));
  const auto none = kind_of_file("x.csv", Header{"a", "b"}, facts.schema);
  CHECK(none.error().code == FaultCode::wrong_header);
  CHECK_THAT(none.error().detail, Catch::Matchers::Contains("(a, b) fits no kind"));
}

TEST_CASE("canonical: rows that can be used go in", "[server][feed][canonical]") {
  CHECK(put(Kind::articles,
            "code,name,groups,base_unit,safety_stock,min_quantity,multiple_quantity,status,"
            "successor,attribute:band_profile",
            "B,\"Bolt, M10\",G; G,PCE,1.5,,100,active,A,2") == "");
  CHECK(put(Kind::article_units, "article,unit,numerator,denominator", "A,BAG,5,2") == "");
  CHECK(put(Kind::customers, "code,name,parent,groups,country,currency,price_lists",
            "D,Depot,C,CG,DE,EUR,PL") == "");
  CHECK(put(Kind::conditions,
            "type,customer,article,article_group,value,currency,unit,price_unit,from_quantity,to_"
            "quantity,valid_from,valid_to,rank,flags,key",
            "price,C,A,,4.95,EUR,PCE,100,10,20.5,2026-01-01,2026-12-31,-5,exclusive;-discountable,"
            "K1") == "");
  CHECK(put(Kind::conditions, "type,price_list,article,value,valid_to",
            "price,PL,A,123456789012345678901234567890,2026-12-31T18:00") == "");
  CHECK(put(Kind::receipts, "article,warehouse,date,quantity,reference",
            "A,W,2026-03-18,10,PO-1") == "");
  CHECK(put(Kind::price_list_assignments, "price_list,customer_group,rank,valid_to",
            "PL,CG,,2026-12-31") == "");
}

TEST_CASE("canonical: a value that can't be used is refused with its column",
          "[server][feed][canonical]") {
  CHECK(put(Kind::currencies, "code,decimals", "USD,") == "decimals: missing_value");
  CHECK(put(Kind::currencies, "code,decimals", "USD,2.5") == "decimals: bad_number");
  CHECK(put(Kind::currencies, "code,decimals", "USD,7") == "decimals: out_of_range");
  CHECK(put(Kind::currencies, "code,decimals", ",2") == "code: missing_value");
  CHECK(put(Kind::articles, "code,groups", "B,G;H") == "groups: unknown_article_group");
  CHECK(put(Kind::articles, "code,safety_stock", "B,1.2345678") == "safety_stock: out_of_range");
  CHECK(put(Kind::articles, "code,safety_stock", "B,1000000001") == "safety_stock: out_of_range");
  CHECK(put(Kind::articles, "code,safety_stock", "B,12a") == "safety_stock: bad_number");
  CHECK(put(Kind::articles, "code,name", "B," + std::string(4'097, 'x')) == "name: too_large");
  CHECK(put(Kind::articles, "code,name", std::string(257, 'x') + ",") == "code: too_large");
  CHECK(put(Kind::article_units, "article,unit,numerator", "A,BOX,") == "numerator: missing_value");
  CHECK(put(Kind::article_units, "article,unit,numerator", "A,BOX,0") == "numerator: out_of_range");
  CHECK(put(Kind::article_units, "article,unit,numerator", "Z,BOX,2") ==
        "article: unknown_article");
  CHECK(put(Kind::article_groups, "code,parent", "H,Z") == "parent: unknown_article_group");
  CHECK(put(Kind::customer_groups, "code,parent", "H,Z") == "parent: unknown_customer_group");
  CHECK(put(Kind::customer_groups, "code,rank", "H,3000000000") == "rank: out_of_range");
  CHECK(put(Kind::customers, "code,parent", "D,Z") == "parent: unknown_customer");
  CHECK(put(Kind::customers, "code,currency", "D,GBP") == "currency: unknown_currency");
  CHECK(put(Kind::customers, "code,price_lists", "D,PX") == "price_lists: unknown_document");
  CHECK(put(Kind::price_lists, "code,discountable", "P,maybe") == "discountable: bad_text");
  CHECK(put(Kind::price_lists, "code,valid_from", "P,2026-02-29") == "valid_from: bad_date");
  CHECK(put(Kind::price_lists, "code,valid_to", "P,31.12.2026") == "valid_to: bad_date");
  CHECK(put(Kind::price_list_assignments, "price_list,customer,customer_group", "PL,C,CG") ==
        "customer_group: contradicting_values");
  CHECK(put(Kind::price_list_assignments, "price_list,customer", "PX,C") ==
        "price_list: unknown_document");
  CHECK(put(Kind::stock, "article,warehouse,on_hand", "A,W,") == "on_hand: missing_value");
  CHECK(put(Kind::stock, "article,warehouse,on_hand", "A,X,1") == "warehouse: unknown_warehouse");
  CHECK(put(Kind::receipts, "article,date,quantity", "A,,1") == "date: missing_value");
  CHECK(put(Kind::receipts, "article,date,quantity", "A,2026-01-01,") == "quantity: missing_value");
  CHECK(put(Kind::receipts, "article,date,quantity", "A,2026-01-01,-1") ==
        "quantity: out_of_range");
}

TEST_CASE("canonical: a condition that can't be used is refused with its column",
          "[server][feed][canonical]") {
  CHECK(put(Kind::conditions, "type,article,value,currency", "price,A,,EUR") ==
        "value: missing_value");
  CHECK(put(Kind::conditions, "type,article,value,currency", "price,A,1.2.3,EUR") ==
        "value: bad_number");
  CHECK(put(Kind::conditions, "type,article,value,currency", "price,A,1,GBP") ==
        "currency: unknown_currency");
  CHECK(put(Kind::conditions, "type,article,value,currency", "price,A,1,") ==
        "currency: missing_value");
  CHECK(put(Kind::conditions, "type,article,value,currency", "prize,A,1,EUR") ==
        "type: unknown_condition_type");
  CHECK(put(Kind::conditions, "type,customer,value,currency", "price,C,1,EUR") ==
        "type: unknown_key_fields");
  CHECK(put(Kind::conditions, "type,article,value,currency,flags", "price,A,1,EUR,shiny") ==
        "flags: bad_text");
  CHECK(put(Kind::conditions, "type,article,value,currency,price_unit", "price,A,1,EUR,0") ==
        "price_unit: out_of_range");
  CHECK(put(Kind::conditions, "type,article,value,currency,from_quantity", "price,A,1,EUR,-1") ==
        "from_quantity: out_of_range");
  CHECK(put(Kind::conditions, "type,article,value,currency,from_quantity,to_quantity",
            "price,A,1,EUR,5,4") == "to_quantity: contradicting_values");
  CHECK(put(Kind::conditions, "type,article,value,currency,valid_from,valid_to",
            "price,A,1,EUR,2026-02-01,2026-01-30") == "valid_to: contradicting_values");
  CHECK(put(Kind::conditions, "type,article,value,currency,valid_from,valid_to",
            "price,A,1,EUR,2026-02-01,2026-02-01") == "");
  CHECK(put(Kind::conditions, "type,article,value,currency,agreement", "price,A,1,EUR,AX") ==
        "agreement: unknown_document");
}

TEST_CASE("canonical: the end of a validity is its last day, or the moment named",
          "[server][feed][canonical]") {
  Facts facts = small_world();
  const Import read =
      import(facts, {file("conditions.csv",
                          "type,article,value,currency,from_quantity,valid_from,valid_to\n"
                          "price,A,1,EUR,1,2026-01-01,2026-12-31\n"
                          "price,A,1,EUR,2,2026-01-01,2026-12-31T00:00\n"
                          "price,A,1,EUR,3,2026-01-01T06:30,\n"
                          "price,A,1,EUR,4,,2024-02-28\n")});
  INFO(troubles(read));
  REQUIRE(read.report.rows_accepted() == 4);
  facts.settle();
  const auto records = facts.conditions().records();
  REQUIRE(records.size() == 4);
  CHECK(to_string(records[0].valid_to) == "2027-01-01");
  CHECK(to_string(records[1].valid_to) == "2026-12-31");
  CHECK(to_string(records[2].valid_from) == "2026-01-01T06:30");
  CHECK(records[2].valid_to.is_open());
  CHECK(records[3].valid_from.is_open());
  CHECK(to_string(records[3].valid_to) == "2024-02-29");
}
