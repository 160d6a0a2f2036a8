// Frame: what a snapshot keeps from one generation to the next for as long as nothing but condition
// records and stock change: rules bound to the data, masters, documents, and the words in which
// records speak. Immutable once built; shared by the snapshots that stand in it.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/rule/rule_set.hpp"
#include "engine/snapshot/bind.hpp"
#include "engine/snapshot/csr.hpp"
#include "engine/snapshot/exchange_rates.hpp"
#include "engine/snapshot/type_bound.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace engine::snapshot {

// Values of question fields, sorted by field.
using FieldValues = std::vector<std::pair<model::FieldId, model::TextId>>;

// A group reached from an article or customer: itself (distance 0) or an ancestor of it.
struct Reached {
  std::uint32_t id = 0;
  std::int32_t rank = 0;  // of a customer group
  std::uint16_t distance = 0;
};

// The article-side key of a table that is not the article itself: a combination of groups and
// attributes.
struct ArticleKey {
  std::uint32_t key = 0;
  std::uint16_t distance = 0;  // up the group tree
};

struct ListReached {
  model::DocumentId list;
  std::int32_t rank = 0;
  base::Validity validity;
  rule::ListsOf via = rule::ListsOf::customer;
  std::uint16_t distance = 0;
};

struct DocumentOrder {
  std::uint32_t by_number = 0;  // position among all documents when codes are compared as numbers
  std::uint32_t by_text = 0;
};

// Look-up rows with codes resolved to ids; a code that is not known yet matches nothing.
struct BoundLookupRow {
  std::vector<std::pair<model::FieldId, std::vector<std::uint32_t>>> when;
  std::uint16_t result = 0;  // index of the procedure or band set
};

struct Articles {
  std::shared_ptr<const model::Dictionary> codes;
  std::vector<std::string> names;  // empty where no article has one
  std::vector<model::UnitId> base_units;
  std::vector<base::Quantity> safety_stock;
  Csr<Reached> groups;  // with ancestors, nearest first
  Csr<model::ArticleUnit> units;
  Csr<model::Attribute> attributes;
  std::vector<Csr<ArticleKey>> mappings;  // by TableInfo::mapping
  // By which set of bands each is shown; empty: that takes more than the article.
  std::vector<std::uint16_t> band_sets;
};

struct Customers {
  std::shared_ptr<const model::Dictionary> codes;
  std::vector<std::string> names;
  std::vector<model::CustomerId> parents;
  std::vector<model::CurrencyId> currencies;
  Csr<Reached> groups;  // with ancestors, nearest first
  Csr<model::Attribute> attributes;
  Csr<ListReached> lists;
};

// One byte a document, so that the hot path needs no more of it.
enum class DocumentAccess : std::uint8_t { no_agreement, dated_promotion, open, restricted };

struct Frame {
  // Of the facts that it was built from; see snapshot/advance.hpp.
  std::uint64_t facts_version = 0;
  std::size_t facts_texts = 0;
  std::size_t facts_units = 0;
  model::Schema schema;
  std::shared_ptr<const rule::RuleSet> rules;
  DataBounds bounds;         // for which the procedures were bound
  RecordTexts record_texts;  // that they were bound with; keeps what bound formulas were made from
  std::vector<BoundProcedure> procedures;
  std::vector<BoundLookupRow> procedure_lookup;
  std::vector<BoundLookupRow> band_lookup;
  Articles articles;
  Customers customers;
  std::vector<model::Document> documents;
  std::vector<DocumentAccess> document_access;
  std::vector<DocumentOrder> document_order;
  model::Dictionary document_codes;
  std::shared_ptr<const model::Dictionary> customer_group_codes;
  std::vector<model::CustomerGroupId> customer_group_parents;
  std::shared_ptr<const model::Dictionary> article_group_codes;
  std::shared_ptr<const model::Dictionary> currency_codes;
  std::vector<model::Currency> currencies;
  std::shared_ptr<const model::Dictionary> texts;
  std::shared_ptr<const model::Dictionary> warehouse_codes;
  ExchangeRates rates;
  std::vector<base::Decimal> text_numbers;  // by text, as far as some master needs it
};

}  // namespace engine::snapshot
