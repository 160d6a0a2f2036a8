// Facts: everything known about articles, parties, conditions and stock, as the last accepted batch
// left it. A draft comes in with codes as text; put() checks it against what is known, turns codes
// into ids and stores it, or returns a Fault whose `where` is the canonical column and leaves the
// facts untouched. A row with the identity of an earlier one replaces it; the same identity twice
// in one batch is a duplicate_key Fault. What can be taken away - condition records, stock, receipts,
// units, rates, assignments of lists - is removed by a draft of which only the identity is read, or
// with remove_rest() as what a batch did not bring of a partition. Masters and documents stay: others
// name them. One writer; SnapshotBuilder reads it. Cost: well under a microsecond a row.
#pragma once

#include "engine/base/decimal.hpp"
#include "engine/base/result.hpp"
#include "engine/model/condition.hpp"
#include "engine/model/condition_fold.hpp"
#include "engine/model/condition_merge.hpp"
#include "engine/model/condition_overlay.hpp"
#include "engine/model/condition_store.hpp"
#include "engine/model/dictionary.hpp"
#include "engine/model/document.hpp"
#include "engine/model/growing_dictionary.hpp"
#include "engine/model/identity_map.hpp"
#include "engine/model/masters.hpp"
#include "engine/model/record_text.hpp"
#include "engine/model/scale.hpp"
#include "engine/model/schema.hpp"
#include "engine/model/settled_view.hpp"
#include "engine/model/stock_places.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::model {

using AttributeText = std::pair<FieldId, std::string_view>;

struct CurrencyDraft {
  std::string_view code, name;
  std::uint8_t decimals = 2;
};

struct ArticleGroupDraft {
  std::string_view code, name, parent;
};

struct ArticleDraft {
  std::string_view code, name, base_unit, status, successor;
  std::span<const std::string_view> groups;
  std::span<const AttributeText> attributes;
  base::Quantity safety_stock, minimum_quantity, maximum_quantity, multiple_quantity;
};

struct ArticleUnitDraft {
  std::string_view article, unit;
  std::int64_t numerator = 1, denominator = 1;
};

struct CustomerGroupDraft {
  std::string_view code, name, parent;
  std::int32_t rank = 0;
};

struct CustomerDraft {
  std::string_view code, name, parent, currency;
  std::span<const std::string_view> groups;
  std::span<const std::string_view>
      price_lists;  // assigned to this customer, in this order of rank
  std::span<const AttributeText> attributes;
};

struct DocumentDraft {
  DocumentKind kind = DocumentKind::price_list;
  std::string_view code, name, currency;
  base::Validity validity;
  std::int32_t rank = 0;
  bool refuses_discounts = false;
  std::span<const std::string_view> customers;
  std::string_view when;       // a condition that every record of it is under; empty: always
  std::string_view based_on;   // code of the price list whose prices this one's are made from
  bool refuses_merge = false;  // of a price list: see rule::Find::merge
};

struct ListAssignmentDraft {
  std::string_view price_list, customer, customer_group;
  std::optional<std::int32_t> rank;  // none: the list's own
  base::Validity validity;
};

using KeyText = std::pair<FieldId, std::string_view>;

struct ConditionDraft {
  std::string_view type;
  std::span<const KeyText> keys;
  std::string_view agreement, promotion;  // at most one, or neither; a price list is a key field
  base::Decimal value;                    // percents as percent numbers: 12.5 is 12.5 %
  std::string_view currency, unit;
  std::int64_t price_unit = 1;
  base::Quantity from_quantity;
  std::optional<base::Quantity> to_quantity;  // inclusive
  base::Validity validity;
  std::int32_t rank = 0;
  std::uint32_t flags_set = 0, flags_cleared = 0;
  std::string_view feed, key;  // external key, unique within its feed
  std::uint32_t line = 0;      // of the feed's file
  std::string_view when;       // a condition in the expression language; empty: always
  std::string_view formula;    // computes the value instead of `value`
  std::string_view buy_when;   // of calculation buy_get; see RecordExtra
  std::string_view free_article;
  std::string_view scale;  // "10.00; 9.00 from 10", see scale.hpp; instead of `value`
  ScaleKind scale_kind = ScaleKind::whole;
  std::span<const std::pair<std::string_view, base::Decimal>> parameters;  // of its type
};

