#include "tests/peers/parts/verdict.hpp"

#include "engine/base/decimal.hpp"

#include "tests/peers/parts/reading.hpp"
#include "tests/peers/parts/source.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>

namespace tests::peers {

using engine::base::Decimal;
using rules::Json;
using rules::JsonMember;

namespace {

class Comparison {
 public:
  Comparison(const std::vector<AskedQuestion>& questions, const std::vector<Reply>& replies,
             Verdict& verdict)
      : questions_{questions}, replies_{replies}, verdict_{verdict} {}

  void check(const std::string& key, const Json& expected, const Reading& reading) {
    if (reading.what == "ladder") return ladder(key, expected);
    if (reading.what == "unit_adjustments") return by_unit(key, expected, reading);
    if (reading.what == "by_document") return by_document(key, expected);
    if (reading.what == "applied" || reading.what == "applied_documents")
      return applied(key, expected, reading);
    if (reading.what == "free_lines") return free_lines(key, expected);
    if (reading.what == "free_quantities") return free_quantities(key, expected);
    if (is_of_order(reading)) return of_order(key, expected, reading);
    if (expected.is(Json::Kind::array)) return list(key, expected, reading);
    if (expected.is(Json::Kind::object)) return by_line(key, expected, reading);
    for (const Reply& reply : replies_) {
      for (std::size_t i = 0; i < reply.lines.size(); ++i)
        value(key, expected, translated(reading, line_value(reading, reply, i)));
    }
  }

 private:
  void differ(const std::string& key, const std::string& expected, const std::string& got) {
    verdict_.differences.push_back({key, expected, got});
  }

  void value(const std::string& key, const Json& expected, const Text& got) {
    const bool same = expected.is(Json::Kind::null) ? !got
                      : expected.is(Json::Kind::boolean)
                          ? got && (*got == (expected.boolean() ? "1" : "0") ||
                                    *got == (expected.boolean() ? "true" : "false"))
                          : got && same_value(expected.text(), *got);
    if (!same) differ(key, text_of(expected), got.value_or("nothing"));
  }

  void of_order(const std::string& key, const Json& expected, const Reading& reading) {
    if (!expected.is(Json::Kind::array))
      return value(key, expected, order_value(reading, replies_.front()));
    if (expected.items().size() != replies_.size())
      return differ(key, text_of(expected), std::to_string(replies_.size()) + " answers");
    for (std::size_t i = 0; i < replies_.size(); ++i)
      value(key + "[" + std::to_string(i) + "]", expected.items()[i],
            order_value(reading, replies_[i]));
  }

  void list(const std::string& key, const Json& expected, const Reading& reading) {
    std::vector<Text> got;
    for (const Reply& reply : replies_) {
      for (std::size_t i = 0; i < reply.lines.size(); ++i)
        got.push_back(translated(reading, line_value(reading, reply, i)));
    }
    if (got.size() != expected.items().size())
      return differ(key, text_of(expected), std::to_string(got.size()) + " lines");
    for (std::size_t i = 0; i < got.size(); ++i)
      value(key + "[" + std::to_string(i) + "]", expected.items()[i], got[i]);
  }

  // Lines that are not named are expected to have nothing.
  void by_line(const std::string& key, const Json& expected, const Reading& reading) {
    const auto& lines = questions_.front().lines;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Text got = translated(reading, line_value(reading, replies_.front(), i));
      const Json* wanted = expected.find(lines[i].name);
      if (wanted != nullptr) {
        value(key + "." + lines[i].name, *wanted, got);
      } else if (got && !is_zero(*got)) {
        differ(key + "." + lines[i].name, "nothing", *got);
      }
    }
  }

