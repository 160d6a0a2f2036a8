// Costs by article: records of the cost type that stand under the article alone. Made once a check;
// any thread. Of an article `costs_max` are looked at a price.
#pragma once

#include "rules/check_context.hpp"

#include <optional>
#include <vector>

namespace rules {

class Costs {
 public:
  static constexpr std::uint32_t costs_max = 256;

  explicit Costs(const CheckContext& context);

  struct Above {
    std::optional<std::uint32_t> record;
    std::uint64_t left_out = 0;  // costs that were not looked at
  };

  // The cost that the record's price lies below: in the same currency and a comparable unit, on some
  // common day. Nothing where there is none, and for costs themselves.
  Above above(std::uint32_t part, std::uint32_t article,
              const engine::model::ConditionRecord& record,
              const engine::base::Decimal& price) const;

 private:
  const CheckContext& context_;
  std::optional<engine::model::ConditionTypeId> type_;
  std::vector<std::uint32_t> parts_;
};

}  // namespace rules
