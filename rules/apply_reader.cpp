#include "rules/apply_reader.hpp"

#include "rules/choices.hpp"

#include <algorithm>

namespace rules {

namespace rule = engine::rule;
using engine::base::FaultCode;
using engine::model::Calculation;
using engine::model::ConditionType;
using engine::model::Reason;

namespace {

const Choices<rule::ApplyOver> applied_over{{"line", rule::ApplyOver::line},
                                            {"order", rule::ApplyOver::order}};
const Choices<rule::Combine> combinations{
    {"all", rule::Combine::all}, {"best", rule::Combine::best}, {"first", rule::Combine::first}};
const Choices<bool> bases{{"running", false}, {"original", true}};
const Choices<rule::Leftover> leftovers{{"largest_remainder", rule::Leftover::largest_remainder},
                                        {"largest_amount", rule::Leftover::largest_amount},
                                        {"first_line", rule::Leftover::first_line},
                                        {"last_line", rule::Leftover::last_line},
                                        {"in_order", rule::Leftover::in_order}};
const Choices<rule::GuardAction> guard_actions{{"refuse", rule::GuardAction::refuse},
                                               {"note", rule::GuardAction::note}};

Choices<Reason> reasons() {
  Choices<Reason> all;
  for (std::size_t i = 1; i < engine::model::reason_names.size(); ++i)
    all.emplace_back(engine::model::reason_names[i], static_cast<Reason>(i));
  return all;
}

bool needs_order(Calculation calculation) {
  return calculation >= Calculation::order_percent && calculation <= Calculation::charge_amount;
}

void read_leftover(const Json& json, rule::SpreadRule& made, DocumentReader& reader) {
  made.leftover = choice(reader, json, "leftover", leftovers, rule::Leftover::largest_remainder);
  made.redistribute = reader.flag(json, "redistribute", true);
}

class ApplyReader {
 public:
  ApplyReader(const rule::Step& step, ProcedureDraft& draft)
      : reader_{draft.reader}, draft_{draft}, step_{step} {}

  rule::Apply read(const Json& json) {
    if (!reader_.members(
            json, {"on", "units", "floor", "over", "combine", "base", "only_first_unless_stackable",
                   "price_if_lower", "charges", "spread"}))
      return std::move(made_);
    if (json.find("on") == nullptr)
      reader_.fault(json, FaultCode::missing_value, "'on' is missing: the amount before");
    const ExpressionScope scope = draft_.scope_of(step_);
    made_.base = draft_.formula(json, "on", ExpressionType::decimal, scope);
    made_.units = draft_.formula(json, "units", ExpressionType::decimal, scope);
    made_.floor = draft_.formula(json, "floor", ExpressionType::decimal, scope);
    made_.over = choice(reader_, json, "over", applied_over, rule::ApplyOver::line);
    made_.combine = choice(reader_, json, "combine", combinations, rule::Combine::all);
    made_.on_original = choice(reader_, json, "base", bases, false);
    made_.only_first_unless_stackable = reader_.flag(json, "only_first_unless_stackable", false);
    made_.price_if_lower = reader_.flag(json, "price_if_lower", false);
    read_charges(json);
    read_spread_rule(json);
    check_over(json);
    check_types(json);
    return std::move(made_);
  }

 private:
  void read_charges(const Json& json) {
    for (const Json& item : reader_.items(json, "charges", false)) {
      const auto name = reader_.text_of(item);
      const auto step = name ? draft_.earlier_step(item, *name) : std::nullopt;
      if (!step) continue;
      const rule::Step& charge = draft_.made.steps[*step];
      if (!charge.of_order || charge.guard) {
        reader_.fault(item, FaultCode::bad_document,
                      "a charge is an amount of the order: a step with \"of\": \"order\"");
      } else if (std::ranges::find(made_.charges, *step) != made_.charges.end()) {
        reader_.fault(item, FaultCode::contradicting_values, "'" + *name + "' stands twice");
      } else if (*name == "found" || *name == "exact") {
        reader_.fault(item, FaultCode::bad_text,
                      "'" + *name + "' is what every step has; call the charge something else");
      }
      made_.charges.push_back(*step);
    }
  }

  void read_spread_rule(const Json& json) {
    const Json* spread = json.find("spread");
    if (spread == nullptr || !reader_.members(*spread, {"weight", "leftover", "redistribute"}))
      return;
    ExpressionScope scope = draft_.scope_of(step_);
    scope.running = true;
    made_.spread.weight = draft_.formula(*spread, "weight", ExpressionType::decimal, scope);
    read_leftover(*spread, made_.spread, reader_);
  }

