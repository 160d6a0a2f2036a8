#include "rules/check_rates.hpp"

#include <map>
#include <set>
#include <tuple>

namespace rules {

namespace model = engine::model;
using engine::base::CivilMinutes;

namespace {

// How many of the table's records are in each currency.
std::map<model::CurrencyId, std::uint64_t> currencies_of(const CheckContext& context,
                                                         model::TableId table) {
  const auto& index = context.index();
  std::map<model::CurrencyId, std::uint64_t> counts;
  for (std::uint32_t part = 0; part < index.part_count(); ++part) {
    if (index.table_of_part(part) != table) continue;
    const auto keys = index.part_keys(part);
    const std::uint32_t end = index.records_of(keys.end - 1).end;
    for (std::uint32_t number = index.records_of(keys.begin).begin; number < end; ++number) {
      const model::CurrencyId currency = index.terms(index.record(number)).currency;
      if (!currency.is_none()) ++counts[currency];
    }
  }
  return counts;
}

std::map<model::CurrencyId, std::uint64_t> customers_by_currency(const CheckContext& context) {
  std::map<model::CurrencyId, std::uint64_t> counts;
  for (const model::CurrencyId currency : context.snapshot().customers().currencies) {
    if (!currency.is_none()) ++counts[currency];
  }
  return counts;
}

}  // namespace

void check_rates(const CheckContext& context, FindingSink& sink) {
  const auto& snapshot = context.snapshot();
  const auto customers = customers_by_currency(context);
  const CivilMinutes newest{CivilMinutes::latest().raw() - 1};
  std::set<std::tuple<std::string, model::CurrencyId, model::CurrencyId>> told;
  for (const auto& procedure : snapshot.procedures()) {
    for (const auto& step : procedure.steps) {
      if (!step.rule->find || !step.rule->find->any_currency) continue;
      for (const auto& access : step.rule->find->accesses) {
        for (const auto& [from, records] : currencies_of(context, access.table)) {
          for (const auto& [to, buyers] : customers) {
            if (from == to || snapshot.rates().find(from, to, procedure.rate_kind,
                                                    procedure.rate_currency, newest))
              continue;
            if (!told.emplace(step.rule->name, from, to).second) continue;
            sink.add(FindingKind::currency_without_rate, "", "",
                     "step '" + step.rule->name + "': no exchange rate leads from " +
                         std::string{snapshot.currency_code(from)} + " (" +
                         counted_text(records, "record") + ") to " +
                         std::string{snapshot.currency_code(to)} + " (" +
                         counted_text(buyers, "customer") + ")");
          }
        }
      }
    }
  }
}

}  // namespace rules
