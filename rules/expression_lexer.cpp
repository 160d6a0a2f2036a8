#include "rules/expression_lexer.hpp"

#include <array>
#include <string>

namespace rules {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

constexpr std::array<std::string_view, 20> symbols{"<=", ">=", "==", "!=", "&&", "||", "+",
                                                   "-",  "*",  "/",  "(",  ")",  "<",  ">",
                                                   "!",  "?",  ":",  ",",  "[",  "]"};

std::size_t number_length(std::string_view rest) {
  std::size_t length = 0;
  while (length < rest.size() && is_digit(rest[length])) ++length;
  if (length + 1 < rest.size() && rest[length] == '.' && is_digit(rest[length + 1])) {
    ++length;
    while (length < rest.size() && is_digit(rest[length])) ++length;
  }
  return length;
}

std::size_t name_length(std::string_view rest) {
  std::size_t length = 0;
  while (length < rest.size() &&
         (is_letter(rest[length]) || is_digit(rest[length]) || rest[length] == '.'))
    ++length;
  return length;
}

}  // namespace

Fault expression_fault(std::string_view text, std::size_t at, const std::string& why) {
  return Fault{FaultCode::bad_expression, "",
               why + "\n    " + std::string{text} + "\n    " + std::string(at, ' ') + "^"};
}

Token Lexer::take(Token::Kind kind, std::size_t length) {
  const Token token{kind, text_.substr(at_, length), at_};
  at_ += length;
  return token;
}

Result<Token> Lexer::string(char quote) {
  const std::size_t end = text_.find(quote, at_ + 1);
  if (end == std::string_view::npos)
    return expression_fault(text_, at_, "this text has no closing quote");
  const Token token{Token::Kind::string, text_.substr(at_ + 1, end - at_ - 1), at_};
  at_ = end + 1;
  return token;
}

Result<Token> Lexer::next() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n'))
    ++at_;
  if (at_ == text_.size()) return Token{Token::Kind::end, {}, at_};
  const std::string_view rest = text_.substr(at_);
  if (is_digit(rest.front())) return take(Token::Kind::number, number_length(rest));
  if (is_letter(rest.front())) return take(Token::Kind::name, name_length(rest));
  if (rest.front() == '\'' || rest.front() == '"') return string(rest.front());
  for (const std::string_view symbol : symbols) {
    if (rest.substr(0, symbol.size()) == symbol) return take(Token::Kind::symbol, symbol.size());
  }
  std::size_t length = 1;  // of a UTF-8 character
  while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U)
    ++length;
  return expression_fault(text_, at_,
                          "'" + std::string{rest.substr(0, length)} + "' has no meaning here");
}

}  // namespace rules
