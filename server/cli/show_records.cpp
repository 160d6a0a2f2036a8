#include "engine/base/decimal.hpp"
#include "server/cli/show.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace server::cli {

using engine::base::CivilMinutes;
using engine::base::Decimal;
using engine::base::Quantity;
using engine::base::Validity;
using engine::model::ConditionRecord;
using engine::model::DocumentId;
using engine::model::DocumentKind;
using engine::model::FlagId;
using engine::model::TableId;
using engine::model::TableShape;
using engine::model::Terms;
using engine::model::ValueKind;

namespace {

const TableShape& shape_of(const Knowledge& known, FoundRecord found) {
  return known.facts.schema.table(found.table);
}

const std::string& type_name(const Knowledge& known, FoundRecord found) {
  return known.facts.schema.type(shape_of(known, found).type).name;
}

const Terms& terms_of(const Knowledge& known, const ConditionRecord& record) {
  return known.facts.terms()[record.terms];
}

bool valid_at(const Knowledge& known, const ConditionRecord& record, CivilMinutes date) {
  if (!record.validity().contains(date)) return false;
  if (record.document.is_none()) return true;
  const auto& document = known.facts.documents()[record.document.raw()];
  return document.kind != DocumentKind::price_list || document.validity.contains(date);
}

std::string price_text(const Knowledge& known, const Terms& terms, std::string amount) {
  amount += " ";
  amount += known.snapshot.currency_code(terms.currency);
  const std::string_view unit = known.snapshot.unit_code(terms.unit);
  if (terms.price_unit != 1) {
    amount += " per " + std::to_string(terms.price_unit);
    if (!unit.empty()) amount.append(" ").append(unit);
  } else if (!unit.empty()) {
    amount.append(" per ").append(unit);
  }
  return amount;
}

}  // namespace

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (const std::string& text : texts) {
    if (!all.empty()) all += between;
    all += text;
  }
  return all;
}

std::string named(std::string_view code, std::string_view name) {
  return name.empty() || name == code ? std::string{code} : fmt::format("{} ({})", code, name);
}

std::string text_of(Quantity quantity) { return engine::base::to_string_short(quantity.decimal()); }

std::string start_text(CivilMinutes from) {
  return from.is_open() ? "" : engine::base::to_string(from);
}

std::string end_text(CivilMinutes to) {
  if (to.is_open()) return "";
  const bool ends_with_day = to == to.day_start();
  return engine::base::to_string(
      ends_with_day ? CivilMinutes{to.raw() - CivilMinutes::minutes_per_day} : to);
}

std::string validity_text(const Validity& validity) {
  const std::string from = start_text(validity.from);
  const std::string to = end_text(validity.to);
  if (from.empty() && to.empty()) return "always";
  if (to.empty()) return "from " + from;
  return from.empty() ? "to " + to : from + " to " + to;
}

const ConditionRecord& record_of(const Knowledge& known, FoundRecord found) {
  return known.facts.conditions().records()[found.record];
}

std::vector<std::uint32_t> keys_of(const Knowledge& known, FoundRecord found) {
  const auto& store = known.facts.conditions();
  const auto party = store.part_values(found.part);
  const auto article = store.article_values(found.part, found.key);
  std::vector<std::uint32_t> keys{party.begin(), party.end()};
  keys.insert(keys.end(), article.begin(), article.end());
  return keys;
}

std::string key_text(const Knowledge& known, FoundRecord found) {
  const TableShape& shape = shape_of(known, found);
  const std::vector<std::uint32_t> keys = keys_of(known, found);
  std::vector<std::string> parts;
  const auto add = [&](engine::model::FieldId id) {
    const auto& field = known.facts.schema.field(id);
    parts.push_back(
        fmt::format("{} {}", field.name, known.snapshot.code_of(field, keys[parts.size()])));
  };
  std::ranges::for_each(shape.party_fields, add);
  std::ranges::for_each(shape.article_fields, add);
  return joined(parts);
}