struct ExchangeRateDraft {
  std::string_view from, to, kind;  // one unit of `from` is `rate` / `per` of `to`
  base::Decimal rate;
  std::int64_t per = 1;
  base::CivilMinutes valid_from = base::CivilMinutes::earliest();
};

struct WarehouseDraft {
  std::string_view code, name;
};

struct StockDraft {
  std::string_view article, warehouse;
  base::Quantity on_hand, reserved;
};

struct ReceiptDraft {
  std::string_view article, warehouse, reference;
  base::CivilMinutes date;
  base::Quantity quantity;
};

// What a batch replaces as a whole. Empty members hold for every value.
struct ConditionPartition {
  std::string_view type;  // never empty
  std::span<const KeyText> keys;
  std::string_view agreement, promotion;
};

// The same in numbers.
struct ResolvedPartition {
  ConditionTypeId type;
  std::vector<std::pair<FieldId, std::uint32_t>> keys;
  DocumentId document;  // none: of any, and of none
};

struct StockPartition {
  std::string_view warehouse;
};

struct ReceiptPartition {
  std::string_view warehouse;
};

struct AssignmentPartition {  // of assignments, but not of those that a customer's own row names
  std::string_view price_list;
};

struct ExchangeRatePartition {
  std::string_view kind;
};

// One kind of master: its codes and what is known of each.
template <class Master>
struct Masters {
  std::shared_ptr<Dictionary> codes = std::make_shared<Dictionary>();
  std::vector<Master> items;
  std::vector<std::uint32_t> batches;
};

class Facts {
 public:
  using Put = base::Result<void>;
  using Removed = base::Result<bool>;  // whether it was there
  using Count = base::Result<std::size_t>;

  Schema schema;

  // Rows put from here on belong to one batch.
  void begin_batch() { ++batch_; }

  // And to the import of this sequence number, for people to find them by.
  void begin_import(std::uint64_t sequence) { import_ = sequence; }

  // Names get their numbers in the order in which they come; records of one key are in that order.
  void know_unit(std::string_view name);
  void know_record_key(std::string_view name);

  Put put(const CurrencyDraft& draft);
  Put put(const ArticleGroupDraft& draft);
  Put put(const ArticleDraft& draft);
  Put put(const ArticleUnitDraft& draft);
  Put put(const CustomerGroupDraft& draft);
  Put put(const CustomerDraft& draft);
  Put put(const DocumentDraft& draft);
  Put put(const ListAssignmentDraft& draft);
  Put put(const ConditionDraft& draft);
  Put put(const WarehouseDraft& draft);
  Put put(const StockDraft& draft);
  Put put(const ReceiptDraft& draft);
  Put put(const ExchangeRateDraft& draft);

  // Of the draft only the identity is read. A record that is not there is no Fault; codes that are
  // not known are.
  Removed remove(const ArticleUnitDraft& draft);
  Removed remove(const ListAssignmentDraft& draft);
  Removed remove(const ConditionDraft& draft);
  Removed remove(const StockDraft& draft);
  Removed remove(const ReceiptDraft& draft);
  Removed remove(const ExchangeRateDraft& draft);

  // Removes what is of the partition and was not put since begin_batch(); returns how many. Cost:
  // the table's records are looked through.
  Count remove_rest(const ConditionPartition& partition);
  Count remove_rest(const StockPartition& partition);
  Count remove_rest(const ReceiptPartition& partition);
  Count remove_rest(const AssignmentPartition& partition);
  Count remove_rest(const ExchangeRatePartition& partition);

