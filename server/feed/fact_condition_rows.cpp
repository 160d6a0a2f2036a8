#include "server/feed/canonical_columns.hpp"
#include "server/feed/row_writer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

using engine::base::Decimal;
using engine::model::ConditionRecord;
using engine::model::ConditionStore;
using engine::model::ConditionType;
using engine::model::DocumentKind;
using engine::model::Domain;
using engine::model::Facts;
using engine::model::FieldId;
using engine::model::flag_bit;
using engine::model::FlagId;
using engine::model::nothing_there;
using engine::model::RecordExtra;
using engine::model::Schema;
using engine::model::TableId;
using engine::model::TableShape;
using engine::model::Terms;

namespace {

// A record with what stands beside it.
struct Row {
  const ConditionRecord& record;
  const Terms& terms;
  const RecordExtra& extra;
  std::uint32_t part = 0, position = 0;
};

// The records of one table, by where they come from. A column that none of them fills is left out.
class ConditionRows {
 public:
  ConditionRows(const Facts& facts, TableId table, RowWriter& writer)
      : facts_{facts},
        store_{facts.conditions()},
        shape_{facts.schema.table(table)},
        type_{facts.schema.type(shape_.type)},
        writer_{writer} {
    const auto parts = store_.parts_of(table);
    for (std::uint32_t part = parts.begin; part < parts.end; ++part) collect(part);
    std::ranges::stable_sort(places_, {}, &Place::origin);
    columns_ = {"line"};
    for (const Cell& cell : cells) {
      const auto fills = [&](const Place& place) {
        return !(this->*cell.text)(row_at(place)).empty();
      };
      if (!std::ranges::any_of(places_, fills)) continue;
      used_.push_back(&cell);
      columns_.emplace_back(cell.name);
    }
    for (const FieldId field : shape_.party_fields)
      columns_.push_back(facts.schema.field(field).name);
    for (const FieldId field : shape_.article_fields)
      columns_.push_back(facts.schema.field(field).name);
    columns_.insert(columns_.end(), type_.parameters.begin(), type_.parameters.end());
  }

  void write() {
    std::optional<std::uint32_t> section;
    for (const Place& place : places_) {
      const Row row = row_at(place);
      if (section != place.origin) {
        section = place.origin;
        const auto& origin = facts_.record_origins()[row.record.origin];
        writer_.begin(Kind::conditions, columns_, origin.feed, origin.import);
      }
      write(row);
    }
  }

 private:
  struct Place {
    std::uint32_t origin = 0;  // and whether it has a key
    std::uint32_t record = 0, part = 0, position = 0;
  };

  struct Cell {
    std::string_view name;
    std::string (ConditionRows::*text)(const Row& row) const;
  };

  static const std::array<Cell, columns::conditions.size()> cells;

  void collect(std::uint32_t part) {
    const auto keys = store_.parts()[part].keys;
    for (std::uint32_t position = keys.begin; position < keys.end; ++position) {
      const std::uint32_t end = store_.keys()[position + 1].first_record;
      for (std::uint32_t number = store_.keys()[position].first_record; number < end; ++number) {
        const ConditionRecord& record = store_.records()[number];
        const auto origin =
            static_cast<std::uint32_t>(2U * record.origin + (record.is_keyed() ? 1U : 0U));
        places_.push_back({origin, number, part, position});
      }
    }
  }

  Row row_at(const Place& place) const {
    static const RecordExtra nothing;
    const ConditionRecord& record = store_.records()[place.record];
    return {record, facts_.terms()[record.terms],
            record.extra == nothing_there ? nothing : store_.extras()[record.extra], place.part,
            place.position};
  }

  std::string_view key_text(FieldId id, std::uint32_t value) const {
    switch (facts_.schema.field(id).domain) {
      case Domain::article:
        return facts_.articles().codes->text(value);
      case Domain::article_group:
        return facts_.article_groups().codes->text(value);
      case Domain::customer:
        return facts_.customers().codes->text(value);
      case Domain::customer_group:
        return facts_.customer_groups().codes->text(value);
      case Domain::price_list:
        return facts_.documents()[value].code;
      case Domain::currency:
      case Domain::unit:
      case Domain::text:
        break;
    }
    return texts_->text(value);
  }

  std::string record_text(std::uint32_t number) const {
    return number == nothing_there ? std::string{} : facts_.record_texts()[number].text;
  }

  std::string type(const Row&) const { return type_.name; }

  std::string document(const Row& row, DocumentKind kind) const {
    if (row.record.document.is_none()) return {};
    const auto& document = facts_.documents()[row.record.document.raw()];
    return document.kind == kind ? document.code : std::string{};
  }

  std::string agreement(const Row& row) const { return document(row, DocumentKind::agreement); }

  std::string promotion(const Row& row) const { return document(row, DocumentKind::promotion); }

  bool is_percent() const { return type_.value == engine::model::ValueKind::percent; }

  std::string value(const Row& row) const {
    if (row.extra.scale != nothing_there || row.extra.formula != nothing_there) return {};
    const int decimals = row.terms.decimals - (is_percent() ? engine::model::percent_decimals : 0);
    return to_string(
        Decimal{row.terms.wide ? row.extra.wide : engine::base::Int128{row.record.value},
                static_cast<std::uint8_t>(decimals)});
  }

