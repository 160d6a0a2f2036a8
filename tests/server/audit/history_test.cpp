// What the audit tells of what happened to records.
#include "tests/server/audit/audit_fixture.hpp"

namespace {

using server::audit::AuditQuery;
using tests::AuditedFolder;

const std::string b1 = "type=base_price article=S-20 currency=EUR key=B-3";

AuditQuery of_article(const std::string& article) {
  AuditQuery query;
  query.article = article;
  return query;
}

}  // namespace

TEST_CASE("audit: a price is new, changes, goes and comes again", "[server][audit]") {
  AuditedFolder company;
  company.prices("base_price,,S-20,9.90,EUR,,B-3,\n");
  company.prices("base_price,,S-20,9.9000,EUR,,B-3,\n");  // the same
  company.prices("base_price,,,,,,B-3,delete\n");         // known by its key alone
  company.prices("base_price,,,,,,B-3,delete\n");         // was gone
  company.prices("base_price,,S-20,9.95,EUR,,B-3,\n");
  CHECK(company.ask(of_article("S-20")) ==
        "6 new conditions " + b1 + ": value  -> 9.95\n" + "4 removed conditions " + b1 +
            ": value 9.9000 -> \n" + "2 changed conditions " + b1 + ": value 9.80 -> 9.90\n" +
            "1 new conditions " + b1 + ": value  -> 9.80\n" +
            "1 new articles code=S-20: name  -> Screw long, base_unit  -> PCE, groups  -> S, "
            "safety_stock  -> 0\n");
}

TEST_CASE("audit: what a replaced partition does not bring is told as removed", "[server][audit]") {
  AuditedFolder company;
  company.prices("base_price,,S-10,5.00,EUR,,B-1,\nbase_price,,S-20,9.80,EUR,,B-3,\n",
                 "type:base_price");
  AuditQuery query;
  query.sequence = 2;
  CHECK(company.ask(query) ==
        "2 removed_by_replace conditions type=base_price customer=K1 article=S-10 currency=EUR "
        "key=K-1: value 4.00 -> \n"
        "2 removed_by_replace conditions type=base_price article=S-10 currency=EUR "
        "from_quantity=100 valid_from=2026-01-01 key=B-2: value 4.45 -> , valid_to 2026-12-31 -> \n"
        "2 changed conditions type=base_price article=S-10 currency=EUR key=B-1: value 4.95 -> "
        "5.00\n");
  AuditQuery customer;
  customer.customer = "K1";
  customer.article = "S-10";
  CHECK(company.ask(customer) ==
        "2 removed_by_replace conditions type=base_price customer=K1 article=S-10 currency=EUR "
        "key=K-1: value 4.00 -> \n"
        "1 new conditions type=base_price customer=K1 article=S-10 currency=EUR key=K-1: value  -> "
        "4.00\n");
}

TEST_CASE("audit: stock that changes, and goes with its warehouse", "[server][audit]") {
  AuditedFolder company;
  company.send("stock", "article,warehouse,on_hand,reserved\nS-10,HQ,100,20.0\nS-20,HQ,5,\n");
  company.send("stock", "article,warehouse,on_hand,reserved\nS-20,HQ,5,0\n", "warehouse:HQ");
  AuditQuery query;
  query.feed = "stock";
  CHECK(company.ask(query) ==
        "3 removed_by_replace stock article=S-10 warehouse=HQ: on_hand 100 -> , reserved 20.0 -> \n"
        "2 new stock article=S-20 warehouse=HQ: on_hand  -> 5\n"
        "2 changed stock article=S-10 warehouse=HQ: on_hand 120 -> 100\n"
        "1 new stock article=S-10 warehouse=HQ: on_hand  -> 120, reserved  -> 20\n");
}

