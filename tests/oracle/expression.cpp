#include "tests/oracle/expression.hpp"

#include <algorithm>
#include <stdexcept>

namespace oracle {

namespace {

using Kind = Node::Kind;

class Evaluation {
 public:
  Evaluation(const Names& names, const std::string& variable)
      : names_{names}, variable_{variable} {}

  Value value(const Node& node) const {
    switch (node.kind) {
      case Kind::number:
        return {node.number, {}};
      case Kind::name:
        return name(node);
      case Kind::sign:
        return sign(node);
      case Kind::operation:
        return operation(node);
      case Kind::choice:
        return choice(node);
      case Kind::call:
        return call(node);
      default:
        throw std::invalid_argument("a text or list is no number: '" + node.word + "'");
    }
  }

 private:
  // Without the name of the line before it.
  std::string plain(const std::string& name) const {
    return !variable_.empty() && name.rfind(variable_ + ".", 0) == 0
               ? name.substr(variable_.size() + 1)
               : name;
  }

  Value name(const Node& node) const {
    if (node.word == "true") return {1, {}};
    if (node.word == "false") return {0, {}};
    return names_.named(plain(node.word));
  }

  Value sign(const Node& node) const {
    Value of = value(node.parts[0]);
    of.number = node.word == "-" ? Rational{-of.number} : Rational{of.number == 0 ? 1 : 0};
    return of;
  }

  Value choice(const Node& node) const {
    const Value condition = value(node.parts[0]);
    Value taken = value(node.parts[condition.number != 0 ? 1 : 2]);
    taken.unknown.add(condition.unknown);
    return taken;
  }

  // What a text or a field stands for; nothing for numbers and truths.
  std::optional<Texts> texts(const Node& node) const {
    if (node.kind == Kind::text) return Texts{node.word};
    if (node.kind == Kind::name) return names_.texts(plain(node.word));
    if (node.kind != Kind::list) return std::nullopt;
    Texts all;
    for (const Node& part : node.parts) {
      if (part.kind != Kind::text) return std::nullopt;
      all.push_back(part.word);
    }
    return all;
  }

  std::vector<Rational> numbers(const Node& node) const {
    if (node.kind == Kind::name) return names_.numbers(plain(node.word)).value();
    std::vector<Rational> all;
    for (const Node& part : node.parts) all.push_back(value(part).number);
    return all;
  }

  Value operation(const Node& node) const {
    const std::string& symbol = node.word;
    if (symbol == "&&" || symbol == "||") return both_or_either(node);
    if (symbol == "in") return membership(node);
    if (symbol == "==" || symbol == "!=") {
      const auto left = texts(node.parts[0]);
      if (left) return text_equality(symbol == "==", *left, texts(node.parts[1]).value());
    }
    const Value a = value(node.parts[0]);
    const Value b = value(node.parts[1]);
    Unknown unknown = a.unknown;
    unknown.add(b.unknown);
    if (symbol == "+") return {a.number + b.number, unknown};
    if (symbol == "-") return {a.number - b.number, unknown};
    if (symbol == "*") return {a.number * b.number, unknown};
    if (symbol == "/") return division(a, b, unknown);
    return comparison(symbol, a, b, unknown);
  }

  static Value division(const Value& a, const Value& b, Unknown unknown) {
    if (b.number != 0) return {a.number / b.number, unknown};
    unknown.divided_by_zero = unknown.divided_by_zero || !unknown.missing;
    return {0, unknown};
  }

  static Value comparison(const std::string& symbol, const Value& a, const Value& b,
                          Unknown unknown) {
    const bool holds = symbol == "=="   ? a.number == b.number
                       : symbol == "!=" ? a.number != b.number
                       : symbol == "<=" ? a.number <= b.number
                       : symbol == ">=" ? a.number >= b.number
                       : symbol == "<"  ? a.number < b.number
                                        : a.number > b.number;
    const bool told = holds && !unknown.missing;
    unknown.missing = false;
    return {told ? 1 : 0, unknown};
  }

  Value both_or_either(const Node& node) const {
    const bool deciding = node.word == "||";
    const Value a = value(node.parts[0]);
    const Value b = value(node.parts[1]);
    for (const Value* side : {&a, &b}) {
      if (!side->unknown.any() && (side->number != 0) == deciding) return {deciding ? 1 : 0, {}};
    }
    Unknown unknown = a.unknown;
    unknown.add(b.unknown);
    return {deciding ? 0 : 1, unknown};
  }

  static Value text_equality(bool equal, const Texts& left, const Texts& right) {
    bool any = false;
    for (const std::string& one : left)
      any = any || std::find(right.begin(), right.end(), one) != right.end();
    if (equal) return {any ? 1 : 0, {}};
    return {!any && !left.empty() && !right.empty() ? 1 : 0, {}};
  }

