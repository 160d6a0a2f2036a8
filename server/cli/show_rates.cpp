#include "server/cli/show.hpp"
#include "server/cli/suggest.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace server::cli {

using engine::base::CivilMinutes;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::model::CurrencyId;
using engine::model::ExchangeRate;

namespace {

// Rates of one pair and kind follow each other.
struct Shown {
  std::string kind;
  std::string from;
  std::string to;
  const ExchangeRate* rate = nullptr;
  CivilMinutes until = CivilMinutes::latest();  // the next one's start

  auto pair() const { return std::tie(kind, from, to); }
};

// All of the currency's, or of every one, in order of kind, pair and start.
std::vector<Shown> rates_of(const Knowledge& known, std::string_view currency) {
  std::vector<Shown> all;
  for (const ExchangeRate& rate : known.facts.exchange_rates()) {
    const std::string from{known.snapshot.currency_code(rate.from)};
    const std::string to{known.snapshot.currency_code(rate.to)};
    if (!currency.empty() && from != currency && to != currency) continue;
    all.push_back({std::string{known.snapshot.text(rate.kind)}, from, to, &rate});
  }
  std::ranges::sort(all, [](const Shown& a, const Shown& b) {
    return a.pair() != b.pair() ? a.pair() < b.pair() : a.rate->valid_from < b.rate->valid_from;
  });
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i].pair() == all[i + 1].pair()) all[i].until = all[i + 1].rate->valid_from;
  }
  return all;
}

Fault nothing_of(const Knowledge& known, std::string_view currency) {
  const auto& codes = *known.facts.currencies().codes;
  if (currency.empty()) return {FaultCode::bad_request, "", "there are no exchange rates"};
  if (!codes.find(currency)) {
    return {FaultCode::bad_request, "",
            fmt::format("there is no currency '{}'{}", currency,
                        did_you_mean(near_matches(currency, codes)))};
  }
  return {FaultCode::bad_request, "", fmt::format("no exchange rate has {}", currency)};
}

}  // namespace

Result<Report> show_rates(const Knowledge& known, std::string_view currency) {
  auto rates = rates_of(known, currency);
  if (rates.empty()) return nothing_of(known, currency);
  if (known.date) {
    std::erase_if(rates, [&](const Shown& shown) {
      return *known.date < shown.rate->valid_from || *known.date >= shown.until;
    });
  }
  Report report{currency.empty() ? "Exchange rates"
                                 : fmt::format("Exchange rates of {}", currency)};
  Table& table = report.table("rates", "",
                              {{"kind", "kind"},
                               {"from", "from"},
                               {"to", "to"},
                               {"per", "so many", Align::right},
                               {"rate", "are", Align::right},
                               {"valid_from", "from day"},
                               {"valid_to", "to day"}});
  const std::size_t most = known.rows_max == 0 ? rates.size() : known.rows_max;
  for (std::size_t i = 0; i < std::min(most, rates.size()); ++i) {
    const Shown& shown = rates[i];
    table.add({shown.kind, shown.from, shown.to, static_cast<std::uint64_t>(shown.rate->per),
               engine::base::to_string_short({shown.rate->mantissa, shown.rate->decimals}),
               start_text(shown.rate->valid_from), end_text(shown.until)});
  }
  if (rates.size() > most)
    table.note(fmt::format("and {} more (--limit 0 shows all)", grouped(rates.size() - most)));
  return report;
}

}  // namespace server::cli
