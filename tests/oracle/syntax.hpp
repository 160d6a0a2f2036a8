// Syntax: the oracle's own reading of expressions, from text to a tree. It knows what stands where,
// not what names mean. The text must be an expression that the rules accept; std::invalid_argument
// otherwise. One thread.
#pragma once

#include "tests/oracle/numbers.hpp"

#include <string>
#include <vector>

namespace oracle {

struct Node {
  enum class Kind {
    number,
    text,       // in quotes
    name,       // "step", "step.rate", "l.net", "true"
    list,       // of numbers or texts
    call,       // `word` is the function: "round", "lines.sum", "brand.startsWith"
    sign,       // "-" or "!"
    operation,  // `word` stands between the two parts
    choice,     // condition, then, else
  };

  Kind kind = Kind::number;
  std::string word;
  Rational number = 0;
  std::vector<Node> parts;
};

// Each text is read once and kept.
const Node& syntax_of(const std::string& text);

}  // namespace oracle
