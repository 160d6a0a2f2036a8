#include "engine/snapshot/article_conditions.hpp"

#include "engine/rule/conjuncts.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace engine::snapshot {

using rule::Formula;
using rule::Instruction;
using rule::Op;

namespace {

// Beyond this many bits the conditions are not told apart by article: then all of them can apply to
// every article, and are tested where they are met.
constexpr std::size_t bits_max = std::size_t{1} << 30U;

int compare(const base::Decimal& a, const base::Decimal& b) {
  const int decimals = std::max(a.decimals, b.decimals);
  const auto at = [decimals](const base::Decimal& number) {
    return base::Int256{base::Int256{number.mantissa} *
                        base::pow10<base::Int256>(decimals - number.decimals)};
  };
  const base::Int256 left = at(a);
  const base::Int256 right = at(b);
  return left < right ? -1 : (right < left ? 1 : 0);
}

bool holds(Op op, int order) {
  switch (op) {
    case Op::less:
      return order < 0;
    case Op::less_equal:
      return order <= 0;
    case Op::equal:
      return order == 0;
    default:
      return order != 0;
  }
}

// A test of one field of the article: what one value makes true or false.
struct Atom {
  Op op = Op::field_given;  // or field_among, field_test, a comparison with a number
  rule::TextTest test = rule::TextTest::starts_with;
  std::string text;          // of field_test
  base::Decimal number;      // of a comparison
  bool number_left = false;  // the number stands before the field
};

// A condition's part over atoms, in postfix order: an atom's number, or a truth.
struct Word {
  enum class Kind : std::uint8_t { atom, both, either, opposite, constant };
  Kind kind = Kind::atom;
  std::uint32_t atom = 0;
  bool truth = false;
};

using Condition = std::vector<Word>;

bool is_comparison(Op op) {
  return op == Op::less || op == Op::less_equal || op == Op::equal || op == Op::not_equal;
}

// Reads the article's parts of conditions into atoms by field.
class Atoms {
 public:
  Atoms(const model::Schema& schema, const CodeResolver& codes) : schema_{schema}, codes_{codes} {}

  // Nothing where the part compares what is no field with a number.
  std::optional<Condition> read(const Formula& part) {
    Condition made;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool compared = i + 2 < part.size() && is_comparison(part[i + 2].op);
      if (compared && part[i].op == Op::field_number && part[i + 1].op == Op::constant) {
        made.push_back(number_atom(part[i], part[i + 1], part[i + 2].op, false));
        i += 2;
      } else if (compared && part[i].op == Op::constant && part[i + 1].op == Op::field_number) {
        made.push_back(number_atom(part[i + 1], part[i], part[i + 2].op, true));
        i += 2;
      } else if (const auto word = read(part[i])) {
        made.push_back(*word);
      } else {
        return std::nullopt;
      }
    }
    return made;
  }

  // The atoms that a value of the field makes true.
  template <class Take>
  void each_true(model::FieldId field, std::uint32_t value, const Snapshot& snapshot,
                 const Take& take) {
    if (const auto among = among_.find({field.raw(), value}); among != among_.end()) {
      for (const std::uint32_t atom : among->second) take(atom);
    }
    const auto known = by_field_.find(field.raw());
    if (known == by_field_.end()) return;
    auto [told, is_new] = by_value_.try_emplace({field.raw(), value});
    if (is_new) {
      for (const std::uint32_t atom : known->second) {
        if (is_true(atoms_[atom], field, value, snapshot)) told->second.push_back(atom);
      }
    }
    for (const std::uint32_t atom : told->second) take(atom);
  }

 private:
  std::optional<Word> read(const Instruction& instruction) {
    switch (instruction.op) {
      case Op::logical_and:
        return Word{Word::Kind::both, 0, false};
      case Op::logical_or:
        return Word{Word::Kind::either, 0, false};
      case Op::logical_not:
        return Word{Word::Kind::opposite, 0, false};
      case Op::constant:
        return Word{Word::Kind::constant, 0, instruction.constant.mantissa != 0};
      case Op::field_among:
      case Op::field_test:
      case Op::field_given:
        return field_atom(instruction);
      default:
        return std::nullopt;
    }
  }

  Word field_atom(const Instruction& instruction) {
    Atom atom;
    atom.op = instruction.op;
    atom.test = instruction.test;
    if (instruction.op == Op::field_test) atom.text = instruction.codes.front();
    if (instruction.op != Op::field_among) return add(instruction.field, std::move(atom));
    const auto number = static_cast<std::uint32_t>(atoms_.size());
    atoms_.push_back(std::move(atom));
    for (const std::uint32_t id : codes_.ids(instruction.field, instruction.codes))
      among_[{instruction.field.raw(), id}].push_back(number);
    return {Word::Kind::atom, number, false};
  }

