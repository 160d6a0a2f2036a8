#include "tests/oracle/expression.hpp"

#include <algorithm>
#include <cctype>

namespace oracle {

namespace {

class Reader {
 public:
  Reader(std::string_view text, const Names& names) : text_{text}, names_{names} {}

  Rational all() {
    const Rational value = choice(true);
    skip_blanks();
    if (at_ != text_.size()) fail("the end");
    return value;
  }

 private:
  [[noreturn]] void fail(const std::string& wanted) const {
    throw std::invalid_argument("expression '" + std::string{text_} + "' at " +
                                std::to_string(at_) + ": " + wanted + " wanted");
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  bool take(std::string_view symbol) {
    skip_blanks();
    if (text_.substr(at_, symbol.size()) != symbol) return false;
    at_ += symbol.size();
    return true;
  }

  void want(std::string_view symbol) {
    if (!take(symbol)) fail(std::string{symbol});
  }

  // `live` is false where the value will not be used: names are not looked up, nothing is divided.
  Rational choice(bool live) {
    const Rational condition = either(live);
    if (!take("?")) return condition;
    const bool yes = condition != 0;
    const Rational first = choice(live && yes);
    want(":");
    const Rational second = choice(live && !yes);
    return yes ? first : second;
  }

  Rational either(bool live) {
    Rational value = both(live);
    while (take("||")) {
      const bool decided = value != 0;
      const Rational other = both(live && !decided);
      value = decided || other != 0 ? 1 : 0;
    }
    return value;
  }

  Rational both(bool live) {
    Rational value = comparison(live);
    while (take("&&")) {
      const bool decided = value == 0;
      const Rational other = comparison(live && !decided);
      value = !decided && other != 0 ? 1 : 0;
    }
    return value;
  }

  Rational comparison(bool live) {
    const Rational left = sum(live);
    skip_blanks();
    for (const std::string_view symbol : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!take(symbol)) continue;
      const Rational right = sum(live);
      const bool holds = symbol == "=="   ? left == right
                         : symbol == "!=" ? left != right
                         : symbol == "<=" ? left <= right
                         : symbol == ">=" ? left >= right
                         : symbol == "<"  ? left < right
                                          : left > right;
      return holds ? 1 : 0;
    }
    return left;
  }

  Rational sum(bool live) {
    Rational value = product(live);
    for (;;) {
      if (take("+")) {
        value += product(live);
      } else if (take("-")) {
        value -= product(live);
      } else {
        return value;
      }
    }
  }

  Rational product(bool live) {
    Rational value = sign(live);
    for (;;) {
      if (take("*")) {
        value *= sign(live);
      } else if (take("/")) {
        const Rational divisor = sign(live);
        if (!live) continue;
        if (divisor == 0) throw DivisionByZero{};
        value /= divisor;
      } else {
        return value;
      }
    }
  }

  bool at_not() {
    skip_blanks();
    return at_ < text_.size() && text_[at_] == '!' && text_.substr(at_, 2) != "!=";
  }

  Rational sign(bool live) {
    if (take("-")) return -sign(live);
    if (at_not()) {
      ++at_;
      return sign(live) == 0 ? 1 : 0;
    }
    return leaf(live);
  }

  Rational leaf(bool live) {
    if (take("(")) {
      const Rational value = choice(live);
      want(")");
      return value;
    }
    const std::string word = take_word();
    if (word.empty()) fail("a value");
    if (std::isdigit(static_cast<unsigned char>(word.front())) != 0) return number(word);
    if (word == "true") return 1;
    if (word == "false") return 0;
    if (word == "min" || word == "max") return extreme(word == "min", live);
    if (word == "round") return rounding(live);
    if (word == "extended") return extension(live);
    return live ? names_.named(word) : Rational{0};
  }

  std::string take_word() {
    skip_blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '.') break;
      ++at_;
    }
    return std::string{text_.substr(begin, at_ - begin)};
  }

  Rational extreme(bool least, bool live) {
    want("(");
    const Rational first = choice(live);
    want(",");
    const Rational second = choice(live);
    want(")");
    return least ? std::min(first, second) : std::max(first, second);
  }

  Rational rounding(bool live) {
    want("(");
    const Rational value = choice(live);
    want(",");
    const std::string decimals = take_word();
    want(",");
    skip_blanks();
    const char quote = text_.at(at_);
    const std::size_t end = text_.find(quote, at_ + 1);
    const std::string mode{text_.substr(at_ + 1, end - at_ - 1)};
    at_ = end + 1;
    want(")");
    return live ? rounded(value, std::stoi(decimals), mode) : Rational{0};
  }

  Rational extension(bool live) {
    want("(");
    const Rational price = choice(live);
    const std::string step = take(",") ? take_word() : "";
    want(")");
    return live ? names_.extended(price, step) : Rational{0};
  }

  std::string_view text_;
  const Names& names_;
  std::size_t at_ = 0;
};

}  // namespace

Rational evaluate(std::string_view text, const Names& names) { return Reader{text, names}.all(); }

}  // namespace oracle
