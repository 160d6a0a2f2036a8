// Facts told anew as rows, without their history, answer as those that have it, over made-up
// companies with all of the language whose records were changed and removed; and told once more they
// say the same.
#include "rules/record_texts.hpp"
#include "server/feed/fact_rows.hpp"
#include "server/feed/importer.hpp"
#include "server/node/schema_text.hpp"

#include "tests/catch.hpp"
#include "tests/property/made_case.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace {

using engine::model::Facts;
using engine::quote::Detail;

std::vector<std::string> rows_of(const Facts& facts, std::size_t piece_bytes) {
  std::vector<std::string> pieces;
  server::feed::write_fact_rows(
      facts, [&pieces](std::string&& piece) { pieces.push_back(std::move(piece)); }, piece_bytes);
  return pieces;
}

std::vector<std::string> lines_of(const Facts& facts) {
  std::vector<std::string> lines;
  for (const std::string& piece : rows_of(facts, std::size_t{1} << 30U)) {
    std::istringstream text{piece};
    for (std::string line; std::getline(text, line);) lines.push_back(line);
  }
  std::ranges::sort(lines);  // records of one table stand by numbers that texts got as they came
  return lines;
}

// What no row can say of a document: only promotions and lists have a rank, only lists a currency
// and a say about discounts.
void keep_sayable(Facts& facts) {
  facts.begin_batch();
  for (const engine::model::Document& document : std::vector{facts.documents()}) {
    if (document.kind == engine::model::DocumentKind::price_list) continue;
    engine::model::DocumentDraft draft;
    draft.kind = document.kind;
    draft.code = document.code;
    draft.name = document.name;
    draft.validity = document.validity;
    draft.rank = document.rank;
    if (document.when != engine::model::nothing_there)
      draft.when = facts.record_texts()[document.when].text;
    std::vector<std::string> codes;
    for (const auto customer : document.customers)
      codes.emplace_back(facts.customers().codes->text(customer.raw()));
    const std::vector<std::string_view> customers{codes.begin(), codes.end()};
    draft.customers = customers;
    REQUIRE(facts.put(draft));
  }
  facts.settle();
}

Facts facts_of(const engine::model::Schema& schema, const std::vector<std::string>& pieces) {
  Facts facts;
  facts.set_compiler(std::make_shared<rules::RecordTexts>());
  const auto declared = server::node::read_schema(server::node::schema_text(schema), facts.schema);
  REQUIRE(declared);
  for (const std::string& piece : pieces) {
    const auto put = server::feed::replay_batch(facts, piece);
    INFO(piece);
    if (!put) FAIL(put.error().where << ": " << put.error().detail);
  }
  facts.settle();
  return facts;
}

// No row can say it: an empty cell is none.
bool has_empty_key(const oracle::RecordRow& row) {
  return std::ranges::any_of(row.keys, [](const auto& key) { return key.second.empty(); });
}

// Some records go, some get the value of another.
void change_some(property::Case& made, property::Draw& draw) {
  Facts& facts = made.engine->facts();
  facts.begin_batch();
  std::vector<oracle::RecordRow>& records = made.world.records;
  for (std::size_t i = 0; i < records.size();) {
    if (draw.below(4) == 0 || has_empty_key(records[i])) {
      const auto removed = oracle::remove_record(records[i], facts);
      REQUIRE(removed);
      records.erase(records.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    const oracle::RecordRow& other = draw.of(records);
    if (draw.below(3) == 0 && records[i].type == other.type && !records[i].value.empty() &&
        !other.value.empty()) {
      records[i].value = other.value;
      REQUIRE(oracle::put_record(records[i], facts));
    }
    ++i;
  }
  facts.settle();
}

}  // namespace

TEST_CASE("property: facts told anew as rows answer as those that were told", "[property]") {
  property::each_case(20'261'123, 200, property::Language::any, [&](property::Case& made) {
    property::Draw draw{made.seed ^ 99U};
    change_some(made, draw);
    keep_sayable(made.engine->facts());
    const Facts& facts = made.engine->facts();
    const std::vector<std::string> rows = rows_of(facts, 1 + draw.below(20'000));
    Facts told = facts_of(facts.schema, rows);
    REQUIRE(told.record_count() == facts.record_count());
    const auto wanted = lines_of(facts);
    const auto got = lines_of(told);
    for (std::size_t at = 0; at < std::min(wanted.size(), got.size()); ++at)
      REQUIRE(got[at] == wanted[at]);
    REQUIRE(got.size() == wanted.size());
    const auto no_sink = [](std::string&&) {};
    REQUIRE(server::feed::write_fact_rows(told, no_sink) ==
            server::feed::write_fact_rows(facts, no_sink));
    const oracle::Engine before{Facts{facts}, made.documents};
    const oracle::Engine after{std::move(told), made.documents};
    for (int i = 0; i < 6; ++i) {
      const oracle::Ask ask = make_ask(made.world, draw, 1 + draw.below(6));
      INFO(describe(ask));
      const auto question = before.question(ask);
      const auto asked_again = after.question(ask);
      REQUIRE(question.has_value() == asked_again.has_value());
      if (!question) continue;
      for (const Detail detail : {Detail::plain, Detail::explained}) {
        REQUIRE(
            oracle::texts_of(after.snapshot(), *asked_again, after.answer(*asked_again, detail)) ==
            oracle::texts_of(before.snapshot(), *question, before.answer(*question, detail)));
      }
    }
  });
}
