// Expressions: formulas and conditions as people write them, in a subset of the Common Expression
// Language (CEL), compiled to a rule::Formula. Values are exact decimals and truth; texts and lists
// are only compared. Differences from CEL: decimals instead of double; division only as
// round(a / b, decimals, mode); a value that is missing makes a comparison false. Every name and
// function stands in docs/PROCEDURES.md.
// A wrong expression is a bad_expression Fault whose detail shows the text with a caret under the
// place. Called at publish time, by the writer's thread only.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/schema.hpp"
#include "engine/rule/procedure.hpp"
#include "rules/constant.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rules {

enum class ExpressionType : std::uint8_t { decimal, truth, text, texts, decimals };

// What an expression is about.
enum class Subject : std::uint8_t {
  line,    // one line: everything may be named
  order,   // the whole order: what belongs to one line only through lines.sum(...) and the like
  record,  // a record's or document's own text: nothing of the procedure may be named
};

// What names mean where the expression stands.
struct ExpressionScope {
  Subject subject = Subject::line;
  const engine::model::Schema* schema = nullptr;
  const Parameters* parameters = nullptr;                  // null: none
  const std::vector<engine::rule::Step>* steps = nullptr;  // those before it; null: none
  // Where the sums over lines go that it uses.
  std::vector<engine::rule::Aggregate>* aggregates = nullptr;
  engine::rule::Phase phase = engine::rule::Phase::line;  // of the step that it stands in
  bool own_step_found = false;  // the last of `steps` is the expression's own: its record may be
                                // referred to, not its amount
  bool running = false;         // `running` may be named
  // The step whose amount all lines of a group share, where the expression is about a group.
  const engine::rule::Step* group = nullptr;
  const engine::model::ConditionType* type = nullptr;  // of the record; null: a document's text
  // Where the inputs go that a record's text names.
  std::vector<std::string>* inputs = nullptr;
};

// `wanted` is decimal or truth.
engine::base::Result<engine::rule::Formula> compile_expression(std::string_view text,
                                                               ExpressionType wanted,
                                                               const ExpressionScope& scope);

// Words that mean something in every expression, so that no parameter, step, input or number of a
// record may be called so.
inline constexpr std::array<std::string_view, 18> words_of_expressions{
    "quantity", "base_quantity", "running",  "true",   "false",     "in",
    "has",      "round",         "round_to", "ending", "min",       "max",
    "abs",      "lines",         "extended", "scaled", "converted", "per_unit"};
// Words that follow a step's name and a point.
inline constexpr std::array<std::string_view, 4> results_of_steps{"exact", "value", "rate",
                                                                  "found"};
// Functions of lines: lines.sum(l, ...).
inline constexpr std::array<std::string_view, 6> functions_of_lines{"sum", "count", "exists",
                                                                    "all", "min",   "max"};
// Methods of texts: brand.startsWith('A').
inline constexpr std::array<std::string_view, 3> methods_of_texts{"startsWith", "endsWith",
                                                                  "contains"};

}  // namespace rules
