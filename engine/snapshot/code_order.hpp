// The order of codes "as numbers": codes of digits come first, by numeric value of any length; the
// rest follows as text.
#pragma once

#include <string_view>

namespace engine::snapshot {

inline bool is_number_code(std::string_view code) {
  return !code.empty() && code.find_first_not_of("0123456789") == std::string_view::npos;
}

inline bool number_order_less(std::string_view a, std::string_view b) {
  const bool a_number = is_number_code(a);
  const bool b_number = is_number_code(b);
  if (a_number != b_number) return a_number;
  if (!a_number) return a < b;
  const auto significant = [](std::string_view code) {
    const auto first = code.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view{} : code.substr(first);
  };
  const std::string_view x = significant(a);
  const std::string_view y = significant(b);
  if (x.size() != y.size()) return x.size() < y.size();
  return x == y ? a.size() < b.size() : x < y;
}

}  // namespace engine::snapshot
