// Of Facts: exchange rates.
#include "engine/base/limits.hpp"
#include "engine/model/facts.hpp"
#include "engine/model/facts_common.hpp"

namespace engine::model {

namespace limits = base::limits;
using base::Fault;
using base::FaultCode;
using base::Result;

namespace {

// The mantissa of the rate, without trailing zeros.
Result<base::Decimal> checked_rate(const ExchangeRateDraft& draft) {
  constexpr std::int64_t per_max = 1'000'000;
  if (draft.per < 1 || draft.per > per_max) {
    return Fault{FaultCode::out_of_range, "per", "a rate is for 1 to 1,000,000 of a currency"};
  }
  if (draft.rate.mantissa <= 0) {
    return Fault{FaultCode::out_of_range, "rate", "a rate must be above zero"};
  }
  base::Decimal rate = draft.rate;
  while (rate.decimals > 0 && rate.mantissa % 10 == 0) {
    rate.mantissa /= 10;
    --rate.decimals;
  }
  if (rate.decimals <= limits::value_decimals && base::fits_int64(rate.mantissa)) return rate;
  return Fault{FaultCode::out_of_range, "rate",
               base::to_string(draft.rate) + " has more than the " +
                   std::to_string(limits::value_decimals) + " digits that a rate keeps"};
}

}  // namespace

Facts::Put Facts::put(const ExchangeRateDraft& draft) {
  ++frame_version_;
  const auto currency = [this](std::string_view code, const char* column) {
    auto known = currency_of(code);
    if (!known) return Result<CurrencyId>{Fault{known.error().code, column, known.error().detail}};
    return known;
  };
  const auto from = currency(draft.from, "from");
  if (!from) return from.error();
  const auto to = currency(draft.to, "to");
  if (!to) return to.error();
  if (*from == *to) {
    return Fault{FaultCode::contradicting_values, "to", "a currency has no rate to itself"};
  }
  if (draft.kind.size() > limits::code_length) {
    return Fault{FaultCode::too_large, "kind",
                 "a kind has at most " + std::to_string(limits::code_length) + " bytes"};
  }
  const auto rate = checked_rate(draft);
  if (!rate) return rate.error();
  const Place next{0, static_cast<std::uint32_t>(exchange_rates_.size())};
  const Place place = exchange_rate_places_.find_or_insert(
      detail::identity_of(*from, *to, draft.kind, draft.valid_from), next);
  if (place.row == next.row) {
    exchange_rates_.emplace_back();
    exchange_rate_batches_.push_back(0);
  }
  if (exchange_rate_batches_[place.row] == batch_) {
    return detail::duplicate("valid_from", base::to_string(draft.valid_from));
  }
  exchange_rate_batches_[place.row] = batch_;
  const TextId kind =
      draft.kind.empty() ? TextId{} : TextId{detail::writable(texts_).intern(draft.kind)};
  exchange_rates_[place.row] = {
      *from,          *to,      kind, draft.valid_from, static_cast<std::int64_t>(rate->mantissa),
      rate->decimals, draft.per};
  return {};
}

}  // namespace engine::model
