#include "tests/property/formula_maker.hpp"

#include <algorithm>

namespace property {

namespace {

constexpr int decimals_max = 40;

bool sums_for(const Where& where) {
  return where.of_order || where.running_sums || sums_in_line_steps;
}

}  // namespace

std::string listed(const Texts& items) {
  std::string text = "[";
  for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : ", ") + items[i];
  return text + "]";
}

std::string FormulaMaker::in_parentheses(const Formula& formula) {
  const bool plain = formula.text.find_first_of(" ?:<>=!&|-") == std::string::npos;
  return plain ? formula.text : "(" + formula.text + ")";
}

// Steps whose amounts may be named.
std::vector<const StepMade*> FormulaMaker::reached(const Where& where) const {
  std::vector<const StepMade*> all;
  for (const StepMade& step : steps_) {
    const bool by_lines = where.in_lines && step.phase < where.phase;
    const bool by_line = !where.in_lines && !where.of_order;
    if (step.of_order || by_lines || by_line) all.push_back(&step);
  }
  return all;
}

// ---- numbers
// --------------------------------------------------------------------------------------

Formula FormulaMaker::leaf(const Where& where) {
  const std::size_t kind = draw_.below(whole_ ? 14 : 10);
  const bool of_line = where.in_lines || !where.of_order;
  if (kind < 2)
    return draw_.of(std::vector<Formula>{
        {"1", 0}, {"0.5", 1}, {"100", 0}, {"0.001", 3}, {"0", 0}, {"12.345", 3}});
  if (kind == 2) return draw_.of(std::vector<Formula>{{"share", 2}, {"floor", 1}});
  if (kind == 3 && of_line) return {whole_ && draw_.percent(30) ? "base_quantity" : "quantity", 6};
  if (kind == 10 || kind == 11) return field_number(where);
  if (kind == 12 && !where.in_lines && sums_for(where)) return over_lines(where);
  if (where.running && draw_.percent(50)) return {"running", 6};
  return of_step(where);
}

Formula FormulaMaker::of_step(const Where& where) {
  const auto all = reached(where);
  if (all.empty()) return {"2", 0};
  const StepMade& step = *draw_.of(all);
  const std::size_t kind = draw_.below(10);
  if (step.applies && !step.charges.empty() && kind < 5)
    return {step.name + "." + draw_.of(step.charges), step.decimals};
  if (kind < 6) return {step.name, step.decimals};
  if (kind == 6) return {step.name + ".exact", step.exact_decimals};
  if (step.kind.empty() || step.applies) return {step.name, step.decimals};
  if (whole_ && kind >= 7) {
    const std::string number = step.name + "." + draw_.of(step.numbers);
    if (kind == 7) return {"(has(" + number + ") ? " + number + " : 1)", 2};
    if (kind == 8 && draw_.percent(15)) return {number, 2};
  }
  return {step.name + draw_.of(Texts{".value", ".rate"}), step.value_decimals};
}

Formula FormulaMaker::field_number(const Where& where) {
  const bool of_line = where.in_lines || !where.of_order;
  const std::string name =
      draw_.of(of_line ? Texts{"weight", "weight", "credit", "level", "max_quantity"}
                       : Texts{"credit", "level"});
  if (draw_.percent(20)) return {name, 6};
  return {"(has(" + name + ") ? " + name + " : " + draw_.of(Texts{"0", "1", "2.5"}) + ")", 6};
}

// Names inside stand with the line's name or without.
Formula FormulaMaker::over_lines(const Where& where) {
  Where inside = where;
  inside.in_lines = true;
  inside.running = where.running && where.running_sums;
  const std::string function = draw_.of(Texts{"sum", "sum", "min", "max", "count"});
  if (function == "count") return {"lines.count(l, " + truth(1, inside) + ")", 0};
  Formula of = draw_.percent(70) ? leaf(inside) : number(1, inside);
  const auto simple = of.text.find_first_of(" (.'-0123456789") == std::string::npos;
  const bool named = simple && of.text != "share" && of.text != "floor" && draw_.percent(60);
  return {"lines." + function + "(l, " + (named ? "l." : "") + of.text + ")", of.decimals};
}

std::string FormulaMaker::rounding(int& decimals) {
  decimals = draw_.between(0, 6);
  if (!whole_ || draw_.percent(80)) return ", " + std::to_string(decimals) + ", '" + mode() + "')";
  decimals = 2;
  return ", places, how)";
}

Formula FormulaMaker::number(int depth, const Where& where) {
  if (depth == 0) return leaf(where);
  const Formula a = number(depth - 1, where);
  const Formula b = draw_.percent(60) ? leaf(where) : number(depth - 1, where);
  const int most = std::max(a.decimals, b.decimals);
  switch (draw_.below(whole_ ? 11 : 9)) {
    case 0:
      return {in_parentheses(a) + " + " + in_parentheses(b), most};
    case 1:
      return {in_parentheses(a) + " - " + in_parentheses(b), most};
    case 2:
    case 3:
      if (a.decimals + b.decimals > decimals_max) return a;
      return {in_parentheses(a) + " * " + in_parentheses(b), a.decimals + b.decimals};
    case 4:
      return {draw_.of(Texts{"min(", "max("}) + a.text + ", " + b.text + ")", most};
    case 5:
      return {"-" + in_parentheses(a), a.decimals};
    case 6:
      return {truth(1, where) + " ? " + in_parentheses(a) + " : " + in_parentheses(b), most};
    case 7: {
      int decimals = 0;
      const std::string rest = rounding(decimals);
      return {"round(" + a.text + rest, decimals};
    }
    case 8:
      return divided(a, b, where);
    case 9:
      return by_record(a, where);
    default:
      return function(a, where);
  }
}

