// Costs by article: records of the cost type that stand under the article alone. Made once a check;
// any thread.
#pragma once

#include "rules/check_context.hpp"

#include <optional>
#include <vector>

namespace rules {

class Costs {
 public:
  explicit Costs(const CheckContext& context);

  // The cost that the price lies below: in the same currency and a comparable unit, on some common
  // day. Nothing where there is none, and for costs themselves.
  std::optional<std::uint32_t> above(std::uint32_t part, std::uint32_t article,
                                     const engine::model::ConditionRecord& record) const;

 private:
  const CheckContext& context_;
  std::optional<engine::model::ConditionTypeId> type_;
  std::vector<std::uint32_t> parts_;
};

}  // namespace rules