  void check_over(const Json& json) {
    if (made_.over == rule::ApplyOver::order) {
      if (step_.phase != rule::Phase::line) return;
      reader_.fault(*json.find("over"), FaultCode::bad_document,
                    "what lines share needs the phase aggregate or a later one");
      return;
    }
    if (step_.find) check_inputs(json);
    for (const char* member : {"spread", "charges"}) {
      if (const Json* given = json.find(member)) {
        reader_.fault(*given, FaultCode::bad_document,
                      std::string{"'"} + member + "' goes with \"over\": \"order\"");
      }
    }
  }

  // Each line is applied by itself, in no order among them: what is left of the others can't be told.
  void check_inputs(const Json& json) {
    for (const rule::Input& input : step_.find->inputs) {
      const bool sums = std::ranges::any_of(input.value, [&](const rule::Instruction& each) {
        return each.op == rule::Op::aggregate && draft_.made.aggregates[each.index].running;
      });
      if (!sums) continue;
      reader_.fault(json, FaultCode::bad_document,
                    "input '" + input.name + "' sums what is left of all lines, which needs " +
                        "\"over\": \"order\"");
    }
  }

  void check_types(const Json& json) {
    if (!step_.find) return;
    std::vector<engine::model::ConditionTypeId> seen;
    for (const rule::Access& access : step_.find->accesses) {
      const auto id = draft_.schema.table(access.table).type;
      if (std::ranges::find(seen, id) != seen.end()) continue;
      seen.push_back(id);
      check_type(json, draft_.schema.type(id));
    }
  }

  void check_type(const Json& json, const ConditionType& type) {
    if (needs_order(type.calculation) && made_.over == rule::ApplyOver::line) {
      reader_.fault(json, FaultCode::bad_document,
                    "condition type '" + type.name +
                        "' acts on the order: the step needs \"over\": \"order\"");
    }
    if (type.charge.empty()) return;
    const bool listed = std::ranges::any_of(made_.charges, [&](std::uint16_t step) {
      return draft_.made.steps[step].name == type.charge;
    });
    if (listed) return;
    reader_.fault(json, FaultCode::missing_value,
                  "condition type '" + type.name + "' acts on the charge '" + type.charge +
                      "', which 'charges' does not name");
  }

  DocumentReader& reader_;
  ProcedureDraft& draft_;
  const rule::Step& step_;
  rule::Apply made_;
};

// The step by whose amount lines form groups; it must be finished on all lines.
std::optional<std::uint16_t> read_groups(const Json& json, const rule::Step& step,
                                         ProcedureDraft& draft) {
  const Json* by = json.find("by");
  const std::string name = draft.reader.text(json, "by");
  if (by == nullptr || name.empty()) return std::nullopt;
  const auto number = draft.earlier_step(*by, name);
  if (!number) return std::nullopt;
  const rule::Step& groups = draft.made.steps[*number];
  if (!groups.of_order && !groups.guard && groups.phase < step.phase) return number;
  draft.reader.fault(*by, FaultCode::bad_document,
                     "groups are made by a line's amount in a step of an earlier phase");
  return std::nullopt;
}

}  // namespace

rule::Apply read_apply(const Json& json, const rule::Step& step, ProcedureDraft& draft) {
  return ApplyReader{step, draft}.read(json);
}

rule::Spread read_spread(const Json& json, const rule::Step& step, ProcedureDraft& draft) {
  rule::Spread made;
  DocumentReader& reader = draft.reader;
  if (!reader.members(json, {"total", "by", "weight", "leftover", "redistribute"})) return made;
  for (const char* member : {"total", "weight"}) {
    if (json.find(member) == nullptr)
      reader.fault(json, FaultCode::missing_value, std::string{"'"} + member + "' is missing");
  }
  if (step.phase == rule::Phase::line) {
    reader.fault(json, FaultCode::bad_document,
                 "what lines share needs the phase aggregate or a later one");
  }
  made.by = read_groups(json, step, draft);
  ExpressionScope of_all = draft.scope_of(step);
  of_all.subject = Subject::order;
  if (made.by) of_all.group = &draft.made.steps[*made.by];
  made.total = draft.formula(json, "total", ExpressionType::decimal, of_all);
  made.rule.weight = draft.formula(json, "weight", ExpressionType::decimal, draft.scope_of(step));
  read_leftover(json, made.rule, reader);
  return made;
}

rule::Guard read_guard(const Json& json, ProcedureDraft& draft) {
  rule::Guard made;
  if (!draft.reader.members(json, {"then", "reason"})) return made;
  made.action = choice(draft.reader, json, "then", guard_actions, rule::GuardAction::refuse);
  made.reason = choice(draft.reader, json, "reason", reasons(), Reason::refused);
  return made;
}

}  // namespace rules
