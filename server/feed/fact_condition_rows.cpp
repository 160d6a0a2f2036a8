#include "server/feed/canonical_columns.hpp"
#include "server/feed/row_writer.hpp"

#include <algorithm>
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

// The records of one table.
class ConditionRows {
 public:
  ConditionRows(const Facts& facts, TableId table, RowWriter& writer)
      : facts_{facts},
        store_{facts.conditions()},
        shape_{facts.schema.table(table)},
        type_{facts.schema.type(shape_.type)},
        writer_{writer} {
    columns_ = {"line"};
    for (const Column& column : columns::conditions) columns_.emplace_back(column.name);
    for (const FieldId field : shape_.party_fields)
      columns_.push_back(facts.schema.field(field).name);
    for (const FieldId field : shape_.article_fields)
      columns_.push_back(facts.schema.field(field).name);
    columns_.insert(columns_.end(), type_.parameters.begin(), type_.parameters.end());
    const auto parts = store_.parts_of(table);
    for (std::uint32_t part = parts.begin; part < parts.end; ++part) collect(part);
    std::ranges::stable_sort(places_, {}, &Place::origin);
  }

  void write() {
    std::optional<std::pair<std::uint16_t, bool>> section;
    for (const Place& place : places_) {
      const ConditionRecord& record = store_.records()[place.record];
      const std::pair of{record.origin, record.is_keyed()};
      if (section != of) {
        section = of;
        const auto& origin = facts_.record_origins()[record.origin];
        writer_.begin(Kind::conditions, columns_, origin.feed, origin.import);
      }
      write(place, record);
    }
  }

 private:
  struct Place {
    std::uint32_t origin = 0;  // and whether it has a key
    std::uint32_t record = 0, part = 0, position = 0;
  };

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

  std::string_view text_of(std::uint32_t number) const {
    return number == nothing_there ? std::string_view{}
                                   : std::string_view{facts_.record_texts()[number].text};
  }

  // Those of its type are not named.
  std::string flags_of(const Terms& terms) const {
    const std::uint32_t own =
        terms.lost_discounts ? terms.flags | flag_bit(Schema::discountable) : terms.flags;
    std::string text;
    for (std::uint32_t i = 0; i < facts_.schema.flag_count(); ++i) {
      const std::uint32_t bit = flag_bit(FlagId{i});
      if ((own & bit) == (type_.default_flags & bit)) continue;
      text.append(text.empty() ? "" : ";")
          .append((own & bit) != 0 ? "" : "-")
          .append(facts_.schema.flag_name(FlagId{i}));
    }
    return text;
  }

  std::string value_of(const ConditionRecord& record, const Terms& terms,
                       const RecordExtra& extra) const {
    if (extra.scale != nothing_there || extra.formula != nothing_there) return {};
    const bool is_percent = type_.value == engine::model::ValueKind::percent;
    const int decimals = terms.decimals - (is_percent ? engine::model::percent_decimals : 0);
    return to_string(Decimal{terms.wide ? extra.wide : engine::base::Int128{record.value},
                             static_cast<std::uint8_t>(decimals)});
  }

  void write_document(const ConditionRecord& record) {
    std::string_view agreement;
    std::string_view promotion;
    if (!record.document.is_none()) {
      const auto& document = facts_.documents()[record.document.raw()];
      if (document.kind == DocumentKind::agreement) agreement = document.code;
      if (document.kind == DocumentKind::promotion) promotion = document.code;
    }
    writer_.cell(agreement).cell(promotion);
  }

  void write_scale(const RecordExtra& extra) {
    if (extra.scale == nothing_there) {
      writer_.cell("").cell("");
      return;
    }
    const auto& scale = facts_.scales()[extra.scale];
    writer_.cell(scale_text(scale, type_.value == engine::model::ValueKind::percent))
        .cell(scale_kind_name(scale.kind));
  }

  void write(const Place& place, const ConditionRecord& record) {
    static const RecordExtra nothing;
    const Terms& terms = facts_.terms()[record.terms];
    const RecordExtra& extra =
        record.extra == nothing_there ? nothing : store_.extras()[record.extra];
    writer_.number(record.is_keyed() ? 0 : record.number()).cell(type_.name);
    write_document(record);
    writer_.cell(value_of(record, terms, extra))
        .cell(terms.currency.is_none() ? "" : facts_.currencies().codes->text(terms.currency.raw()))
        .cell(terms.unit.is_none() ? "" : facts_.units().text(terms.unit.raw()))
        .number(terms.price_unit)
        .cell(quantity_text(record.threshold))
        .cell(terms.has_window ? engine::base::to_string_short(extra.window_to.decimal())
                               : std::string{})
        .cell(start_text(record.valid_from))
        .cell(end_text(record.valid_to))
        .number(terms.rank)
        .cell(flags_of(terms))
        .cell(record.is_keyed() ? keys_->text(record.number()) : std::string_view{})
        .cell(text_of(extra.when))
        .cell(text_of(extra.formula));
    write_scale(extra);
    writer_.cell(text_of(extra.buy_when))
        .cell(extra.free_article.is_none()
                  ? std::string_view{}
                  : facts_.articles().codes->text(extra.free_article.raw()));
    write_keys(place);
    for (const std::string& name : type_.parameters) {
      const auto number = facts_.schema.find_number(name);
      const Decimal* value = number ? extra.parameter(*number) : nullptr;
      writer_.cell(value == nullptr ? std::string{} : to_string(*value));
    }
    writer_.end_row();
  }

  void write_keys(const Place& place) {
    const auto party = store_.part_values(place.part);
    for (std::size_t i = 0; i < party.size(); ++i)
      writer_.cell(key_text(shape_.party_fields[i], party[i]));
    const auto article = store_.article_values(place.part, place.position);
    for (std::size_t i = 0; i < article.size(); ++i)
      writer_.cell(key_text(shape_.article_fields[i], article[i]));
  }

  const Facts& facts_;
  const ConditionStore& store_;
  const TableShape& shape_;
  const ConditionType& type_;
  RowWriter& writer_;
  std::vector<std::string> columns_;
  std::vector<Place> places_;
  std::shared_ptr<const engine::model::Dictionary> texts_ = facts_.share_texts();
  std::shared_ptr<const engine::model::Dictionary> keys_ = facts_.share_record_keys();
};

}  // namespace

void write_condition_rows(const Facts& facts, RowWriter& writer) {
  for (std::uint32_t table = 0; table < facts.conditions().tables().size(); ++table)
    ConditionRows{facts, TableId{table}, writer}.write();
}

}  // namespace server::feed