  const Masters<Article>& articles() const { return articles_; }

  const Masters<ArticleGroup>& article_groups() const { return article_groups_; }

  const Masters<Customer>& customers() const { return customers_; }

  const Masters<CustomerGroup>& customer_groups() const { return customer_groups_; }

  const Masters<Currency>& currencies() const { return currencies_; }

  const Masters<Warehouse>& warehouses() const { return warehouses_; }

  const Dictionary& units() const { return *units_; }

  std::shared_ptr<const Dictionary> share_units() const { return units_; }

  std::shared_ptr<const Dictionary> share_texts() const { return texts_; }

  const GrowingDictionary& record_keys() const { return record_keys_; }

  const RecordOrigins& record_origins() const { return record_origins_; }

  const std::vector<Document>& documents() const { return documents_; }

  const std::vector<ListAssignment>& assignments() const { return assignments_; }

  // Those that the customer's own row names, as positions in assignments(), in the row's order.
  std::span<const std::uint32_t> listed_by(CustomerId customer) const;

  // What was put since the last call goes to where it is found: condition rows are merged into a
  // new store. To be called by who reads conditions(); ends the batch. Cost: none where there is
  // nothing new, else a copy of the store.
  void settle();

  // The same at the cost of what is new: condition rows are laid over the store, see overlay().
  // False where that can't be: settle() then.
  bool lay_over();

  // Nothing was put or removed since settle() or lay_over().
  bool is_settled() const;

  // Takes back what was put and removed since settle() or lay_over(): condition records, stock and
  // receipts. False where there was more, or too much to remember: the facts are of no use then.
  // Names and terms that came with it stay known, which changes no answer.
  bool undo();

  // What was laid over conditions() since they were settled; null: nothing.
  std::shared_ptr<const ConditionOverlay> overlay() const { return overlay_; }

  // So much was laid over that a fold is to begin.
  bool is_fold_due() const {
    return fold_ == nullptr && overlay_ != nullptr && overlay_->is_filling();
  }

  // What settle() would make of the store and what lies over it, to be made on another thread. From
  // here on lay_over() tells it what it lays; settle() ends it. Null where nothing lies over.
  std::shared_ptr<ConditionFold> begin_fold();

  // The store and what lies over it are those of the fold, which has been made. False where the
  // facts were settled meanwhile, or too much was laid: they stay as they are.
  bool take_fold(const std::shared_ptr<ConditionFold>& fold);

  // A copy as of now that nothing can be put to, without what lies over the store; and what makes it
  // whole: the store of a fold that began in the same moment. Cost: a copy of all but the store.
  Facts frozen() const;

  void found_on(std::shared_ptr<const ConditionStore> store) { conditions_ = std::move(store); }

  // Of memory that is kept for the next fold.
  void let_go_of_spare() {
    if (spare_ != nullptr) spare_->let_go();
  }

  // Counts changes of anything but condition records, stock and receipts.
  std::uint64_t frame_version() const { return frame_version_; }

  // Rows that neither settle() nor lay_over() has taken yet, by table, and what they have beside
  // them.
  std::span<const TableRows> pending_rows() const { return rows_; }

  const RecordExtra* pending_extra(const ConditionRecord& row) const {
    return row.extra == nothing_there ? nullptr : &extras_[row.extra];
  }

  // Articles whose stock or receipts were put or removed since the last call, in any order.
  std::vector<ArticleId> take_stock_changes() { return std::exchange(stock_changes_, {}); }

  // Compiles the texts of records and documents again, for facts that come out of an image.
  base::Result<void> compile_texts();

  // As settle() left them. Shared with snapshots.
  const ConditionStore& conditions() const { return *conditions_; }

  std::shared_ptr<const ConditionStore> share_conditions() const { return conditions_; }

  const std::vector<Terms>& terms() const { return terms_; }

  const std::vector<Scale>& scales() const { return scales_; }

