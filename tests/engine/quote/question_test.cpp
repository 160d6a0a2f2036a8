#include "engine/quote/question.hpp"

#include "engine/base/limits.hpp"
#include "engine/quote/answer.hpp"

#include "tests/engine/support/price_fixture.hpp"

namespace quote = engine::quote;
using engine::base::CivilMinutes;
using oracle::World;

namespace {

const std::string rules = fixture::price_rules(R"("accesses": [{"keys": ["article"]}])");

World world() {
  World made = fixture::shop();
  made.records = {fixture::price("p", "10")};
  made.customers.push_back({"N", "", "", {}, {}, {}});  // without a currency of its own
  return made;
}

std::string refusal(const quote::QuoteRequest& request) {
  const oracle::Engine engine{world(), std::vector<std::string>{rules}};
  const auto question = quote::resolve(engine.snapshot(), request, CivilMinutes{0});
  if (question) return "";
  return engine::base::fault_name(question.error().code) + std::string{" at "} +
         question.error().where;
}

quote::QuoteRequest request_of(std::string_view customer) {
  quote::QuoteRequest request;
  request.customer = customer;
  request.lines.push_back({"A", "1", "", "", {}});
  return request;
}

}  // namespace

TEST_CASE("question: what concerns all of it is a fault with the pointer of its member",
          "[engine][quote]") {
  CHECK(refusal(request_of("C")).empty());
  CHECK(refusal(request_of("")) == "missing_value at /customer");
  CHECK(refusal(request_of("X")) == "unknown_customer at /customer");
  CHECK(refusal(request_of("N")) == "missing_value at /currency");
  auto request = request_of("N");
  request.currency = "EUR";
  CHECK(refusal(request).empty());
  request.currency = "USD";
  CHECK(refusal(request) == "unknown_currency at /currency");
  request = request_of("C");
  request.fields = {{"colour", "red"}};
  CHECK(refusal(request) == "unknown_field at /colour");
  for (const char* field :
       {"customer", "customer_group", "price_list", "article", "article_group"}) {
    request.fields = {{field, "C"}};
    CHECK(refusal(request) ==
          "unknown_field at /" + std::string{field});  // these are not for a question to say
  }
  request.fields = {{"channel", "a channel nobody has named"}};
  CHECK(refusal(request).empty());
}

TEST_CASE("question: ten thousand lines pass, one more does not", "[engine][quote]") {
  auto request = request_of("C");
  request.lines.resize(engine::base::limits::lines_per_question, request.lines[0]);
  CHECK(refusal(request).empty());
  request.lines.push_back(request.lines[0]);
  CHECK(refusal(request) == "too_many at /lines");
}

TEST_CASE("question: no lines is a question without lines", "[engine][quote]") {
  const oracle::Engine engine{world(), std::vector<std::string>{rules}};
  auto ask = fixture::ask_for("A");
  ask.lines.clear();
  const auto answer = engine.answer(ask);
  CHECK(answer.priced.lines.empty());
  REQUIRE(answer.priced.totals.size() == 1);
  CHECK(answer.priced.totals[0].mantissa == 0);
  CHECK(answer.valid_until.is_open());
}

TEST_CASE("question: dates are the line's, else the question's, else today", "[engine][quote]") {
  World dated = world();
  dated.records[0].validity = {oracle::day(2026, 1, 1), oracle::day(2026, 2, 1)};
  const oracle::Engine engine{dated, std::vector<std::string>{rules}};
  const auto outcome = [&](std::optional<CivilMinutes> line, std::optional<CivilMinutes> question,
                           CivilMinutes today) {
    auto request = request_of("C");
    request.date = question;
    request.lines[0].date = line;
    const auto resolved = quote::resolve(engine.snapshot(), request, today);
    REQUIRE(resolved);
    return engine.answer(*resolved, quote::Detail::plain).priced.lines[0].outcome ==
           engine::model::Outcome::priced;
  };
  const CivilMinutes inside{oracle::day(2026, 1, 15)};
  const CivilMinutes outside{oracle::day(2026, 3, 1)};
  CHECK(outcome({}, {}, inside));
  CHECK_FALSE(outcome({}, {}, outside));
  CHECK(outcome({}, inside, outside));
  CHECK(outcome(inside, outside, outside));
  CHECK_FALSE(outcome(outside, inside, inside));
}

