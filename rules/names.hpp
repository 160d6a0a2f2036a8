// Names in rules documents: of parameters, fields, flags, steps, inputs. One rule for all, so that
// every name can stand in an expression.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace rules {

// Lower case letters, digits and _; at most 64 of them, the first one no digit.
inline bool is_name(std::string_view name) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 64 && !(name.front() >= '0' && name.front() <= '9') &&
         std::ranges::all_of(name, word);
}

inline bool is_free_name(std::string_view name, std::span<const std::string_view> taken) {
  return is_name(name) && std::ranges::find(taken, name) == taken.end();
}

inline constexpr const char* name_rule =
    "a name is lower case letters, digits and _, and no word of the expression language";

}  // namespace rules
