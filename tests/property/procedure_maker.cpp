#include "tests/property/procedure_maker.hpp"

#include <algorithm>
#include <set>

namespace property {

namespace {

using Texts = std::vector<std::string>;

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string list(const Texts& items) {
  std::string text = "[";
  for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : ", ") + items[i];
  return text + "]";
}

// A formula with an upper bound of its decimals, so that a text can be kept within what the binder
// takes.
struct Formula {
  std::string text;
  int decimals = 0;
};

struct StepMade {
  std::string name;
  std::string kind;  // of the records it finds; empty: none
  int value_decimals = 0;
  int exact_decimals = 0;
  int decimals = 0;
};

class ProcedureMaker {
 public:
  ProcedureMaker(const ProcedurePlan& plan, Draw& draw) : plan_{plan}, draw_{draw} {}

  std::string make(const std::string& name) {
    price_step();
    for (int i = draw_.between(0, plan_.steps_max); i > 0; --i)
      draw_.percent(55) ? find_step(i) : amount_step(i);
    answer_steps();
    return "{\"procedure\": " + quoted(name) + R"(,
  "parameters": {"share": {"type": "decimal", "value": "0.60"}, "floor": {"type": "decimal", "value": "2.5"}},
  "fields": {"tier": {"side": "question"}, "region": {"side": "party"}, "brand": {"side": "article"}},
  "condition_types": {
    "base_price": {"value": "price", "flags": ["discountable"]}, "special_price": {"value": "price"},
    "discount": {"value": "percent"}, "bonus": {"value": "percent", "flags": ["stackable"]},
    "charge": {"value": "amount"}, "multiplier": {"value": "factor"}},
  "quantity": )" +
           quantity() + ",\n  \"steps\": [\n    " + joined() + "],\n  \"answer\": " + answer() +
           "}";
  }

 private:
  std::string joined() const {
    std::string text;
    for (const std::string& step : texts_) text += (text.empty() ? "" : ",\n    ") + step;
    return text;
  }

  std::string quantity() {
    std::string text = draw_.percent(20) ? "{\"zero_allowed\": true" : "{\"zero_allowed\": false";
    if (draw_.percent(40))
      text += ", \"maximum\": " + draw_.of(Texts{"1000000", "1000", "\"12.5\""});
    if (draw_.percent(60)) text += ", \"returns\": [\"return\"]";
    return text + "}";
  }

  // ---- finding
  // ------------------------------------------------------------------------------------

  std::string access(const std::string& kind, const std::string& search) {
    const Texts types = kind == "price"     ? Texts{"base_price", "special_price"}
                        : kind == "percent" ? Texts{"discount", "bonus"}
                        : kind == "amount"  ? Texts{"charge"}
                                            : Texts{"multiplier"};
    Texts fields = some({"customer", "customer_group", "price_list", "country",
                         "sales_organisation", "tier", "region"},
                        2);
    const std::string constant = fields.empty() ? "" : fields.front();
    for (const std::string& field :
         some({"article", "article", "article_group", "brand"}, draw_.percent(85) ? 1 : 2))
      fields.push_back(field);
    draw_.shuffle(fields);
    std::string text =
        "{\"type\": " + quoted(draw_.of(types)) + ", \"keys\": " + list(all_quoted(fields));
    if (search == "levels") text += ", \"level\": " + std::to_string(draw_.between(0, 3));
    if (draw_.percent(25))
      text += ", \"agreement\": " + quoted(draw_.of(Texts{"asked", "allowed", "none", "any"}));
    if (draw_.percent(15)) text += ", \"exclusive\": true";
    if (draw_.percent(40))
      text += ", \"lists\": " + quoted(draw_.of(Texts{"customer", "group", "everyone", "any"}));
    if (draw_.percent(25)) text += ", \"ancestors\": false";
    if (draw_.percent(30)) text += ", \"parents\": true";
    if (!constant.empty() && draw_.percent(25))
      text += ", \"constants\": {" + quoted(constant) + ": " + constants(constant) + "}";
    return text + "}";
  }

  // The last one of most real searches: what holds for everybody.
  std::string broad_access(const std::string& kind) {
    const std::string type = kind == "price"     ? "base_price"
                             : kind == "percent" ? "discount"
                             : kind == "amount"  ? "charge"
                                                 : "multiplier";
    return "{\"type\": " + quoted(type) + ", \"keys\": [" +
           (draw_.percent(70) ? "\"article\"" : "") + "]}";
  }

  std::string constants(const std::string& field) {
    if (field == "customer") return draw_.of(Texts{R"("C1")", R"(["C2", "C3"])"});
    if (field == "customer_group") return draw_.of(Texts{R"("CG1")", R"(["CG2", "CG9"])"});
    if (field == "price_list") return draw_.of(Texts{R"("9")", R"(["10", "LX"])"});
    if (field == "tier") return draw_.of(Texts{R"(["gold", "silver"])", R"("gold")"});
    return draw_.of(Texts{R"(["SE", "1000", "north"])", R"(["DE", "2000", "south"])"});
  }

