// ProcedureDraft: what the readers of a procedure's parts share while it is being read: where
// faults go, what the names in its expressions mean, and the steps read so far. One for each
// procedure; used by procedure_reader, find_reader and apply_reader only.
#pragma once

#include "engine/model/schema.hpp"
#include "engine/rule/procedure.hpp"
#include "rules/document_reader.hpp"
#include "rules/expression.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace rules {

struct ProcedureDraft {
  DocumentReader& reader;
  engine::model::Schema& schema;
  Parameters parameters;
  engine::rule::Procedure made;

  // What an expression of this step is about, with the steps before it.
  ExpressionScope scope_of(const engine::rule::Step& step) const;
  // The member's expression compiled; empty where there is none, or a Fault.
  engine::rule::Formula formula(const Json& object, std::string_view name, ExpressionType wanted,
                                ExpressionScope scope);
  engine::rule::Formula expression(const Json& text, ExpressionType wanted, ExpressionScope scope);
  // The number of an earlier step; a Fault at `at` where there is none of this name.
  std::optional<std::uint16_t> earlier_step(const Json& at, std::string_view name);
  // {"decimals", "mode"}
  std::optional<engine::rule::RoundTo> rounding(const Json& item);
};

}  // namespace rules