  const std::vector<ExchangeRate>& exchange_rates() const { return exchange_rates_; }

  // Conditions and formulas that stand in records and documents, each text once. Compiled by the
  // compiler given here, which a writer sets before the first row; without one no record may have
  // them.
  const std::vector<RecordText>& record_texts() const { return record_texts_; }

  void set_compiler(std::shared_ptr<const RecordTextCompiler> compiler) {
    compiler_ = std::move(compiler);
  }

  const std::vector<StockRow>& stock() const { return stock_; }

  const std::vector<Receipt>& receipts() const { return receipts_; }

  std::optional<DocumentId> find_document(DocumentKind kind, std::string_view code) const;

  // Settled ones, and rows waiting to be, some of which replace settled ones.
  std::size_t record_count() const;

 private:
  friend struct ImageMembers;

  base::Result<std::uint32_t> key_value(const Field& field, std::string_view code);
  base::Result<std::optional<std::uint32_t>> find_key_value(const Field& field,
                                                            std::string_view code) const;
  base::Result<TableId> table_of(const ConditionDraft& draft) const;
  Put resolve_keys(const ConditionDraft& draft, const TableShape& shape);
  base::Result<DocumentId> document_of(const ConditionDraft& draft) const;
  base::Result<Terms> terms_of(const ConditionDraft& draft, const ConditionType& type,
                               DocumentId document);
  base::Result<std::uint16_t> intern_terms(const Terms& terms);
  Put put_value(const ConditionDraft& draft, const ConditionType& type, Terms& terms,
                ConditionRecord& record, RecordExtra& extra);
  Put put_scale(const ConditionDraft& draft, const ConditionType& type, Terms& terms,
                RecordExtra& extra);
  Put put_texts(const ConditionDraft& draft, const ConditionType& type, RecordExtra& extra);
  Put put_parameters(const ConditionDraft& draft, const ConditionType& type, RecordExtra& extra);
  Put put_free_article(const ConditionDraft& draft, const ConditionType& type,
                       RecordExtra& extra) const;
  Put put_more(const ConditionDraft& draft, const ConditionType& type, Terms& terms,
               RecordExtra& extra);
  base::Result<std::uint32_t> intern_text(std::string_view text, TextUse use,
                                          const ConditionType* type);
  std::uint32_t find_text(std::string_view text, TextUse use, const ConditionType& type) const;
  Identity identity_of(const ConditionDraft& draft, TableId table, const ConditionRecord& record,
                       const Terms& terms) const;
  Identity identity_of_settled(TableId table, std::uint32_t part, std::uint32_t key,
                               std::uint32_t number) const;
  Removed remove_keyed(const ConditionDraft& draft);
  Removed remove_by_keys(const ConditionDraft& draft);
  Removed remove_pending(Place place);
  void bury(TableId table, const Identity& identity, const ConditionRecord& record,
            std::uint32_t when);
  void bury_settled(const Identity& identity, std::uint32_t number);
  std::uint32_t find_settled(TableId table, const ConditionRecord& like, const Terms& terms,
                             std::uint32_t when) const;
  base::Result<std::optional<ResolvedPartition>> resolve(const ConditionPartition& draft) const;
  std::size_t remove_rest_pending(const ResolvedPartition& partition, TableId table);
  std::size_t remove_rest_settled(const ResolvedPartition& partition, TableId table);

  SettledView settled() const { return {*conditions_, overlay_.get()}; }

