#include "tests/oracle/scale.hpp"

#include <algorithm>
#include <sstream>

namespace oracle {

namespace {

Texts words_of(const std::string& text) {
  Texts words;
  std::istringstream in{text};
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// RATE [+ FLAT] [from|to QUANTITY]
TierRow read_tier(const Texts& words) {
  TierRow tier;
  tier.rate = number(words.at(0));
  for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
    if (words[i] == "+") tier.flat = number(words[i + 1]);
    if (words[i] == "from") tier.from = number(words[i + 1]);
    if (words[i] == "to") tier.to = number(words[i + 1]);
  }
  return tier;
}

ScaledCost graduated(const OwnScale& scale, const Rational& quantity) {
  ScaledCost cost;
  Rational begin = 0;
  for (std::size_t i = 0; i < scale.tiers.size(); ++i) {
    const TierRow& tier = scale.tiers[i];
    if (tier.from && i > 0) begin = *tier.from;  // the lowest rate holds from the first unit
    Rational end = quantity;
    if (tier.to) end = std::min(quantity, *tier.to);
    if (i + 1 < scale.tiers.size() && scale.tiers[i + 1].from)
      end = std::min(quantity, *scale.tiers[i + 1].from);
    if (end <= begin) break;
    cost.by_rate += tier.rate * (end - begin);
    cost.flat += tier.flat;
    begin = end;
  }
  return cost;
}

}  // namespace

OwnScale scale_of(const RecordRow& record) {
  OwnScale scale;
  std::istringstream in{record.scale};
  for (std::string part; std::getline(in, part, ';');) {
    const Texts words = words_of(part);
    scale.tiers.push_back(read_tier(words));
    for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
      if (words[i] == "per") scale.package_size = number(words[i + 1]);
      if (words[i] == "after") scale.free_units = number(words[i + 1]);
    }
  }
  return scale;
}

std::optional<std::size_t> tier_at(const OwnScale& scale, const Rational& quantity) {
  if (scale.package_size != 0) return 0;
  std::optional<std::size_t> reached;
  for (std::size_t i = 0; i < scale.tiers.size(); ++i) {
    const TierRow& tier = scale.tiers[i];
    const bool is_upper = scale.tiers.front().to.has_value();
    if (is_upper && (!tier.to || quantity <= *tier.to)) return i;
    if (!is_upper && (!tier.from || quantity >= *tier.from)) reached = i;
  }
  return reached;
}

ScaledCost cost_of(const RecordRow& record, const Rational& quantity) {
  const OwnScale scale = scale_of(record);
  if (record.scale_kind == "graduated") return graduated(scale, quantity);
  if (record.scale_kind == "package") {
    const Rational charged = quantity - scale.free_units;
    if (charged <= 0) return {};
    return {0, scale.tiers.front().rate * Rational{ceiling(charged / scale.package_size)}};
  }
  const TierRow& tier = scale.tiers[tier_at(scale, quantity).value_or(0)];
  return {tier.rate * quantity, tier.flat};
}

}  // namespace oracle
