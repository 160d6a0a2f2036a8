#include "tests/oracle/names.hpp"

#include "tests/oracle/fields.hpp"
#include "tests/oracle/masters.hpp"
#include "tests/oracle/rates.hpp"
#include "tests/oracle/scale.hpp"

#include <algorithm>

namespace oracle {

namespace {

const Value missing_value{0, {false, false, true}};

const OpenLine& open_at(const Place& place) {
  return place.line != nullptr ? place.line->open : place.order.whole.open;
}

class PlaceNames : public Names {
 public:
  explicit PlaceNames(const Place& place) : place_{place} {}

  std::optional<std::vector<Rational>> numbers(const std::string&) const override { return {}; }

  std::optional<Texts> texts(const std::string& name) const override {
    const auto field = place_.order.rules.fields.find(name);
    if (field == place_.order.rules.fields.end() || field->second.value != "text")
      return std::nullopt;
    return field_texts(open_at(place_), name);
  }

  bool given(const std::string& name) const override {
    return !field_texts(open_at(place_), name).empty();
  }

  Value by_record(const std::string&, const Value&, const std::string&) const override {
    throw std::invalid_argument("a record's own text knows no step");
  }

  virtual bool is_summed(const LineState& line) const { return line.is_priced(); }

  Value over_lines(const std::string& function, const Node& of,
                   const std::string& variable) const override {
    const std::string what = function.substr(function.find('.') + 1);
    Value sum;
    if (what == "all") sum.number = 1;
    bool first = true;
    for (const LineState& line : place_.order.lines) {
      if (!is_summed(line)) continue;
      if (place_.among != nullptr && !place_.among->contains(&line)) continue;
      const Value own = on_line(of, line, variable);
      sum.unknown.add(own.unknown);
      if (what == "sum") sum.number += own.number;
      if (what == "count" && own.number != 0) sum.number += 1;
      if (what == "exists" && own.number != 0) sum.number = 1;
      if (what == "all" && own.number == 0) sum.number = 0;
      if (what == "min") sum.number = first ? own.number : std::min(sum.number, own.number);
      if (what == "max") sum.number = first ? own.number : std::max(sum.number, own.number);
      first = false;
    }
    return sum;
  }

 protected:
  virtual Value on_line(const Node& of, const LineState& line,
                        const std::string& variable) const = 0;

  std::optional<Value> plain_name(const std::string& name) const {
    const OpenLine& open = open_at(place_);
    if (name == "quantity") return Value{open.quantity, {}};
    if (name == "base_quantity")
      return Value{rounded(open.quantity * open.content, 6, "half_up"), {}};
    const auto field = place_.order.rules.fields.find(name);
    if (field == place_.order.rules.fields.end()) return std::nullopt;
    const auto value = field_value(open, name);
    if (field->second.value == "bool") return Value{value == "true" ? 1 : 0, {}};
    return value ? Value{number(*value), {}} : missing_value;
  }

  const Place place_;
};

class StepNames final : public PlaceNames {
 public:
  bool is_summed(const LineState& line) const override { return line.counts; }

  using PlaceNames::PlaceNames;

  std::optional<Texts> texts(const std::string& name) const override {
    const ParameterRule* parameter = parameter_named(name);
    if (parameter == nullptr) return PlaceNames::texts(name);
    if (parameter->type != "string" && parameter->type != "strings") return std::nullopt;
    return parameter->texts;
  }

  std::optional<std::vector<Rational>> numbers(const std::string& name) const override {
    return parameter_named(name)->numbers;
  }

  bool given(const std::string& name) const override {
    const auto dot = name.find('.');
    if (dot == std::string::npos) return PlaceNames::given(name);
    const RecordRow* record = result_of(place_, name.substr(0, dot)).record;
    return record != nullptr && parameter_of(*record, name.substr(dot + 1)) != nullptr;
  }

