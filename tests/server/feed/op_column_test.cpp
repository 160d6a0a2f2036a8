// The column op: rows that take records away, from canonical files, through descriptions and from the
// journal's form.
#include "server/feed/importer.hpp"

#include "tests/server/feed/feed_fixture.hpp"

using namespace tests::feed;

namespace {

// Two articles with everything that can be taken away.
Import put_removable(Facts& facts) {
  Import read = import(
      facts,
      {file("currencies.csv", "code,decimals\nEUR,2\nUSD,2\n"),
       file("articles.csv", "code\nA\nB\n"), file("customers.csv", "code\nC\n"),
       file("price_lists.csv", "code,currency\nPL,EUR\n"), file("warehouses.csv", "code\nW\n"),
       file("price_list_assignments.csv", "price_list,customer,valid_from\nPL,C,2026-01-01\n"),
       file("article_units.csv", "article,unit,numerator\nA,BOX,10\n"),
       file("exchange_rates.csv", "from,to,kind,rate,valid_from\nUSD,EUR,M,0.9,2026-01-01\n"),
       file("conditions.csv",
            "type,price_list,article,value,currency,from_quantity,key\n"
            "price,PL,A,10,,,\nprice,PL,A,9,,10,\nprice,,B,8,EUR,,\nprice,,A,7,EUR,,K-1\n"),
       file("stock.csv", "article,warehouse,on_hand\nA,W,5\nB,W,6\n"),
       file("receipts.csv",
            "article,warehouse,date,quantity,reference\n"
            "A,W,2026-05-01,1,PO-1\nB,,2026-05-02,2,\n")});
  INFO(troubles(read));
  REQUIRE(read.report.rows_refused() == 0);
  return read;
}

struct RowsTook {
  std::uint64_t removed, not_there, refused;

  friend bool operator==(const RowsTook&, const RowsTook&) = default;
};

RowsTook rows_took(const Import& read) {
  return {read.report.records_removed(), read.report.records_not_there(),
          read.report.rows_refused()};
}

std::string only_refusal(const Import& read) {
  REQUIRE(read.report.rows_refused() == 1);
  const auto& row = read.report.files.front().refused_rows.front();
  return row.column + ": " + engine::base::fault_name(row.code) + ": " + row.reason;
}

// The same rows out of the journal's form leave the same facts.
void check_same_on_replay(const Facts& facts, const std::vector<Import>& imports) {
  Facts again = example_facts();
  for (const Import& read : imports) REQUIRE(server::feed::replay_batch(again, read.batch));
  CHECK(dump(again) == dump(facts));
}

}  // namespace

TEST_CASE("op: records of every kind that can go, by what they are known by",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import first = put_removable(facts);
  const Import second = import(
      facts,
      {file("price_list_assignments.csv",
            "op,price_list,customer,valid_from\ndelete,PL,C,2026-01-01\n"),
       file("article_units.csv", "article,unit,op\nA,BOX,delete\n"),
       file("exchange_rates.csv", "op,from,to,kind,valid_from\ndelete,USD,EUR,M,2026-01-01\n"),
       file("conditions.csv",
            "op,type,price_list,article,from_quantity,key\n"
            "delete,price,PL,A,10,\ndelete,price,,,,K-1\n"),
       file("stock.csv", "article,warehouse,op\nA,W,delete\n"),
       file("receipts.csv", "op,article,warehouse,reference\ndelete,A,W,PO-1\n")});
  INFO(troubles(second));
  CHECK(rows_took(second) == RowsTook{7, 0, 0});
  CHECK(second.report.records[static_cast<std::size_t>(server::feed::Kind::conditions)] == 0);
  CHECK(facts.stock().size() == 1);
  CHECK(facts.receipts().size() == 1);
  CHECK(facts.exchange_rates().empty());
  CHECK(facts.assignments().front().withdrawn);
  CHECK(facts.articles().items.front().units.empty());
  check_same_on_replay(facts, {first, second});
  facts.settle();
  CHECK(facts.record_count() == 2);
}

TEST_CASE("op: what is not there is counted and no fault, and stays so on replay",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import first = put_removable(facts);
  const Import second = import(facts, {file("conditions.csv",
                                            "op,type,article,currency,value\n"
                                            "delete,price,A,USD,\n,price,A,EUR,7.5\n"
                                            "upsert,price,B,EUR,8.5\n"),
                                       file("receipts.csv",
                                            "op,article,warehouse,date,quantity\n"
                                            "delete,B,,2026-05-03,\ndelete,B,,2026-05-02,\n")});
  INFO(troubles(second));
  CHECK(rows_took(second) == RowsTook{1, 2, 0});
  CHECK(second.report.rows_accepted() == 5);
  check_same_on_replay(facts, {first, second});
}