namespace {

// What stands in place of a value; empty where the record has one.
std::string scale_or_formula(const Knowledge& known, const ConditionRecord& record,
                             ValueKind kind) {
  using engine::model::nothing_there;
  const Terms& terms = terms_of(known, record);
  if (!terms.has_more) return "";
  const auto& extra = known.facts.conditions().extras()[record.extra];
  if (extra.formula != nothing_there) return known.facts.record_texts()[extra.formula].text;
  if (extra.scale == nothing_there) return "";
  const auto& scale = known.facts.scales()[extra.scale];
  const bool is_percent = kind == ValueKind::percent;
  return engine::model::scale_text(scale, is_percent) + (is_percent ? " %" : "");
}

}  // namespace

std::string value_text(const Knowledge& known, FoundRecord found) {
  const ConditionRecord& record = record_of(known, found);
  const Terms& terms = terms_of(known, record);
  const ValueKind kind = known.facts.schema.type(shape_of(known, found).type).value;
  if (auto other = scale_or_formula(known, record, kind); !other.empty()) {
    const bool is_price = kind == ValueKind::price || kind == ValueKind::amount;
    return is_price ? price_text(known, terms, std::move(other)) : other;
  }
  Decimal value{record.value, terms.decimals};
  if (terms.wide) value.mantissa = known.facts.conditions().extras()[record.extra].wide;
  if (kind == ValueKind::percent) {
    // Kept as a fraction with two decimals more than the percent number has.
    value.decimals = static_cast<std::uint8_t>(value.decimals - 2);
    return engine::base::to_string(value) + " %";
  }
  if (kind == ValueKind::factor) return engine::base::to_string(value);
  // Amounts with at least the decimals of their currency, as they stand in a price list.
  const int least = terms.currency.is_none() ? 0 : known.snapshot.currency_decimals(terms.currency);
  for (; value.decimals < least; ++value.decimals) value.mantissa *= 10;
  return price_text(known, terms, engine::base::to_string(value));
}

std::string quantity_text(const Knowledge& known, const ConditionRecord& record) {
  const bool has_window = terms_of(known, record).has_window;
  const bool has_start = record.threshold != Quantity{};
  if (!has_window) return has_start ? "from " + text_of(record.threshold) : "";
  const std::string to = text_of(known.facts.conditions().extras()[record.extra].window_to);
  return has_start ? text_of(record.threshold) + " to " + to : "to " + to;
}

std::string more_text(const Knowledge& known, FoundRecord found) {
  using engine::model::nothing_there;
  const ConditionRecord& record = record_of(known, found);
  if (!terms_of(known, record).has_more) return "";
  const auto& extra = known.facts.conditions().extras()[record.extra];
  std::vector<std::string> texts;
  if (extra.when != nothing_there) texts.push_back(known.facts.record_texts()[extra.when].text);
  if (extra.buy_when != nothing_there)
    texts.push_back("bought: " + known.facts.record_texts()[extra.buy_when].text);
  for (const auto& [place, value] : extra.parameters)
    texts.push_back(known.facts.schema.number_name(place) + " " +
                    engine::base::to_string_short(value));
  if (!extra.free_article.is_none())
    texts.push_back(fmt::format("free {}", known.snapshot.article_code(extra.free_article)));
  if (extra.scale != nothing_there) {
    const auto kind = known.facts.scales()[extra.scale].kind;
    if (kind != engine::model::ScaleKind::whole)
      texts.emplace_back(engine::model::scale_kind_name(kind));
  }
  return joined(texts);
}

std::string document_kind_text(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::price_list:
      return "price list";
    case DocumentKind::agreement:
      return "agreement";
    case DocumentKind::promotion:
      break;
  }
  return "promotion";
}

std::string document_text(const Knowledge& known, DocumentId id) {
  if (id.is_none()) return "";
  const auto& document = known.facts.documents()[id.raw()];
  return document_kind_text(document.kind) + " " + document.code;
}

