#include "tests/oracle/syntax.hpp"

#include <cctype>
#include <map>
#include <stdexcept>
#include <string_view>

namespace oracle {

namespace {

using Kind = Node::Kind;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_{text} {}

  Node all() {
    Node whole = choice();
    skip_blanks();
    if (at_ != text_.size()) fail("the end");
    return whole;
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

  static Node two(const std::string& word, Node left, Node right) {
    return {Kind::operation, word, 0, {std::move(left), std::move(right)}};
  }

  Node choice() {
    Node condition = either();
    if (!take("?")) return condition;
    Node first = choice();
    want(":");
    Node second = choice();
    return {Kind::choice, "?", 0, {std::move(condition), std::move(first), std::move(second)}};
  }

  Node either() {
    Node left = both();
    while (take("||")) left = two("||", std::move(left), both());
    return left;
  }

  Node both() {
    Node left = comparison();
    while (take("&&")) left = two("&&", std::move(left), comparison());
    return left;
  }

  bool take_in() {
    skip_blanks();
    const bool here = text_.substr(at_, 2) == "in" && at_ + 2 < text_.size() &&
                      (text_[at_ + 2] == ' ' || text_[at_ + 2] == '[');
    if (here) at_ += 2;
    return here;
  }

  Node comparison() {
    Node left = sum();
    for (const char* symbol : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (take(symbol)) return two(symbol, std::move(left), sum());
    }
    if (take_in()) return two("in", std::move(left), sum());
    return left;
  }

  Node sum() {
    Node left = product();
    for (;;) {
      if (take("+")) {
        left = two("+", std::move(left), product());
      } else if (take("-")) {
        left = two("-", std::move(left), product());
      } else {
        return left;
      }
    }
  }

  Node product() {
    Node left = sign();
    for (;;) {
      if (take("*")) {
        left = two("*", std::move(left), sign());
      } else if (take("/")) {
        left = two("/", std::move(left), sign());
      } else {
        return left;
      }
    }
  }

  Node sign() {
    if (take("-")) return {Kind::sign, "-", 0, {sign()}};
    skip_blanks();
    const bool is_not = at_ < text_.size() && text_[at_] == '!' && text_.substr(at_, 2) != "!=";
    if (!is_not) return leaf();
    ++at_;
    return {Kind::sign, "!", 0, {sign()}};
  }

  Node leaf() {
    skip_blanks();
    if (take("(")) {
      Node inner = choice();
      want(")");
      return inner;
    }
    if (take("[")) return {Kind::list, "", 0, arguments("]")};
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) return quoted();
    const std::string word = take_word();
    if (word.empty()) fail("a value");
    if (std::isdigit(static_cast<unsigned char>(word.front())) != 0)
      return {Kind::number, word, number(word), {}};
    if (take("(")) return {Kind::call, word, 0, arguments(")")};
    return {Kind::name, word, 0, {}};
  }

  std::vector<Node> arguments(std::string_view end) {
    std::vector<Node> all;
    if (take(end)) return all;
    do {
      all.push_back(choice());
    } while (take(","));
    want(end);
    return all;
  }

  Node quoted() {
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) fail("the end of the text");
    Node made{Kind::text, std::string{text_.substr(at_ + 1, end - at_ - 1)}, 0, {}};
    at_ = end + 1;
    return made;
  }

  std::string take_word() {
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '.') break;
      ++at_;
    }
    return std::string{text_.substr(begin, at_ - begin)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const Node& syntax_of(const std::string& text) {
  static std::map<std::string, Node> known;
  const auto found = known.find(text);
  if (found != known.end()) return found->second;
  constexpr std::size_t kept_max = 20'000;
  if (known.size() > kept_max) known.clear();
  return known.emplace(text, Reader{text}.all()).first->second;
}

}  // namespace oracle
