// Fields of the question: what they may be, which line has which, the day they may decide.
#include "engine/quote/fields.hpp"

#include "engine/base/limits.hpp"
#include "engine/quote/answer.hpp"

#include "tests/engine/support/price_fixture.hpp"

namespace quote = engine::quote;
using engine::base::CivilMinutes;
using engine::base::Decimal;
using engine::model::Schema;

namespace {

const std::string members = R"("deciding_date": "delivery", "fields": {
  "size": {"side": "question", "value": "decimal"}, "gift": {"side": "question", "value": "bool"},
  "colour": {"side": "question"}, "delivery": {"side": "question"}, "brand": {"side": "article"}})";

oracle::Engine shop_of_fields() {
  oracle::World world = fixture::shop();
  world.records = {fixture::price("p", "10")};
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true,
          "accesses": [{"keys": ["article"]}]}})",
      R"("price": "price", "unit_price": "price", "line_amount": "price")", members);
  return {world, std::vector<std::string>{rules}};
}

quote::QuoteRequest request_of(std::size_t lines) {
  quote::QuoteRequest request;
  request.customer = "C";
  for (std::size_t i = 0; i < lines; ++i) request.lines.push_back({"A", "1", "", "", {}, {}});
  return request;
}

quote::Question resolved(const oracle::Engine& engine, const quote::QuoteRequest& request) {
  auto question = quote::resolve(engine.snapshot(), request, CivilMinutes{oracle::day(2026, 6, 1)});
  if (!question) FAIL(question.error().where << ": " << question.error().detail);
  return *std::move(question);
}

std::string refusal(const oracle::Engine& engine, const quote::QuoteRequest& request) {
  const auto question = quote::resolve(engine.snapshot(), request, CivilMinutes{0});
  if (question) return "";
  return engine::base::fault_name(question.error().code) + std::string{" at "} +
         question.error().where;
}

// "colour=red size=5": what a line has, its own fields and those of the question.
std::string fields_of(const oracle::Engine& engine, const quote::Question& question,
                      std::size_t line) {
  const auto& header = question.header;
  std::string told;
  for (const auto& [field, text] : header.fields.at(question.lines.at(line).fields).texts) {
    told += told.empty() ? "" : " ";
    told += engine.snapshot().schema().field(field).name + "=";
    told += quote::text_of(engine.snapshot(), header, text);
  }
  return told;
}

}  // namespace

TEST_CASE("fields: lines without own fields share the question's", "[engine][quote]") {
  const auto engine = shop_of_fields();
  auto request = request_of(3);
  request.fields = {{"site", "north"}, {"colour", "red"}};
  const auto question = resolved(engine, request);
  REQUIRE(question.header.fields.size() == 1);
  CHECK(question.lines[2].fields == 0);
  CHECK(fields_of(engine, question, 2) == "site=north colour=red");
}

TEST_CASE("fields: a line's own field takes the place of the question's, and equal lines share",
          "[engine][quote]") {
  const auto engine = shop_of_fields();
  auto request = request_of(5);
  request.fields = {{"colour", "red"}, {"size", "5"}};
  request.lines[1].fields = {{"size", "7.5"}};
  request.lines[2].fields = {{"size", "7.5"}};
  request.lines[3].fields = {{"colour", "blue"}, {"gift", "true"}};
  request.lines[4].fields = {{"colour", "red"}};  // what the question says anyway
  const auto question = resolved(engine, request);
  CHECK(question.header.fields.size() == 3);
  CHECK(question.lines[1].fields == question.lines[2].fields);
  CHECK(question.lines[4].fields == 0);
  CHECK(fields_of(engine, question, 0) == "size=5 colour=red");
  CHECK(fields_of(engine, question, 1) == "size=7.5 colour=red");
  CHECK(fields_of(engine, question, 3) == "size=5 gift=true colour=blue");
  const auto& numbers = question.header.fields[question.lines[1].fields].numbers;
  REQUIRE(numbers.size() == 1);
  CHECK(numbers.front().second == Decimal{75, 1});
  const auto& kept = question.header.fields[question.lines[3].fields].numbers;
  REQUIRE(kept.size() == 1);
  CHECK(kept.front().second == Decimal{5, 0});
}

