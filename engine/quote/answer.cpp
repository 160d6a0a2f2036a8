#include "engine/quote/answer.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>

namespace engine::quote {

using model::Outcome;
using snapshot::Snapshot;

namespace {

// What the line asks for in base units, up to the next whole millionth; nothing for returns.
base::Quantity wanted_of(const price::Line& line) {
  const std::int64_t ordered = std::max<std::int64_t>(line.quantity.mantissa(), 0);
  if (line.numerator == line.denominator) return base::Quantity::from_mantissa(ordered);
  const base::Int128 in_base = base::round_quotient<base::Int128>(
      static_cast<base::Int128>(ordered) * line.numerator, line.denominator, base::Rounding::up);
  const bool fits = base::fits_int64(in_base);
  return base::Quantity::from_mantissa(fits ? static_cast<std::int64_t>(in_base) : INT64_MAX / 2);
}

// A line that asks about an article that is not there has no availability; any other one has,
// priced or not.
avail::Availability line_availability(const Snapshot& snapshot, const Question& question,
                                      const price::Line& line) {
  if (line.article.is_none()) return {};
  const avail::Viewer viewer{question.header.customer, &question.header.fields[line.fields].texts};
  return avail::availability_of(snapshot, line.article, wanted_of(line), line.date,
                                avail::band_set_for(snapshot, line.article, viewer));
}

// What is read of the articles, sets of bands apart.
void prefetch_stock(const Snapshot& snapshot, const Question& question) {
  for (const price::Line& line : question.lines) {
    if (line.article.is_none()) continue;
    snapshot.stock().prefetch(line.article.raw());
    __builtin_prefetch(&snapshot.articles().safety_stock[line.article.raw()]);
  }
}

}  // namespace

void availability(const Snapshot& snapshot, const Question& question,
                  std::vector<avail::Availability>& out) {
  out.clear();
  prefetch_stock(snapshot, question);
  // What is read of the articles comes while the first ones are looked at.
  const auto& articles = snapshot.articles();
  const bool sets_known = !articles.band_sets.empty();
  for (const price::Line& line : question.lines) {
    if (line.article.is_none()) continue;
    if (sets_known) {
      __builtin_prefetch(&articles.band_sets[line.article.raw()]);
    } else {
      articles.attributes.prefetch(line.article.raw());
    }
  }
  for (const price::Line& line : question.lines) {
    if (!sets_known && !line.article.is_none())
      articles.attributes.prefetch_items(line.article.raw());
  }
  out.reserve(question.lines.size());
  for (const price::Line& line : question.lines)
    out.push_back(line_availability(snapshot, question, line));
}

void quote(const Snapshot& snapshot, const Question& question, Detail detail,
           price::Scratch& scratch, Answer& answer) {
  const price::Task task{&snapshot, question.procedure, &question.header, question.lines,
                         question.scope == Scope::line};
  answer.generation = snapshot.generation();
  answer.traces.clear();
  if (question.lines.size() <= base::limits::lines_few) prefetch_stock(snapshot, question);
  if (detail == Detail::explained) {
    price::explain(task, scratch, answer.priced, answer.traces);
  } else {
    price::evaluate(task, scratch, answer.priced);
  }
  availability(snapshot, question, answer.availability);
  answer.valid_until = base::CivilMinutes::latest();
  for (const price::PricedLine& line : answer.priced.lines) {
    answer.valid_until = std::min(answer.valid_until, line.valid_until);
  }
}

}  // namespace engine::quote