Formula FormulaMaker::function(const Formula& a, const Where&) {
  const std::size_t kind = draw_.below(3);
  if (kind == 0) return {"abs(" + a.text + ")", a.decimals};
  if (kind == 1) {
    const std::string multiple = draw_.of(Texts{"0.05", "5", "floor", "0.25"});
    return {"round_to(" + a.text + ", " + multiple + ", '" + mode() + "')", 2};
  }
  const std::string list = draw_.of(Texts{"[0.49, 0.99]", "[0.95]", "[0, 0.5, 0.9]", "endings"});
  return {"ending(" + a.text + ", " + list + ", " + draw_.of(Texts{"1", "10"}) + ", '" +
              draw_.of(Texts{"nearest", "up", "down"}) + "')",
          2};
}

// What a step's record says of units, currency and scale.
Formula FormulaMaker::by_record(const Formula& a, const Where& where) {
  std::vector<const StepMade*> found;
  for (const StepMade* step : reached(where)) {
    if (!step->kind.empty() && !step->applies && !step->of_order) found.push_back(step);
  }
  if (found.empty() || (where.of_order && !where.in_lines)) return a;
  const StepMade& step = *draw_.of(found);
  int decimals = 0;
  const std::string rest = rounding(decimals);
  const std::string of = step.kind == "price" ? a.text : step.name + ".value";
  switch (draw_.below(step.reads_quantity || scales_by_basis ? 3 : 2)) {
    case 0:
      return {"round(per_unit(" + a.text + ", " + step.name + ")" + rest, decimals};
    case 1:
      return {"round(converted(" + of + ", " + step.name + ")" + rest, decimals};
    default:
      return {"round(scaled(" + step.name + ")" + rest, decimals};
  }
}

Formula FormulaMaker::divided(const Formula& a, const Formula& b, const Where& where) {
  int decimals = 0;
  const std::string rest = rounding(decimals);
  const bool of_line = !where.of_order && !where.in_lines && !steps_.empty();
  if (of_line && draw_.percent(40))
    return {"round(extended(" + a.text + ", price)" + rest, decimals};
  const std::string division = "round(" + in_parentheses(a) + " / " + in_parentheses(b) + rest;
  if (draw_.percent(70)) return {in_parentheses(b) + " == 0 ? 0 : " + division, decimals};
  return {division, decimals};
}

// ---- truths
// ---------------------------------------------------------------------------------------

std::string FormulaMaker::truth(int depth, const Where& where) {
  const std::size_t kind = draw_.below((depth == 0 ? 6 : 9) + (whole_ ? 4 : 0));
  if (whole_ && kind >= (depth == 0 ? 6U : 9U))
    return draw_.percent(80) || where.in_lines || !sums_for(where) ? about_field(where)
                                                                   : lines_truth(where);
  if (kind < 3) {
    const Texts comparisons{" < ", " <= ", " > ", " >= ", " == ", " != "};
    return in_parentheses(leaf(where)) + draw_.of(comparisons) + in_parentheses(leaf(where));
  }
  if (kind < 6) return about_record(where);
  if (kind == 6) return "(" + truth(depth - 1, where) + " && " + truth(depth - 1, where) + ")";
  if (kind == 7) return "(" + truth(depth - 1, where) + " || " + truth(depth - 1, where) + ")";
  return "!(" + truth(depth - 1, where) + ")";
}

std::string FormulaMaker::about_record(const Where& where) {
  const auto all = reached(where);
  if (all.empty()) return whole_ ? "strict" : "true";
  const StepMade& step = *draw_.of(all);
  if (step.kind.empty()) return draw_.of(Texts{"true", "false"});
  if (step.applies) return step.name + ".found";
  if (whole_ && draw_.percent(25)) return "has(" + step.name + "." + draw_.of(step.numbers) + ")";
  return step.name + draw_.of(Texts{".found", ".discountable", ".stackable"});
}

std::string FormulaMaker::about_field(const Where& where) {
  const Texts of_order{"tier == 'gold'",
                       "tier != 'silver'",
                       "country in ['SE', 'DE']",
                       "country == home",
                       "customer_group == 'CG2'",
                       "customer_group != 'CG1'",
                       "price_list in ['9', 'LX']",
                       "customer.endsWith('1')",
                       "region.contains('or')",
                       "has(region)",
                       "has(level)",
                       "level > 3",
                       "level in [1, 5, 10]",
                       "currency == 'EUR'",
                       "express",
                       "!express",
                       "strict && express",
                       "express == strict",
                       "'DE' == country",
                       "sales_organisation.startsWith(start)",
                       "credit >= 100 || has(tier)"};
  const Texts of_line{"brand == 'acme'",
                      "brand != 'zeta'",
                      "brand in brands",
                      "article_group in ['AG1', 'AG3']",
                      "article_group == 'AG2'",
                      "article.startsWith('A1')",
                      "article in ['A1', 'A2', 'A9']",
                      "unit == 'BOX'",
                      "unit in ['PCE', 'PAL']",
                      "has(weight)",
                      "weight != 2",
                      "hot",
                      "!hot || has(brand)",
                      "status == 'ended'",
                      "has(max_quantity)",
                      "base_quantity > max_quantity"};
  const bool line = where.in_lines || !where.of_order;
  const std::string text = draw_.of(line && draw_.percent(60) ? of_line : of_order);
  return "(" + text + ")";
}

std::string FormulaMaker::lines_truth(const Where& where) {
  Where inside = where;
  inside.in_lines = true;
  inside.running = where.running && where.running_sums;
  return draw_.of(Texts{"lines.exists(l, ", "lines.all(l, "}) + truth(0, inside) + ")";
}

}  // namespace property
