// Conditions that can never be true, as far as that is cheap to prove: constant ones, comparisons
// with groups and attributes that no article or customer has, a field that would have to equal two
// things at once, a number that would have to be above one bound and below a smaller one. What
// cannot be proved counts as possible. Made once a check; any thread.
#pragma once

#include "rules/check_context.hpp"
#include "rules/check_sink.hpp"

#include <string>
#include <vector>

namespace rules {

class NeverTrue {
 public:
  explicit NeverTrue(const CheckContext& context);

  // Why the record text can't be true; empty where it may be.
  const std::string& reason(std::uint32_t text) const { return reasons_[text]; }

  // The same of any formula.
  std::string reason(const engine::rule::Formula& formula) const;

 private:
  class Machine;

  bool is_had(engine::model::FieldId field, const std::string& code) const;
  bool has_one_value(engine::model::FieldId field) const;

  const CheckContext& context_;
  // By field, of articles' and customers' attributes: the values that somebody has, rising.
  std::vector<std::vector<std::uint32_t>> attributes_;
  std::vector<bool> several_;  // by field: somebody has two values of it
  std::vector<bool> article_groups_;
  std::vector<bool> customer_groups_;
  std::vector<std::string> reasons_;
};

// Conditions of steps and documents; those of records are told with the record.
void check_texts(const CheckContext& context, const NeverTrue& never_true, FindingSink& sink);

}  // namespace rules