  Value named(const std::string& name) const override {
    if (name == "running") return {place_.running->at(place_.line), {}};
    if (const ParameterRule* parameter = parameter_named(name)) return {parameter->number, {}};
    const auto dot = name.find('.');
    const std::string first = name.substr(0, dot);
    for (const StepRule& step : place_.order.procedure.steps) {
      if (step.name == first)
        return of_step(step, dot == std::string::npos ? "" : name.substr(dot + 1));
    }
    return plain_name(name).value();
  }

  Value by_record(const std::string& function, const Value& of,
                  const std::string& step) const override {
    const StepSaid& found = result_of(place_, step.empty() ? first_required() : step);
    const OpenLine& line = open_at(place_);
    if (function == "converted") return converted(of, found.record, line);
    Value made = of;
    if (function == "scaled") {
      made.number = found.record == nullptr ? Rational{0} : scaled(found, line);
      return made;
    }
    if (found.record != nullptr)
      made.number *= units_of_record(line, *found.record) / found.record->price_unit;
    if (function == "extended") made.number *= line.quantity;
    return made;
  }

 private:
  Value on_line(const Node& of, const LineState& line, const std::string& variable) const override {
    return evaluate(of, StepNames{{place_.order, &line, place_.running, nullptr}}, variable);
  }

  const ParameterRule* parameter_named(const std::string& name) const {
    const auto& parameters = place_.order.procedure.parameters;
    const auto found = parameters.find(name);
    return found == parameters.end() ? nullptr : &found->second;
  }

  Value of_step(const StepRule& step, const std::string& what) const {
    if (step.apply && !what.empty() && what != "exact" && what != "found")
      return {place_.order.charges.at(step.name).at(what), {}};
    const StepSaid& result = result_of(place_, step.name);
    if (what.empty()) return {result.amount, {}};
    if (what == "exact") return {result.exact, {}};
    if (what == "found") return {result.record != nullptr ? 1 : 0, {}};
    if (what == "value" || what == "rate") return {result.value, {}};
    if (is_number(step, what)) {
      const std::string* own =
          result.record == nullptr ? nullptr : parameter_of(*result.record, what);
      return own == nullptr ? missing_value : Value{oracle::number(*own), {}};
    }
    const bool set = result.record != nullptr && has_flag(open_at(place_), *result.record, what);
    return {set ? 1 : 0, {}};
  }

  // Whether the records that the step finds carry a number of this name.
  bool is_number(const StepRule& step, const std::string& what) const {
    return std::any_of(step.find->accesses.begin(), step.find->accesses.end(),
                       [&](const AccessRule& access) {
                         return contains(place_.order.rules.types.at(access.type).parameters, what);
                       });
  }

  std::string first_required() const {
    for (const StepRule& step : place_.order.procedure.steps) {
      if (step.find && step.find->required) return step.name;
    }
    throw std::invalid_argument("no step is required to find a price");
  }

  Value converted(Value of, const RecordRow* record, const OpenLine& line) const {
    const std::string from = record == nullptr ? line.currency : currency_of(line, *record);
    if (from.empty() || from == line.currency) return of;
    const ProcedureRule& procedure = place_.order.procedure;
    LineSaid& said = *place_.line->said;
    const Minutes until = rate_until(line.world, procedure, from, line.currency, line.date);
    said.valid_until = std::min(said.valid_until, until);
    said.valid_until_most = std::min(said.valid_until_most, until);
    const auto rate = find_rate(line.world, procedure, from, line.currency, line.date);
    if (!rate) {
      of.unknown.no_rate = true;
      return of;
    }
    of.number *= *rate;
    return of;
  }

