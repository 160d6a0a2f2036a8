// Snapshot: facts and rules compiled for answering, as of one generation. Immutable: any number of
// threads read it without locks, and what it says of prices, balances and stock belongs together.
// Made by SnapshotBuilder. Validity is part of every look-up, so midnight needs no rebuild: prices
// of the future are in it already.
#pragma once

#include "engine/ledger/balances.hpp"
#include "engine/snapshot/condition_filter.hpp"
#include "engine/snapshot/condition_index.hpp"
#include "engine/snapshot/customer_plans.hpp"
#include "engine/snapshot/feed_stamp.hpp"
#include "engine/snapshot/frame.hpp"
#include "engine/snapshot/stock_table.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::snapshot {

class Snapshot {
 public:
  std::uint64_t generation() const { return generation_; }

  // Of every feed that brought something or has a limit, in order of name.
  const std::vector<FeedStamp>& feed_stamps() const { return feed_stamps_; }

  const model::Schema& schema() const { return frame_->schema; }

  const rule::RuleSet& rules() const { return *frame_->rules; }

  const std::vector<BoundProcedure>& procedures() const { return frame_->procedures; }

  const std::vector<BoundLookupRow>& procedure_lookup() const { return frame_->procedure_lookup; }

  const std::vector<BoundLookupRow>& band_lookup() const { return frame_->band_lookup; }

  const ConditionIndex& conditions() const { return conditions_; }

  // What each customer's questions look through.
  const CustomerPlans& customer_plans() const { return customer_plans_; }

  const Articles& articles() const { return frame_->articles; }

  const Customers& customers() const { return frame_->customers; }

  // How many steps `ancestor` stands above `group` in the tree of customer groups; nothing where it
  // does not.
  std::optional<std::uint16_t> group_distance(model::CustomerGroupId group,
                                              model::CustomerGroupId ancestor) const;

  const std::vector<model::Document>& documents() const { return frame_->documents; }

  // Whether records of this document may be used by the customer: an agreement may name who can
  // call it off.
  bool may_use(model::DocumentId document, model::CustomerId customer) const {
    return frame_->document_access[document.raw()] != DocumentAccess::restricted ||
           is_named(document, customer);
  }

  bool is_agreement(model::DocumentId document) const {
    return frame_->document_access[document.raw()] >= DocumentAccess::open;
  }

  // Whether it is a promotion whose validity bounds that of its records.
  bool is_dated_promotion(model::DocumentId document) const {
    return frame_->document_access[document.raw()] == DocumentAccess::dated_promotion;
  }

  const DocumentOrder& order_of(model::DocumentId id) const {
    return frame_->document_order[id.raw()];
  }

  const ledger::Balances& balances() const { return balances_; }

  const StockTable& stock() const { return stock_; }

  const ExchangeRates& rates() const { return frame_->rates; }

  const ConditionFilter& condition_filter() const { return *condition_filter_; }

  const std::vector<model::Scale>& scales() const { return *scales_; }

  // Conditions and formulas of records and documents, as written.
  const std::vector<model::RecordText>& record_texts() const { return frame_->record_texts.texts; }

  // The number that a text stands for, as the value of a number field; 0 decimals and 0 where it
  // is none.
  const base::Decimal& text_number(model::TextId text) const {
    return frame_->text_numbers[text.raw()];
  }

  std::optional<model::ArticleId> find_article(std::string_view code) const;
  std::optional<model::CustomerId> find_customer(std::string_view code) const;
  std::optional<model::CustomerGroupId> find_customer_group(std::string_view code) const;
  std::optional<model::CurrencyId> find_currency(std::string_view code) const;
  std::optional<model::UnitId> find_unit(std::string_view code) const;
  std::optional<model::TextId> find_text(std::string_view text) const;

  std::uint32_t text_count() const { return static_cast<std::uint32_t>(frame_->texts->size()); }

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
  friend class SnapshotAdvance;
  friend class Fold;

  bool is_named(model::DocumentId document, model::CustomerId customer) const;

  std::uint64_t generation_ = 0;
  std::vector<FeedStamp> feed_stamps_;
  std::shared_ptr<const Frame> frame_;
  ConditionIndex conditions_;
  CustomerPlans customer_plans_;
  std::shared_ptr<const ConditionFilter> condition_filter_;
  StockTable stock_;
  std::shared_ptr<const std::vector<model::Scale>> scales_;
  std::shared_ptr<const model::Dictionary> unit_codes_;
  model::GrowingDictionary record_keys_;  // a copy
  std::shared_ptr<const model::RecordOrigins> record_origins_;
  ledger::Balances balances_;
};

}  // namespace engine::snapshot
