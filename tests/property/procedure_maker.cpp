#include "tests/property/procedure_maker.hpp"

#include "tests/property/find_maker.hpp"
#include "tests/property/formula_maker.hpp"

#include <algorithm>

namespace property {

namespace {

// Condition types of both procedures, which are in one schema.
const char* const plain_types = R"("base_price": {"value": "price", "flags": ["discountable"]},
    "special_price": {"value": "price"}, "discount": {"value": "percent"},
    "bonus": {"value": "percent", "flags": ["stackable"]}, "charge": {"value": "amount"},
    "multiplier": {"value": "factor"})";

struct TypeMade {
  const char* name;
  const char* value;
  const char* calculation;
  const char* numbers;  // of its records; types of one step have different ones, in any order
};

const TypeMade applied_types[]{
    {"off_percent", "percent", "percent", R"("max_units", "unit_step")"},
    {"off_unit", "price", "per_unit", R"("unit_step", "max_units")"},
    {"off_unit_amount", "amount", "per_unit", R"("max_units")"},
    {"off_line", "amount", "per_line", ""},
    {"new_price", "price", "new_price", R"("extra", "max_units", "unit_step")"},
    {"order_percent", "percent", "order_percent", R"("extra")"},
    {"order_amount", "amount", "order_amount", ""},
    {"order_total", "amount", "order_total", ""},
    {"charge_percent", "percent", "charge_percent", ""},
    {"charge_amount", "amount", "charge_amount", R"("extra")"},
    {"three_for_two", "percent", "buy_get", R"("buy", "get", "groups")"},
    {"half_price", "amount", "buy_get", R"("groups", "get", "buy")"},
    {"pair_price", "price", "buy_get", R"("get", "buy")"},
    {"gift", "amount", "free_goods", R"("every", "get")"},
    {"gift_at_price", "price", "free_goods", R"("get")"}};

std::string type_list(bool whole) {
  if (!whole) return plain_types;
  const std::string numbers = R"("inputs": ["about"], "parameters": ["extra"]})";
  const std::string others = R"("inputs": ["about"], "parameters": ["other", "extra"]})";
  std::string text = R"("base_price": {"value": "price", "flags": ["discountable"], )" + numbers +
                     R"(, "special_price": {"value": "price", )" + others +
                     R"(, "discount": {"value": "percent", )" + numbers +
                     R"(, "bonus": {"value": "percent", "flags": ["stackable"], )" + others +
                     R"(, "charge": {"value": "amount", )" + numbers +
                     R"(, "multiplier": {"value": "factor", )" + numbers;
  for (const TypeMade& type : applied_types) {
    const std::string calculation = type.calculation;
    text += ", " + in_quotes(type.name) + ": {\"value\": " + in_quotes(type.value) +
            ", \"calculation\": " + in_quotes(calculation);
    if (calculation.rfind("charge", 0) == 0) text += R"(, "charge": "shipping")";
    text += std::string{R"(, "inputs": ["spent", "left"], "parameters": [)"} + type.numbers + "]}";
  }
  return text;
}

class ProcedureMaker {
 public:
  ProcedureMaker(const ProcedurePlan& plan, Draw& draw)
      : plan_{plan},
        draw_{draw},
        whole_{plan.whole_language},
        formulas_{draw, whole_},
        finds_{draw, formulas_, whole_} {}

  std::string make(const std::string& name) {
    price_step();
    for (int i = draw_.between(0, plan_.steps_max); i > 0; --i) some_step(i);
    answer_steps();
    std::string text = "{\"procedure\": " + in_quotes(name) +
                       ",\n  \"parameters\": " + parameters() + ",\n  \"fields\": " + fields() +
                       ",\n  \"condition_types\": {" + type_list(whole_) +
                       "},\n  \"quantity\": " + quantity();
    if (whole_ && draw_.percent(15)) text += R"(, "deciding_date": "order_day")";
    if (whole_ && draw_.percent(60)) text += ", \"exchange_rates\": " + rates();
    return text + ",\n  \"steps\": [\n    " + joined() + "],\n  \"answer\": " + answer() + "}";
  }