  void fold_overlay();
  void note_settled();
  bool may_note();
  void note_stock(ArticleId article, WarehouseId warehouse, const StockRow* before);
  void note_receipt(const Receipt& receipt, bool was_there);
  void put_back(const StockRow& row);
  void put_back(const Receipt& receipt);
  void drop_stock(std::uint32_t row);
  void drop_receipt(std::uint32_t row);
  void drop_exchange_rate(std::uint32_t row);
  Identity identity_of_rate(const ExchangeRate& rate) const;
  std::uint16_t intern_origin(std::string_view feed, std::uint64_t import);
  Put put_origin(const ConditionDraft& draft, ConditionRecord& record);
  std::uint16_t terms_in_document(const ConditionRecord& record);
  Put store(TableId table, const Identity& identity, const ConditionRecord& record,
            std::uint32_t line);
  std::uint32_t append_row(TableId table, const ConditionRecord& record);
  void add_own_columns(Article& article);
  base::Result<CurrencyId> currency_of(std::string_view code) const;
  std::uint32_t put_assignment(const ListAssignment& assignment);
  void list_prices_of(CustomerId customer, std::span<const std::string_view> lists);

  Masters<Article> articles_;
  Masters<ArticleGroup> article_groups_;
  Masters<Customer> customers_;
  Masters<CustomerGroup> customer_groups_;
  Masters<Currency> currencies_;
  Masters<Warehouse> warehouses_;
  std::shared_ptr<Dictionary> units_ = std::make_shared<Dictionary>();
  std::shared_ptr<Dictionary> texts_ = std::make_shared<Dictionary>();
  GrowingDictionary record_keys_;
  RecordOrigins record_origins_{RecordOrigin{}};
  std::map<RecordOrigin, std::uint16_t> record_origins_index_;
  Dictionary document_codes_;  // one letter for the kind, then the code
  std::vector<Document> documents_;
  std::vector<std::uint32_t> document_batches_;
  std::vector<ListAssignment> assignments_;
  std::map<CustomerId, std::vector<std::uint32_t>>
      listed_;  // indices of the assignments that a customer's row named
  std::vector<std::uint32_t> assignment_batches_;
  std::shared_ptr<const ConditionStore> conditions_ = std::make_shared<ConditionStore>();
  std::shared_ptr<ConditionOverlay> overlay_;
  std::shared_ptr<ConditionFold> fold_;  // that is being made
  std::shared_ptr<SpareStore> spare_;    // of folds
  std::vector<TableRows> rows_;          // by TableId: not settled yet
  std::vector<RecordExtra> extras_;      // of those
  bool documents_changed_ = false;       // some refuses discounts now, or no more
  std::vector<Terms> terms_;
  std::map<Terms, std::uint16_t> terms_index_;
  std::vector<Scale> scales_;
  std::map<std::string, std::uint32_t> scales_index_;  // by kind and text
  std::vector<ExchangeRate> exchange_rates_;
  std::vector<std::uint32_t> exchange_rate_batches_;
  std::vector<RecordText> record_texts_;
  std::map<std::string, std::uint32_t> record_texts_index_;
  std::shared_ptr<const RecordTextCompiler> compiler_;
  std::vector<StockRow> stock_;
  std::vector<Receipt> receipts_;
  std::vector<std::uint32_t> receipt_batches_;
  IdentityMap condition_places_;  // in rows_
  StockPlaces stock_places_;
  IdentityMap receipt_places_;
  IdentityMap assignment_places_;
  IdentityMap exchange_rate_places_;
  std::array<std::uint32_t, 8> resolved_keys_{};  // scratch of put(ConditionDraft)
  std::vector<ArticleId> stock_changes_;
  // To undo: what stood there before, or that nothing did.
  std::vector<std::pair<StockRow, bool>> stock_before_;
  std::vector<std::pair<Receipt, bool>> receipts_before_;
  bool is_too_much_ = false;
  std::uint64_t settled_frame_ = 0;  // frame_version_ then
  std::uint64_t frame_version_ = 0;
  std::uint32_t batch_ = 1;
  std::uint64_t import_ = 0;
};

// Whether every chain of price lists that are made from each other ends. Lists come in in any order,
// so that this can be told only when all are there. Faults: circular_reference, too_deep.
base::Result<void> check_list_chains(const Facts& facts);

}  // namespace engine::model
