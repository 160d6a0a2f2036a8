#include "engine/snapshot/snapshot.hpp"

#include "engine/base/limits.hpp"
#include "engine/model/facts_common.hpp"

#include <algorithm>

namespace engine::snapshot {

using model::Domain;

namespace {

template <class IdType>
std::optional<IdType> find_in(const model::Dictionary& codes, std::string_view code) {
  const auto number = codes.find(code);
  return number ? std::optional{IdType{*number}} : std::nullopt;
}

template <class IdType>
std::string_view code_in(const model::Dictionary& codes, IdType id) {
  return id.is_none() ? std::string_view{} : codes.text(id.raw());
}

}  // namespace

std::optional<model::ArticleId> Snapshot::find_article(std::string_view code) const {
  return find_in<model::ArticleId>(*frame_->articles.codes, code);
}

std::optional<model::CustomerId> Snapshot::find_customer(std::string_view code) const {
  return find_in<model::CustomerId>(*frame_->customers.codes, code);
}

std::optional<model::CustomerGroupId> Snapshot::find_customer_group(std::string_view code) const {
  return find_in<model::CustomerGroupId>(*frame_->customer_group_codes, code);
}

std::optional<model::CurrencyId> Snapshot::find_currency(std::string_view code) const {
  return find_in<model::CurrencyId>(*frame_->currency_codes, code);
}

std::optional<model::UnitId> Snapshot::find_unit(std::string_view code) const {
  return find_in<model::UnitId>(*unit_codes_, code);
}

std::optional<model::TextId> Snapshot::find_text(std::string_view text) const {
  return find_in<model::TextId>(*frame_->texts, text);
}

std::optional<model::DocumentId> Snapshot::find_document(model::DocumentKind kind,
                                                         std::string_view code) const {
  return find_in<model::DocumentId>(frame_->document_codes,
                                    model::detail::document_key(kind, code));
}

std::optional<std::uint16_t> Snapshot::group_distance(model::CustomerGroupId group,
                                                      model::CustomerGroupId ancestor) const {
  std::uint16_t distance = 0;
  for (model::CustomerGroupId id = group; !id.is_none() && distance <= base::limits::group_depth;
       ++distance) {
    if (id == ancestor) return distance;
    id = frame_->customer_group_parents[id.raw()];
  }
  return std::nullopt;
}

bool Snapshot::is_named(model::DocumentId document, model::CustomerId customer) const {
  const auto& named = frame_->documents[document.raw()].customers;
  return std::ranges::find(named, customer) != named.end();
}

std::string_view Snapshot::article_code(model::ArticleId id) const {
  return code_in(*frame_->articles.codes, id);
}

std::string_view Snapshot::customer_code(model::CustomerId id) const {
  return code_in(*frame_->customers.codes, id);
}

std::string_view Snapshot::currency_code(model::CurrencyId id) const {
  return code_in(*frame_->currency_codes, id);
}

std::string_view Snapshot::unit_code(model::UnitId id) const { return code_in(*unit_codes_, id); }

std::string_view Snapshot::text(model::TextId id) const { return code_in(*frame_->texts, id); }

std::uint8_t Snapshot::currency_decimals(model::CurrencyId id) const {
  return id.is_none() ? std::uint8_t{2} : frame_->currencies[id.raw()].decimals;
}

std::string_view Snapshot::article_name(model::ArticleId id) const {
  return id.raw() < frame_->articles.names.size()
             ? std::string_view{frame_->articles.names[id.raw()]}
             : std::string_view{};
}

std::string_view Snapshot::customer_name(model::CustomerId id) const {
  return id.raw() < frame_->customers.names.size()
             ? std::string_view{frame_->customers.names[id.raw()]}
             : std::string_view{};
}

std::string_view Snapshot::code_of(const model::Field& field, std::uint32_t value) const {
  switch (field.domain) {
    case Domain::article:
      return frame_->articles.codes->text(value);
    case Domain::article_group:
      return frame_->article_group_codes->text(value);
    case Domain::customer:
      return frame_->customers.codes->text(value);
    case Domain::customer_group:
      return frame_->customer_group_codes->text(value);
    case Domain::price_list:
      return frame_->documents[value].code;
    case Domain::currency:
      return frame_->currency_codes->text(value);
    case Domain::unit:
      return unit_codes_->text(value);
    case Domain::text:
      break;
  }
  return frame_->texts->text(value);
}

std::string Snapshot::record_label(const model::ConditionRecord& record) const {
  if (record.is_keyed()) return std::string{record_keys_.text(record.number())};
  std::string label = "row " + std::to_string(record.number());
  const model::RecordOrigin& origin = (*record_origins_)[record.origin];
  if (origin.import == 0) return label;
  return label + " (import " + std::to_string(origin.import) + " of " + origin.feed + ")";
}

base::Int128 Snapshot::record_value(const model::ConditionRecord& record) const {
  return conditions_.terms(record).wide ? conditions_.extra(record).wide
                                        : base::Int128{record.value};
}

std::size_t Snapshot::memory_bytes() const {
  std::size_t bytes = conditions_.memory_bytes() + customer_plans_.memory_bytes() +
                      frame_->articles.codes->memory_bytes() +
                      frame_->customers.codes->memory_bytes();
  bytes += frame_->articles.groups.memory_bytes() + frame_->articles.units.memory_bytes() +
           frame_->articles.attributes.memory_bytes();
  for (const auto& mapping : frame_->articles.mappings) bytes += mapping.memory_bytes();
  bytes += frame_->customers.groups.memory_bytes() + frame_->customers.lists.memory_bytes();
  return bytes;
}

}  // namespace engine::snapshot
