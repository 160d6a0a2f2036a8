// Tokens of the expression language. Used by expression_*.cpp only.
#pragma once

#include "engine/base/result.hpp"

#include <cstddef>
#include <string_view>

namespace rules {

struct Token {
  enum class Kind { end, number, name, string, symbol };

  Kind kind = Kind::end;
  std::string_view text;  // a string's without its quotes
  std::size_t at = 0;     // byte offset in the expression
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_{text} {}

  // The next token; a bad_expression Fault on a character that starts none.
  engine::base::Result<Token> next();

 private:
  Token take(Token::Kind kind, std::size_t length);
  engine::base::Result<Token> string(char quote);

  std::string_view text_;
  std::size_t at_ = 0;
};

// "expression: why", the text and a caret under the byte `at`.
engine::base::Fault expression_fault(std::string_view text, std::size_t at, const std::string& why);

}  // namespace rules
