// Constant: the value of a procedure's parameter, of one of the types that expressions know. Plain
// values.
#pragma once

#include "engine/base/decimal.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rules {

using Texts = std::vector<std::string>;
using Decimals = std::vector<engine::base::Decimal>;

// A number, a truth, a text, a list of texts, a list of numbers.
using Constant = std::variant<engine::base::Decimal, bool, std::string, Texts, Decimals>;

// By name.
using Parameters = std::map<std::string, Constant, std::less<>>;

}  // namespace rules
