// Conditions and formulas written in records and documents, as text that is compiled once when it
// comes in. What a compiled text is belongs to rule::Formula; here it is opaque, since facts stand
// below rules. Immutable once stored; shared by all snapshots.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/schema.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace engine::model {

class CompiledText {
 public:
  virtual ~CompiledText() = default;
};

enum class TextUse : std::uint8_t { condition, formula };

struct RecordText {
  std::string text;
  TextUse use = TextUse::condition;
  std::string type;  // condition type whose inputs and parameters it may name; empty: a document's
  std::shared_ptr<const CompiledText> compiled;
};

class RecordTextCompiler {
 public:
  virtual ~RecordTextCompiler() = default;
  // `type` is null for a document's condition, which may name fields and the inputs that all
  // types share. Faults: bad_expression, with the text and a caret under the place.
  virtual base::Result<std::shared_ptr<const CompiledText>> compile(
      std::string_view text, TextUse use, const Schema& schema,
      const ConditionType* type) const = 0;
};

}  // namespace engine::model
