#include "tests/peers/parts/scaling.hpp"

#include "engine/base/decimal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <string_view>

namespace tests::peers {

using engine::base::Decimal;
using rules::Json;
using rules::JsonMember;
using Texts = std::map<std::string, std::string>;

namespace {

constexpr int decimals_kept = 2;  // that every rounding leaves, as far as the case names none

enum class Meaning { amount, percent, quantity, order, unknown };

template <std::size_t Count>
bool is_one(const std::array<std::string_view, Count>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// What a number under this name is. An id or a name that looks like a number is neither.
Meaning meaning_of(const std::string& name, const Json* row, const std::string& pointer) {
  static constexpr std::array<std::string_view, 9> amounts{
      "amount",      "base_price", "price",     "unit_price",    "unit_prices",
      "line_totals", "line_total", "net_total", "original_price"};
  static constexpr std::array<std::string_view, 3> totals{"total", "totals", "subtotal"};
  static constexpr std::array<std::string_view, 3> percents{"percent", "line_discount_percent",
                                                            "line_discount_percents"};
  static constexpr std::array<std::string_view, 4> quantities{"quantity", "min_qty", "max_qty",
                                                              "from_quantity"};
  static constexpr std::array<std::string_view, 12> orders{
      "priority", "rank",  "level", "id",   "product", "customer",
      "groups",   "group", "list",  "line", "parent",  "category"};
  if (is_one(amounts, name)) return Meaning::amount;
  if (is_one(totals, name) && pointer.starts_with("/expect")) return Meaning::amount;
  if (is_one(percents, name)) return Meaning::percent;
  if (is_one(quantities, name)) return Meaning::quantity;
  if (is_one(orders, name)) return Meaning::order;
  const Json* kind = row == nullptr ? nullptr : row->find("kind");
  if (name != "value" || kind == nullptr) return Meaning::unknown;
  if (kind->text() == "percent") return Meaning::percent;
  return kind->text() == "amount" ? Meaning::amount : Meaning::unknown;
}

std::optional<Decimal> number_in(const Json& value) {
  if (!value.is(Json::Kind::string) && !value.is(Json::Kind::number)) return std::nullopt;
  const auto number = engine::base::parse_decimal(value.text());
  return number ? std::optional{*number} : std::nullopt;
}

int decimals_of(Decimal number) {
  while (number.decimals > 0 && number.mantissa % 10 == 0) {
    number.mantissa /= 10;
    --number.decimals;
  }
  return number.decimals;
}

// The numbers of a case, by what they are.
class Numbers {
 public:
  explicit Numbers(int power) : power_{power} {}

  bool take_case(const Json& root) {
    for (const char* part : {"world", "ask", "expect"}) {
      const Json* value = root.find(part);
      if (value != nullptr && !take(*value, part, nullptr)) return false;
    }
    return true;
  }

  // Of an amount times a quantity and all percents one after the other.
  int decimals() const { return amount_decimals_ + percent_decimals_ + quantity_decimals_; }

  Texts amounts;

 private:
  bool take(const Json& value, const std::string& name, const Json* row) {
    if (const auto number = number_in(value)) return take_number(value, *number, name, row);
    // A condition or formula of the case may say anything of its amounts.
    if (value.text().find_first_of("<>=*+/%") != std::string::npos) return false;
    for (const Json& item : value.items()) {
      if (!take(item, name, row)) return false;
    }
    for (const JsonMember& member : value.members()) {
      if (member.name == "scope" && member.value.text() != "line") return false;
      if (!take(member.value, member.name, &value)) return false;
    }
    return true;
  }

  bool take_number(const Json& value, const Decimal& number, const std::string& name,
                   const Json* row) {
    switch (meaning_of(name, row, value.pointer())) {
      case Meaning::amount:
        amount_decimals_ = std::max(amount_decimals_, decimals_of(number));
        amounts[value.pointer()] = scaled(number);
        return true;
      case Meaning::percent:
        if (!value.pointer().starts_with("/expect"))
          percent_decimals_ +=
              decimals_of({number.mantissa, static_cast<std::uint8_t>(number.decimals + 2)});
        return true;
      case Meaning::quantity:
        quantity_decimals_ = std::max(quantity_decimals_, decimals_of(number));
        return true;
      case Meaning::order:
        return true;
      case Meaning::unknown:
        return false;
    }
    return false;
  }

  std::string scaled(Decimal number) const {
    for (int i = 0; i < power_; ++i) number.mantissa *= 10;
    return engine::base::to_string(number);
  }

  int power_;
  int amount_decimals_ = 0;
  int percent_decimals_ = 0;
  int quantity_decimals_ = 0;
};

// Functions and numbers in a formula that scaling keeps: max, min and roundings, 0, 1 and percents.
bool is_even(const std::string& formula) {
  static constexpr std::array<std::string_view, 4> functions{"max", "min", "round", "has"};
  static constexpr std::array<std::string_view, 4> numbers{"0", "1", "100", "0.01"};
  if (formula.find('/') != std::string::npos) return false;
  std::string word;
  for (const char c : formula + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.') {
      word += c;
      continue;
    }
    const bool is_number = !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) != 0;
    if (is_number && !is_one(numbers, word)) return false;
    if (c == '(' && !word.empty() && !is_one(functions, word)) return false;
    word.clear();
  }
  return true;
}

// Roundings of a formula name their decimals: as large as what is kept, or as a parameter.
std::string without_roundings(std::string formula) {
  for (std::size_t at = formula.find(", 'half"); at != std::string::npos;
       at = formula.find(", 'half")) {
    const std::size_t from = formula.rfind(',', at - 1);
    const std::size_t to = formula.find(')', at);
    if (from == std::string::npos || to == std::string::npos) break;
    formula.erase(from, to - from);
  }
  return formula;
}

bool keeps_decimals(const Json& value) {
  const auto number = number_in(value);
  return !number || number->mantissa >= decimals_kept;
}

// Whether all steps do nothing but find, add and multiply.
bool is_even(const Json& value) {
  for (const Json& item : value.items()) {
    if (!is_even(item)) return false;
  }
  for (const JsonMember& member : value.members()) {
    if (member.name == "apply" || member.name == "spread" || member.name == "guard") return false;
    if (member.name == "decimals" && !keeps_decimals(member.value)) return false;
    const bool is_formula = member.name == "amount" || member.name == "when" ||
                            member.name == "basis" || member.name == "below_lowest";
    if (is_formula && !is_even(without_roundings(member.value.text()))) return false;
    if (!is_even(member.value)) return false;
  }
  return true;
}

// A parameter that the case leaves alone is a number of decimals, or a switch.
bool are_even(const Json* parameters) {
  if (parameters == nullptr) return true;
  return std::ranges::all_of(parameters->members(), [](const JsonMember& member) {
    const Json* value = member.value.find("value");
    const auto number = value == nullptr ? std::nullopt : number_in(*value);
    if (!number) return true;
    const bool of_decimals = member.name.find("decimals") != std::string::npos;
    return of_decimals ? number->mantissa >= decimals_kept : number->mantissa == 0;
  });
}

// Amounts that the mapping itself knows would stay.
bool knows_no_amount(const Json* rules) {
  if (rules == nullptr) return true;
  return std::ranges::all_of(rules->items(), [](const Json& rule) {
    const Json* value = rule.find("value");
    const Json* formula = rule.find("formula");
    if (rule.find("scale") != nullptr || rule.find("parameters") != nullptr) return false;
    if (value != nullptr && number_in(*value)) return false;
    if (formula == nullptr) return true;
    std::string text = formula->text();
    for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{'))
      text.erase(open, text.find('}', open) - open + 1);
    return formula->is(Json::Kind::string) && is_even(text);
  });
}

}  // namespace

Texts other_amounts(const Json& root, const System& system, std::mt19937_64& random) {
  const Json* steps = system.procedure.find("steps");
  const auto power = static_cast<int>(random() % 3) + 1;
  Numbers numbers{power};
  if (steps == nullptr || !is_even(*steps) || !are_even(system.procedure.find("parameters")) ||
      !knows_no_amount(system.mapping.find("world")) || !numbers.take_case(root))
    return {};
  return numbers.decimals() <= decimals_kept ? std::move(numbers.amounts) : Texts{};
}

}  // namespace tests::peers