  Word number_atom(const Instruction& field, const Instruction& number, Op op, bool number_left) {
    Atom atom;
    atom.op = op;
    atom.number = number.constant;
    atom.number_left = number_left;
    return add(field.field, std::move(atom));
  }

  Word add(model::FieldId field, Atom atom) {
    const auto number = static_cast<std::uint32_t>(atoms_.size());
    atoms_.push_back(std::move(atom));
    by_field_[field.raw()].push_back(number);
    return {Word::Kind::atom, number, false};
  }

  bool is_true(const Atom& atom, model::FieldId field, std::uint32_t value,
               const Snapshot& snapshot) const {
    if (atom.op == Op::field_given) return true;
    if (is_comparison(atom.op)) {
      const base::Decimal& own = snapshot.text_number(model::TextId{value});
      const int order = compare(own, atom.number);
      return holds(atom.op, atom.number_left ? -order : order);
    }
    const std::string_view text = snapshot.code_of(schema_.field(field), value);
    switch (atom.test) {
      case rule::TextTest::starts_with:
        return text.starts_with(atom.text);
      case rule::TextTest::ends_with:
        return text.ends_with(atom.text);
      default:
        return text.find(atom.text) != std::string_view::npos;
    }
  }

  const model::Schema& schema_;
  const CodeResolver& codes_;
  std::vector<Atom> atoms_;
  // field_among by the values it names, the others by their field.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> among_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_field_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> by_value_;
};

bool is_met(const Condition& condition, const std::vector<std::uint32_t>& true_atoms) {
  std::vector<bool> stack;
  for (const Word& word : condition) {
    if (word.kind == Word::Kind::atom) {
      stack.push_back(std::ranges::binary_search(true_atoms, word.atom));
      continue;
    }
    if (word.kind == Word::Kind::constant) {
      stack.push_back(word.truth);
      continue;
    }
    const bool last = stack.back();
    if (word.kind == Word::Kind::opposite) {
      stack.back() = !last;
      continue;
    }
    stack.pop_back();
    const bool first = stack.back();
    stack.back() = word.kind == Word::Kind::both ? first && last : first || last;
  }
  return stack.back();
}

std::vector<std::uint32_t> true_atoms(std::uint32_t article, Atoms& atoms,
                                      const Snapshot& snapshot) {
  std::vector<std::uint32_t> found;
  const Articles& articles = snapshot.articles();
  const auto take = [&](model::FieldId field, std::uint32_t value) {
    atoms.each_true(field, value, snapshot, [&](std::uint32_t atom) { found.push_back(atom); });
  };
  take(model::Schema::article, article);
  for (const Reached& group : articles.groups[article])
    take(model::Schema::article_group, group.id);
  std::vector<model::FieldId> numbers;  // an article has one number of a field: the first
  for (const model::Attribute& attribute : articles.attributes[article]) {
    if (snapshot.schema().field(attribute.field).value == model::FieldValue::number) {
      if (std::ranges::find(numbers, attribute.field) != numbers.end()) continue;
      numbers.push_back(attribute.field);
    }
    take(attribute.field, attribute.value.raw());
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

}  // namespace

void ArticleConditions::build(std::span<const std::uint32_t> numbers,
                              std::span<const model::RecordText> texts, const Snapshot& snapshot,
                              const CodeResolver& codes) {
  Atoms atoms{snapshot.schema(), codes};
  std::vector<std::optional<Condition>> conditions;
  for (const std::uint32_t number : numbers) {
    const auto& formula = static_cast<const rule::RecordFormula&>(*texts[number].compiled).code;
    const Formula part = rule::part_of(formula, rule::Speaks::of_article, snapshot.schema());
    conditions.push_back(part.empty() ? std::nullopt : atoms.read(part));
  }
  words_ = (numbers.size() + 63) / 64;
  const auto articles = static_cast<std::uint32_t>(snapshot.articles().base_units.size());
  class_of_.assign(articles, 0);
  std::map<std::vector<std::uint32_t>, std::uint32_t> classes;
  for (std::uint32_t article = 0; article < articles; ++article) {
    const auto next = static_cast<std::uint32_t>(classes.size());
    class_of_[article] =
        classes.try_emplace(true_atoms(article, atoms, snapshot), next).first->second;
  }
  const bool too_many = classes.size() * words_ * 64 > bits_max;
  if (too_many) {
    std::ranges::fill(class_of_, 0U);
    classes = {{{}, 0}};
    for (auto& condition : conditions) condition.reset();
  }
  bits_.assign(std::max<std::size_t>(classes.size(), 1) * words_, 0);
  for (const auto& [told, number] : classes) {
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      if (!conditions[i] || is_met(*conditions[i], told))
        bits_[number * words_ + i / 64] |= std::uint64_t{1} << (i % 64);
    }
  }
}

}  // namespace engine::snapshot
