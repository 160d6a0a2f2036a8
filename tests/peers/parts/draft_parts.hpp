// Parts of drafts, made from the members of a mapping's rule for one row. What the row does not say
// is left out, or is what `otherwise` says. Faults name the member. One thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"

#include "tests/peers/parts/source.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tests::peers {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Text text_at(const rules::Json& rule, std::string_view name, const Scope& row);
std::string text_or(const rules::Json& rule, std::string_view name, const Scope& row,
                    const std::string& otherwise = {});
std::vector<std::string> texts_at(const rules::Json& rule, std::string_view name, const Scope& row);
std::vector<std::string_view> views(const std::vector<std::string>& texts);

// {"name": source(s)}: one pair for each text.
Pairs pairs_at(const rules::Json& rule, std::string_view name, const Scope& row);

engine::base::Result<engine::base::Decimal> decimal_at(const rules::Json& rule,
                                                       std::string_view name, const Scope& row,
                                                       const std::string& otherwise);
engine::base::Result<std::int64_t> whole_at(const rules::Json& rule, std::string_view name,
                                            const Scope& row, const std::string& otherwise);
engine::base::Result<engine::base::Quantity> quantity_at(const rules::Json& rule,
                                                         std::string_view name, const Scope& row);
// Members valid_from, valid_to and bounds.
engine::base::Result<engine::base::Validity> validity_at(const rules::Json& rule, const Scope& row);

// The texts must outlive what is returned.
engine::base::Result<std::vector<engine::model::AttributeText>> fields_of(
    const Pairs& pairs, const engine::model::Facts& facts);

// Value, price unit, quantities, validity and rank.
engine::base::Result<void> take_numbers(const rules::Json& rule, const Scope& row,
                                        engine::model::ConditionDraft& draft);
engine::base::Result<void> take_flags(const rules::Json& rule, const Scope& row,
                                      const engine::model::Facts& facts,
                                      engine::model::ConditionDraft& draft);

// Conditions that must all hold, as one.
std::string all_of(const std::vector<std::string>& conditions);

}  // namespace tests::peers