std::string flags_text(const Knowledge& known, std::uint32_t flags) {
  std::vector<std::string> names;
  for (std::uint32_t flag = 0; flag < known.facts.schema.flag_count(); ++flag) {
    const FlagId id{flag};
    if ((flags & engine::model::flag_bit(id)) != 0)
      names.push_back(known.facts.schema.flag_name(id));
  }
  return joined(names);
}

std::string counts_text(const Knowledge& known, const std::vector<FoundRecord>& found) {
  std::map<std::string, std::size_t> counts;
  for (const FoundRecord each : found) {
    ++counts[known.facts.schema.type(known.facts.schema.table(each.table).type).name];
  }
  std::vector<std::string> texts;
  texts.reserve(counts.size());
  for (const auto& [type, count] : counts) {
    texts.push_back(fmt::format("{} {}", type, grouped(count)));
  }
  return joined(texts);
}

std::vector<FoundRecord> find_records(const Knowledge& known, const RecordTest& passes) {
  std::vector<FoundRecord> found;
  const auto& store = known.facts.conditions();
  for (std::uint32_t part = 0; part < store.parts().size(); ++part) {
    const auto range = store.parts()[part].keys;
    const TableId table{store.parts()[part].table};
    for (std::uint32_t key = range.begin; key < range.end; ++key) {
      const std::vector<std::uint32_t> values = keys_of(known, {table, part, key, 0});
      const std::uint32_t end = store.keys()[key + 1].first_record;
      for (std::uint32_t number = store.keys()[key].first_record; number < end; ++number) {
        const ConditionRecord& record = store.records()[number];
        if (known.date && !valid_at(known, record, *known.date)) continue;
        if (passes(known.facts.schema.table(table), values, record))
          found.push_back({table, part, key, number});
      }
    }
  }
  using Order =
      std::tuple<std::string, std::string, std::string, Quantity, CivilMinutes, FoundRecord>;
  std::vector<Order> ordered;
  ordered.reserve(found.size());
  for (const FoundRecord each : found) {
    const ConditionRecord& record = record_of(known, each);
    ordered.emplace_back(type_name(known, each), key_text(known, each),
                         document_text(known, record.document), record.threshold, record.valid_from,
                         each);
  }
  const auto rank = [](const Order& order) {
    return std::tie(std::get<0>(order), std::get<1>(order), std::get<2>(order), std::get<3>(order),
                    std::get<4>(order));
  };
  std::ranges::stable_sort(ordered, {}, rank);
  for (std::size_t i = 0; i < found.size(); ++i) found[i] = std::get<5>(ordered[i]);
  return found;
}

void add_records(Report& report, const Knowledge& known, std::string name, std::string title,
                 const std::vector<FoundRecord>& found) {
  const std::size_t shown =
      known.rows_max == 0 ? found.size() : std::min(found.size(), known.rows_max);
  if (!title.empty()) title += fmt::format(" ({})", grouped(found.size()));
  Table& table = report.table(std::move(name), std::move(title),
                              {{"type", "type"},
                               {"key", "key"},
                               {"document", "document"},
                               {"value", "value", Align::right},
                               {"quantity", "quantity"},
                               {"valid_from", "from"},
                               {"valid_to", "to"},
                               {"rank", "rank", Align::right},
                               {"flags", "flags"},
                               {"record", "record"},
                               {"more", "more"}});
  for (std::size_t i = 0; i < shown; ++i) {
    const ConditionRecord& record = record_of(known, found[i]);
    const Terms& terms = terms_of(known, record);
    table.add({type_name(known, found[i]), key_text(known, found[i]),
               document_text(known, record.document), value_text(known, found[i]),
               quantity_text(known, record), start_text(record.valid_from),
               end_text(record.valid_to), terms.rank == 0 ? "" : std::to_string(terms.rank),
               flags_text(known, terms.flags), known.snapshot.record_label(record),
               more_text(known, found[i])});
  }
  if (shown < found.size())
    table.note(fmt::format("and {} more (--limit 0 shows all)", grouped(found.size() - shown)));
}

}  // namespace server::cli
