// However often facts are settled between rows, they end up the same: a plain comparison of what
// one shop says that settles at random with what one says that settles once.
#include "tests/engine/support/facts_fixture.hpp"
#include "tests/property/draw.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

namespace {

namespace model = engine::model;
using model::Schema;
using property::Draw;

// What stands in a store, whatever the numbers of parts and of combinations are.
std::vector<std::string> content_of(const model::Facts& facts) {
  const auto& store = facts.conditions();
  std::vector<std::string> said;
  for (std::uint32_t part = 0; part < store.parts().size(); ++part) {
    std::ostringstream head;
    head << store.parts()[part].table << " (";
    for (const auto value : store.part_values(part)) head << value << ' ';
    head << ")";
    const auto keys = store.parts()[part].keys;
    REQUIRE(keys.size() > 0);
    for (auto key = keys.begin; key < keys.end; ++key) {
      std::ostringstream out;
      out << head.str();
      out << " [";
      for (const auto value : store.article_values(part, key)) out << value << ' ';
      out << "]";
      for (auto i = store.keys()[key].first_record; i < store.keys()[key + 1].first_record; ++i) {
        const auto& record = store.records()[i];
        const auto& terms = facts.terms()[record.terms];
        out << ' ' << record.value << 'e' << int{terms.decimals} << '@'
            << record.threshold.mantissa() << '/' << record.valid_from.raw() << '-'
            << record.valid_to.raw() << 'd' << record.document.raw() << 'c' << terms.currency.raw()
            << 'u' << terms.unit.raw() << 'f' << terms.flags << terms.lost_discounts << 'r'
            << record.row << 'o' << record.origin;
        if (record.extra != model::nothing_there)
          out << 'w' << store.extras()[record.extra].window_to.mantissa();
      }
      said.push_back(out.str());
    }
  }
  std::ranges::sort(said);
  return said;
}

struct Row {
  model::ConditionDraft draft;
  std::vector<model::KeyText> keys;
  std::string key, feed;
};

Row any_row(Draw& draw, const fixture::Shop& shop) {
  static constexpr std::array articles{"A", "B"};
  static constexpr std::array units{"", "PCE", "BOX"};
  static constexpr std::array feeds{"erp", "crm"};
  static constexpr std::array brands{"x", "y", "z"};
  Row row;
  auto& draft = row.draft;
  draft.type = draw.percent(50) ? "price" : "charge";
  draft.currency = "EUR";
  draft.value = {static_cast<engine::base::Int128>(draw.below(1'000)),
                 static_cast<std::uint8_t>(draw.below(3))};
  const std::string_view article = articles[draw.below(2)];
  switch (draw.below(5)) {
    case 0:
      row.keys = {{Schema::article, article}};
      if (draw.percent(50)) draft.agreement = "F";
      break;
    case 1:
      row.keys = {{Schema::customer, "C"}, {Schema::article, article}};
      break;
    case 2:
      row.keys = {{Schema::price_list, "L"}, {Schema::article, article}};
      break;
    case 3:
      row.keys = {{Schema::customer_group, "CG"}, {shop.brand, brands[draw.below(3)]}};
      break;
    default:
      break;
  }
  draft.unit = units[draw.below(3)];
  draft.from_quantity = engine::base::Quantity::whole(static_cast<std::int64_t>(draw.below(3)));
  if (draw.percent(30)) draft.validity.from = fixture::at("2026-01-01");
  if (draw.percent(20)) draft.to_quantity = engine::base::Quantity::whole(50);
  if (draw.percent(40)) {
    row.key = "K" + std::to_string(draw.below(6));
    row.feed = feeds[draw.below(2)];
  } else {
    draft.line = static_cast<std::uint32_t>(draw.below(1'000));
  }
  return row;
}

// The code of the fault, or "".
std::string put_row(model::Facts& facts, Row row) {
  row.draft.keys = row.keys;
  row.draft.key = row.key;
  row.draft.feed = row.feed;
  facts.begin_batch();
  const auto result = facts.put(row.draft);
  return result ? "" : engine::base::fault_name(result.error().code);
}

void refuse_discounts(model::Facts& facts, bool refuses) {
  model::DocumentDraft document;
  document.kind = model::DocumentKind::price_list;
  document.code = "L";
  document.refuses_discounts = refuses;
  facts.begin_batch();
  fixture::put(facts, document);
}

}  // namespace

TEST_CASE("property: facts settled often are as facts settled once", "[engine][model][property]") {
  const std::uint64_t seed = property::seed_or(20261123);
  const std::size_t cases = property::cases_or(200);
  for (std::size_t i = 0; i < cases; ++i) {
    Draw draw{i == 0 ? seed : seed + i};
    INFO("NETTO_SEED=" << (seed + i) << " NETTO_CASES=1");
    fixture::Shop often;
    fixture::Shop once;
    const std::uint64_t rows = draw.below(120);
    for (std::uint64_t row = 0; row < rows; ++row) {
      const Row made = any_row(draw, often);
      REQUIRE(put_row(often.facts, made) == put_row(once.facts, made));
      if (draw.percent(3)) {
        const bool refuses = draw.percent(50);
        refuse_discounts(often.facts, refuses);
        refuse_discounts(once.facts, refuses);
      }
      if (draw.percent(20)) often.facts.settle();
    }
    often.facts.settle();
    once.facts.settle();
    REQUIRE(often.facts.record_count() == once.facts.record_count());
    REQUIRE(content_of(often.facts) == content_of(once.facts));
  }
}