  // Rates of a percent scale are percents.
  static Rational scaled(const StepSaid& found, const OpenLine& line) {
    const Rational quantity = abs(line.quantity) * units_of_record(line, *found.record);
    ScaledCost cost{found.value * quantity, 0};
    if (!found.record->scale.empty()) cost = cost_of(*found.record, quantity);
    const bool percent = line.rules.types.at(found.record->type).value == "percent";
    if (percent && !found.record->scale.empty()) cost.by_rate /= 100;
    const Rational amount = cost.by_rate / found.record->price_unit + cost.flat;
    return line.quantity < 0 ? Rational{-amount} : amount;
  }
};

// Names in a record's own text: its inputs mean what the step says.
class RecordNames final : public PlaceNames {
 public:
  RecordNames(const RecordRow& record, const FindRule& find, const Place& place)
      : PlaceNames{place}, record_{record}, find_{find} {}

  bool given(const std::string& name) const override {
    if (is_parameter(name)) return parameter_of(record_, name) != nullptr;
    return PlaceNames::given(name);
  }

  Value named(const std::string& name) const override {
    if (is_input(name)) {
      const auto input = find_.inputs.find(name);
      return input == find_.inputs.end() ? missing_value : evaluate_at(input->second, place_);
    }
    if (is_parameter(name)) {
      const std::string* own = parameter_of(record_, name);
      return own == nullptr ? missing_value : Value{number(*own), {}};
    }
    return plain_name(name).value();
  }

 private:
  Value on_line(const Node& of, const LineState& line, const std::string& variable) const override {
    return evaluate(of, RecordNames{record_, find_, {place_.order, &line, place_.running, nullptr}},
                    variable);
  }

  bool is_input(const std::string& name) const {
    const auto& types = place_.order.rules.types;
    return std::any_of(types.begin(), types.end(),
                       [&](const auto& type) { return contains(type.second.inputs, name); });
  }

  bool is_parameter(const std::string& name) const {
    return contains(place_.order.rules.types.at(record_.type).parameters, name);
  }

  const RecordRow& record_;
  const FindRule& find_;
};

}  // namespace

Value evaluate_at(const std::string& text, const Place& place) {
  return evaluate(text, StepNames{place});
}

Value evaluate_own(const std::string& text, const RecordRow& record, const FindRule& find,
                   const Place& place) {
  return evaluate(text, RecordNames{record, find, place});
}

const StepSaid& result_of(const Place& place, const std::string& step) {
  const LineState* from = place.line;
  if (from == nullptr && place.among != nullptr) from = *place.among->begin();
  if (from == nullptr || step_named(place.order.procedure, step).of_order)
    from = &place.order.whole;
  return from->results.at(step);
}

Rational units_of_record(const OpenLine& line, const RecordRow& record) {
  if (record.unit.empty() || line.article.code.empty()) return line.content;
  if (record.unit == line.article.base_unit) return line.content;
  if (record.unit == line.unit) return 1;
  return line.content / content_of(line.article, record.unit).value();
}

Rational written_value(const OpenLine& line, const RecordRow& record) {
  if (record.value.empty()) return 0;
  const Rational value = number(record.value);
  return line.rules.types.at(record.type).value == "percent" ? Rational{value / 100} : value;
}

std::string currency_of(const OpenLine& line, const RecordRow& record) {
  if (!record.currency.empty()) return record.currency;
  const DocumentRow* document = document_of(line.world, record);
  return document == nullptr ? "" : document->currency;
}

std::set<std::string> flags_of(const OpenLine& line, const RecordRow& record) {
  std::set<std::string> flags = line.rules.types.at(record.type).flags;
  flags.insert(record.flags_set.begin(), record.flags_set.end());
  for (const std::string& flag : record.flags_cleared) flags.erase(flag);
  const DocumentRow* document = document_of(line.world, record);
  if (document != nullptr && document->refuses_discounts) flags.erase("discountable");
  return flags;
}

const std::string* parameter_of(const RecordRow& record, const std::string& name) {
  for (const auto& [own, value] : record.parameters) {
    if (own == name) return &value;
  }
  return nullptr;
}

}  // namespace oracle
