// What an image keeps of facts: for every type, its members in a fixed order, shown to a visitor
// that writes or reads them. Facts must be settled. What can be made again from the rest - compiled
// texts - is left out: see Facts::compile_texts. Whoever adds a member to one of these types is
// stopped by its size here, adds it to the list and counts up server::store::image_format.
#pragma once

#include "engine/model/facts.hpp"

namespace engine::model {

// The way to private members.
struct ImageMembers {
  template <class Visitor>
  static void show(Visitor& visit, Dictionary& of) {
    visit(of.texts_, of.ends_, of.slots_);
  }

  // Its texts a block at a time; the places of all at once.
  template <class Visitor>
  static void show(Visitor& visit, GrowingDictionary& of) {
    std::uint64_t count = of.size();
    std::vector<std::uint32_t> sizes;
    std::string characters;
    std::vector<std::uint32_t> places;
    visit(count);
    for (std::uint64_t shown = 0; shown < count; shown += sizes.size()) {
      if constexpr (!Visitor::reads) of.texts_from(shown, sizes, characters);
      visit(sizes, characters);
      if constexpr (Visitor::reads) {
        if (sizes.empty() || !of.append_all(sizes, characters)) return;
      }
    }
    if constexpr (!Visitor::reads) places = of.places();
    visit(places);
    if constexpr (Visitor::reads) of.set_places(places);
  }

  template <class Visitor>
  static void show(Visitor& visit, IdentityMap& of) {
    visit(of.entries_, of.used_);
  }

  template <class Visitor>
  static void show(Visitor& visit, StockPlaces& of) {
    visit(of.slots_);
  }

  template <class Visitor>
  static void show(Visitor& visit, Schema& of) {
    visit(of.fields_, of.types_, of.tables_, of.flags_, of.numbers_);
  }

  template <class Visitor>
  static void show(Visitor& visit, ConditionStore& of) {
    visit(of.tables_, of.records_, of.keys_, of.parts_, of.part_slots_, of.keyed_slots_,
          of.mappings_, of.extras_, of.signature_columns_);
    if constexpr (Visitor::reads) of.make_room();
  }

  template <class Visitor>
  static void show(Visitor& visit, Facts& of) {
    visit(of.schema, of.articles_, of.article_groups_, of.customers_, of.customer_groups_,
          of.currencies_, of.warehouses_, of.units_, of.texts_, of.record_keys_);
    visit(of.record_origins_, of.record_origins_index_, of.document_codes_, of.documents_,
          of.document_batches_, of.assignments_, of.listed_, of.assignment_batches_,
          of.conditions_);
    visit(of.terms_, of.terms_index_, of.scales_, of.scales_index_, of.exchange_rates_,
          of.exchange_rate_batches_, of.record_texts_, of.record_texts_index_, of.stock_,
          of.receipts_, of.receipt_batches_);
    visit(of.stock_places_, of.receipt_places_, of.assignment_places_, of.exchange_rate_places_,
          of.batch_, of.import_);
  }
};

static_assert(sizeof(Dictionary) == 80 && sizeof(IdentityMap) == 32 && sizeof(Schema) == 120);
static_assert(sizeof(ConditionStore) == 200 && sizeof(StockPlaces) == 24);
static_assert(sizeof(Facts) == 1640 && sizeof(GrowingDictionary) == 40);

template <class Visitor, class Type>

requires requires(Visitor& visit, Type& of) { ImageMembers::show(visit, of); }

void members(Visitor& visit, Type& of) { ImageMembers::show(visit, of); }

template <class Visitor, class Master>
void members(Visitor& visit, Masters<Master>& of) {
  visit(of.codes, of.items, of.batches);
}

static_assert(sizeof(Article) == 208);

template <class Visitor>
void members(Visitor& visit, Article& of) {
  visit(of.name, of.declared, of.base_unit, of.safety_stock, of.minimum_quantity,
        of.maximum_quantity, of.multiple_quantity, of.status, of.successor, of.groups, of.units,
        of.attributes);
}

static_assert(sizeof(ArticleGroup) == 40);

template <class Visitor>
void members(Visitor& visit, ArticleGroup& of) {
  visit(of.name, of.parent);
}

static_assert(sizeof(Customer) == 96);

template <class Visitor>
void members(Visitor& visit, Customer& of) {
  visit(of.name, of.parent, of.groups, of.currency, of.attributes);
}

static_assert(sizeof(CustomerGroup) == 40);

template <class Visitor>
void members(Visitor& visit, CustomerGroup& of) {
  visit(of.name, of.parent, of.rank);
}

static_assert(sizeof(Currency) == 40);

template <class Visitor>
void members(Visitor& visit, Currency& of) {
  visit(of.decimals, of.name);
}

static_assert(sizeof(Warehouse) == 32);

template <class Visitor>
void members(Visitor& visit, Warehouse& of) {
  visit(of.name);
}

static_assert(sizeof(Receipt) == 56);

template <class Visitor>
void members(Visitor& visit, Receipt& of) {
  visit(of.article, of.warehouse, of.date, of.quantity, of.reference);
}

static_assert(sizeof(Document) == 136);

template <class Visitor>
void members(Visitor& visit, Document& of) {
  visit(of.kind, of.code, of.name, of.validity, of.currency, of.rank, of.refuses_discounts,
        of.declared, of.customers, of.when, of.based_on, of.refuses_merge);
}

static_assert(sizeof(RecordExtra) == 80);

template <class Visitor>
void members(Visitor& visit, RecordExtra& of) {
  visit(of.window_to, of.wide, of.scale, of.when, of.formula, of.buy_when, of.free_article,
        of.parameters);
}

static_assert(sizeof(RecordOrigin) == 40);

template <class Visitor>
void members(Visitor& visit, RecordOrigin& of) {
  visit(of.feed, of.import);
}

static_assert(sizeof(Scale) == 48);

template <class Visitor>
void members(Visitor& visit, Scale& of) {
  visit(of.kind, of.upper_bounds, of.open_above, of.decimals, of.package_size, of.free_units,
        of.tiers);
}

static_assert(sizeof(RecordText) == 88);

template <class Visitor>
void members(Visitor& visit, RecordText& of) {
  visit(of.text, of.use, of.type);
}

static_assert(sizeof(Field) == 40);

template <class Visitor>
void members(Visitor& visit, Field& of) {
  visit(of.name, of.side, of.domain, of.value);
}

static_assert(sizeof(ConditionType) == 128);

template <class Visitor>
void members(Visitor& visit, ConditionType& of) {
  visit(of.name, of.value, of.default_flags, of.calculation, of.charge, of.inputs, of.parameters);
}

static_assert(sizeof(TableShape) == 56);

template <class Visitor>
void members(Visitor& visit, TableShape& of) {
  visit(of.type, of.party_fields, of.article_fields);
}

static_assert(sizeof(TableInfo) == 72);

template <class Visitor>
void members(Visitor& visit, TableInfo& of) {
  visit(of.shape, of.side, of.mapping, of.signature, of.first_part, of.first_record);
}

static_assert(sizeof(ArticleMapping) == 96);

template <class Visitor>
void members(Visitor& visit, ArticleMapping& of) {
  visit(of.fields, of.numbers, of.values);
}

}  // namespace engine::model
