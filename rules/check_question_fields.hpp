// Fields that a question has to give for two records to be met: those of their keys and of the
// procedure's look-up, and beside them what conditions on the way ask for, and the keys of earlier
// steps without whose record the line is closed. Several sets of them, to be tried one after the
// other; bounded. Any thread; a pass over the parts of the earlier steps' tables.
#pragma once

#include "rules/check_suspicion.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rules {

// By name.
using QuestionFields = std::vector<std::pair<std::string, std::string>>;

// `buyers` are the customers who may ask.
std::vector<QuestionFields> field_sets(const CheckContext& context, const Suspicion& suspicion,
                                       std::span<const std::uint32_t> buyers);

}  // namespace rules