TEST_CASE("audit: a customer who gets another price list is told under both", "[server][audit]") {
  AuditedFolder company;
  company.send("price_lists", "code,currency\nP-A,EUR\nP-B,EUR\n");
  company.send("customers", "code,name,currency,price_lists\nK1,Karlsson AB,EUR,P-A\n");
  company.send("customers", "code,name,currency,price_lists\nK1,Karlsson AB,EUR,P-B\n");
  company.send("customers", "code,name,currency,price_lists\nK1,Karlsson,EUR,P-B\n");
  const std::string moved = "4 changed customers code=K1: price_lists P-A -> P-B\n";
  AuditQuery first;
  first.document = "P-A";
  CHECK(company.ask(first) == moved + "3 changed customers code=K1: price_lists  -> P-A\n" +
                                  "2 new price_lists code=P-A: currency  -> EUR\n");
  AuditQuery second;
  second.document = "P-B";
  CHECK(company.ask(second) == "5 changed customers code=K1: name Karlsson AB -> Karlsson\n" +
                                   moved + "2 new price_lists code=P-B: currency  -> EUR\n");
}

TEST_CASE("audit: a rules document that changes tells the lines that differ", "[server][audit]") {
  AuditedFolder company;
  std::string rules{tests::base_price_rules};
  rules.replace(rules.find("\"title\": \"Price\""), 16, "\"title\": \"Net price\"");
  tests::write_file(company.folder.path() + "/other.json", rules);
  server::node::ImportRequest request;
  request.paths = {company.folder.path() + "/other.json"};
  REQUIRE(company.node->import(request).sequence == 2);
  AuditQuery query;
  query.document = "procedure base";
  tests::bring_audit_up(company.data);
  const auto answer = tests::asked_of(company.data, query);
  REQUIRE(answer.changes.size() == 2);
  const auto& change = answer.changes.front();
  CHECK(change.what == server::audit::What::changed);
  CHECK(change.kind == "rules");
  REQUIRE(change.columns.size() == 2);
  CHECK(change.columns[0] == server::audit::ColumnChange{"file", "base.json", "other.json"});
  CHECK(change.columns[1].old_value == R"(    {"step": "price", "title": "Price",)");
  CHECK(change.columns[1].new_value == R"(    {"step": "price", "title": "Net price",)");
}

TEST_CASE("audit: who sent it, by feed, batch and source", "[server][audit]") {
  AuditedFolder company;
  company.send("stock", "article,warehouse,on_hand\nS-10,HQ,1\n", "", "night-1");
  tests::bring_audit_up(company.data);
  AuditQuery query = of_article("S-10");
  query.feed = "stock";
  query.limit = 1;
  const auto answer = tests::asked_of(company.data, query);
  REQUIRE(answer.changes.size() == 1);
  CHECK(answer.has_more);
  CHECK(answer.changes.front().feed == "stock");
  CHECK(answer.changes.front().batch_id == "night-1");
  CHECK(answer.reach.first == 1);
  CHECK(answer.reach.last == 2);
}

TEST_CASE("audit: a period takes in both its ends; old values come from before it",
          "[server][audit]") {
  AuditedFolder company;
  company.prices("base_price,,S-20,9.90,EUR,,B-3,\n");
  tests::bring_audit_up(company.data);
  const std::string day =
      tests::asked_of(company.data, of_article("S-20")).changes.front().received_at.substr(0, 10);
  AuditQuery query = of_article("S-20");
  query.from = query.to = day;
  CHECK(tests::asked_of(company.data, query).changes.size() == 3);
  query.from = "2999-01-01";
  query.to = "";
  CHECK(tests::asked_of(company.data, query).changes.empty());
  query.from = "";
  query.to = "1999-12-31";
  CHECK(tests::asked_of(company.data, query).changes.empty());
}

TEST_CASE("audit: a question that asks for nothing, or wrongly, is refused with its place",
          "[server][audit]") {
  AuditQuery query;
  CHECK(server::audit::check(query).error().where == "article");
  query.article = "S-10";
  CHECK(server::audit::check(query));
  query.from = "yesterday";
  CHECK(server::audit::check(query).error().where == "from");
  query.from = "";
  query.to = "2026-13-01";
  CHECK(server::audit::check(query).error().where == "to");
  query.to = "";
  query.limit = 0;
  CHECK(server::audit::check(query).error().where == "limit");
  const tests::TemporaryFolder folder;
  query.limit = 1;
  const auto answer = server::audit::ask(folder.path(), query);
  REQUIRE(answer);
  CHECK_FALSE(answer->has_value());
}