  Texts some(Texts from, int most) {
    Texts chosen;
    for (int i = draw_.between(0, most); i > 0; --i) {
      std::string one = draw_.of(from);
      if (std::ranges::find(chosen, one) == chosen.end()) chosen.push_back(std::move(one));
    }
    return chosen;
  }

  static Texts all_quoted(const Texts& texts) {
    Texts made;
    for (const std::string& text : texts) made.push_back(quoted(text));
    return made;
  }

  std::string choose() {
    const Texts all{
        "rank",          "nearest",           "most_fields",   "dated",           "currency_bound",
        "unit_bound",    "highest_threshold", "newest_start",  "newest_document", "lowest_value",
        "highest_value", "document_number",   "document_text", "record_number",   "record_text"};
    Texts chosen;
    for (int i = draw_.between(0, 4); i > 0; --i) {
      if (draw_.percent(15)) {
        chosen.push_back("{\"by\": " + quoted(draw_.of(Texts{"flag_set", "flag_clear"})) +
                         ", \"flag\": " + quoted(draw_.of(Texts{"discountable", "stackable"})) +
                         "}");
      } else {
        chosen.push_back(quoted(draw_.of(all)));
      }
    }
    return list(chosen);
  }

  std::string find(const std::string& kind, bool required) {
    const std::string search = draw_.of(Texts{"first", "first", "all", "levels"});
    Texts accesses;
    for (int i = draw_.between(1, 4); i > 0; --i) accesses.push_back(access(kind, search));
    if (draw_.percent(60)) accesses.push_back(broad_access(kind));
    return "{\"search\": " + quoted(search) + ", \"accesses\": " + list(accesses) +
           ", \"choose\": " + choose() +
           ", \"tie\": " + quoted(draw_.percent(25) ? "refuse" : "report") +
           (required ? ", \"required\": true}" : "}");
  }

  // ---- formulas
  // -----------------------------------------------------------------------------------

  std::string mode() { return draw_.of(Texts{"half_up", "half_even", "half_down", "up", "down"}); }

  Formula leaf() {
    const std::size_t kind = draw_.below(10);
    if (kind < 2)
      return draw_.of(std::vector<Formula>{
          {"1", 0}, {"0.5", 1}, {"100", 0}, {"0.001", 3}, {"0", 0}, {"12.345", 3}});
    if (kind == 2) return draw_.of(std::vector<Formula>{{"share", 2}, {"floor", 1}});
    if (kind == 3) return {"quantity", 6};
    const StepMade& step = draw_.of(steps_);
    if (kind < 6) return {step.name, step.decimals};
    if (kind == 6) return {step.name + ".exact", step.exact_decimals};
    if (step.kind.empty()) return {step.name, step.decimals};
    return {step.name + draw_.of(Texts{".value", ".rate"}), step.value_decimals};
  }

  std::string parenthesized(const Formula& formula) {
    const bool plain = formula.text.find_first_of(" ?:<>=!&|-") == std::string::npos;
    return plain ? formula.text : "(" + formula.text + ")";
  }

  Formula decimal(int depth) {
    if (depth == 0) return leaf();
    const Formula a = decimal(depth - 1);
    const Formula b = draw_.percent(60) ? leaf() : decimal(depth - 1);
    const int most = std::max(a.decimals, b.decimals);
    switch (draw_.below(9)) {
      case 0:
        return {parenthesized(a) + " + " + parenthesized(b), most};
      case 1:
        return {parenthesized(a) + " - " + parenthesized(b), most};
      case 2:
      case 3:
        if (a.decimals + b.decimals > decimals_max) return a;
        return {parenthesized(a) + " * " + parenthesized(b), a.decimals + b.decimals};
      case 4:
        return {draw_.of(Texts{"min(", "max("}) + a.text + ", " + b.text + ")", most};
      case 5:
        return {"-" + parenthesized(a), a.decimals};
      case 6:
        return {truth(1) + " ? " + parenthesized(a) + " : " + parenthesized(b), most};
      case 7: {
        const int decimals = draw_.between(0, 6);
        return {"round(" + a.text + ", " + std::to_string(decimals) + ", '" + mode() + "')",
                decimals};
      }
      default:
        return divided(a, b);
    }
  }

  Formula divided(const Formula& a, const Formula& b) {
    const int decimals = draw_.between(0, 6);
    const std::string rest = ", " + std::to_string(decimals) + ", '" + mode() + "')";
    if (draw_.percent(40)) return {"round(extended(" + a.text + ", price)" + rest, decimals};
    const std::string division = "round(" + parenthesized(a) + " / " + parenthesized(b) + rest;
    if (draw_.percent(70)) return {parenthesized(b) + " == 0 ? 0 : " + division, decimals};
    return {division, decimals};
  }

  std::string truth(int depth) {
    const std::size_t kind = draw_.below(depth == 0 ? 6 : 9);
    if (kind < 3) {
      const Texts comparisons{" < ", " <= ", " > ", " >= ", " == ", " != "};
      return parenthesized(leaf()) + draw_.of(comparisons) + parenthesized(leaf());
    }
    if (kind < 6) return about_record();
    if (kind == 6) return "(" + truth(depth - 1) + " && " + truth(depth - 1) + ")";
    if (kind == 7) return "(" + truth(depth - 1) + " || " + truth(depth - 1) + ")";
    return "!(" + truth(depth - 1) + ")";
  }

