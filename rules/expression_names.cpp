#include "rules/expression_names.hpp"

#include <algorithm>

namespace rules {

using engine::base::Decimal;
using engine::base::Fault;
using engine::base::Result;
using engine::model::Domain;
using engine::model::FieldId;
using engine::model::FieldSide;
using engine::model::FieldValue;
using engine::model::Schema;
using engine::rule::Formula;
using engine::rule::Instruction;
using engine::rule::Op;
using engine::rule::Step;
using Type = ExpressionType;

namespace {

std::optional<std::uint16_t> position(const std::vector<std::string>& names,
                                      std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - names.begin());
}

std::string quoted(std::string_view name) { return "'" + std::string{name} + "'"; }

std::string_view before_point(std::string_view name) { return name.substr(0, name.find('.')); }

Instruction indexed(Op op, std::uint16_t step, std::uint16_t index) {
  Instruction made = instruction(op);
  made.step = step;
  made.index = index;
  return made;
}

}  // namespace

Result<void> ExpressionNames::enter_lines(const Token& variable) {
  const std::string_view name = variable.text;
  const bool plain = variable.kind == Token::Kind::name && name.find('.') == std::string_view::npos;
  const bool taken = std::ranges::find(words_of_expressions, name) != words_of_expressions.end() ||
                     parameter(name) != nullptr || find_step(name) ||
                     scope_.schema->find_field(name);
  if (!plain || taken)
    return fault(variable, "a name for each line is wanted here: lines.sum(l, l.amount)");
  variable_ = std::string{name};
  return {};
}

// The word without the name of the line before it.
std::string_view ExpressionNames::plain_name(const Token& word) const {
  if (!variable_ || before_point(word.text) != *variable_ || word.text == *variable_)
    return word.text;
  return word.text.substr(variable_->size() + 1);
}

Result<Operand> ExpressionNames::load(const Token& word, Formula& code) const {
  const std::string_view name = plain_name(word);
  if (name == "quantity") return push(quantity(word, Op::quantity), Type::decimal, code);
  if (name == "base_quantity") return push(quantity(word, Op::base_quantity), Type::decimal, code);
  if (name == "running") return push(running(word), Type::decimal, code);
  if (scope_.subject == Subject::record) {
    if (is_input(name)) return push(indexed(Op::input, 0, input_number(name)), Type::decimal, code);
    if (const auto index = own_number(name))
      return push(indexed(Op::record_parameter, engine::rule::no_step, *index), Type::decimal,
                  code);
  }
  if (const Constant* value = parameter(name)) return parameter_value(*value, code);
  if (find_step(before_point(name))) return step_result(word, name, code);
  if (const auto id = scope_.schema->find_field(name)) return field(word, *id, code);
  return unknown(word, name);
}

Result<Operand> ExpressionNames::push(Load load, Type type, Formula& code) const {
  if (!load) return load.error();
  code.push_back(*std::move(load));
  return Operand{type};
}

ExpressionNames::Load ExpressionNames::quantity(const Token& word, Op op) const {
  if (!of_one_line())
    return fault(word, "an order has no quantity; sum it: lines.sum(l, l.quantity)");
  return instruction(op);
}

ExpressionNames::Load ExpressionNames::running(const Token& word) const {
  if (!scope_.running)
    return fault(word, "running stands only in the inputs and the weight of a step that applies");
  return instruction(Op::running);
}

Result<Operand> ExpressionNames::parameter_value(const Constant& value, Formula& code) const {
  if (const auto* number = std::get_if<Decimal>(&value))
    return push(constant_of(*number), Type::decimal, code);
  if (const auto* truth = std::get_if<bool>(&value))
    return push(truth_of(*truth), Type::truth, code);
  if (const auto* text = std::get_if<std::string>(&value))
    return Operand{Type::text, std::nullopt, {*text}};
  if (const auto* texts = std::get_if<Texts>(&value))
    return Operand{Type::texts, std::nullopt, *texts};
  return Operand{Type::decimals, std::nullopt, {}, std::get<Decimals>(value)};
}

Result<Operand> ExpressionNames::field(const Token& word, FieldId id, Formula& code) const {
  const engine::model::Field& known = scope_.schema->field(id);
  const bool of_line = known.side == FieldSide::article || id == Schema::unit;
  if (of_line && !of_one_line()) {
    return fault(word, quoted(known.name) +
                           " belongs to one line; ask the lines: lines.exists(l, l." + known.name +
                           " ...)");
  }
  if (known.value == FieldValue::text) return Operand{Type::text, id};
  const bool number = known.value == FieldValue::number;
  Instruction load = instruction(number ? Op::field_number : Op::field_among);
  load.field = id;
  if (!number) load.codes.emplace_back("true");
  return push(std::move(load), number ? Type::decimal : Type::truth, code);
}

