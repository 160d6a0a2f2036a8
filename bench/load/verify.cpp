#include "bench/load/verify.hpp"

#include "bench/world/oracle.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <stdexcept>

namespace bench::load {

namespace {

using simdjson::dom::element;

std::string_view text_at(const element& line, std::string_view pointer) {
  std::string_view text;
  return line.at_pointer(pointer).get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::string_view source_name(world::Source source) {
  switch (source) {
    case world::Source::agreement:
      return "customer_price";
    case world::Source::base:
      return "base_price";
    default:
      return "list_price";
  }
}

std::string cents(std::int64_t value) { return fmt::format("{}.{:02}", value / 100, value % 100); }

void compare(const element& line, const world::Question& question, const world::Answer& wanted) {
  const auto band = world::band_name(wanted.band);
  if (text_at(line, "/outcome") == "priced" &&
      text_at(line, "/source/type") == source_name(wanted.source) &&
      text_at(line, "/unit_price") == cents(wanted.unit_cents) &&
      text_at(line, "/line_amount") == cents(wanted.line_cents) &&
      text_at(line, "/availability/band") == band) {
    return;
  }
  throw std::runtime_error{fmt::format(
      "customer {}, article {}, quantity {}, on {}: the oracle says {} {} from {}, {}; the answer "
      "is {}",
      world::customer_code(question.customer_id), world::sku_code(question.sku_id), question.qty,
      world::iso_date(question.at), cents(wanted.unit_cents), cents(wanted.line_cents),
      source_name(wanted.source), band, simdjson::minify(line))};
}

void compare(const element& answer, std::span<const world::Question> questions,
             std::span<const world::Answer> wanted) {
  simdjson::dom::array lines;
  if (answer["lines"].get(lines) != simdjson::SUCCESS)
    return compare(answer, questions.front(), wanted.front());
  if (lines.size() != questions.size())
    throw std::runtime_error{
        fmt::format("{} lines were asked, {} are answered", questions.size(), lines.size())};
  for (std::size_t i = 0; const element line : lines) {
    compare(line, questions[i], wanted[i]);
    ++i;
  }
}

}  // namespace

std::size_t verify_answers(const Driver& driver, const world::World& world, const RequestSet& set,
                           std::size_t lines_max) {
  std::size_t requests = 0;
  std::size_t lines = 0;
  while (requests < set.requests.size() && lines + set.requests[requests].lines <= lines_max)
    lines += set.requests[requests++].lines;
  const auto wanted = world::oracle_answers(world, std::span{set.questions}.first(lines));
  simdjson::dom::parser parser;
  for (std::size_t i = 0; i < requests; ++i) {
    const auto& request = set.requests[i];
    element answer;
    if (parser.parse(driver.ask(request.text)).get(answer) != simdjson::SUCCESS)
      throw std::runtime_error{"an answer is not JSON"};
    compare(answer, set.questions_of(request),
            std::span{wanted}.subspan(request.first, request.lines));
  }
  return lines;
}

}  // namespace bench::load