  std::string about_record() {
    const StepMade& step = draw_.of(steps_);
    if (step.kind.empty()) return draw_.of(Texts{"true", "false"});
    return step.name + draw_.of(Texts{".found", ".discountable", ".stackable"});
  }

  // ---- steps
  // --------------------------------------------------------------------------------------

  // Adds the roundings and notes what later formulas may refer to.
  void finish(StepMade step, std::string text) {
    step.decimals = step.exact_decimals;
    Texts roundings;
    const int count = step.exact_decimals > 20 ? 1 : draw_.between(0, 2);
    for (int i = 0; i < count; ++i) {
      step.decimals = draw_.between(0, 6);
      roundings.push_back("{\"decimals\": " + std::to_string(step.decimals) +
                          ", \"mode\": " + quoted(mode()) + "}");
    }
    if (!roundings.empty()) text += ", \"round\": " + list(roundings);
    if (draw_.percent(30)) phase_ = std::min<std::size_t>(phase_ + 1, 4);
    if (phase_ > 0)
      text += ", \"phase\": " +
              quoted(Texts{"line", "aggregate", "line_again", "document", "tax"}[phase_]);
    texts_.push_back(text + "}");
    steps_.push_back(std::move(step));
  }

  int decimals_of(const std::string& kind) const {
    return kind == "percent" ? 5 : kind == "factor" ? 3 : plan_.value_decimals;
  }

  void price_step() {
    StepMade step{"price", "price", plan_.value_decimals, plan_.value_decimals, 0};
    finish(step, "{\"step\": \"price\", \"find\": " + find("price", draw_.percent(90)));
  }

  void find_step(int number) {
    const std::string kind = draw_.of(Texts{"percent", "percent", "price", "amount", "factor"});
    StepMade step{"found_" + std::to_string(number), kind, decimals_of(kind), decimals_of(kind), 0};
    std::string text = "{\"step\": " + quoted(step.name);
    if (draw_.percent(40)) text += ", \"when\": " + quoted(truth(1));
    text += ", \"find\": " + find(kind, draw_.percent(10));
    if (draw_.percent(40)) {
      const Formula other = leaf();
      text += ", \"amount\": " + quoted(step.name + ".value * " + parenthesized(other));
      step.exact_decimals += other.decimals;
    }
    finish(step, text);
  }

  void amount_step(int number) {
    const Formula formula = decimal(draw_.between(1, 3));
    StepMade step{"amount_" + std::to_string(number), "", 0, formula.decimals, 0};
    std::string text = "{\"step\": " + quoted(step.name);
    if (draw_.percent(30)) text += ", \"when\": " + quoted(truth(1));
    finish(step, text + ", \"amount\": " + quoted(formula.text));
  }

  void answer_steps() {
    const Formula unit = draw_.percent(40) ? Formula{"price", steps_.front().decimals}
                                           : decimal(draw_.between(1, 2));
    finish({"unit", "", 0, unit.decimals, 0},
           "{\"step\": \"unit\", \"amount\": " + quoted(unit.text));
    const int decimals = draw_.between(0, 4);
    if (draw_.percent(60)) {
      finish({"line", "", 0, decimals, 0},
             "{\"step\": \"line\", \"amount\": " +
                 quoted("round(extended(unit, price), " + std::to_string(decimals) + ", '" +
                        mode() + "')"));
    } else {
      finish({"line", "", 0, steps_.back().decimals + 6, 0},
             "{\"step\": \"line\", \"amount\": \"unit * quantity\"");
    }
  }

  std::string answer() {
    std::string text =
        R"({"price": "price", "unit_price": "unit", "line_amount": "line", "components": {)";
    Texts names;
    for (const StepMade& step : steps_) {
      if (!draw_.percent(60)) continue;
      text += (names.empty() ? "" : ", ") + quoted(step.name) + ": " + quoted(step.name);
      names.push_back(quoted(step.name));
    }
    return text + "}, \"totals\": " + list(names) + "}";
  }

  static constexpr int decimals_max = 40;

  const ProcedurePlan& plan_;
  Draw& draw_;
  std::vector<StepMade> steps_;
  Texts texts_;
  std::size_t phase_ = 0;
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
    const Texts rows{
        R"({"when": {"channel": "shop"}, "procedure": "other"})",
        R"({"when": {"customer_group": ["CG1", "CG2"]}, "procedure": "other"})",
        R"({"when": {"country": ["SE", "DE"], "sales_organisation": "1000"}, "procedure": "other"})"};
    documents.push_back(R"({"procedure_lookup": [)" + draw.of(rows) +
                        (draw.percent(85) ? R"(, {"procedure": "main"}]})" : "]}"));
  }
  if (draw.percent(70)) documents.push_back(bands(draw));
  return documents;
}

}  // namespace property