// Whether a name may mean the step where it stands: of an order only what belongs to it, of the
// lines only what all of them have finished.
Result<void> ExpressionNames::check_reach(const Token& word, std::uint16_t number) const {
  const Step& step = (*scope_.steps)[number];
  if (within_lines() && is_own(number))
    return fault(word, "lines are not summed over the step itself");
  if (within_lines() && !step.of_order && step.phase >= scope_.phase) {
    return fault(word, "lines are summed over steps of earlier phases, and " + quoted(step.name) +
                           " stands in the phase of this step");
  }
  const bool reached = within_lines() || step.of_order || scope_.subject == Subject::line;
  if (reached || &step == scope_.group) return {};
  return fault(word, quoted(step.name) +
                         " has an amount for each line; say which number of the order is meant: "
                         "lines.sum(l, l." +
                         step.name + ")");
}

Result<Operand> ExpressionNames::step_result(const Token& word, std::string_view name,
                                             Formula& code) const {
  const std::uint16_t number = *find_step(before_point(name));
  const Step& step = (*scope_.steps)[number];
  if (auto ok = check_reach(word, number); !ok) return ok.error();
  if (step.guard) return fault(word, quoted(step.name) + " is a guard, which has no amount");
  const std::size_t point = name.find('.');
  if (point != std::string_view::npos && point + 1 == name.size()) {
    return fault(word,
                 "a step has exact, value, rate, found, the declared flags and the numbers of its "
                 "records; nothing stands behind this point");
  }
  const std::string_view result =
      point == std::string_view::npos ? std::string_view{} : name.substr(point + 1);
  if (result.empty() || result == "exact") {
    if (is_own(number)) return fault(word, "a step can't refer to its own amount");
    // Only a step that computes has something before its rounding.
    const bool exact = !result.empty() && !step.apply && !step.spread;
    return push(indexed(exact ? Op::step_exact : Op::step_amount, number, 0), Type::decimal, code);
  }
  if (step.apply) return applied_result(word, number, result, code);
  if (!step.find) {
    return fault(
        word, "step " + quoted(step.name) + " looks for no record, so it has no " + quoted(result));
  }
  return found_result(word, number, result, code);
}

Result<Operand> ExpressionNames::found_result(const Token& word, std::uint16_t number,
                                              std::string_view result, Formula& code) const {
  if (result == "value" || result == "rate")
    return push(indexed(Op::record_value, number, 0), Type::decimal, code);
  if (result == "found") return push(indexed(Op::record_found, number, 0), Type::truth, code);
  if (const auto flag = scope_.schema->find_flag(result)) {
    Instruction load = indexed(Op::record_flag, number, 0);
    load.flag = *flag;
    return push(std::move(load), Type::truth, code);
  }
  return push(number_of_record(word, number, result), Type::decimal, code);
}

Result<Operand> ExpressionNames::applied_result(const Token& word, std::uint16_t number,
                                                std::string_view result, Formula& code) const {
  if (result == "found") return push(indexed(Op::record_found, number, 0), Type::truth, code);
  const Step& step = (*scope_.steps)[number];
  for (std::uint16_t charge = 0; charge < step.apply->charges.size(); ++charge) {
    if ((*scope_.steps)[step.apply->charges[charge]].name == result)
      return push(indexed(Op::charge_left, number, charge), Type::decimal, code);
  }
  return fault(word, "a step that applies records has exact, found and the names of its charges; " +
                         quoted(result) + " is none of them");
}

// One of the condition types that the step can find must have the number; records of the others
// have none.
ExpressionNames::Load ExpressionNames::number_of_record(const Token& word, std::uint16_t step,
                                                        std::string_view name) const {
  const auto has_it = [&](const engine::rule::Access& access) {
    const auto& type = scope_.schema->type(scope_.schema->table(access.table).type);
    return position(type.parameters, name).has_value();
  };
  if (!std::ranges::any_of((*scope_.steps)[step].find->accesses, has_it)) {
    return fault(word,
                 "a step has exact, value, rate, found, the declared flags and the numbers of its "
                 "records; " +
                     quoted(name) + " is none of them");
  }
  return indexed(Op::record_parameter, step, *scope_.schema->find_number(name));
}

