// Made-up companies with made-up procedures, and the same questions to the engine and to the slow
// oracle. A failure prints the seed of its case: NETTO_SEED=<seed> NETTO_CASES=1 makes it again,
// alone.
#include "engine/base/limits.hpp"

#include "tests/catch.hpp"
#include "tests/oracle/engine_of.hpp"
#include "tests/oracle/pricer.hpp"
#include "tests/property/made_case.hpp"

#include <optional>
#include <stdexcept>

namespace {

namespace quote = engine::quote;
using oracle::Ask;
using oracle::Engine;
using oracle::LineText;
using oracle::order_text;
using oracle::texts_of;
using property::Case;
using property::Draw;
using property::each_case;
using property::Language;
using quote::Detail;

// What the engine does not do yet is not asked of it; each is false until it does.
constexpr bool explained_holds_as_long = true;  // an explained answer as long as a plain one
constexpr bool explains_large_baskets = true;   // waterfalls of records applied to many lines

std::vector<LineText> lines_of(const Engine& engine, const Ask& ask,
                               Detail detail = Detail::plain) {
  const auto question = engine.question(ask);
  if (!question)
    return {LineText{
        engine::base::fault_name(question.error().code), {}, {}, 0, {}, {}, {}, {}, {}, {}}};
  return texts_of(engine.snapshot(), *question, engine.answer(*question, detail));
}

// What is said of the order as a whole; nothing where the question is refused.
std::string order_of(const Engine& engine, const Ask& ask) {
  const auto question = engine.question(ask);
  if (!question) return "";
  return order_text(engine.snapshot(), *question, engine.answer(*question, Detail::plain));
}

std::string both(const std::vector<LineText>& one, const std::vector<LineText>& other) {
  for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
    if (!(one[i] == other[i]))
      return "line " + std::to_string(i + 1) + "\n  " + describe(one[i]) + "\n  " +
             describe(other[i]);
  }
  return one.size() == other.size() ? "" : "numbers of lines differ";
}

// Rows of a feed are known by their line, and that is all that may differ when facts come in
// another order.
std::string without_row(const std::string& source) {
  return source.substr(0, source.find(" / row "));
}

}  // namespace

TEST_CASE("property: the engine says what the oracle says, explained or not", "[property]") {
  each_case(20'260'701, 900, Language::any, [](const Case& made) {
    const oracle::Pricer pricer{made.world, made.rules};
    Draw draw{made.seed ^ 1U};
    for (int i = 0; i < 14; ++i) {
      const Ask ask = make_ask(made.world, draw, 1 + draw.below(6));
      INFO(describe(ask));
      const oracle::Said said = pricer.answer(ask);
      const auto question = made.engine->question(ask);
      if (!question || !said.fault.empty()) {
        REQUIRE((question ? "none" : engine::base::fault_name(question.error().code)) ==
                said.fault);
        continue;
      }
      const auto plain = made.engine->answer(*question, Detail::plain);
      const auto explained = made.engine->answer(*question, Detail::explained);
      const std::string differs = difference(*made.engine, ask, plain, said);
      REQUIRE(differs == "");
      const std::string explained_differs = difference(*made.engine, ask, explained, said);
      REQUIRE(explained_differs == "");
      const auto& snapshot = made.engine->snapshot();
      auto told_plainly = texts_of(snapshot, *question, plain);
      auto told_why = texts_of(snapshot, *question, explained);
      if (!explained_holds_as_long && !made.world.rates.empty()) {
        for (LineText& line : told_plainly) line.valid_until.clear();
        for (LineText& line : told_why) line.valid_until.clear();
      }
      const std::string changed = both(told_plainly, told_why);
      REQUIRE(changed == "");
      REQUIRE(order_text(snapshot, *question, plain) == order_text(snapshot, *question, explained));
    }
  });
}

TEST_CASE("property: totals are the sums of the priced lines, nothing else", "[property]") {
  each_case(7, 60, Language::any, [](const Case& made) {
    Draw draw{made.seed ^ 2U};
    const Ask ask = make_ask(made.world, draw, 80);
    const auto question = made.engine->question(ask);
    if (!question) return;
    const auto answer = made.engine->answer(*question, Detail::plain);
    const auto& shape = made.engine->snapshot().procedures()[question->procedure].rule->answer;
    std::vector<oracle::Rational> sums(1 + shape.totals.size());
    for (std::size_t line = 0; line < answer.priced.lines.size(); ++line) {
      if (answer.priced.lines[line].outcome != engine::model::Outcome::priced) continue;
      sums[0] += oracle::rational(answer.priced.lines[line].line_amount);
      for (std::size_t i = 0; i < shape.totals.size(); ++i) {
        sums[i + 1] += oracle::rational(
            answer.priced.components[line * shape.components.size() + shape.totals[i]]);
      }
    }
    REQUIRE(answer.priced.totals.size() == sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i)
      REQUIRE(oracle::rational(answer.priced.totals[i]) == sums[i]);
  });
}

