#include "server/http/availability_question.hpp"

#include "engine/base/decimal.hpp"
#include "engine/base/limits.hpp"
#include "engine/quote/fields.hpp"

#include <algorithm>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Result;
using engine::model::Outcome;
using engine::quote::LineRequest;
using engine::quote::Question;
using engine::snapshot::Snapshot;

namespace {

Result<void> resolve_viewer(const Snapshot& snapshot, const engine::quote::QuoteRequest& request,
                            Question& question) {
  if (!request.customer.empty()) {
    const auto customer = snapshot.find_customer(request.customer);
    if (!customer) {
      return Fault{FaultCode::unknown_customer, "/customer",
                   "customer '" + std::string{request.customer} + "' is not known"};
    }
    question.header.customer = *customer;
  }
  return engine::quote::FieldTaker{snapshot, question.header}.take_header(request.fields);
}

Outcome take_unit(const Snapshot& snapshot, const LineRequest& request, engine::price::Line& line) {
  line.unit = snapshot.articles().base_units[line.article.raw()];
  if (request.unit.empty()) return Outcome::priced;
  const auto unit = snapshot.find_unit(request.unit);
  if (!unit) return Outcome::unknown_unit;
  if (*unit == line.unit) return Outcome::priced;
  const auto units = snapshot.articles().units[line.article.raw()];
  const auto known = std::ranges::find(units, *unit, &engine::model::ArticleUnit::unit);
  if (known == units.end()) return Outcome::unknown_unit;
  line.unit = *unit;
  line.numerator = known->numerator;
  line.denominator = known->denominator;
  return Outcome::priced;
}

Outcome take_quantity(const LineRequest& request, engine::price::Line& line) {
  const auto given = engine::base::parse_decimal(request.quantity);
  if (!given) {
    return given.error().code == FaultCode::out_of_range ? Outcome::quantity_out_of_range
                                                         : Outcome::bad_quantity;
  }
  if (given->mantissa < 0) return Outcome::negative_quantity;
  const auto quantity = Quantity::exactly(*given);
  if (!quantity) {
    return given->decimals > Quantity::decimals ? Outcome::bad_quantity
                                                : Outcome::quantity_out_of_range;
  }
  if (*quantity > Quantity::whole(engine::base::limits::quantity_whole))
    return Outcome::quantity_out_of_range;
  line.quantity = *quantity;
  return Outcome::priced;
}

engine::price::Line resolve_line(const Snapshot& snapshot, const LineRequest& request,
                                 engine::base::CivilMinutes date) {
  engine::price::Line line;
  line.date = request.date.value_or(date);
  const auto article = snapshot.find_article(request.article);
  if (!article) {
    line.outcome = Outcome::unknown_article;
    return line;
  }
  line.article = *article;
  line.outcome = take_unit(snapshot, request, line);
  if (line.outcome == Outcome::priced) line.outcome = take_quantity(request, line);
  return line;
}

}  // namespace

Result<Question> resolve_availability(const Snapshot& snapshot,
                                      const engine::quote::QuoteRequest& request,
                                      engine::base::CivilMinutes today) {
  Question question;
  question.date = request.date.value_or(today);
  if (auto viewer = resolve_viewer(snapshot, request, question); !viewer) return viewer.error();
  question.lines.reserve(request.lines.size());
  for (const auto& line : request.lines)
    question.lines.push_back(resolve_line(snapshot, line, question.date));
  return question;
}

}  // namespace server::http
