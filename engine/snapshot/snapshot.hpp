// Snapshot: facts and rules compiled for answering, as of one generation. Immutable: any number of
// threads read it without locks, and what it says of prices, balances and stock belongs together.
// Made by SnapshotBuilder. Validity is part of every look-up, so midnight needs no rebuild: prices
// of the future are in it already.
#pragma once

#include "engine/ledger/balances.hpp"
#include "engine/model/facts.hpp"
#include "engine/rule/rule_set.hpp"
#include "engine/snapshot/bind.hpp"
#include "engine/snapshot/condition_filter.hpp"
#include "engine/snapshot/condition_index.hpp"
#include "engine/snapshot/csr.hpp"
#include "engine/snapshot/exchange_rates.hpp"
#include "engine/snapshot/feed_stamp.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

struct ReceiptDue {
  base::CivilMinutes date;
  base::Quantity quantity;
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
  std::vector<base::Quantity> on_hand_free;  // on hand less reserved, over all warehouses
  Csr<Reached> groups;                       // with ancestors, nearest first
  Csr<model::ArticleUnit> units;
  Csr<model::Attribute> attributes;
  Csr<ReceiptDue> receipts;               // by date
  std::vector<Csr<ArticleKey>> mappings;  // by TableInfo::mapping
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

class Snapshot {
 public:
  std::uint64_t generation() const { return generation_; }

  // Of every feed that brought something or has a limit, in order of name.
  const std::vector<FeedStamp>& feed_stamps() const { return feed_stamps_; }

  const model::Schema& schema() const { return schema_; }

  const rule::RuleSet& rules() const { return *rules_; }

  const std::vector<BoundProcedure>& procedures() const { return procedures_; }

  const std::vector<BoundLookupRow>& procedure_lookup() const { return procedure_lookup_; }

  const std::vector<BoundLookupRow>& band_lookup() const { return band_lookup_; }

  const ConditionIndex& conditions() const { return conditions_; }

  const Articles& articles() const { return articles_; }

  const Customers& customers() const { return customers_; }

  // How many steps `ancestor` stands above `group` in the tree of customer groups; nothing where it
  // does not.
  std::optional<std::uint16_t> group_distance(model::CustomerGroupId group,
                                              model::CustomerGroupId ancestor) const;

  const std::vector<model::Document>& documents() const { return documents_; }

  // Whether records of this document may be used by the customer: an agreement may name who can
  // call it off.
  bool may_use(model::DocumentId document, model::CustomerId customer) const {
    return document_access_[document.raw()] != DocumentAccess::restricted ||
           is_named(document, customer);
  }

  bool is_agreement(model::DocumentId document) const {
    return document_access_[document.raw()] >= DocumentAccess::open;
  }

  // Whether it is a promotion whose validity bounds that of its records.
  bool is_dated_promotion(model::DocumentId document) const {
    return document_access_[document.raw()] == DocumentAccess::dated_promotion;
  }

  const DocumentOrder& order_of(model::DocumentId id) const { return document_order_[id.raw()]; }

  const ledger::Balances& balances() const { return balances_; }

  const ExchangeRates& rates() const { return rates_; }

  const ConditionFilter& condition_filter() const { return condition_filter_; }

  const std::vector<model::Scale>& scales() const { return scales_; }

  // Conditions and formulas of records and documents, as written.
  const std::vector<model::RecordText>& record_texts() const { return record_texts_; }

  // The number that a text stands for, as the value of a number field; 0 decimals and 0 where it
  // is none.
  const base::Decimal& text_number(model::TextId text) const { return text_numbers_[text.raw()]; }

  std::optional<model::ArticleId> find_article(std::string_view code) const;
  std::optional<model::CustomerId> find_customer(std::string_view code) const;
  std::optional<model::CustomerGroupId> find_customer_group(std::string_view code) const;
  std::optional<model::CurrencyId> find_currency(std::string_view code) const;
  std::optional<model::UnitId> find_unit(std::string_view code) const;
  std::optional<model::TextId> find_text(std::string_view text) const;

  std::uint32_t text_count() const { return static_cast<std::uint32_t>(texts_->size()); }

  std::optional<model::DocumentId> find_document(model::DocumentKind kind,
                                                 std::string_view code) const;

  // Codes back from ids; empty for none. Valid as long as the snapshot.
  std::string_view article_code(model::ArticleId id) const;
  std::string_view customer_code(model::CustomerId id) const;
  std::string_view currency_code(model::CurrencyId id) const;
  std::string_view unit_code(model::UnitId id) const;
  std::string_view text(model::TextId id) const;
  std::uint8_t currency_decimals(model::CurrencyId id) const;
  std::string_view article_name(model::ArticleId id) const;
  std::string_view customer_name(model::CustomerId id) const;
  // Of a key field's value.
  std::string_view code_of(const model::Field& field, std::uint32_t value) const;
  // The external key of a record, or "row 17 (import 3 of list_prices)"; where the import is not
  // known, "row 17".
  std::string record_label(const model::ConditionRecord& record) const;
  // The mantissa of a record's value at its terms' decimals, wide ones included.
  base::Int128 record_value(const model::ConditionRecord& record) const;

  std::size_t memory_bytes() const;

 private:
  friend class SnapshotBuilder;

  // One byte a document, so that the hot path needs no more of it.
  enum class DocumentAccess : std::uint8_t { no_agreement, dated_promotion, open, restricted };

  bool is_named(model::DocumentId document, model::CustomerId customer) const;

  std::uint64_t generation_ = 0;
  std::vector<FeedStamp> feed_stamps_;
  model::Schema schema_;
  std::shared_ptr<const rule::RuleSet> rules_;
  std::vector<BoundProcedure> procedures_;
  std::vector<BoundLookupRow> procedure_lookup_;
  std::vector<BoundLookupRow> band_lookup_;
  ConditionIndex conditions_;
  Articles articles_;
  Customers customers_;
  std::vector<model::Document> documents_;
  std::vector<DocumentAccess> document_access_;
  std::vector<DocumentOrder> document_order_;
  model::Dictionary document_codes_;
  std::shared_ptr<const model::Dictionary> customer_group_codes_;
  std::vector<model::CustomerGroupId> customer_group_parents_;
  std::shared_ptr<const model::Dictionary> article_group_codes_;
  std::shared_ptr<const model::Dictionary> currency_codes_;
  std::vector<model::Currency> currencies_;
  std::shared_ptr<const model::Dictionary> unit_codes_;
  std::shared_ptr<const model::Dictionary> texts_;
  std::shared_ptr<const model::Dictionary> record_keys_;
  model::RecordOrigins record_origins_;
  std::shared_ptr<const model::Dictionary> warehouse_codes_;
  ledger::Balances balances_;
  ConditionFilter condition_filter_;
  ExchangeRates rates_;
  std::vector<model::Scale> scales_;
  std::vector<model::RecordText> record_texts_;  // keeps what bound formulas were made from
  std::vector<base::Decimal> text_numbers_;      // by text, as far as some master needs it
};

}  // namespace engine::snapshot
