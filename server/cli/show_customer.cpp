#include "server/cli/show.hpp"
#include "server/cli/suggest.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::model::ConditionRecord;
using engine::model::Customer;
using engine::model::CustomerId;
using engine::model::Document;
using engine::model::DocumentId;
using engine::model::DocumentKind;
using engine::model::FieldId;
using engine::model::Schema;
using engine::model::TableShape;
using engine::rule::ListsOf;
using engine::snapshot::Reached;

namespace {

constexpr std::size_t parents_max = 32;  // shown; a circle must not go on for ever

std::string parents_text(const Knowledge& known, CustomerId id) {
  std::vector<std::string> parents;
  for (CustomerId at = known.snapshot.customers().parents[id.raw()];
       !at.is_none() && parents.size() < parents_max;
       at = known.snapshot.customers().parents[at.raw()]) {
    parents.push_back(named(known.snapshot.customer_code(at), known.snapshot.customer_name(at)));
  }
  return joined(parents, ", below ");
}

std::string groups_text(const Knowledge& known, CustomerId id) {
  const auto& groups = known.facts.customer_groups();
  std::vector<std::string> texts;
  for (const Reached& group : known.snapshot.customers().groups[id.raw()]) {
    std::string text = named(groups.codes->text(group.id), groups.items[group.id].name);
    if (group.distance > 0) text += fmt::format(" [{} up]", group.distance);
    texts.push_back(text);
  }
  return joined(texts);
}

std::string attributes_text(const Knowledge& known, const Customer& customer) {
  std::vector<std::string> attributes;
  for (const auto& attribute : customer.attributes) {
    attributes.push_back(fmt::format("{} {}", known.facts.schema.field(attribute.field).name,
                                     known.snapshot.text(attribute.value)));
  }
  return joined(attributes);
}

const char* via_text(ListsOf via) {
  switch (via) {
    case ListsOf::customer:
      return "the customer";
    case ListsOf::group:
      return "a group";
    case ListsOf::everyone:
      return "everybody";
    case ListsOf::any:
      break;
  }
  return "";
}

std::map<DocumentId, std::uint64_t> count_by_document(const Knowledge& known) {
  std::map<DocumentId, std::uint64_t> counts;
  for (const ConditionRecord& record : known.facts.conditions().records())
    ++counts[record.document];
  return counts;
}

void add_lists(Report& report, const Knowledge& known, CustomerId id) {
  const auto counts = count_by_document(known);
  Table& table = report.table("price_lists", "Price lists",
                              {{"price_list", "price list"},
                               {"currency", "currency"},
                               {"rank", "rank", Align::right},
                               {"via", "given to"},
                               {"assigned", "assigned"},
                               {"validity", "list valid"},
                               {"records", "records", Align::right}});
  for (const auto& list : known.snapshot.customers().lists[id.raw()]) {
    const Document& document = known.facts.documents()[list.list.raw()];
    const auto count = counts.find(list.list);
    table.add({named(document.code, document.name), known.snapshot.currency_code(document.currency),
               std::to_string(list.rank), via_text(list.via), validity_text(list.validity),
               validity_text(document.validity),
               count == counts.end() ? std::uint64_t{0} : count->second});
  }
}

void add_agreements(Report& report, const Knowledge& known, CustomerId id) {
  Table& table = report.table("agreements", "Framework agreements that name the customer",
                              {{"agreement", "agreement"}, {"validity", "valid"}});
  for (const Document& document : known.facts.documents()) {
    if (document.kind != DocumentKind::agreement) continue;
    if (std::ranges::find(document.customers, id) == document.customers.end()) continue;
    table.add({named(document.code, document.name), validity_text(document.validity)});
  }
}

// The value that `field` has in the key; nothing when the table has no such field.
std::optional<std::uint32_t> party_value(const TableShape& shape, KeyValues keys, FieldId field) {
  const auto at = std::ranges::find(shape.party_fields, field);
  if (at == shape.party_fields.end()) return std::nullopt;
  return keys[static_cast<std::size_t>(at - shape.party_fields.begin())];
}

}  // namespace

Result<Report> show_customer(const Knowledge& known, std::string_view code) {
  const auto id = known.snapshot.find_customer(code);
  if (!id) {
    return Fault{FaultCode::unknown_customer, "",
                 fmt::format("there is no customer '{}'{}", code,
                             did_you_mean(near_matches(code, *known.facts.customers().codes)))};
  }
  const Customer& customer = known.facts.customers().items[id->raw()];
  Report report;
  report.fact("customer", "customer", known.snapshot.customer_code(*id));
  report.fact("name", "name", customer.name);
  report.fact("parents", "below", parents_text(known, *id));
  report.fact("groups", "groups", groups_text(known, *id));
  report.fact("currency", "currency", known.snapshot.currency_code(customer.currency));
  report.fact("attributes", "attributes", attributes_text(known, customer));
  const auto own =
      find_records(known, [&](const TableShape& shape, KeyValues keys, const ConditionRecord&) {
        return party_value(shape, keys, Schema::customer) == id->raw();
      });
  const auto groups = known.snapshot.customers().groups[id->raw()];
  const auto of_groups =
      find_records(known, [&](const TableShape& shape, KeyValues keys, const ConditionRecord&) {
        const auto group = party_value(shape, keys, Schema::customer_group);
        return group && std::ranges::find(groups, *group, &Reached::id) != groups.end() &&
               party_value(shape, keys, Schema::customer).value_or(id->raw()) == id->raw();
      });
  add_records(report, known, "records", "Condition records of its own", own);
  add_records(report, known, "group_records", "Condition records of its groups", of_groups);
  add_lists(report, known, *id);
  add_agreements(report, known, *id);
  return report;
}

}  // namespace server::cli