ExpressionNames::Load ExpressionNames::presence(const Token& word) const {
  const std::string_view name = plain_name(word);
  const std::size_t point = name.find('.');
  if (scope_.subject == Subject::record) {
    if (const auto index = own_number(name))
      return indexed(Op::record_has_parameter, engine::rule::no_step, *index);
  }
  if (const auto number = find_step(before_point(name))) {
    if (auto ok = check_reach(word, *number); !ok) return ok.error();
    const Step& step = (*scope_.steps)[*number];
    if (point == std::string_view::npos || !step.find || step.apply)
      return fault(word, "has(...) asks for a field, or for a number of a record: has(price.cost)");
    Load load = number_of_record(word, *number, name.substr(point + 1));
    if (load) load->op = Op::record_has_parameter;
    return load;
  }
  const auto id = scope_.schema->find_field(name);
  if (!id || parameter(name) != nullptr || is_input(name))
    return fault(word, "has(...) asks for a field, or for a number of a record: has(price.cost)");
  Formula checked;
  if (auto ok = field(word, *id, checked); !ok) return ok.error();
  Instruction load = instruction(Op::field_given);
  load.field = *id;
  return load;
}

Result<std::uint16_t> ExpressionNames::step_with_record(const Token& word) const {
  const auto number = find_step(plain_name(word));
  if (!number || !(*scope_.steps)[*number].find || (*scope_.steps)[*number].apply)
    return fault(word, "a step that finds a price is wanted here");
  if (auto ok = check_reach(word, *number); !ok) return ok.error();
  return *number;
}

Result<std::uint16_t> ExpressionNames::step_with_own_scale(const Token& word) const {
  auto number = step_with_record(word);
  if (!number) return number;
  const engine::rule::Find& find = *(*scope_.steps)[*number].find;
  if (!find.basis.empty() || find.counted != engine::rule::CountedOver::line)
    return fault(word, "scaled() reads a scale by the line's own quantity, and this step does not");
  return number;
}

Result<std::uint16_t> ExpressionNames::required_step(const Token& at) const {
  for (std::uint16_t i = 0; scope_.steps != nullptr && i < scope_.steps->size(); ++i) {
    const Step& step = (*scope_.steps)[i];
    if (!step.find || !step.find->required) continue;
    if (auto ok = check_reach(at, i); !ok) return ok.error();
    return i;
  }
  return fault(at, "no earlier step is required to find a price; name the step whose unit counts");
}

const Constant* ExpressionNames::parameter(std::string_view name) const {
  if (scope_.parameters == nullptr) return nullptr;
  const auto found = scope_.parameters->find(name);
  return found == scope_.parameters->end() ? nullptr : &found->second;
}

std::optional<std::uint16_t> ExpressionNames::find_step(std::string_view name) const {
  if (scope_.steps == nullptr) return std::nullopt;
  const auto found = std::ranges::find(*scope_.steps, name, &Step::name);
  if (found == scope_.steps->end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - scope_.steps->begin());
}

bool ExpressionNames::is_own(std::uint16_t step) const {
  return scope_.own_step_found && step + 1U == scope_.steps->size();
}

// Of a document's text, of any condition type: its records may be of several.
bool ExpressionNames::is_input(std::string_view name) const {
  if (scope_.subject != Subject::record) return false;
  if (scope_.type != nullptr) return position(scope_.type->inputs, name).has_value();
  for (std::uint32_t i = 0; i < scope_.schema->type_count(); ++i) {
    if (position(scope_.schema->type(engine::model::ConditionTypeId{i}).inputs, name)) return true;
  }
  return false;
}

// Its place among those that the text names.
std::uint16_t ExpressionNames::input_number(std::string_view name) const {
  if (const auto known = position(*scope_.inputs, name)) return *known;
  scope_.inputs->emplace_back(name);
  return static_cast<std::uint16_t>(scope_.inputs->size() - 1);
}

std::optional<std::uint16_t> ExpressionNames::own_number(std::string_view name) const {
  if (scope_.type == nullptr || !position(scope_.type->parameters, name)) return std::nullopt;
  return scope_.schema->find_number(name);
}

Fault ExpressionNames::unknown(const Token& word, std::string_view name) const {
  if (variable_ && word.text == *variable_) {
    return fault(word, quoted(name) + " is the line as a whole; name something of it, such as " +
                           std::string{name} + ".quantity");
  }
  const std::string_view first = before_point(name);
  if (first.size() < name.size() && parameter(first) != nullptr)
    return fault(word, quoted(first) + " is a parameter, and nothing stands behind its name");
  if (first.size() < name.size() && scope_.schema->find_field(first)) {
    return fault(word, quoted(first) +
                           " is a field; behind it stand only startsWith, endsWith and contains");
  }
  if (scope_.subject != Subject::record)
    return fault(word, quoted(first) + " is no parameter, no earlier step and no field");
  if (scope_.type == nullptr) {
    return fault(word, quoted(name) + " is no field, and no input of any condition type");
  }
  return fault(word, quoted(name) + " is no field, and neither input nor parameter of " +
                         quoted(scope_.type->name));
}

}  // namespace rules
