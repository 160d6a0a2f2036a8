#include "rules/procedure_reader.hpp"

#include "engine/base/limits.hpp"
#include "rules/apply_reader.hpp"
#include "rules/choices.hpp"
#include "rules/declaration_reader.hpp"
#include "rules/find_reader.hpp"
#include "rules/names.hpp"
#include "rules/procedure_draft.hpp"

#include <algorithm>

namespace rules {

namespace limits = engine::base::limits;
namespace rule = engine::rule;
using engine::base::FaultCode;
using engine::model::Domain;
using engine::model::FieldSide;
using engine::model::FieldValue;
using engine::model::Schema;

namespace {

const Choices<rule::Phase> phases{{"line", rule::Phase::line},
                                  {"aggregate", rule::Phase::aggregate},
                                  {"line_again", rule::Phase::line_again},
                                  {"document", rule::Phase::document},
                                  {"tax", rule::Phase::tax}};
const Choices<bool> subjects{{"line", false}, {"order", true}};

class ProcedureReader {
 public:
  ProcedureReader(DocumentReader& reader, Schema& schema)
      : reader_{reader}, draft_{reader, schema, {}, {}} {}

  void read(const Json& document);

  void set_parameters(Parameters parameters) { draft_.parameters = std::move(parameters); }

  rule::Procedure take() { return std::move(draft_.made); }

 private:
  void read_head(const Json& document);
  void read_deciding_date(const Json& document);
  void read_exchange_rates(const Json& document);
  void read_quantity(const Json& document);
  void read_step(const Json& json);
  void read_name(const Json& json, rule::Step& step);
  void read_place(const Json& json, rule::Step& step);
  void read_parts(const Json& json, rule::Step& step);
  void read_rounding(const Json& json, rule::Step& step);
  void check_parts(const Json& json, const rule::Step& step);
  void check_rounding(const Json& json, const rule::Step& step);
  void refuse_members(const Json& json, std::initializer_list<const char*> members,
                      const std::string& why);
  void read_answer(const Json& document);
  void read_totals(const Json& answer);
  void read_order_amounts(const Json& answer);
  std::optional<std::uint16_t> amount_step(const Json& object, std::string_view name);
  std::uint16_t line_step(const Json& object, std::string_view name);

