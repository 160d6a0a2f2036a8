// However often facts are settled between rows, they end up the same: a plain comparison of what
// one shop says that settles at random with what one says that settles once. And what is taken away
// is as if it had never come: a plain map of rows by identity says what must be left.
#include "tests/engine/support/facts_fixture.hpp"
#include "tests/property/draw.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>

namespace {

namespace model = engine::model;
using model::Schema;
using property::Draw;

std::string record_text(const model::Facts& facts, const model::ConditionRecord& record) {
  const auto& terms = facts.terms()[record.terms];
  std::ostringstream out;
  out << record.value << 'e' << int{terms.decimals} << '@' << record.threshold.mantissa() << '/'
      << record.valid_from.raw() << '-' << record.valid_to.raw() << 'd' << record.document.raw()
      << 'c' << terms.currency.raw() << 'u'
      << (terms.unit.is_none() ? "" : facts.units().text(terms.unit.raw())) << 'f' << terms.flags
      << terms.lost_discounts << 'r';
  if (record.is_keyed()) {
    out << facts.record_keys().text(record.number()) << 'o'
        << facts.record_origins()[record.origin].feed;
  } else {
    out << record.row;
  }
  if (record.extra != model::nothing_there)
    out << 'w' << facts.conditions().extras()[record.extra].window_to.mantissa();
  return out.str();
}

enum class Order : std::uint8_t { as_it_stands, by_text };

// What stands in a store, whatever the numbers of parts and of combinations are; by text also
// whatever the numbers of codes are.
std::vector<std::string> content_of(const model::Facts& facts, Order order = Order::as_it_stands) {
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
      std::vector<std::string> records;
      for (auto i = store.keys()[key].first_record; i < store.keys()[key + 1].first_record; ++i)
        records.push_back(record_text(facts, store.records()[i]));
      if (order == Order::by_text) std::ranges::sort(records);
      for (const std::string& record : records) out << ' ' << record;
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

namespace {

// The plain way: rows by what they stand for.
class Left {
 public:
  // The code of the fault that the row must meet, or "".
  std::string put(const Row& row) {
    const std::string identity = identity_of(row);
    if (batch_.contains(identity)) return "duplicate_key";
    const auto known = rows_.find(identity);
    if (known != rows_.end() && fields_of(known->second) != fields_of(row))
      return "contradicting_values";
    rows_[identity] = row;
    batch_.insert(identity);
    return "";
  }

  bool remove(const Row& row) { return rows_.erase(identity_of(row)) != 0; }

  std::size_t remove_rest(const model::ConditionPartition& partition) {
    return std::erase_if(rows_, [&](const auto& entry) {
      const Row& row = entry.second;
      const bool is_of = row.draft.type == partition.type &&
                         std::ranges::includes(row.keys, partition.keys) &&
                         (partition.agreement.empty() || row.draft.agreement == "F");
      return is_of && !batch_.contains(entry.first);
    });
  }

  void begin_batch() { batch_.clear(); }

  const std::map<std::string, Row>& rows() const { return rows_; }

 private:
  static std::string fields_of(const Row& row) {
    std::string fields;
    for (const auto& key : row.keys) fields += std::to_string(key.first.raw()) + ' ';
    return fields;
  }

  static std::string identity_of(const Row& row) {
    std::ostringstream out;
    out << row.draft.type << '|';
    if (!row.key.empty()) {
      out << row.feed << '|' << row.key;
      return out.str();
    }
    for (const auto& [field, text] : row.keys) out << field.raw() << '=' << text << ' ';
    out << '|' << row.draft.agreement << '|' << row.draft.unit << '|'
        << row.draft.from_quantity.mantissa() << '|' << row.draft.validity.from.raw();
    return out.str();
  }

  std::map<std::string, Row> rows_;
  std::set<std::string> batch_;
};

model::ConditionDraft draft_of(const Row& row) {
  model::ConditionDraft draft = row.draft;
  draft.keys = row.keys;
  draft.key = row.key;
  draft.feed = row.feed;
  return draft;
}

// Texts get their numbers in the same order in every shop.
void name_brands(fixture::Shop& shop) {
  for (const char* brand : {"x", "y", "z"}) {
    const std::string code = std::string{"of-"} + brand;
    const std::array attributes{model::AttributeText{shop.brand, brand}};
    model::ArticleDraft article;
    article.code = code;
    article.base_unit = "PCE";
    article.attributes = attributes;
    fixture::put(shop.facts, article);
  }
}

void replace_some(Draw& draw, fixture::Shop& shop, Left& left) {
  shop.facts.begin_batch();
  left.begin_batch();
  for (std::uint64_t rows = draw.below(6); rows > 0; --rows) {
    const Row row = any_row(draw, shop);
    const auto put = shop.facts.put(draft_of(row));
    REQUIRE((put ? "" : engine::base::fault_name(put.error().code)) == left.put(row));
  }
  const std::vector<model::KeyText> article{{Schema::article, "A"}};
  model::ConditionPartition partition{draw.percent(50) ? "price" : "charge", {}, "", ""};
  if (draw.percent(40)) partition.keys = article;
  if (draw.percent(30)) partition.agreement = "F";
  const auto vanished = shop.facts.remove_rest(partition);
  REQUIRE(vanished);
  REQUIRE(*vanished == left.remove_rest(partition));
}

void change(Draw& draw, fixture::Shop& shop, Left& left) {
  if (draw.percent(5)) return replace_some(draw, shop, left);
  const Row row = any_row(draw, shop);
  shop.facts.begin_batch();
  left.begin_batch();
  if (draw.percent(60)) {
    const auto put = shop.facts.put(draft_of(row));
    REQUIRE((put ? "" : engine::base::fault_name(put.error().code)) == left.put(row));
    return;
  }
  const auto removed = shop.facts.remove(draft_of(row));
  REQUIRE(removed);
  REQUIRE(*removed == left.remove(row));
}

}  // namespace

TEST_CASE("property: what is taken away is as if it had never come", "[engine][model][property]") {
  const std::uint64_t seed = property::seed_or(20261124);
  const std::size_t cases = property::cases_or(200);
  for (std::size_t i = 0; i < cases; ++i) {
    Draw draw{seed + i};
    INFO("NETTO_SEED=" << (seed + i) << " NETTO_CASES=1");
    fixture::Shop shop;
    name_brands(shop);
    Left left;
    for (std::uint64_t changes = draw.below(200); changes > 0; --changes) {
      change(draw, shop, left);
      if (draw.percent(15)) shop.facts.settle();
    }
    shop.facts.settle();
    fixture::Shop plain;
    name_brands(plain);
    for (const auto& [identity, row] : left.rows()) REQUIRE(put_row(plain.facts, row).empty());
    plain.facts.settle();
    REQUIRE(content_of(shop.facts, Order::by_text) == content_of(plain.facts, Order::by_text));
  }
}
