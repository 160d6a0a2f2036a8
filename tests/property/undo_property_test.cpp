// A batch that is taken back leaves nothing behind: the facts say what they said before it, and the
// next batch meets them as if it had never been.
#include "server/feed/fact_rows.hpp"

#include "tests/catch.hpp"
#include "tests/property/made_case.hpp"

#include <set>

namespace {

namespace model = engine::model;

std::uint64_t said_by(const model::Facts& facts) {
  model::Facts settled{facts};
  settled.settle();
  return server::feed::write_fact_rows(settled, [](std::string&&) {});
}

// Rows of records, stock and receipts are put and removed.
void draw_batch(const property::Case& made, property::Draw& draw, model::Facts& facts) {
  facts.begin_batch();
  std::set<std::string> stock;
  for (std::uint64_t rows = 1 + draw.below(12); rows > 0; --rows) {
    const std::string& article = draw.of(made.world.articles).code;
    const std::uint64_t what = draw.below(6);
    if (what < 2 && !made.world.records.empty()) {
      oracle::RecordRow row = draw.of(made.world.records);
      const oracle::RecordRow& other = draw.of(made.world.records);
      if (what == 0) {
        static_cast<void>(oracle::remove_record(row, facts));
      } else if (row.type == other.type && !row.value.empty() && !other.value.empty()) {
        row.value = other.value;
        static_cast<void>(oracle::put_record(row, facts));  // twice in a batch is refused
      }
    } else if (what < 4 && !made.world.warehouses.empty()) {
      const std::string& warehouse = draw.of(made.world.warehouses);
      const auto quantity = engine::base::Quantity::whole(static_cast<std::int64_t>(draw.below(9)));
      if (what == 2) {
        static_cast<void>(facts.put(model::StockDraft{article, warehouse, quantity, {}}));
      } else {
        REQUIRE(facts.remove(model::StockDraft{article, warehouse, {}, {}}));
      }
    } else {
      const std::string reference = "PO" + std::to_string(draw.below(4));
      const engine::base::CivilMinutes date{static_cast<std::int32_t>(draw.below(100'000))};
      const auto quantity = engine::base::Quantity::whole(static_cast<std::int64_t>(draw.below(9)));
      if (what == 4) {
        static_cast<void>(facts.put(model::ReceiptDraft{article, "", reference, date, quantity}));
      } else {
        REQUIRE(facts.remove(model::ReceiptDraft{article, "", reference, date, {}}));
      }
    }
  }
}

}  // namespace

TEST_CASE("property: a batch that is taken back leaves nothing behind", "[property]") {
  property::each_case(20'261'124, 150, property::Language::any, [&](property::Case& made) {
    property::Draw draw{made.seed ^ 55U};
    model::Facts& facts = made.engine->facts();
    facts.settle();
    static_cast<void>(facts.take_stock_changes());
    for (int round = 0; round < 4; ++round) {
      REQUIRE(facts.is_settled());
      const std::uint64_t before = said_by(facts);
      draw_batch(made, draw, facts);
      const bool changed = said_by(facts) != before;
      REQUIRE(facts.undo());
      REQUIRE(facts.is_settled());
      REQUIRE(said_by(facts) == before);
      if (changed) {  // and one that stays, laid over or settled
        draw_batch(made, draw, facts);
        const std::uint64_t after = said_by(facts);
        made.engine->advance();
        REQUIRE(said_by(facts) == after);
      }
    }
    facts.begin_batch();
    REQUIRE(facts.put(model::WarehouseDraft{"undo", "What masters say stays"}));
    REQUIRE_FALSE(facts.is_settled());
    REQUIRE_FALSE(facts.undo());
  });
}