TEST_CASE("fields: texts that the snapshot does not know have ids of their own, each once",
          "[engine][quote]") {
  const auto engine = shop_of_fields();
  const auto known = engine.snapshot().text_count();
  auto request = request_of(3);
  request.fields = {{"colour", "mauve"}, {"channel", "SE"}};  // SE is a country of a customer
  request.lines[1].fields = {{"site", "mauve"}};
  request.lines[2].fields = {{"site", "teal"}};
  const auto question = resolved(engine, request);
  CHECK(question.header.texts == std::vector<std::string>{"mauve", "teal"});
  for (const auto& [field, text] : question.header.fields[0].texts)
    CHECK((text.raw() < known) == (field == Schema::channel));
  CHECK(fields_of(engine, question, 1) == "site=mauve channel=SE colour=mauve");
  CHECK(fields_of(engine, question, 2) == "site=teal channel=SE colour=mauve");
  CHECK(quote::text_of(engine.snapshot(), question.header, {}).empty());
}

TEST_CASE("fields: what a number or truth can't be is a fault with the pointer of the line's field",
          "[engine][quote]") {
  const auto engine = shop_of_fields();
  const auto of_header = [&](std::string_view name, std::string_view value) {
    auto request = request_of(1);
    request.fields = {{name, value}};
    return refusal(engine, request);
  };
  const auto of_line = [&](std::string_view name, std::string_view value) {
    auto request = request_of(2);
    request.lines[1].fields = {{name, value}};
    return refusal(engine, request);
  };
  CHECK(of_header("size", "five") == "bad_number at /size");
  CHECK(of_header("gift", "yes") == "bad_text at /gift");
  CHECK(of_line("size", "") == "missing_value at /lines/1/attributes/size");
  CHECK(of_line("size", "1e3") == "bad_number at /lines/1/attributes/size");
  CHECK(of_line("size", "0.0000001") == "out_of_range at /lines/1/attributes/size");
  CHECK(of_line("size", "0.0000010").empty());
  CHECK(of_line("size", "1000000000000.000001") == "out_of_range at /lines/1/attributes/size");
  CHECK(of_line("size", "-1000000000000").empty());
  CHECK(of_line("gift", "1") == "bad_text at /lines/1/attributes/gift");
  CHECK(of_line("gift", "false").empty());
  CHECK(of_line("brand", "x") == "unknown_field at /lines/1/attributes/brand");
  CHECK(of_line("shape", "x") == "unknown_field at /lines/1/attributes/shape");
  auto request = request_of(1);
  request.lines[0].fields = {{"size", "1"}, {"size", "2"}};
  CHECK(refusal(engine, request) == "duplicate_key at /lines/0/attributes/size");
}

TEST_CASE("fields: ten thousand lines may each have fields of their own", "[engine][quote]") {
  const auto engine = shop_of_fields();
  auto request = request_of(engine::base::limits::lines_per_question);
  std::vector<std::string> sizes;
  for (std::size_t i = 0; i < request.lines.size(); ++i) sizes.push_back(std::to_string(i));
  for (std::size_t i = 0; i < sizes.size(); ++i) request.lines[i].fields = {{"size", sizes[i]}};
  const auto question = resolved(engine, request);
  CHECK(question.header.fields.size() == sizes.size() + 1);
  CHECK(fields_of(engine, question, 9'999) == "size=9999");
}

TEST_CASE("fields: the one that decides dates a line, its own before the question's",
          "[engine][quote]") {
  const auto engine = shop_of_fields();
  auto request = request_of(2);
  const auto days = [&] {
    const auto question = resolved(engine, request);
    return to_string(question.date) + " " + to_string(question.lines[0].date) + " " +
           to_string(question.lines[1].date);
  };
  CHECK(days() == "2026-06-01 2026-06-01 2026-06-01");
  request.lines[1].date = CivilMinutes{oracle::day(2026, 7, 1)};
  CHECK(days() == "2026-06-01 2026-06-01 2026-07-01");
  request.lines[1].fields = {{"delivery", "2026-08-01T12:30"}};
  CHECK(days() == "2026-06-01 2026-06-01 2026-08-01T12:30");
  request.fields = {{"delivery", "2026-09-01"}};
  CHECK(days() == "2026-09-01 2026-09-01 2026-08-01T12:30");
  request.lines[1].fields = {{"delivery", "1.8.2026"}};
  CHECK(refusal(engine, request) == "bad_date at /lines/1/attributes/delivery");
  request.fields = {{"delivery", "2026-02-30"}};
  CHECK(refusal(engine, request) == "bad_date at /delivery");
}