TEST_CASE("question: which procedure prices it is the first row that fits", "[engine][quote]") {
  const auto procedure = [](const std::string& name) {
    std::string text = rules;
    return text.replace(text.find("\"p\""), 3, "\"" + name + "\"");
  };
  const std::string lookup = R"({"procedure_lookup": [
    {"when": {"channel": ["web", "app"], "customer_group": "top"}, "procedure": "web"},
    {"when": {"customer": "D"}, "procedure": "of D"},
    {"when": {"country": "SE"}, "procedure": "sweden"}]})";
  const oracle::Engine engine{world(), std::vector<std::string>{procedure("web"), procedure("of D"),
                                                                procedure("sweden"), lookup}};
  const auto chosen = [&](const std::string& customer, const oracle::Pairs& fields) {
    auto ask = fixture::ask_for("A");
    ask.customer = customer;
    ask.currency = "EUR";
    ask.fields = fields;
    const auto question = engine.question(ask);
    return question ? engine.snapshot().procedures()[question->procedure].rule->name
                    : engine::base::fault_name(question.error().code);
  };
  CHECK(chosen("C", {{"channel", "web"}}) == "web");
  CHECK(chosen("C", {{"channel", "app"}}) == "web");  // a text that only rules have ever named
  CHECK(chosen("C", {{"channel", "phone"}}) == "sweden");
  CHECK(chosen("C", {}) == "sweden");
  CHECK(chosen("C", {{"country", "DE"}}) == "no_procedure");
  CHECK(chosen("D", {{"channel", "web"}}) == "of D");
  CHECK(chosen("N", {}) == "no_procedure");
}

TEST_CASE("answer: generation, availability and the earliest end of all lines belong to it",
          "[engine][quote]") {
  World made = world();
  made.records.push_back(fixture::price("b", "5"));
  made.records[1].keys = {{"article", "B"}};
  made.records[0].validity.to = oracle::day(2026, 9, 1);
  made.records[1].validity.to = oracle::day(2026, 8, 1);
  const oracle::Engine engine{made, std::vector<std::string>{rules}};
  auto ask = fixture::ask_for("A");
  ask.lines.push_back({"B", "1", "", "", {}});
  ask.lines.push_back({"X", "1", "", "", {}});
  const auto answer = engine.answer(ask);
  CHECK(answer.generation == 1);
  CHECK(to_string(answer.valid_until) == "2026-08-01");
  CHECK(answer.availability.size() == 3);
  CHECK(answer.traces.empty());
  CHECK(engine.answer(ask, quote::Detail::explained).traces.size() == 3);
}

TEST_CASE("answer: a scratch and an answer that were used before are overwritten",
          "[engine][quote]") {
  const oracle::Engine engine{world(), std::vector<std::string>{rules}};
  auto ask = fixture::ask_for("A");
  const auto one = engine.question(ask).value();
  ask.lines.resize(200, ask.lines[0]);
  const auto many = engine.question(ask).value();
  engine::price::Scratch scratch;
  quote::Answer answer;
  quote::quote(engine.snapshot(), many, quote::Detail::explained, scratch, answer);
  CHECK(answer.traces.size() == 200);
  quote::quote(engine.snapshot(), one, quote::Detail::plain, scratch, answer);
  CHECK(answer.traces.empty());
  CHECK(answer.priced.lines.size() == 1);
  CHECK(answer.availability.size() == 1);
  CHECK(oracle::rational(answer.priced.totals[0]) == 10);
}