 private:
  std::string joined() const {
    std::string text;
    for (const std::string& step : texts_) text += (text.empty() ? "" : ",\n    ") + step;
    return text;
  }

  std::string parameters() const {
    std::string text =
        R"({"share": {"type": "decimal", "value": "0.60"}, "floor": {"type": "decimal", "value": "2.5"})";
    if (whole_)
      text += R"(, "places": {"value": 2}, "how": {"type": "string", "value": "half_even"},
    "strict": {"type": "bool", "value": true}, "home": {"type": "string", "value": "SE"},
    "start": {"type": "string", "value": "10"}, "brands": {"type": "strings", "value": ["acme", "nobody"]},
    "endings": {"type": "decimals", "value": [0.29, 0.79]}, "order_of_deals": {"type": "string", "value": "all"})";
    return text + "}";
  }

  std::string fields() const {
    std::string text =
        R"({"tier": {"side": "question"}, "region": {"side": "party"}, "brand": {"side": "article"})";
    if (whole_)
      text +=
          R"(, "weight": {"side": "article", "value": "decimal"}, "credit": {"side": "party", "value": "decimal"},
    "level": {"side": "question", "value": "decimal"}, "express": {"side": "question", "value": "bool"},
    "hot": {"side": "article", "value": "bool"}, "order_day": {"side": "question"})";
    return text + "}";
  }

  std::string rates() {
    std::string text = draw_.percent(30) ? R"("kind": "special")" : "";
    if (draw_.percent(60)) text += std::string{text.empty() ? "" : ", "} + R"("through": "EUR")";
    return "{" + text + "}";
  }

  std::string quantity() {
    std::string text = draw_.percent(20) ? "{\"zero_allowed\": true" : "{\"zero_allowed\": false";
    if (plan_.buys) {
      text += ", \"maximum\": 2000";
    } else if (draw_.percent(40)) {
      text += ", \"maximum\": " + draw_.of(Texts{"1000000", "1000", "\"12.5\""});
    }
    if (draw_.percent(60)) text += ", \"returns\": [\"return\"]";
    return text + "}";
  }

  // ---- steps
  // --------------------------------------------------------------------------------------

  Where here() const { return {false, phase_, false, false}; }

  std::string rounding(int& decimals) {
    if (whole_ && draw_.percent(15)) {
      decimals = 2;
      return R"({"decimals": "$places", "mode": "$how"})";
    }
    decimals = draw_.between(0, 6);
    return "{\"decimals\": " + std::to_string(decimals) +
           ", \"mode\": " + in_quotes(formulas_.mode()) + "}";
  }

  std::string phase_text() const {
    if (phase_ == 0) return "";
    return ", \"phase\": " + in_quotes(Texts{"line", "aggregate", "line_again", "document",
                                             "tax"}[static_cast<std::size_t>(phase_)]);
  }

  void maybe_next_phase() {
    if (draw_.percent(30)) phase_ = std::min(phase_ + 1, 4);
  }

  // Adds the roundings and notes what later formulas may refer to.
  void finish(StepMade step, std::string text) {
    step.decimals = step.exact_decimals;
    Texts roundings;
    const int count = step.exact_decimals > 20 ? 1 : draw_.between(0, 2);
    for (int i = 0; i < count; ++i) roundings.push_back(rounding(step.decimals));
    if (!roundings.empty()) text += ", \"round\": " + listed(roundings);
    keep(std::move(step), text);
  }

  // Of a step that is rounded once, to amounts like its parts.
  void finish_once(StepMade step, std::string text) {
    std::string once = rounding(step.decimals);
    if (step.decimals > 3) {
      step.decimals = 2;
      once = R"({"decimals": 2, "mode": "half_up"})";
    }
    step.exact_decimals = step.decimals;
    keep(std::move(step), text + ", \"round\": [" + once + "]");
  }

  void keep(StepMade step, const std::string& text) {
    step.phase = phase_;
    for (const char* type : {"\"special_price\"", "\"bonus\""}) {
      if (!step.applies && text.find(type) != std::string::npos) step.numbers = {"extra", "other"};
    }
    for (const char* other : {"\"basis\"", "\"counted\"", "\"below_lowest\""})
      step.reads_quantity = step.reads_quantity && text.find(other) == std::string::npos;
    texts_.push_back(text + phase_text() + "}");
    formulas_.steps().push_back(std::move(step));
  }

  std::string begun(const std::string& name) const { return "{\"step\": " + in_quotes(name); }

  std::string maybe_when(unsigned chance, const Where& where) {
    return draw_.percent(chance) ? ", \"when\": " + in_quotes(formulas_.truth(1, where)) : "";
  }

  int decimals_of(const std::string& kind) const {
    if (whole_ && (kind == "price" || kind == "amount" || kind == "factor"))
      return std::max(plan_.value_decimals, 6);
    return kind == "percent" ? 6 : kind == "factor" ? 3 : plan_.value_decimals;
  }

  void price_step() {
    StepMade step{"price", "price", decimals_of("price"), decimals_of("price")};
    FindPlan find{"price", draw_.percent(90)};
    finish(step, begun("price") + ", \"find\": " + finds_.make(find));
  }

  void some_step(int number) {
    maybe_next_phase();
    if (!whole_) return draw_.percent(55) ? find_step(number) : amount_step(number);
    switch (draw_.below(10)) {
      case 0:
      case 1:
        return find_step(number);
      case 2:
        return amount_step(number);
      case 3:
        return guard_step(number);
      case 4:
        return order_step("total_" + std::to_string(number));
      case 5:
        return spread_step(number);
      case 6:
        return apply_step(number, false);
      default:
        return apply_step(number, draw_.percent(70));
    }
  }

  void find_step(int number) {
    const std::string kind = draw_.of(Texts{"percent", "percent", "price", "amount", "factor"});
    StepMade step{"found_" + std::to_string(number), kind, decimals_of(kind), decimals_of(kind)};
    std::string text = begun(step.name) + maybe_when(40, here());
    FindPlan find{kind, draw_.percent(10)};
    find.phase = phase_;
    text += ", \"find\": " + finds_.make(find);
    if (draw_.percent(40)) {
      const Formula other = formulas_.leaf(here());
      text += ", \"amount\": " +
              in_quotes(step.name + ".value * " + FormulaMaker::in_parentheses(other));
      step.exact_decimals += other.decimals;
    }
    finish(step, text);
  }

  void amount_step(int number) {
    const Formula formula = formulas_.number(draw_.between(1, 3), here());
    StepMade step{"amount_" + std::to_string(number), "", 0, formula.decimals};
    finish(step,
           begun(step.name) + maybe_when(30, here()) + ", \"amount\": " + in_quotes(formula.text));
  }

  void guard_step(int number) {
    const Where where{draw_.percent(25), phase_, false, false};
    std::string text = begun("guard_" + std::to_string(number));
    if (where.of_order) text += ", \"of\": \"order\"";
    text += ", \"when\": " + in_quotes(formulas_.truth(1, where)) + ", \"guard\": {";
    if (draw_.percent(70)) text += R"("then": "note", )";
    text += "\"reason\": " +
            in_quotes(draw_.of(Texts{"below_floor", "margin_too_low", "not_for_sale", "refused"})) +
            "}";
    texts_.push_back(text + phase_text() + "}");
  }

  void order_step(const std::string& name) {
    const Where where{true, phase_, false, false};
    std::string text = begun(name) + ", \"of\": \"order\"" + maybe_when(25, where);
    StepMade step{name};
    step.of_order = true;
    if (draw_.percent(15) && name != "shipping") {
      step.kind = draw_.of(Texts{"percent", "amount"});
      step.value_decimals = step.exact_decimals = decimals_of(step.kind);
      FindPlan find{step.kind};
      find.of_order = true;
      find.phase = phase_;
      text += ", \"find\": " + finds_.make(find);
    } else {
      const Formula formula = name == "shipping" && draw_.percent(70)
                                  ? Formula{draw_.of(Texts{"9.90", "tier == 'gold' ? 0 : 12.5",
                                                           "lines.count(l, true) * 3.25"}),
                                            2}
                                  : formulas_.number(draw_.between(0, 2), where);
      step.exact_decimals = formula.decimals;
      text += ", \"amount\": " + in_quotes(formula.text);
    }
    finish(step, text);
  }

  std::string leftover() {
    return ", \"leftover\": " + in_quotes(draw_.of(Texts{"largest_remainder", "largest_amount",
                                                         "first_line", "last_line", "in_order"}));
  }

  void spread_step(int number) {
    phase_ = std::max(phase_, 1);
    StepMade step{"spread_" + std::to_string(number)};
    Formula total = formulas_.number(draw_.between(0, 1), {true, phase_, false, false});
    // Of a field that only some line gives, the engine takes the first line's.
    for (const char* own : {"level", "express", "tier", "country", "sales_organisation"}) {
      if (total.text.find(own) != std::string::npos) total = {"25", 0};
    }
    Formula weight = formulas_.number(0, here());
    std::string text = begun(step.name) + maybe_when(25, here()) +
                       ", \"spread\": {\"total\": " + in_quotes(total.text) +
                       ", \"weight\": " + in_quotes(weight.text) + leftover();
    Texts groups;
    for (const StepMade& other : formulas_.steps()) {
      if (!other.of_order && other.phase < phase_) groups.push_back(other.name);
    }
    if (!groups.empty() && draw_.percent(40)) text += ", \"by\": " + in_quotes(draw_.of(groups));
    finish_once(step, text + "}");
  }

  // ---- applying
  // -----------------------------------------------------------------------------------

  void apply_step(int number, bool over_order) {
    StepMade step{"applied_" + std::to_string(number), "applied"};
    step.applies = true;
    FindPlan find;
    find.over_order = over_order;
    if (over_order) {
      phase_ = std::max(phase_, 1);
      find.charges = has_shipping();
      if (!find.charges && draw_.percent(60)) {
        order_step("shipping");
        find.charges = true;
      }
      if (find.charges) step.charges = {"shipping"};
    }
    find.phase = phase_;
    std::string text = begun(step.name) + maybe_when(30, here()) +
                       ", \"find\": " + finds_.make(find) +
                       ", \"apply\": {\"on\": " + in_quotes(on());
    if (draw_.percent(12))
      text +=
          ", \"units\": " +
          in_quotes(draw_.of(Texts{"base_quantity", "quantity * 2", "has(weight) ? weight : 1"}));
    if (draw_.percent(25))
      text += ", \"floor\": " +
              in_quotes(draw_.of(Texts{"5", "quantity * 0.5", "has(weight) ? weight : 0"}));
    text += apply_options(over_order, find.charges);
    finish_once(step, text + "}");
  }

  bool has_shipping() const {
    return std::ranges::any_of(formulas_.steps(),
                               [](const StepMade& step) { return step.name == "shipping"; });
  }

  std::string on() {
    if (draw_.percent(60)) return "round(extended(price, price), 2, 'half_up')";
    return formulas_.number(1, here()).text;
  }

  std::string apply_options(bool over_order, bool charges) {
    std::string text;
    if (draw_.percent(50))
      text +=
          ", \"combine\": " + in_quotes(draw_.of(Texts{"all", "best", "first", "$order_of_deals"}));
    if (draw_.percent(30)) text += R"(, "base": "original")";
    if (draw_.percent(20)) text += R"(, "only_first_unless_stackable": true)";
    if (draw_.percent(30)) text += R"(, "price_if_lower": true)";
    if (!over_order) return text;
    text += R"(, "over": "order")";
    if (charges) text += R"(, "charges": ["shipping"])";
    if (draw_.percent(40)) return text;
    std::string spread = leftover().substr(2);
    if (draw_.percent(30)) spread += R"(, "redistribute": false)";
    if (draw_.percent(30))
      spread += ", \"weight\": " +
                in_quotes(draw_.of(Texts{"quantity", "running", "1", "has(weight) ? weight : 0"}));
    return text + ", \"spread\": {" + spread + "}";
  }

  // ---- the answer
  // ---------------------------------------------------------------------------------

  void answer_steps() {
    const Formula unit = draw_.percent(40) ? Formula{"price", formulas_.steps().front().decimals}
                                           : formulas_.number(draw_.between(1, 2), here());
    finish({"net_unit", "", 0, unit.decimals},
           "{\"step\": \"net_unit\", \"amount\": " + in_quotes(unit.text));
    maybe_next_phase();
    const int decimals = draw_.between(0, 4);
    if (draw_.percent(60)) {
      finish({"line", "", 0, decimals},
             "{\"step\": \"line\", \"amount\": " +
                 in_quotes("round(extended(net_unit, price), " + std::to_string(decimals) + ", '" +
                           formulas_.mode() + "')"));
    } else {
      finish({"line", "", 0, formulas_.steps().back().decimals + 6},
             "{\"step\": \"line\", \"amount\": \"net_unit * quantity\"");
    }
  }

  std::string answer() {
    std::string text =
        R"({"price": "price", "unit_price": "net_unit", "line_amount": "line", "components": {)";
    Texts names;
    Texts totals;
    for (const StepMade& step : formulas_.steps()) {
      if (!draw_.percent(60)) continue;
      text += (names.empty() ? "" : ", ") + in_quotes(step.name) + ": " + in_quotes(step.name);
      names.push_back(in_quotes(step.name));
      if (!step.of_order) totals.push_back(in_quotes(step.name));
    }
    text += "}, \"totals\": " + listed(totals) + ", \"order\": {";
    bool first = true;
    for (const StepMade& step : formulas_.steps()) {
      if (!step.of_order) continue;
      text += (first ? "" : ", ") + in_quotes(step.name) + ": " + in_quotes(step.name);
      first = false;
    }
    return text + "}}";
  }

  const ProcedurePlan& plan_;
  Draw& draw_;
  bool whole_;
  FormulaMaker formulas_;
  FindMaker finds_;
  Texts texts_;
  int phase_ = 0;
};