  DocumentReader& reader_;
  ProcedureDraft draft_;
};

void ProcedureReader::read(const Json& document) {
  if (!reader_.members(document, {"procedure", "title", "time_zone", "parameters", "fields",
                                  "flags", "condition_types", "deciding_date", "exchange_rates",
                                  "quantity", "steps", "answer"}))
    return;
  read_head(document);
  read_declarations(document, reader_, draft_.schema);
  read_deciding_date(document);
  read_exchange_rates(document);
  read_quantity(document);
  const auto steps = reader_.items(document, "steps", true);
  if (steps.size() > limits::steps_per_procedure) {
    reader_.fault(
        document, FaultCode::too_many,
        "a procedure has at most " + std::to_string(limits::steps_per_procedure) + " steps");
    return;
  }
  for (const Json& step : steps) read_step(step);
  read_answer(document);
}

void ProcedureReader::read_head(const Json& document) {
  draft_.made.name = reader_.required_text(document, "procedure");
  draft_.made.title = reader_.text(document, "title", draft_.made.name);
  draft_.made.time_zone = reader_.text(document, "time_zone", "UTC");
}

void ProcedureReader::read_deciding_date(const Json& document) {
  const Json* date = document.find("deciding_date");
  if (date == nullptr) return;
  draft_.made.deciding_date = reader_.required_text(document, "deciding_date");
  if (draft_.made.deciding_date.empty()) return;
  const auto id = draft_.schema.find_field(draft_.made.deciding_date);
  if (id) {
    const auto& field = draft_.schema.field(*id);
    if (field.side == FieldSide::question && field.domain == Domain::text &&
        field.value == FieldValue::text)
      return;
  }
  reader_.fault(*date, FaultCode::unknown_field,
                "a line is dated by a field of the question, declared under fields, whose value "
                "is text");
}

void ProcedureReader::read_exchange_rates(const Json& document) {
  const Json* rates = document.find("exchange_rates");
  if (rates == nullptr || !reader_.members(*rates, {"kind", "through"})) return;
  draft_.made.rate_kind = reader_.text(*rates, "kind");
  draft_.made.rate_currency = reader_.text(*rates, "through");
}

void ProcedureReader::read_quantity(const Json& document) {
  const Json* quantity = document.find("quantity");
  if (quantity == nullptr || !reader_.members(*quantity, {"zero_allowed", "maximum", "returns"}))
    return;
  rule::QuantityPolicy& made = draft_.made.quantity;
  made.zero_allowed = reader_.flag(*quantity, "zero_allowed", false);
  if (const auto maximum = reader_.decimal(*quantity, "maximum")) {
    const auto exact = engine::base::Quantity::exactly(*maximum);
    if (exact && *exact > engine::base::Quantity{} &&
        *exact <= engine::base::Quantity::whole(limits::quantity_whole)) {
      made.maximum = *exact;
    } else {
      reader_.fault(*quantity->find("maximum"), FaultCode::out_of_range,
                    "a maximum lies above 0 and at most at a billion");
    }
  }
  if (const Json* returns = quantity->find("returns")) made.return_kinds = reader_.texts(*returns);
}

void ProcedureReader::read_step(const Json& json) {
  if (!reader_.members(json, {"step", "title", "phase", "of", "when", "find", "apply", "spread",
                              "guard", "amount", "round", "statistical"}))
    return;
  rule::Step step;
  read_name(json, step);
  read_place(json, step);
  step.statistical = reader_.flag(json, "statistical", false);
  step.when = draft_.formula(json, "when", ExpressionType::truth, draft_.scope_of(step));
  read_parts(json, step);
  check_parts(json, step);
  read_rounding(json, step);
  check_rounding(json, step);
  draft_.made.steps.push_back(std::move(step));
  rule::Step& own = draft_.made.steps.back();
  ExpressionScope scope = draft_.scope_of(own);
  scope.own_step_found = true;
  own.amount = draft_.formula(json, "amount", ExpressionType::decimal, scope);
}

void ProcedureReader::read_name(const Json& json, rule::Step& step) {
  step.name = reader_.required_text(json, "step");
  step.title = reader_.text(json, "title", step.name);
  if (!step.name.empty() && !is_free_name(step.name, words_of_expressions))
    reader_.fault(json, FaultCode::bad_text, name_rule);
  const auto& steps = draft_.made.steps;
  if (std::ranges::find(steps, step.name, &rule::Step::name) != steps.end() ||
      draft_.parameters.contains(step.name)) {
    reader_.fault(json, FaultCode::contradicting_values,
                  "'" + step.name + "' is taken by an earlier step or a parameter");
  }
}

void ProcedureReader::read_place(const Json& json, rule::Step& step) {
  step.phase = choice(reader_, json, "phase", phases, rule::Phase::line);
  step.of_order = choice(reader_, json, "of", subjects, false);
  const auto& steps = draft_.made.steps;
  if (!steps.empty() && step.phase < steps.back().phase)
    reader_.fault(json, FaultCode::bad_document, "a step can't stand after one of a later phase");
}

void ProcedureReader::read_parts(const Json& json, rule::Step& step) {
  const Json* apply = json.find("apply");
  if (const Json* find = json.find("find")) {
    const RecordUse use = apply == nullptr ? RecordUse::found : RecordUse::applied;
    step.find = read_find(*find, step, use, draft_);
  }
  if (apply != nullptr) step.apply = read_apply(*apply, step, draft_);
  if (const Json* spread = json.find("spread")) step.spread = read_spread(*spread, step, draft_);
  if (const Json* guard = json.find("guard")) step.guard = read_guard(*guard, draft_);
}

void ProcedureReader::refuse_members(const Json& json, std::initializer_list<const char*> members,
                                     const std::string& why) {
  for (const char* member : members) {
    if (const Json* given = json.find(member)) reader_.fault(*given, FaultCode::bad_document, why);
  }
}

// What a step is decides which other parts it can have.
void ProcedureReader::check_parts(const Json& json, const rule::Step& step) {
  if (step.guard) {
    refuse_members(json, {"find", "apply", "spread", "amount", "round", "statistical"},
                   "a guard only says what is wrong where its 'when' is true");
    if (json.find("when") == nullptr)
      reader_.fault(json, FaultCode::missing_value, "a guard needs 'when': what it finds wrong");
    return;
  }
  if (step.spread) {
    refuse_members(json, {"find", "apply", "amount"},
                   "a step that spreads an amount has the line's share as its own");
  } else if (step.apply) {
    refuse_members(json, {"amount"},
                   "a step that applies records has what they leave as its amount");
    if (!step.find)
      reader_.fault(json, FaultCode::missing_value, "'find' is missing: which records to apply");
  } else if (!step.find && json.find("amount") == nullptr) {
    reader_.fault(json, FaultCode::missing_value,
                  "a step finds a record (find), computes an amount (amount), or both; or it "
                  "applies, spreads or guards");
  }
  if (step.of_order && (step.apply || step.spread))
    reader_.fault(*json.find("of"), FaultCode::bad_document,
                  "this step has an amount for each line");
}

void ProcedureReader::read_rounding(const Json& json, rule::Step& step) {
  for (const Json& item : reader_.items(json, "round", false)) {
    if (const auto to = draft_.rounding(item)) step.rounding.push_back(*to);
  }
}

void ProcedureReader::check_rounding(const Json& json, const rule::Step& step) {
  if (!step.apply && !step.spread) return;
  const Json* round = json.find("round");
  const std::size_t count = round == nullptr ? 0 : round->items().size();
  if (count == 1) return;
  reader_.fault(json, FaultCode::missing_value,
                "'round' says once what each line's part is rounded to");
}

// The step that the member names, which has an amount.
std::optional<std::uint16_t> ProcedureReader::amount_step(const Json& object,
                                                          std::string_view name) {
  const std::string step = reader_.required_text(object, name);
  if (step.empty()) return std::nullopt;
  const auto& steps = draft_.made.steps;
  const auto found = std::ranges::find(steps, step, &rule::Step::name);
  if (found == steps.end()) {
    reader_.fault(*object.find(name), FaultCode::bad_document, "'" + step + "' is no step");
    return std::nullopt;
  }
  if (found->guard) {
    reader_.fault(*object.find(name), FaultCode::bad_document,
                  "'" + step + "' is a guard, which has no amount");
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(found - steps.begin());
}

std::uint16_t ProcedureReader::line_step(const Json& object, std::string_view name) {
  const auto step = amount_step(object, name);
  if (step && draft_.made.steps[*step].of_order) {
    reader_.fault(*object.find(name), FaultCode::bad_document,
                  "an amount of the line is wanted here, not one of the order");
  }
  return step.value_or(0);
}

void ProcedureReader::read_answer(const Json& document) {
  const Json* answer = document.find("answer");
  if (answer == nullptr) {
    reader_.fault(document, FaultCode::missing_value,
                  "'answer' is missing: it says which steps are the answer's amounts");
    return;
  }
  if (!reader_.members(*answer,
                       {"price", "unit_price", "line_amount", "components", "totals", "order"}))
    return;
  rule::AnswerShape& made = draft_.made.answer;
  made.unit_price = line_step(*answer, "unit_price");
  made.line_amount = line_step(*answer, "line_amount");
  made.price_step = line_step(*answer, "price");
  const auto& steps = draft_.made.steps;
  if (made.price_step < steps.size() &&
      (!steps[made.price_step].find || steps[made.price_step].apply)) {
    reader_.fault(*answer, FaultCode::bad_document,
                  "'price' names the step whose record gives the price, its unit and its source");
  }
  const Json* components = answer->find("components");
  for (const JsonMember& member : reader_.entries(*answer, "components")) {
    if (member.name.empty())
      reader_.fault(member.value, FaultCode::bad_text, "a component needs a name");
    made.components.push_back({member.name, amount_step(*components, member.name).value_or(0)});
  }
  read_totals(*answer);
  read_order_amounts(*answer);
}

void ProcedureReader::read_totals(const Json& answer) {
  rule::AnswerShape& made = draft_.made.answer;
  for (const Json& total : reader_.items(answer, "totals", false)) {
    const auto found = std::ranges::find(made.components, total.text(), &rule::Component::name);
    if (found == made.components.end()) {
      reader_.fault(total, FaultCode::bad_document,
                    "'" + total.text() + "' is no component of the answer");
      continue;
    }
    if (found->step < draft_.made.steps.size() && draft_.made.steps[found->step].of_order) {
      reader_.fault(total, FaultCode::bad_document,
                    "an amount of the order is not summed over lines: name it under 'order'");
    }
    made.totals.push_back(static_cast<std::uint16_t>(found - made.components.begin()));
  }
}

void ProcedureReader::read_order_amounts(const Json& answer) {
  const Json* order = answer.find("order");
  for (const JsonMember& member : reader_.entries(answer, "order")) {
    if (member.name.empty())
      reader_.fault(member.value, FaultCode::bad_text, "an amount of the order needs a name");
    const auto step = amount_step(*order, member.name);
    if (!step) continue;
    if (!draft_.made.steps[*step].of_order) {
      reader_.fault(member.value, FaultCode::bad_document,
                    "a step with \"of\": \"order\" is wanted here");
    }
    draft_.made.answer.order.push_back({member.name, *step});
  }
}

}  // namespace

rule::Procedure read_procedure(const Json& document, DocumentReader& reader, Schema& schema,
                               const GivenParameters& given) {
  ProcedureReader procedure{reader, schema};
  ParameterValues values = read_parameters(document, reader, given);
  const Json meant = with_parameters(document, values, reader);
  procedure.set_parameters(std::move(values.constants));
  procedure.read(meant);
  rule::Procedure made = procedure.take();
  made.variant = variant_text(given.values);
  return made;
}

}  // namespace rules
