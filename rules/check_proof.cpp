#include "rules/check_proof.hpp"

#include "engine/price/choose.hpp"
#include "rules/check_question_fields.hpp"

#include <algorithm>

namespace rules {

namespace model = engine::model;
namespace price = engine::price;
namespace quote = engine::quote;
namespace rule = engine::rule;
using engine::base::CivilMinutes;
using engine::base::Int128;
using engine::base::Quantity;
using engine::snapshot::BoundProcedure;
using engine::snapshot::BoundStep;
using model::ConditionRecord;
using model::Terms;

namespace {

constexpr std::size_t tries_first = 4'096;  // questions for one customer, unit and set of fields
constexpr std::size_t tries_later = 256;    // from the fourth customer on
constexpr std::size_t tries_computed = 12;
constexpr std::size_t borders_max = 4 * tries_first;  // days by quantities: more are never asked
constexpr std::int64_t one_unit = 1'000'000;
constexpr std::size_t named_max = 60;  // quantities that conditions name

std::int64_t clamped(Int128 value) {
  return value > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(value);
}

// Whole numbers first: of several questions that show a tie, people are told the plainest.
std::vector<std::int64_t> plainest_first(const std::set<std::int64_t>& quantities) {
  std::vector<std::int64_t> made{quantities.begin(), quantities.end()};
  std::ranges::stable_partition(made,
                                [](std::int64_t quantity) { return quantity % one_unit == 0; });
  return made;
}

// The unit's content in base units.
std::pair<std::int64_t, std::int64_t> content_of(const engine::snapshot::Snapshot& snapshot,
                                                 std::uint32_t article, model::UnitId unit) {
  for (const model::ArticleUnit& own : snapshot.articles().units[article]) {
    if (own.unit == unit) return {own.numerator, own.denominator};
  }
  return {1, 1};
}

}  // namespace

bool Prover::is_bound(const Terms& terms, std::uint32_t article) const {
  return !terms.unit.is_none() && terms.unit != context_.snapshot().articles().base_units[article];
}

// Those who may call off both records' agreements; else those who were seen to reach both parts.
std::vector<std::uint32_t> Prover::customers(const Suspicion& suspicion) const {
  const auto& snapshot = context_.snapshot();
  std::vector<std::uint32_t> made = suspicion.meeting->customers;
  for (const std::uint32_t number : {suspicion.record_a, suspicion.record_b}) {
    const model::DocumentId document = context_.index().record(number).document;
    if (document.is_none()) continue;
    for (const model::CustomerId named : snapshot.documents()[document.raw()].customers) {
      if (std::ranges::find(made, named.raw()) == made.end()) made.push_back(named.raw());
      if (made.size() > 4 * customers_kept) break;
    }
  }
  std::erase_if(made, [&](std::uint32_t customer) {
    const auto barred = [&](std::uint32_t number) {
      const model::DocumentId document = context_.index().record(number).document;
      return !document.is_none() && !snapshot.may_use(document, model::CustomerId{customer});
    };
    return barred(suspicion.record_a) || barred(suspicion.record_b);
  });
  return made;
}

std::vector<std::string> Prover::currencies(const Suspicion& suspicion,
                                            std::uint32_t customer) const {
  const auto& snapshot = context_.snapshot();
  const auto& index = context_.index();
  const model::CurrencyId a = index.terms(index.record(suspicion.record_a)).currency;
  const model::CurrencyId b = index.terms(index.record(suspicion.record_b)).currency;
  const model::CurrencyId own = snapshot.customers().currencies[customer];
  const bool any =
      snapshot.procedures()[suspicion.procedure].steps[suspicion.step].rule->find->any_currency;
  std::vector<model::CurrencyId> ids;
  if ((a.is_none() && b.is_none()) || any) ids.push_back(own);
  ids.push_back(a);
  ids.push_back(b);
  if (own.is_none() && a.is_none() && b.is_none()) ids.push_back(model::CurrencyId{0});
  std::vector<std::string> made;
  for (const model::CurrencyId id : ids) {
    const std::string code{snapshot.currency_code(id)};
    if (!code.empty() && std::ranges::find(made, code) == made.end()) made.push_back(code);
  }
  return made;
}

std::vector<model::UnitId> Prover::units(const Suspicion& suspicion) const {
  const auto& snapshot = context_.snapshot();
  const auto& index = context_.index();
  const Terms& a = index.terms(index.record(suspicion.record_a));
  const Terms& b = index.terms(index.record(suspicion.record_b));
  const model::UnitId base = snapshot.articles().base_units[suspicion.article];
  const auto sold_in = snapshot.articles().units[suspicion.article];
  const bool any =
      snapshot.procedures()[suspicion.procedure].steps[suspicion.step].rule->find->any_unit;
  std::vector<model::UnitId> made;
  const bool bound_a = is_bound(a, suspicion.article);
  const bool bound_b = is_bound(b, suspicion.article);
  if (!any && bound_a && bound_b && a.unit != b.unit) return made;
  if (!any && (bound_a || bound_b)) {
    made.push_back(bound_a ? a.unit : b.unit);
  } else {
    made.push_back(base);
    // What holds for one unit need not hold for the others: another record may be bound to it.
    for (const model::ArticleUnit& unit : sold_in) {
      if (unit.unit != base) made.push_back(unit.unit);
    }
  }
  std::erase_if(made, [&](model::UnitId unit) {
    return unit != base &&
           std::ranges::find(sold_in, unit, &model::ArticleUnit::unit) == sold_in.end();
  });
  return made;
}

// The smallest quantity that reaches both records, and the first day of both.
std::optional<Prover::Borders> Prover::first_borders(const Suspicion& suspicion,
                                                     model::UnitId unit) const {
  const auto& index = context_.index();
  Borders made;
  const auto [numerator, denominator] = content_of(context_.snapshot(), suspicion.article, unit);
  for (const std::uint32_t number : {suspicion.record_a, suspicion.record_b}) {
    const ConditionRecord& record = index.record(number);
    const Terms& terms = index.terms(record);
    std::pair<Int128, Int128> ratio{denominator, numerator};  // units ordered of one of the record
    if (is_bound(terms, suspicion.article)) {
      const auto [own_numerator, own_denominator] =
          content_of(context_.snapshot(), suspicion.article, terms.unit);
      ratio = {Int128{denominator} * own_numerator, Int128{numerator} * own_denominator};
    }
    const Int128 from = Int128{record.threshold.mantissa()} * ratio.first;
    made.least = std::max(made.least, clamped((from + ratio.second - 1) / ratio.second));
    if (terms.has_window)
      made.most = std::min(made.most, clamped(Int128{index.extra(record).window_to.mantissa()} *
                                              ratio.first / ratio.second));
  }
  if (made.least > made.most || made.most == 0) return std::nullopt;
  made.quantities.insert(made.least > 0 ? made.least : std::min(one_unit, made.most));
  const auto today = context_.options().today;
  const engine::base::Validity& both = suspicion.validity;
  if (today && both.contains(*today)) {
    made.days.insert(today->day_start() < both.from ? *today : today->day_start());
  } else if (!both.from.is_open()) {
    made.days.insert(both.from);
  } else if (!both.to.is_open()) {
    made.days.insert(CivilMinutes{both.to.raw() - 1});
  } else {
    made.days.insert(CivilMinutes{0});
  }
  return made;
}

// Days on which, and quantities from which on, some record that was looked at begins or ends to
// count. Earlier steps count, too: where they find no price the line is closed.
void Prover::take_borders(const Suspicion& suspicion, model::UnitId unit, Borders& borders) const {
  const auto& index = context_.index();
  const auto [numerator, denominator] = content_of(context_.snapshot(), suspicion.article, unit);
  const auto add_day = [&](CivilMinutes day) {
    if (!day.is_open() && suspicion.validity.contains(day)) borders.days.insert(day);
  };
  const auto add_quantity = [&](Int128 quantity) {
    if (quantity > 0 && quantity >= borders.least && quantity <= borders.most)
      borders.quantities.insert(static_cast<std::int64_t>(quantity));
  };
  for (const price::StepTrace& step : answer_.traces.front().steps) {
    for (const price::CandidateTrace& candidate : step.candidates) {
      if (borders.days.size() * borders.quantities.size() >= borders_max) return;
      const ConditionRecord& record = index.record(candidate.record);
      const Terms& terms = index.terms(record);
      add_day(record.valid_from);
      add_day(record.valid_to);
      if (!record.valid_from.is_open()) add_day(CivilMinutes{record.valid_from.raw() - 1});
      const auto [own, per] = is_bound(terms, suspicion.article)
                                  ? content_of(context_.snapshot(), suspicion.article, terms.unit)
                                  : std::pair<std::int64_t, std::int64_t>{1, 1};
      const auto ordered = [&](Quantity quantity) {
        const Int128 divisor = Int128{numerator} * per;
        return (Int128{quantity.mantissa()} * denominator * own + divisor - 1) / divisor;
      };
      add_quantity(ordered(record.threshold));
      add_quantity(ordered(record.threshold) - 1);
      if (terms.has_window) add_quantity(ordered(index.extra(record).window_to) + 1);
      const auto* extra = index.find_extra(candidate.record);
      if (extra == nullptr || extra->scale == model::nothing_there) continue;
      for (const model::Tier& tier : context_.snapshot().scales()[extra->scale].tiers)
        add_quantity(ordered(tier.bound));
    }
  }
  const auto& procedure = context_.snapshot().procedures()[suspicion.procedure];
  if (procedure.rule->quantity.zero_allowed && borders.least == 0) borders.quantities.insert(0);
  add_day(answer_.priced.lines.front().valid_until);  // lists given to the customer end, too
  for (const auto& list : context_.snapshot().customers().lists[customer_]) {
    add_day(list.validity.to);
    if (!list.validity.from.is_open()) add_day(CivilMinutes{list.validity.from.raw() - 1});
  }
  if (suspicion.validity.to.is_open()) return;
  add_day(CivilMinutes{suspicion.validity.to.raw() - 1});
}

// A record's own condition and formulas, and the condition of its document.
std::vector<rule::NamedQuantity> Prover::named_by_record(std::uint32_t record) const {
  const auto& snapshot = context_.snapshot();
  const auto& index = context_.index();
  std::vector<rule::NamedQuantity> named;
  const auto add = [&](std::uint32_t text, const model::RecordExtra* own) {
    const rule::Formula* formula = context_.formula_of(text);
    if (formula == nullptr) return;
    const auto all = rule::named_quantities(*formula, own);
    named.insert(named.end(), all.begin(), all.end());
  };
  const model::DocumentId document = index.record(record).document;
  if (!document.is_none()) add(snapshot.documents()[document.raw()].when, nullptr);
  const auto* extra = index.find_extra(record);
  if (extra == nullptr) return named;
  for (const std::uint32_t text : {extra->when, extra->formula, extra->buy_when}) add(text, extra);
  return named;
}

std::vector<rule::NamedQuantity> Prover::named_by_steps(const Suspicion& suspicion) const {
  std::vector<rule::NamedQuantity> named;
  for (const BoundStep& step : context_.snapshot().procedures()[suspicion.procedure].steps) {
    const auto all = rule::named_quantities(step.rule->when, nullptr);
    named.insert(named.end(), all.begin(), all.end());
  }
  return named;
}

// The quantities that steps, the two records and those looked at beside them name, and what is just
// below and above them: the next whole one, and the next there is.
void Prover::take_named(const Suspicion& suspicion, model::UnitId unit, Borders& borders) const {
  const auto [numerator, denominator] = content_of(context_.snapshot(), suspicion.article, unit);
  const auto add = [&](const rule::NamedQuantity& named) {
    const auto at = engine::base::mantissa_rounded(named.number, Quantity::decimals,
                                                   engine::base::Rounding::up);
    if (!at || *at <= 0 || *at > Int128{INT64_MAX / one_unit}) return;
    const Int128 ordered =
        named.in_base_units ? (*at * denominator + numerator - 1) / numerator : *at;
    for (const std::int64_t beside :
         {-one_unit, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, one_unit}) {
      const std::int64_t quantity = clamped(ordered + beside);
      if (quantity <= 0 || quantity < borders.least || quantity > borders.most) continue;
      if (borders.named >= named_max) return;
      if (borders.quantities.insert(quantity).second) ++borders.named;
    }
  };
  std::ranges::for_each(named_by_steps(suspicion), add);
  for (const std::uint32_t record : {suspicion.record_a, suspicion.record_b})
    std::ranges::for_each(named_by_record(record), add);
  for (const price::StepTrace& step : answer_.traces.front().steps) {
    for (const price::CandidateTrace& candidate : step.candidates) {
      if (borders.named >= named_max) return;
      std::ranges::for_each(named_by_record(candidate.record), add);
    }
  }
}

bool Prover::is_told(const Suspicion& suspicion) const {
  if (answer_.priced.lines.front().outcome != model::Outcome::ambiguous) return false;
  const bool applied =
      context_.snapshot().procedures()[suspicion.procedure].steps[suspicion.step].apply.has_value();
  for (const price::StepTrace& step : answer_.traces.front().steps) {
    if (step.step != suspicion.step) continue;
    const auto lost_by_tie = [&](std::uint32_t record) {
      return std::ranges::any_of(step.candidates, [&](const price::CandidateTrace& candidate) {
        return candidate.record == record && (candidate.loss == price::Loss::tie ||
                                              (applied && candidate.loss == price::Loss::won));
      });
    };
    return lost_by_tie(suspicion.record_a) && lost_by_tie(suspicion.record_b);
  }
  return false;
}

Prover::Told Prover::ask(const Suspicion& suspicion, const Witness& witness, CivilMinutes day) {
  const auto& snapshot = context_.snapshot();
  quote::QuoteRequest request;
  request.customer = witness.customer;
  request.currency = witness.currency;
  request.date = day;
  for (const auto& [name, value] : witness.fields) request.fields.emplace_back(name, value);
  const BoundProcedure& procedure = snapshot.procedures()[suspicion.procedure];
  const std::string day_text = engine::base::to_string(day);
  if (!procedure.rule->deciding_date.empty())
    request.fields.emplace_back(procedure.rule->deciding_date, day_text);
  quote::LineRequest& line = request.lines.emplace_back();
  line.article = witness.article;
  line.quantity = witness.quantity;
  line.unit = witness.unit;
  line.agreement = witness.agreement;
  const auto question = quote::resolve(snapshot, request, day);
  if (!question || question->procedure != suspicion.procedure) return Told::never;
  quote::quote(snapshot, *question, quote::Detail::explained, scratch_, answer_);
  return is_told(suspicion) ? Told::tie : Told::other;
}

Verdict Prover::ask_all(const Suspicion& suspicion, Witness witness, model::UnitId unit,
                        std::size_t tries_max, Witness& found) {
  auto borders = first_borders(suspicion, unit);
  if (!borders) return Verdict::no_tie;
  std::set<std::pair<CivilMinutes, std::int64_t>> asked;
  const std::string& date_field =
      context_.snapshot().procedures()[suspicion.procedure].rule->deciding_date;
  for (bool news = true; news;) {
    news = false;
    const Borders now = *borders;
    for (const CivilMinutes day : now.days) {
      for (const std::int64_t quantity : plainest_first(now.quantities)) {
        if (!asked.emplace(day, quantity).second) continue;
        if (asked.size() > tries_max + now.named || asked_ >= suspicion.questions_max ||
            !context_.may_ask())
          return Verdict::open;
        ++asked_;
        witness.quantity = quantity_text(Quantity::from_mantissa(quantity));
        const Told told = ask(suspicion, witness, day);
        if (told == Told::never) return Verdict::no_tie;
        if (told == Told::tie) {
          found = witness;
          found.date = engine::base::to_string(day);
          if (!date_field.empty()) found.fields.emplace_back(date_field, found.date);
          return Verdict::tie;
        }
        take_borders(suspicion, unit, *borders);
        take_named(suspicion, unit, *borders);
        news = true;
      }
    }
  }
  return Verdict::no_tie;
}

Proof Prover::prove(const Suspicion& suspicion) {
  const auto& snapshot = context_.snapshot();
  Proof proof;
  const auto buyers = customers(suspicion);
  const auto sets = field_sets(context_, suspicion, buyers);
  const auto sold_in = units(suspicion);
  bool open = suspicion.meeting->more;
  asked_ = 0;
  Witness witness;
  witness.article = snapshot.article_code(model::ArticleId{suspicion.article});
  if (!suspicion.agreement.is_none())
    witness.agreement = snapshot.documents()[suspicion.agreement.raw()].code;
  for (std::size_t i = 0; i < buyers.size(); ++i) {
    customer_ = buyers[i];
    witness.customer = snapshot.customer_code(model::CustomerId{buyers[i]});
    for (const std::string& currency : currencies(suspicion, buyers[i])) {
      witness.currency = currency;
      for (const model::UnitId unit : sold_in) {
        const bool is_base = unit == snapshot.articles().base_units[suspicion.article];
        witness.unit = is_base ? "" : snapshot.unit_code(unit);
        for (const QuestionFields& fields : sets) {
          witness.fields = fields;
          const std::size_t tries = suspicion.computed ? tries_computed
                                    : i < 3            ? tries_first
                                                       : tries_later;
          proof.verdict = ask_all(suspicion, witness, unit, tries, proof.witness);
          proof.questions = asked_;
          if (proof.verdict == Verdict::tie) return proof;
          open |= proof.verdict == Verdict::open;
        }
      }
    }
    if (suspicion.computed && i >= 1) break;
  }
  proof.verdict = open && !suspicion.computed && !buyers.empty() ? Verdict::open : Verdict::no_tie;
  return proof;
}

}  // namespace rules
