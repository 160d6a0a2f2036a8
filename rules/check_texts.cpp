#include "rules/check_texts.hpp"

#include <algorithm>
#include <optional>

namespace rules {

namespace model = engine::model;
namespace rule = engine::rule;
using engine::base::Decimal;
using model::FieldId;
using model::Schema;
using rule::Op;

namespace {

// A number that is the same wherever it stands in one formula.
struct Subject {
  Op op = Op::quantity;
  std::uint16_t step = 0;
  std::uint16_t index = 0;
  FieldId field;

  friend bool operator==(const Subject&, const Subject&) = default;
};

// What a comparison asks of it.
struct Bound {
  Subject subject;
  Op op = Op::less;  // less, less_equal, equal; turned: the other way round
  bool turned = false;
  Decimal number;
};

// What is known of a value on the stack.
struct Known {
  std::optional<Decimal> number;
  std::optional<Subject> subject;
  std::string never;  // as a truth: why it can't be true; empty where it may be
  // Where it is true:
  std::vector<std::pair<FieldId, std::vector<std::string>>> needs;
  std::vector<Bound> bounds;
};

bool less(const Decimal& a, const Decimal& b) {
  const int decimals = std::max(a.decimals, b.decimals);
  const auto x = engine::base::mantissa_at(a, decimals);
  const auto y = engine::base::mantissa_at(b, decimals);
  return x && y && *x < *y;
}

std::optional<bool> compared(Op op, const Decimal& a, const Decimal& b) {
  switch (op) {
    case Op::less:
      return less(a, b);
    case Op::less_equal:
      return less(a, b) || a == b;
    case Op::equal:
      return a == b;
    case Op::not_equal:
      return !(a == b);
    default:
      return std::nullopt;
  }
}

bool is_number(Op op) {
  switch (op) {
    case Op::quantity:
    case Op::base_quantity:
    case Op::step_amount:
    case Op::step_exact:
    case Op::record_value:
    case Op::record_parameter:
    case Op::field_number:
    case Op::input:
    case Op::aggregate:
    case Op::running:
    case Op::charge_left:
      return true;
    default:
      return false;
  }
}

// Whether some number can meet both.
bool meet(const Bound& a, const Bound& b) {
  const auto holds = [](const Bound& bound, const Decimal& number) {
    const auto truth = bound.turned ? compared(bound.op, bound.number, number)
                                    : compared(bound.op, number, bound.number);
    return truth.value_or(true);
  };
  if (a.op == Op::equal) return holds(b, a.number);
  if (b.op == Op::equal) return holds(a, b.number);
  if (a.turned == b.turned) return true;
  const Bound& low = a.turned ? a : b;
  const Bound& high = a.turned ? b : a;
  const bool closed = low.op == Op::less_equal && high.op == Op::less_equal;
  return less(low.number, high.number) || (closed && low.number == high.number);
}

std::string text_of(const Bound& bound) {
  const std::string number = engine::base::to_string_short(bound.number);
  if (bound.op == Op::equal) return number;
  const bool closed = bound.op == Op::less_equal;
  return (bound.turned ? (closed ? "at least " : "more than ")
                       : (closed ? "at most " : "less than ")) +
         number;
}

std::string listed(const std::vector<std::string>& codes) {
  std::string text;
  for (const std::string& code : codes) text += (text.empty() ? "'" : ", '") + code + "'";
  return text;
}

}  // namespace

// Runs a formula over what is known instead of numbers.
class NeverTrue::Machine {
 public:
  explicit Machine(const NeverTrue& owner) : owner_{owner} {}

  std::string run(const rule::Formula& formula) {
    for (const rule::Instruction& instruction : formula) {
      const std::size_t operands = rule::operand_count(instruction.op);
      if (stack_.size() < operands) return "";
      std::vector<Known> taken(stack_.end() - static_cast<std::ptrdiff_t>(operands), stack_.end());
      stack_.resize(stack_.size() - operands);
      stack_.push_back(operands == 0 ? load(instruction) : operate(instruction.op, taken));
    }
    if (stack_.size() != 1) return "";
    const Known& result = stack_.back();
    if (result.number && *result.number == Decimal{0, 0}) return "it is constantly false";
    return result.never;
  }