  std::string currency(const Row& row) const {
    const auto currency = row.terms.currency;
    return currency.is_none() ? std::string{}
                              : std::string{facts_.currencies().codes->text(currency.raw())};
  }

  std::string unit(const Row& row) const {
    const auto unit = row.terms.unit;
    return unit.is_none() ? std::string{} : std::string{facts_.units().text(unit.raw())};
  }

  std::string price_unit(const Row& row) const {
    return row.terms.price_unit == 1 ? std::string{} : std::to_string(row.terms.price_unit);
  }

  std::string from_quantity(const Row& row) const { return quantity_text(row.record.threshold); }

  std::string to_quantity(const Row& row) const {
    return row.terms.has_window ? engine::base::to_string_short(row.extra.window_to.decimal())
                                : std::string{};
  }

  std::string valid_from(const Row& row) const { return start_text(row.record.valid_from); }

  std::string valid_to(const Row& row) const { return end_text(row.record.valid_to); }

  std::string rank(const Row& row) const {
    return row.terms.rank == 0 ? std::string{} : std::to_string(row.terms.rank);
  }

  // Those of its type are not named.
  std::string flags(const Row& row) const {
    const std::uint32_t own = row.terms.lost_discounts
                                  ? row.terms.flags | flag_bit(Schema::discountable)
                                  : row.terms.flags;
    std::string text;
    if (own == type_.default_flags) return text;
    for (std::uint32_t i = 0; i < facts_.schema.flag_count(); ++i) {
      const std::uint32_t bit = flag_bit(FlagId{i});
      if ((own & bit) == (type_.default_flags & bit)) continue;
      text.append(text.empty() ? "" : ";")
          .append((own & bit) != 0 ? "" : "-")
          .append(facts_.schema.flag_name(FlagId{i}));
    }
    return text;
  }

  std::string key(const Row& row) const {
    return row.record.is_keyed() ? std::string{facts_.record_keys().text(row.record.number())}
                                 : std::string{};
  }

  std::string when(const Row& row) const { return record_text(row.extra.when); }

  std::string formula(const Row& row) const { return record_text(row.extra.formula); }

  std::string scale(const Row& row) const {
    return row.extra.scale == nothing_there
               ? std::string{}
               : scale_text(facts_.scales()[row.extra.scale], is_percent());
  }

  std::string scale_kind(const Row& row) const {
    return row.extra.scale == nothing_there
               ? std::string{}
               : std::string{scale_kind_name(facts_.scales()[row.extra.scale].kind)};
  }

  std::string buy_when(const Row& row) const { return record_text(row.extra.buy_when); }

  std::string free_article(const Row& row) const {
    const auto article = row.extra.free_article;
    return article.is_none() ? std::string{}
                             : std::string{facts_.articles().codes->text(article.raw())};
  }

  void write(const Row& row) {
    writer_.number(row.record.is_keyed() ? 0 : row.record.number());
    for (const Cell* cell : used_) writer_.cell((this->*cell->text)(row));
    const auto party = store_.part_values(row.part);
    for (std::size_t i = 0; i < party.size(); ++i)
      writer_.cell(key_text(shape_.party_fields[i], party[i]));
    const auto article = store_.article_values(row.part, row.position);
    for (std::size_t i = 0; i < article.size(); ++i)
      writer_.cell(key_text(shape_.article_fields[i], article[i]));
    for (const std::string& name : type_.parameters) {
      const auto number = facts_.schema.find_number(name);
      const Decimal* value = number ? row.extra.parameter(*number) : nullptr;
      writer_.cell(value == nullptr ? std::string{} : to_string(*value));
    }
    writer_.end_row();
  }

  const Facts& facts_;
  const ConditionStore& store_;
  const TableShape& shape_;
  const ConditionType& type_;
  RowWriter& writer_;
  std::vector<const Cell*> used_;
  std::vector<std::string> columns_;
  std::vector<Place> places_;
  std::shared_ptr<const engine::model::Dictionary> texts_ = facts_.share_texts();
};

// In the order of the kind's columns.
const std::array<ConditionRows::Cell, columns::conditions.size()> ConditionRows::cells{{
    {"type", &ConditionRows::type},
    {"agreement", &ConditionRows::agreement},
    {"promotion", &ConditionRows::promotion},
    {"value", &ConditionRows::value},
    {"currency", &ConditionRows::currency},
    {"unit", &ConditionRows::unit},
    {"price_unit", &ConditionRows::price_unit},
    {"from_quantity", &ConditionRows::from_quantity},
    {"to_quantity", &ConditionRows::to_quantity},
    {"valid_from", &ConditionRows::valid_from},
    {"valid_to", &ConditionRows::valid_to},
    {"rank", &ConditionRows::rank},
    {"flags", &ConditionRows::flags},
    {"key", &ConditionRows::key},
    {"when", &ConditionRows::when},
    {"formula", &ConditionRows::formula},
    {"scale", &ConditionRows::scale},
    {"scale_kind", &ConditionRows::scale_kind},
    {"buy_when", &ConditionRows::buy_when},
    {"free_article", &ConditionRows::free_article},
}};

}  // namespace

void write_condition_rows(const Facts& facts, RowWriter& writer) {
  for (std::uint32_t table = 0; table < facts.conditions().tables().size(); ++table)
    ConditionRows{facts, TableId{table}, writer}.write();
}

}  // namespace server::feed