TEST_CASE("property: the order in which facts are put changes no answer", "[property]") {
  each_case(42, 200, Language::any, [](const Case& made) {
    Draw draw{made.seed ^ 3U};
    const Engine other{shuffled(made.world, draw), made.documents};
    for (int i = 0; i < 10; ++i) {
      const Ask ask = make_ask(made.world, draw, 6);
      INFO(describe(ask));
      auto before = lines_of(*made.engine, ask);
      auto after = lines_of(other, ask);
      for (LineText& line : before) line.source = without_row(line.source);
      for (LineText& line : after) line.source = without_row(line.source);
      const std::string changed = both(before, after);
      REQUIRE(changed == "");
      REQUIRE(order_of(*made.engine, ask) == order_of(other, ask));
    }
  });
}

TEST_CASE("property: the same facts put twice answer the same, record by record", "[property]") {
  each_case(43, 60, Language::any, [](const Case& made) {
    Draw draw{made.seed ^ 4U};
    const Engine other{made.world, made.documents};
    for (int i = 0; i < 5; ++i) {
      const Ask ask = make_ask(made.world, draw, 10);
      const std::string changed = both(lines_of(*made.engine, ask), lines_of(other, ask));
      REQUIRE(changed == "");
    }
  });
}

TEST_CASE("property: a feed that comes in many batches answers as the one that came in one",
          "[property]") {
  each_case(49, 200, Language::any, [](const Case& made) {
    Draw draw{made.seed ^ 10U};
    const int ends = draw.of(std::vector<int>{3, 30, 100});  // percent of the rows
    const Engine split{{}, made.world, made.documents, [&] { return draw.percent(ends); }};
    for (int i = 0; i < 10; ++i) {
      const Ask ask = make_ask(made.world, draw, 6);
      INFO(describe(ask));
      const std::string changed = both(lines_of(*made.engine, ask), lines_of(split, ask));
      REQUIRE(changed == "");
      REQUIRE(order_of(*made.engine, ask) == order_of(split, ask));
    }
  });
}

TEST_CASE("property: a batch that says everything anew leaves nothing of the batch before",
          "[property]") {
  each_case(48, 150, Language::any, [](const Case& made) {
    Draw draw{made.seed ^ 9U};
    std::optional<Engine> later;
    try {
      later.emplace(disturbed(made.world, draw), made.world, made.documents);
    } catch (const std::runtime_error& refused) {
      FAIL(refused.what());
    }
    for (int i = 0; i < 10; ++i) {
      const Ask ask = make_ask(made.world, draw, 6);
      INFO(describe(ask));
      const std::string changed = both(lines_of(*made.engine, ask), lines_of(*later, ask));
      REQUIRE(changed == "");
      REQUIRE(order_of(*made.engine, ask) == order_of(*later, ask));
    }
  });
}

TEST_CASE("property: a basket of many lines is as many baskets of one line", "[property]") {
  each_case(44, 80, Language::plain, [](const Case& made) {
    Draw draw{made.seed ^ 5U};
    const Ask ask =
        make_ask(made.world, draw, draw.of(std::vector<std::size_t>{2, 63, 64, 65, 130}));
    const auto together = lines_of(*made.engine, ask);
    if (!made.engine->question(ask)) return;
    Ask alone = ask;
    for (std::size_t i = 0; i < ask.lines.size(); ++i) {
      alone.lines = {ask.lines[i]};
      INFO(describe(alone));
      const std::string changed = both({together[i]}, lines_of(*made.engine, alone));
      REQUIRE(changed == "");
    }
  });
}

TEST_CASE("property: a basket that several workers share is the same lines in small baskets",
          "[property]") {
  each_case(45, 12, Language::plain, [](const Case& made) {
    Draw draw{made.seed ^ 6U};
    const Ask ask =
        make_ask(made.world, draw, engine::base::limits::lines_parallel_from + draw.below(200));
    if (!made.engine->question(ask)) return;
    const auto together = lines_of(*made.engine, ask);
    Ask part = ask;
    constexpr std::size_t part_lines = 100;
    for (std::size_t begin = 0; begin < ask.lines.size(); begin += part_lines) {
      const std::size_t end = std::min(begin + part_lines, ask.lines.size());
      const auto from = [](auto& lines, std::size_t at) {
        return lines.begin() + static_cast<std::ptrdiff_t>(at);
      };
      part.lines.assign(from(ask.lines, begin), from(ask.lines, end));
      const std::string changed =
          both({from(together, begin), from(together, end)}, lines_of(*made.engine, part));
      REQUIRE(changed == "");
    }
  });
}