 private:
  Known load(const rule::Instruction& instruction) const {
    Known made;
    if (instruction.op == Op::constant) made.number = instruction.constant;
    if (is_number(instruction.op))
      made.subject = {instruction.op, instruction.step, instruction.index, instruction.field};
    if (instruction.op != Op::field_among) return made;
    const auto& field = owner_.context_.snapshot().schema().field(instruction.field);
    made.needs.emplace_back(instruction.field, instruction.codes);
    const bool had = std::ranges::any_of(instruction.codes, [&](const std::string& code) {
      return owner_.is_had(instruction.field, code);
    });
    if (!had) made.never = "nobody has " + field.name + " " + listed(instruction.codes);
    return made;
  }

  Known operate(Op op, std::vector<Known>& of) const {
    Known made;
    if (op == Op::logical_and) return both(of[0], of[1]);
    if (op == Op::logical_or) {
      if (is_false(of[0]) && is_false(of[1])) made.never = reason_of(of[0]);
    } else if (op == Op::logical_not) {
      if (of[0].number) made.number = Decimal{*of[0].number == Decimal{0, 0} ? 1 : 0, 0};
    } else if (of.size() == 2 && of[0].number && of[1].number) {
      const auto truth = compared(op, *of[0].number, *of[1].number);
      if (truth) made.number = Decimal{*truth ? 1 : 0, 0};
    } else if (op == Op::less || op == Op::less_equal || op == Op::equal) {
      if (of[0].subject && of[1].number)
        made.bounds.push_back({*of[0].subject, op, false, *of[1].number});
      if (of[0].number && of[1].subject)
        made.bounds.push_back({*of[1].subject, op, true, *of[0].number});
    }
    return made;
  }

  static bool is_false(const Known& known) {
    return !known.never.empty() || (known.number && *known.number == Decimal{0, 0});
  }

  static std::string reason_of(const Known& known) {
    return known.never.empty() ? "it is constantly false" : known.never;
  }

  Known both(const Known& a, const Known& b) const {
    Known made;
    made.needs = a.needs;
    made.needs.insert(made.needs.end(), b.needs.begin(), b.needs.end());
    made.bounds = a.bounds;
    made.bounds.insert(made.bounds.end(), b.bounds.begin(), b.bounds.end());
    if (is_false(a) || is_false(b)) {
      made.never = reason_of(is_false(a) ? a : b);
      return made;
    }
    for (const auto& [field, codes] : a.needs) {
      for (const auto& [other, its] : b.needs) {
        if (field != other || !owner_.has_one_value(field)) continue;
        const bool meet = std::ranges::any_of(codes, [&its = its](const std::string& code) {
          return std::ranges::find(its, code) != its.end();
        });
        if (!meet)
          made.never = owner_.context_.snapshot().schema().field(field).name + " can't be " +
                       listed(codes) + " and " + listed(its) + " at once";
      }
    }
    for (const Bound& x : a.bounds) {
      for (const Bound& y : b.bounds) {
        if (x.subject == y.subject && !meet(x, y))
          made.never =
              name_of(x.subject) + " can't be " + text_of(x) + " and " + text_of(y) + " at once";
      }
    }
    return made;
  }

  std::string name_of(const Subject& subject) const {
    if (subject.op == Op::quantity) return "quantity";
    if (subject.op == Op::base_quantity) return "the quantity in base units";
    if (subject.op == Op::field_number)
      return owner_.context_.snapshot().schema().field(subject.field).name;
    return "a number";
  }

