#include "tests/replay/parts/comparison.hpp"

#include "tests/replay/parts/csv_rows.hpp"

#include <fmt/core.h>

#include <utility>

namespace tests::replay {

using engine::base::Decimal;

namespace {

std::string text_of(const std::optional<Decimal>& amount) {
  return amount ? engine::base::to_string(*amount) : std::string{"nothing"};
}

std::string offer_text(const std::string& offer) { return offer.empty() ? "none" : offer; }

}  // namespace

void Comparison::show(std::string text) {
  if (shown_.size() < deviations_shown_max) shown_.push_back(std::move(text));
}

void Comparison::deviation(const BilledLine& billed, const std::string& field,
                           const std::string& expected, const std::string& got) {
  ++by_field_[field];
  show(fmt::format("order {}, line {} (line {} of the file), article {}: {} should be {}, is {}",
                   billed.order, billed.number, billed.line, billed.article, field, expected, got));
}

void Comparison::add(const BilledLine& billed, const AnsweredLine& answered) {
  ++lines_;
  bool all_right = true;
  const auto differs = [&](const std::string& field, const std::string& expected,
                           const std::string& got) {
    all_right = false;
    deviation(billed, field, expected, got);
  };
  if (answered.outcome != "priced") {
    differs("outcome", "priced", answered.outcome);
  } else {
    for (std::size_t i = 0; i < amount_count; ++i) {
      if (answered.amounts[i] && *answered.amounts[i] == billed.amounts[i]) continue;
      differs(std::string{amount_names[i]}, engine::base::to_string(billed.amounts[i]),
              text_of(answered.amounts[i]));
    }
    if (billed.is_reseller() && answered.offer != billed.offer) {
      differs("offer_id", offer_text(billed.offer), offer_text(answered.offer));
    }
    if (!answered.trouble.empty()) differs("explanation", "as priced", answered.trouble);
  }
  if (all_right) ++right_;
}

void Comparison::add_unusable(const BilledLine& line) {
  ++lines_;
  ++by_field_["unusable line"];
  show(at_line(line.line, line.problem));
}

}  // namespace tests::replay