std::string bands(Draw& draw) {
  std::string text = R"({"availability_bands": [
  {"set": "coarse", "expected_band": "soon", "bands": [{"band": "none", "texts": {"en": "none"}},
    {"band": "some", "from": 1, "texts": {"en": "some"}}, {"band": "many", "from": "9.5", "texts": {"en": "many"}},
    {"band": "soon", "texts": {"en": "soon"}}]},
  {"set": "fine", "bands": [{"band": "empty", "texts": {"en": "empty"}}, {"band": "5 or more", "from": 5, "texts": {"en": "5"}}]}])";
  if (draw.percent(20)) return text + "}";
  text += R"(, "lookup": [)";
  const Texts rows{R"({"when": {"article_group": ["AG1", "AG2"]}, "set": "fine"})",
                   R"({"when": {"brand": "acme"}, "set": "coarse"})",
                   R"({"when": {"customer_group": "CG2", "channel": "shop"}, "set": "fine"})",
                   R"({"when": {"article": "A1"}, "set": "fine"})",
                   R"({"when": {"country": ["SE"]}, "set": "coarse"})"};
  for (int i = draw.between(0, 2); i > 0; --i) text += draw.of(rows) + ", ";
  return text + R"({"set": "coarse"}]})";
}

}  // namespace

std::vector<std::string> make_rules(const ProcedurePlan& plan, Draw& draw) {
  std::vector<std::string> documents{ProcedureMaker{plan, draw}.make("main")};
  if (draw.percent(30)) {
    documents.push_back(ProcedureMaker{plan, draw}.make("other"));
    Texts rows{
        R"({"when": {"channel": "shop"}, "procedure": "other"})",
        R"({"when": {"customer_group": ["CG1", "CG2"]}, "procedure": "other"})",
        R"({"when": {"country": ["SE", "DE"], "sales_organisation": "1000"}, "procedure": "other"})"};
    if (plan.whole_language)
      rows.emplace_back(R"({"when": {"channel": ["shop", "phone"]}, "procedure": "other",
        "parameters": {"share": 0.25, "how": "up", "places": 1, "strict": false, "home": "DE", "endings": [0.5], "order_of_deals": "first"}})");
    documents.push_back(R"({"procedure_lookup": [)" + draw.of(rows) +
                        (draw.percent(85) ? R"(, {"procedure": "main"}]})" : "]}"));
  }
  if (draw.percent(70)) documents.push_back(bands(draw));
  return documents;
}

}  // namespace property
