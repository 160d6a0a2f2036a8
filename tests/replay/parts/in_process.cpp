#include "tests/replay/parts/in_process.hpp"

#include <algorithm>

namespace tests::replay {

using engine::base::Decimal;
using engine::model::Outcome;
using engine::price::Amount;
using engine::price::PricedLine;
using engine::quote::Detail;
using engine::quote::Question;
using Clock = std::chrono::steady_clock;

namespace {

Decimal decimal_of(const Amount& amount) { return {amount.mantissa, amount.decimals}; }

bool same(const Amount& a, const Amount& b) { return decimal_of(a) == decimal_of(b); }

engine::quote::QuoteRequest request_of(const Order& order) {
  engine::quote::QuoteRequest request;
  const BilledLine& first = *order.front();
  request.customer = first.customer;
  request.currency = "USD";
  request.date = first.date;
  request.fields.emplace_back("channel", first.channel);
  for (const BilledLine* line : order) {
    engine::quote::LineRequest asked;
    asked.article = line->article;
    asked.quantity = line->quantity;
    request.lines.push_back(asked);
  }
  return request;
}

bool says_the_same(const engine::price::PricedLines& plain,
                   const engine::price::PricedLines& explained, std::size_t line) {
  const PricedLine& a = plain.lines[line];
  const PricedLine& b = explained.lines[line];
  if (a.outcome != b.outcome || a.record != b.record || !same(a.unit_price, b.unit_price) ||
      !same(a.line_amount, b.line_amount)) {
    return false;
  }
  const std::size_t count = plain.components.size() / plain.lines.size();
  for (std::size_t i = line * count; i < (line + 1) * count; ++i) {
    if (!same(plain.components[i], explained.components[i])) return false;
  }
  return true;
}

}  // namespace

std::vector<AnsweredLine> InProcess::ask(const Order& order) {
  const auto request = request_of(order);
  const auto start = Clock::now();
  auto question = engine::quote::resolve(*snapshot_, request, order.front()->date);
  if (!question) {
    AnsweredLine refused;
    refused.outcome = std::string{engine::base::fault_name(question.error().code)} + ": " +
                      question.error().detail;
    return std::vector<AnsweredLine>(order.size(), refused);
  }
  engine::quote::quote(*snapshot_, *question, Detail::plain, scratch_, plain_);
  const auto priced = Clock::now();
  engine::quote::quote(*snapshot_, *question, Detail::explained, scratch_, explained_);
  pricing_ += priced - start;
  explaining_ += Clock::now() - priced;
  std::vector<AnsweredLine> lines;
  lines.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) lines.push_back(answered(*question, i));
  return lines;
}

AnsweredLine InProcess::answered(const Question& question, std::size_t line) const {
  AnsweredLine made;
  const PricedLine& priced = plain_.priced.lines[line];
  made.outcome = engine::model::outcome_name(priced.outcome);
  if (!says_the_same(plain_.priced, explained_.priced, line))
    made.trouble = "another answer where it is explained";
  if (priced.outcome != Outcome::priced) return made;
  const auto& components = snapshot_->procedures()[question.procedure].rule->answer.components;
  for (std::size_t i = 0; i < amount_count; ++i) {
    const auto found =
        std::ranges::find(components, amount_names[i], &engine::rule::Component::name);
    if (amount_names[i] == "unit_price") {
      made.amounts[i] = decimal_of(priced.unit_price);
    } else if (amount_names[i] == "line_total") {
      made.amounts[i] = decimal_of(priced.line_amount);
    } else if (found != components.end()) {
      const auto component = static_cast<std::size_t>(found - components.begin());
      made.amounts[i] = decimal_of(plain_.priced.components[line * components.size() + component]);
    }
  }
  if (line < explained_.traces.size()) made.offer = offer_of(question, explained_.traces[line]);
  return made;
}

// The document of the record that won the step `offer`; empty where the procedure has none, or
// nothing won.
std::string InProcess::offer_of(const Question& question,
                                const engine::price::LineTrace& trace) const {
  const auto& steps = snapshot_->procedures()[question.procedure].rule->steps;
  for (const engine::price::StepTrace& step : trace.steps) {
    if (steps[step.step].name != "offer" || step.record == engine::price::no_record) continue;
    const auto document = snapshot_->conditions().record(step.record).document;
    return document.is_none() ? std::string{} : snapshot_->documents()[document.raw()].code;
  }
  return {};
}

}  // namespace tests::replay