  void by_unit(const std::string& key, const Json& expected, const Reading& reading) {
    const auto& lines = questions_.front().lines;
    for (const JsonMember& member : expected.members()) {
      std::vector<std::string> got;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].name == member.name) got.push_back(taken_off(reading, replies_.front(), i));
      }
      const auto wanted = member.value.items();
      if (got.size() != wanted.size()) {
        differ(key + "." + member.name, text_of(member.value), listed(got));
        continue;
      }
      for (std::size_t i = 0; i < got.size(); ++i)
        value(key + "." + member.name + "[" + std::to_string(i) + "]", wanted[i], got[i]);
    }
  }

  std::vector<std::string> ladder_of(const std::string& article) const {
    std::vector<std::string> steps;
    for (std::size_t i = 0; i < replies_.size(); ++i) {
      if (questions_[i].lines.front().article != article) continue;
      const LineReply& line = replies_[i].lines.front();
      for (const TierReply& tier : line.ladder) {
        steps.push_back(shortest(tier.unit_price) + " " + line.currency + " a " + tier.unit +
                        " from " + tier.from);
      }
    }
    std::ranges::sort(steps);
    return steps;
  }

  static std::string shortest(const std::string& number) {
    return engine::base::to_string_short(decimal_of(number));
  }

  static std::vector<std::string> ladder_in(const Json& expected) {
    std::vector<std::string> steps;
    const auto text = [](const Json& step, std::string_view name) {
      const Json* value = step.find(name);
      return value == nullptr ? std::string{} : value->text();
    };
    for (const Json& step : expected.items()) {
      steps.push_back(shortest(text(step, "amount")) + " " + text(step, "currency") + " a " +
                      text(step, "uom") + " from " + shortest(text(step, "min_qty")));
    }
    std::ranges::sort(steps);
    return steps;
  }

  static std::string listed(const std::vector<std::string>& steps) {
    std::string text;
    for (const std::string& step : steps) text += (text.empty() ? "" : ", ") + step;
    return "[" + text + "]";
  }

  // Articles that are not named have no price at all.
  void ladder(const std::string& key, const Json& expected) {
    std::set<std::string> articles;
    for (const JsonMember& member : expected.members()) articles.insert(member.name);
    for (const AskedQuestion& question : questions_)
      articles.insert(question.lines.front().article);
    for (const std::string& article : articles) {
      const Json* wanted = expected.find(article);
      const auto steps = wanted == nullptr ? std::vector<std::string>{} : ladder_in(*wanted);
      const auto got = ladder_of(article);
      if (got != steps) differ(key + "." + article, listed(steps), listed(got));
    }
  }

  void by_document(const std::string& key, const Json& expected) {
    const auto& lines = questions_.front().lines;
    for (const JsonMember& document : expected.members()) {
      for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string got = "0";
        for (const Taken& taken : replies_.front().taken) {
          if (taken.line == i && taken.source.document == document.name)
            got = sum(got, taken.amount);
        }
        const Json* wanted = document.value.find(lines[i].name);
        if (wanted != nullptr) value(key + "." + document.name + "." + lines[i].name, *wanted, got);
        if (wanted == nullptr && !is_zero(got))
          differ(key + "." + document.name + "." + lines[i].name, "nothing", got);
      }
    }
  }

  void applied(const std::string& key, const Json& expected, const Reading& reading) {
    std::vector<std::string> got;
    for (const Taken& taken : replies_.front().taken) {
      const std::string& name =
          reading.what == "applied" ? taken.source.label : taken.source.document;
      if (is_zero(taken.amount) || std::ranges::find(got, name) != got.end()) continue;
      got.push_back(name);
    }
    std::vector<std::string> wanted;
    for (const Json& name : expected.items()) wanted.push_back(name.text());
    std::ranges::sort(got);
    std::ranges::sort(wanted);
    if (got == wanted) return;
    std::string text;
    for (const std::string& name : got) text += (text.empty() ? "" : ", ") + name;
    differ(key, text_of(expected), "[" + text + "]");
  }

  void free_lines(const std::string& key, const Json& expected) {
    const auto& got = replies_.front().free_lines;
    if (got.size() != expected.items().size())
      return differ(key, text_of(expected), std::to_string(got.size()) + " free lines");
    for (std::size_t i = 0; i < got.size(); ++i) {
      const Json& wanted = expected.items()[i];
      const std::string at = key + "[" + std::to_string(i) + "].";
      if (const Json* article = wanted.find("product"))
        value(at + "product", *article, got[i].article);
      if (const Json* count = wanted.find("quantity"))
        value(at + "quantity", *count, got[i].quantity);
      if (const Json* price = wanted.find("unit_price"))
        value(at + "unit_price", *price, got[i].unit_price);
    }
  }

  // Free units of all lines, question by question.
  void free_quantities(const std::string& key, const Json& expected) {
    if (expected.items().size() != replies_.size())
      return differ(key, text_of(expected), std::to_string(replies_.size()) + " answers");
    for (std::size_t i = 0; i < replies_.size(); ++i) {
      std::string got = "0";
      for (const FreeReply& free : replies_[i].free_lines) got = sum(got, free.quantity);
      value(key + "[" + std::to_string(i) + "]", expected.items()[i], got);
    }
  }

  const std::vector<AskedQuestion>& questions_;
  const std::vector<Reply>& replies_;
  Verdict& verdict_;
};

}  // namespace

Verdict compare(const System& system, const Json& expect,
                const std::vector<AskedQuestion>& questions, const std::vector<Reply>& replies) {
  Verdict verdict;
  Comparison comparison{questions, replies, verdict};
  for (const JsonMember& member : expect.members()) {
    const Json* reading = reading_for(system, member.name);
    if (reading == nullptr) {
      verdict.unknown_keys.push_back("expect." + member.name);
    } else {
      comparison.check(member.name, member.value, reading_of(*reading));
    }
  }
  return verdict;
}

namespace {

bool wants(const System& system, const Json& expect, std::string_view what) {
  return std::ranges::any_of(expect.members(), [&](const JsonMember& member) {
    const Json* reading = reading_for(system, member.name);
    return reading != nullptr && reading_of(*reading).what == what;
  });
}

}  // namespace

bool wants_ladder(const System& system, const Json& expect) {
  return wants(system, expect, "ladder");
}

bool wants_units(const System& system, const Json& expect) {
  return wants(system, expect, "unit_adjustments");
}

Verdict compare_fault(const System& system, const Json& expect, const std::string& fault) {
  Verdict verdict;
  const Json* error = expect.find("error");
  const Json* reading = reading_for(system, "error");
  if (error == nullptr || reading == nullptr) {
    verdict.differences.push_back({"facts", "accepted", fault});
    return verdict;
  }
  const Text word = translated(reading_of(*reading), fault.substr(0, fault.find(':')));
  if (*word != error->text()) verdict.differences.push_back({"error", error->text(), fault});
  return verdict;
}

std::string text_of(const Json& value) {
  if (const Text text = scalar(value)) return *text;
  if (value.is(Json::Kind::null)) return "null";
  std::string made;
  for (const Json& item : value.items()) made += (made.empty() ? "" : ", ") + text_of(item);
  for (const JsonMember& member : value.members())
    made += (made.empty() ? "" : ", ") + member.name + ": " + text_of(member.value);
  return value.is(Json::Kind::array) ? "[" + made + "]" : "{" + made + "}";
}

}  // namespace tests::peers