  Value membership(const Node& node) const {
    if (const auto left = texts(node.parts[0])) {
      const bool none = node.parts[1].kind == Kind::list && node.parts[1].parts.empty();
      return text_equality(true, *left, none ? Texts{} : texts(node.parts[1]).value());
    }
    const Value one = value(node.parts[0]);
    bool any = false;
    for (const Rational& number : numbers(node.parts[1])) any = any || number == one.number;
    Unknown unknown = one.unknown;
    const bool told = any && !unknown.missing;
    unknown.missing = false;
    return {told ? 1 : 0, unknown};
  }

  // ---- functions
  // ----------------------------------------------------------------------------------

  Value call(const Node& node) const {
    const std::string& word = node.word;
    if (word.rfind("lines.", 0) == 0)
      return names_.over_lines(word, node.parts[1], node.parts[0].word);
    if (word == "has") return {names_.given(plain(node.parts[0].word)) ? 1 : 0, {}};
    if (word == "round") return rounding(node);
    if (word == "min" || word == "max") return extreme(node);
    if (word == "abs") return absolute(node);
    if (word == "round_to") return round_to(node);
    if (word == "ending") return ending(node);
    if (word == "extended" || word == "per_unit" || word == "converted" || word == "scaled")
      return by_record(node);
    return text_test(node);
  }

  Value absolute(const Node& node) const {
    Value of = value(node.parts[0]);
    of.number = abs(of.number);
    return of;
  }

  Value extreme(const Node& node) const {
    const Value a = value(node.parts[0]);
    const Value b = value(node.parts[1]);
    Unknown unknown = a.unknown;
    unknown.add(b.unknown);
    return {node.word == "min" ? std::min(a.number, b.number) : std::max(a.number, b.number),
            unknown};
  }

  std::string mode(const Node& node) const { return texts(node).value().front(); }

  Value rounding(const Node& node) const {
    Value of = value(node.parts[0]);
    const auto decimals = static_cast<int>(numerator(value(node.parts[1]).number));
    of.number = rounded(of.number, decimals, mode(node.parts[2]));
    return of;
  }

  Value round_to(const Node& node) const {
    const Value multiple = value(node.parts[1]);
    const Value of = value(node.parts[0]);
    Unknown unknown = of.unknown;
    unknown.add(multiple.unknown);
    Value times = division(of, multiple, unknown);
    times.number = rounded(times.number, 0, mode(node.parts[2])) * multiple.number;
    return times;
  }

  // All endings around the price are held against it.
  Value ending(const Node& node) const {
    Value of = value(node.parts[0]);
    const std::vector<Rational> endings = numbers(node.parts[1]);
    const Rational base = value(node.parts[2]).number;
    const std::string how = mode(node.parts[3]);
    std::optional<Rational> best;
    for (const Rational& end : endings) {
      const Rational times = rounded((of.number - end) / base, 0, "down");
      for (int i = -2; i <= 2; ++i) {
        const Rational price = end + (times + i) * base;
        if (price < 0 && of.number >= 0) continue;
        if ((how == "up" && price < of.number) || (how == "down" && price > of.number)) continue;
        const Rational off = abs(Rational{price - of.number});
        const Rational known = best ? Rational{abs(Rational{*best - of.number})} : Rational{0};
        if (!best || off < known || (off == known && price > *best)) best = price;
      }
    }
    of.number = best.value_or(*std::min_element(endings.begin(), endings.end()));
    return of;
  }

  Value by_record(const Node& node) const {
    if (node.word == "scaled") return names_.by_record(node.word, {}, plain(node.parts[0].word));
    const std::string step = node.parts.size() > 1 ? plain(node.parts[1].word) : "";
    return names_.by_record(node.word, value(node.parts[0]), step);
  }

  // "brand.startsWith"
  Value text_test(const Node& node) const {
    const std::size_t point = node.word.rfind('.');
    const std::string test = node.word.substr(point + 1);
    const std::string wanted = mode(node.parts[0]);
    bool any = false;
    const Texts texts = names_.texts(plain(node.word.substr(0, point))).value();
    for (const std::string& text : texts) {
      const bool ends = text.size() >= wanted.size() &&
                        text.compare(text.size() - wanted.size(), wanted.size(), wanted) == 0;
      any = any || (test == "startsWith" ? text.rfind(wanted, 0) == 0
                    : test == "endsWith" ? ends
                                         : text.find(wanted) != std::string::npos);
    }
    return {any ? 1 : 0, {}};
  }

  const Names& names_;
  const std::string& variable_;
};

}  // namespace

std::string outcome_of(const Unknown& unknown) {
  if (unknown.divided_by_zero) return "division_by_zero";
  if (unknown.no_rate) return "no_exchange_rate";
  return unknown.missing ? "missing_value" : "priced";
}

Value evaluate(const Node& node, const Names& names, const std::string& variable) {
  return Evaluation{names, variable}.value(node);
}

}  // namespace oracle
