#include "rules/check_context.hpp"

#include <algorithm>

namespace rules {

namespace model = engine::model;
using engine::base::CivilMinutes;
using engine::base::to_string;
using engine::snapshot::ArticleSide;
using engine::snapshot::ConditionIndex;
using engine::snapshot::Snapshot;
using model::ConditionRecord;

NumberLists::NumberLists(std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs) {
  std::ranges::sort(pairs);
  const auto same = std::ranges::unique(pairs);
  pairs.erase(same.begin(), same.end());
  for (const auto& [list, number] : pairs) {
    while (begin_.size() <= list) begin_.push_back(static_cast<std::uint32_t>(items_.size()));
    items_.push_back(number);
  }
  begin_.push_back(static_cast<std::uint32_t>(items_.size()));
}

std::span<const std::uint32_t> NumberLists::operator[](std::uint32_t list) const {
  if (list + 1 >= begin_.size()) return {};
  return std::span{items_}.subspan(begin_[list], begin_[list + 1] - begin_[list]);
}

CheckContext::CheckContext(const Snapshot& snapshot, const CheckOptions& options)
    : snapshot_{snapshot}, index_{snapshot.conditions()}, options_{options} {
  uses_.resize(index_.table_count());
  for (std::uint16_t procedure = 0; procedure < snapshot.procedures().size(); ++procedure) {
    const auto& steps = snapshot.procedures()[procedure].steps;
    for (std::uint16_t step = 0; step < steps.size(); ++step) {
      if (!steps[step].rule->find) continue;
      const auto& accesses = steps[step].rule->find->accesses;
      for (std::uint16_t access = 0; access < accesses.size(); ++access)
        uses_[accesses[access].table.raw()].push_back({procedure, step, access});
    }
  }
  const auto articles = static_cast<std::uint32_t>(snapshot.articles().codes->size());
  for (const auto& mapping : snapshot.articles().mappings) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::uint32_t article = 0; article < articles; ++article) {
      for (const auto& key : mapping[article]) pairs.emplace_back(key.key, article);
    }
    articles_of_key_.emplace_back(std::move(pairs));
  }
}

const engine::rule::Formula* CheckContext::formula_of(std::uint32_t text) const {
  if (text == model::nothing_there) return nullptr;
  const auto* compiled = dynamic_cast<const engine::rule::RecordFormula*>(
      snapshot_.record_texts()[text].compiled.get());
  return compiled == nullptr ? nullptr : &compiled->code;
}

std::string CheckContext::article_of(std::uint32_t part, std::uint32_t position) const {
  if (table_of_part(part).side != ArticleSide::article) return "";
  return std::string{snapshot_.article_code(model::ArticleId{index_.key_at(position)})};
}

std::string CheckContext::document_of(const ConditionRecord& record) const {
  return record.document.is_none() ? "" : snapshot_.documents()[record.document.raw()].code;
}

std::string CheckContext::key_text(std::uint32_t part, std::uint32_t position) const {
  const auto& shape = table_of_part(part).shape;
  std::string text;
  const auto add = [&](const std::vector<model::FieldId>& fields,
                       std::span<const std::uint32_t> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const model::Field& field = snapshot_.schema().field(fields[i]);
      text.append(text.empty() ? "" : ", ").append(field.name).append(" ");
      text += snapshot_.code_of(field, values[i]);
    }
  };
  add(shape.party_fields, index_.part_values(part));
  add(shape.article_fields, index_.article_values(position));
  return text.empty() ? "everything" : text;
}

std::string CheckContext::party_text(std::uint32_t part) const {
  const auto& shape = table_of_part(part).shape;
  std::string text;
  for (std::size_t i = 0; i < shape.party_fields.size(); ++i) {
    text += (text.empty() ? "" : ", ") +
            std::string{snapshot_.code_of(snapshot_.schema().field(shape.party_fields[i]),
                                          index_.part_values(part)[i])};
  }
  return text.empty() ? "everybody" : text;
}

std::string CheckContext::value_text(const ConditionRecord& record) const {
  const model::Terms& terms = index_.terms(record);
  std::string text = to_string({snapshot_.record_value(record), terms.decimals});
  if (!terms.currency.is_none()) text.append(" ").append(snapshot_.currency_code(terms.currency));
  return text;
}

std::string start_text(CivilMinutes at) {
  return at.is_open() ? "from ever" : "from " + to_string(at);
}

std::string end_text(CivilMinutes at) {
  if (at.is_open()) return "for ever";
  const CivilMinutes last_day{at.raw() - CivilMinutes::minutes_per_day};
  return at == at.day_start() ? "to " + to_string(last_day) : "before " + to_string(at);
}

std::string quantity_text(engine::base::Quantity quantity) {
  return engine::base::to_string_short(quantity.decimal());
}

std::string counted_text(std::uint64_t count, std::string_view noun) {
  return std::to_string(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

bool same_candidates(const ConditionIndex& index, const ConditionRecord& a,
                     const ConditionRecord& b) {
  const model::Terms& x = index.terms(a);
  const model::Terms& y = index.terms(b);
  const bool currencies_meet =
      x.currency.is_none() || y.currency.is_none() || x.currency == y.currency;
  const bool windows_meet = (!x.has_window || b.threshold <= index.extra(a).window_to) &&
                            (!y.has_window || a.threshold <= index.extra(b).window_to);
  return currencies_meet && windows_meet && a.validity().overlaps(b.validity());
}

}  // namespace rules