TEST_CASE("property: a basket that several workers share is the same on one thread, explained",
          "[property]") {
  each_case(49, explains_large_baskets ? 12 : 1, Language::whole, [](const Case& made) {
    if (!explains_large_baskets) return;
    Draw draw{made.seed ^ 10U};
    const Ask ask =
        make_ask(made.world, draw, engine::base::limits::lines_parallel_from + draw.below(100));
    const auto question = made.engine->question(ask);
    if (!question) return;
    const auto& snapshot = made.engine->snapshot();
    const auto plain = made.engine->answer(*question, Detail::plain);
    const auto explained = made.engine->answer(*question, Detail::explained);
    const std::string changed =
        both(texts_of(snapshot, *question, plain), texts_of(snapshot, *question, explained));
    REQUIRE(changed == "");
    REQUIRE(order_text(snapshot, *question, plain) == order_text(snapshot, *question, explained));
  });
}

TEST_CASE("property: a scratch that has served other questions changes no answer", "[property]") {
  each_case(46, 60, Language::any, [](const Case& made) {
    Draw draw{made.seed ^ 7U};
    engine::price::Scratch used;
    quote::Answer answer;
    for (int i = 0; i < 8; ++i) {
      const Ask ask = make_ask(made.world, draw, 1 + draw.below(90));
      const auto question = made.engine->question(ask);
      if (!question) continue;
      const bool may_explain = explains_large_baskets || ask.lines.size() <= 64;
      const Detail detail = draw.percent(30) && may_explain ? Detail::explained : Detail::plain;
      quote::quote(made.engine->snapshot(), *question, detail, used, answer);
      const std::string changed = both(texts_of(made.engine->snapshot(), *question, answer),
                                       lines_of(*made.engine, ask, detail));
      REQUIRE(changed == "");
    }
  });
}

// The evaluator's run over consecutive articles, which a bulk list falls back on, as one answer.
void run_over_all(const Engine& engine, const quote::Question& question,
                  engine::base::Quantity quantity, quote::Answer& answer) {
  const auto& snapshot = engine.snapshot();
  std::vector<engine::price::Line> lines;
  for (std::uint32_t article = 0; article < snapshot.articles().base_units.size(); ++article) {
    engine::price::Line& line = lines.emplace_back();
    line.article = engine::model::ArticleId{article};
    line.quantity = quantity;
    line.unit = snapshot.articles().base_units[article];
    line.date = question.date;
  }
  engine::price::Scratch scratch;
  const engine::price::Task task{&snapshot, question.procedure, &question.header, lines};
  engine::price::plan_for_run(task, scratch);
  engine::price::evaluate_run(task, scratch, answer.priced);
  answer.availability.assign(lines.size(), {});
}

Ask every_article(const Case& made, Draw& draw, const std::string& quantity) {
  Ask ask = make_ask(made.world, draw, 1);
  ask.lines.clear();
  for (const auto& article : made.world.articles)
    ask.lines.push_back({article.code, quantity, "", "", {}});
  return ask;
}

TEST_CASE("property: a run over all articles has the prices of single questions", "[property]") {
  each_case(47, 200, Language::any, [](const Case& made) {
    Draw draw{made.seed ^ 8U};
    const oracle::Pricer pricer{made.world, made.rules};
    for (int i = 0; i < 4; ++i) {
      const std::string quantity = draw.of(std::vector<std::string>{"1", "10", "0.5", "12", "100"});
      const Ask ask = every_article(made, draw, quantity);
      const auto question = made.engine->question(ask);
      if (!question) continue;
      const auto& rule = *made.engine->snapshot().procedures()[question->procedure].rule;
      const auto wanted = engine::base::Quantity::exactly(*engine::base::parse_decimal(quantity));
      if (*wanted > rule.quantity.maximum) continue;
      quote::Answer answer;
      run_over_all(*made.engine, *question, *wanted, answer);
      INFO(describe(ask));
      oracle::Said said = pricer.answer(ask, oracle::Scope::line);
      for (oracle::LineSaid& line : said.lines) line.availability = {};
      const std::string differs = difference(*made.engine, ask, answer, said);
      REQUIRE(differs == "");
    }
  });
}