TEST_CASE("op: a record may go and another come in one batch; one and the same may not",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import first = put_removable(facts);
  const Import second =
      import(facts, {file("conditions.csv",
                          "op,type,article,currency,value\n"
                          "delete,price,B,EUR,\n,price,B,USD,9.5\n,price,B,EUR,9.9\n")});
  CHECK(rows_took(second) == RowsTook{1, 0, 1});
  CHECK(second.report.files.front().refused_rows.front().code == FaultCode::duplicate_key);
  Facts again = example_facts();
  for (const Import* const read : {&first, &second})
    REQUIRE(server::feed::replay_batch(again, read->batch));
  again.settle();
  facts.settle();
  CHECK(again.record_count() == facts.record_count());
}

TEST_CASE("op: masters and documents can't go, and say why", "[server][feed][importer]") {
  for (const auto& [name, rows] : std::vector<std::pair<std::string, std::string>>{
           {"currencies", "code,decimals,op\nEUR,2,delete\n"},
           {"article_groups", "code,op\nG,delete\n"},
           {"articles", "code,op\nA,delete\n"},
           {"customer_groups", "code,op\nG,delete\n"},
           {"price_lists", "code,op\nPL,delete\n"},
           {"promotions", "code,op\nP,delete\n"},
           {"customers", "code,op\nC,delete\n"},
           {"agreements", "code,op\nG,delete\n"},
           {"warehouses", "code,op\nW,delete\n"}}) {
    Facts facts = example_facts();
    put_removable(facts);
    const std::string before = dump(facts);
    const auto why = only_refusal(import(facts, {file(name + ".csv", rows)}));
    CHECK(why.starts_with("op: unsupported: a record of " + name + " can't be deleted"));
    CHECK(dump(facts) == before);
  }
}

TEST_CASE("op: what it can't be, and what a row lacks that puts", "[server][feed][importer]") {
  const auto refused = [](const std::string& name, const std::string& rows) {
    Facts facts = example_facts();
    put_removable(facts);
    return only_refusal(import(facts, {file(name + ".csv", rows)}));
  };
  CHECK(refused("stock", "article,warehouse,op\nA,W,Delete\n") ==
        "op: bad_text: 'Delete' is none of upsert, delete");
  CHECK(refused("stock", "article,warehouse,op\nA,W,\n").starts_with("on_hand: missing_value"));
  CHECK(refused("conditions", "type,article,op\nprice,A,upsert\n")
            .starts_with("value: missing_value"));
  CHECK(refused("conditions", "type,article,op\nprice,X,delete\n")
            .starts_with("article: unknown_article"));
  CHECK(refused("receipts", "article,reference,op\nA,,delete\n").starts_with("date: "));
  CHECK(refused("exchange_rates", "from,to,op\nUSD,EUR,\n").starts_with("rate: missing_value"));
}

TEST_CASE("op: a description maps a field of its source, and reads no more than it needs",
          "[server][feed][importer]") {
  const auto changes = description(R"({
    "feed": "changes", "files": "changes*.csv", "numbers": {"decimal_point": ","},
    "records": [
      {"kind": "articles", "when": {"not": {"value": "Kz", "equals": "D"}}, "distinct": "first",
       "fields": {"code": "Artikel"}},
      {"kind": "conditions",
       "fields": {"op": {"map": "Kz", "values": {"D": "delete", "N": "upsert"}, "else": {"constant": ""}},
                  "type": {"constant": "price"}, "article": "Artikel", "value": "Preis",
                  "currency": {"constant": "EUR"}}}
    ]})");
  Facts facts = example_facts();
  const Import first = put_removable(facts);
  const Import second = import(
      facts,
      {file("changes.csv", "Kz,Artikel,Preis\nN,D,\"1,50\"\n,A,\"2,50\"\nD,B,no price\nD,A2,\n")},
      {changes});
  INFO(troubles(second));
  CHECK(rows_took(second) == RowsTook{1, 0, 1});  // A2 was never there
  CHECK(second.report.files.front().refused_rows.front().code == FaultCode::unknown_article);
  check_same_on_replay(facts, {first, second});
}