  const NeverTrue& owner_;
  std::vector<Known> stack_;
};

NeverTrue::NeverTrue(const CheckContext& context) : context_{context} {
  const auto& snapshot = context.snapshot();
  attributes_.resize(snapshot.schema().field_count());
  several_.resize(snapshot.schema().field_count());
  const auto take = [&](std::span<const model::Attribute> owned) {
    for (std::size_t i = 0; i < owned.size(); ++i) {
      attributes_[owned[i].field.raw()].push_back(owned[i].value.raw());
      for (std::size_t j = 0; j < i; ++j) {
        if (owned[j].field == owned[i].field) several_[owned[i].field.raw()] = true;
      }
    }
  };
  const auto mark = [](std::vector<bool>& groups, std::uint32_t group) {
    if (groups.size() <= group) groups.resize(group + 1);
    groups[group] = true;
  };
  const bool asked = !snapshot.record_texts().empty() || !snapshot.procedures().empty();
  const auto articles = static_cast<std::uint32_t>(asked ? snapshot.articles().codes->size() : 0);
  for (std::uint32_t article = 0; article < articles; ++article) {
    take(snapshot.articles().attributes[article]);
    for (const auto& group : snapshot.articles().groups[article]) mark(article_groups_, group.id);
  }
  const auto customers = static_cast<std::uint32_t>(asked ? snapshot.customers().codes->size() : 0);
  for (std::uint32_t customer = 0; customer < customers; ++customer) {
    take(snapshot.customers().attributes[customer]);
    for (const auto& group : snapshot.customers().groups[customer])
      mark(customer_groups_, group.id);
  }
  for (auto& values : attributes_) {
    std::ranges::sort(values);
    const auto same = std::ranges::unique(values);
    values.erase(same.begin(), same.end());
  }
  for (const model::RecordText& text : snapshot.record_texts()) {
    const auto* compiled = dynamic_cast<const rule::RecordFormula*>(text.compiled.get());
    const bool condition = text.use == model::TextUse::condition && compiled != nullptr;
    reasons_.push_back(condition ? reason(compiled->code) : "");
  }
}

std::string NeverTrue::reason(const rule::Formula& formula) const {
  return Machine{*this}.run(formula);
}

// A question may give any text field but those of articles.
bool NeverTrue::is_had(FieldId id, const std::string& code) const {
  const auto& snapshot = context_.snapshot();
  const model::Field& field = snapshot.schema().field(id);
  const auto group = [](const std::vector<bool>& had, std::optional<std::uint32_t> of) {
    return of && *of < had.size() && had[*of];
  };
  switch (field.domain) {
    case model::Domain::article_group: {
      for (std::uint32_t number = 0; number < article_groups_.size(); ++number) {
        if (article_groups_[number] && snapshot.code_of(field, number) == code) return true;
      }
      return false;
    }
    case model::Domain::customer_group: {
      const auto known = snapshot.find_customer_group(code);
      return group(customer_groups_, known ? std::optional{known->raw()} : std::nullopt);
    }
    case model::Domain::article:
      return snapshot.find_article(code).has_value();
    case model::Domain::customer:
      return snapshot.find_customer(code).has_value();
    case model::Domain::text: {
      if (field.side != model::FieldSide::article) return true;
      const auto text = snapshot.find_text(code);
      return text && std::ranges::binary_search(attributes_[id.raw()], text->raw());
    }
    default:
      return true;
  }
}

bool NeverTrue::has_one_value(FieldId id) const {
  const model::Field& field = context_.snapshot().schema().field(id);
  switch (field.domain) {
    case model::Domain::article:
    case model::Domain::customer:
    case model::Domain::currency:
    case model::Domain::unit:
      return true;
    case model::Domain::text:
      return !several_[id.raw()];
    default:
      return false;
  }
}

void check_texts(const CheckContext& context, const NeverTrue& never_true, FindingSink& sink) {
  const auto& snapshot = context.snapshot();
  for (const auto& procedure : snapshot.procedures()) {
    for (const auto& step : procedure.steps) {
      const std::string reason = never_true.reason(step.rule->when);
      if (!step.rule->when.empty() && !reason.empty())
        sink.add(FindingKind::never_true, "", "",
                 "procedure '" + procedure.rule->name + "', step '" + step.rule->name +
                     "': its condition can never be true: " + reason);
    }
  }
  for (const model::Document& document : snapshot.documents()) {
    if (document.when == UINT32_MAX || never_true.reason(document.when).empty()) continue;
    sink.add(FindingKind::never_true, "", document.code,
             "the condition \"" + snapshot.record_texts()[document.when].text +
                 "\" can never be true: " + never_true.reason(document.when));
  }
}

}  // namespace rules
