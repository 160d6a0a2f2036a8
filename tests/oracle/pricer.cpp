#include "tests/oracle/pricer.hpp"

#include "tests/oracle/expression.hpp"
#include "tests/oracle/search.hpp"

#include <algorithm>

namespace oracle {

namespace {

// The line's outcome where it can't be priced.
struct Refused {
  std::string outcome;
};

const std::string* field_of(const Ask& ask, const std::string& field) {
  for (const auto& [name, value] : ask.fields) {
    if (name == field) return &value;
  }
  return nullptr;
}

bool has_attribute(const Pairs& attributes, const std::string& field, const Texts& values) {
  return std::any_of(attributes.begin(), attributes.end(), [&](const auto& attribute) {
    return attribute.first == field && contains(values, attribute.second);
  });
}

bool any_group(const Texts& own, const std::vector<GroupRow>& groups, const Texts& wanted) {
  const auto reached = groups_reached(own, groups);
  return std::any_of(reached.begin(), reached.end(),
                     [&](const auto& group) { return contains(wanted, group.first); });
}

// Whether a row of a look-up asks for this customer, these fields and, where there is one, this
// article.
bool row_matches(const World& world, const LookupRule& row, const Ask& ask,
                 const CustomerRow& customer, const ArticleRow* article) {
  return std::all_of(row.when.begin(), row.when.end(), [&](const auto& condition) {
    const auto& [field, wanted] = condition;
    if (field == "customer") return contains(wanted, customer.code);
    if (field == "customer_group") return any_group(customer.groups, world.customer_groups, wanted);
    if (article != nullptr && field == "article") return contains(wanted, article->code);
    if (article != nullptr && field == "article_group")
      return any_group(article->groups, world.article_groups, wanted);
    if (const std::string* given = field_of(ask, field)) return contains(wanted, *given);
    if (article != nullptr && has_attribute(article->attributes, field, wanted)) return true;
    return has_attribute(customer.attributes, field, wanted);
  });
}

// ---- one line
// -------------------------------------------------------------------------------------

class LinePricer final : public Names {
 public:
  LinePricer(const ProcedureRule& procedure, const OpenLine& line, LineSaid& said)
      : procedure_{procedure}, line_{line}, said_{said} {}

  void price() {
    for (const StepRule& step : procedure_.steps) run(step);
    said_.outcome = "priced";
    said_.unit_price = step_named(procedure_.unit_price).amount;
    said_.line_amount = step_named(procedure_.line_amount).amount;
    for (const auto& [name, step] : procedure_.components)
      said_.components.push_back(step_named(step).amount);
    said_.source = step_named(procedure_.price_step).record;
    if (said_.source == nullptr) return;
    said_.unit = said_.source->unit.empty() ? line_.article.base_unit : said_.source->unit;
    said_.price_unit = said_.source->price_unit;
  }

  Rational named(std::string_view name) const override {
    if (name == "quantity") return line_.quantity;
    const auto parameter = procedure_.parameters.find(std::string{name});
    if (parameter != procedure_.parameters.end()) return parameter->second;
    const auto dot = name.find('.');
    const StepSaid& step = step_named(std::string{name.substr(0, dot)});
    if (dot == std::string_view::npos) return step.amount;
    const std::string what{name.substr(dot + 1)};
    if (what == "exact") return step.exact;
    if (step.record == nullptr) return 0;
    if (what == "value" || what == "rate") return value_of(line_, *step.record);
    if (what == "found") return 1;
    return has_flag(line_, *step.record, what) ? 1 : 0;
  }

  Rational extended(const Rational& price, std::string_view step) const override {
    const RecordRow* record =
        step_named(step.empty() ? first_required() : std::string{step}).record;
    return record == nullptr ? Rational{price * line_.quantity}
                             : Rational{for_one_ordered(line_, *record, price) * line_.quantity};
  }

 private:
  void run(const StepRule& step) {
    StepSaid& said = said_.steps.emplace_back();
    said.name = step.name;
    said.skipped = !step.when.empty() && evaluate(step.when, *this) == 0;
    if (said.skipped) return;
    if (step.find) find(*step.find, said);
    said.exact = step.amount              ? evaluate(*step.amount, *this)
                 : said.record == nullptr ? Rational{0}
                                          : value_of(line_, *said.record);
    said.amount = said.exact;
    for (const RoundingRule& to : step.rounding)
      said.amount = rounded(said.amount, to.decimals, to.mode);
  }

  void find(const FindRule& rule, StepSaid& said) {
    const Search found = search(rule, line_);
    said_.valid_until = std::min(said_.valid_until, found.valid_until);
    if (found.ambiguous) throw Refused{"ambiguous"};
    said.record = found.winner;
    if (!rule.required) return;
    if (found.shut) throw Refused{"not_on_agreement"};
    if (found.winner == nullptr) throw Refused{"no_price"};
    if (has_flag(line_, *found.winner, "price_on_request")) throw Refused{"price_on_request"};
  }

  const StepSaid& step_named(const std::string& name) const {
    for (const StepSaid& step : said_.steps) {
      if (step.name == name) return step;
    }
    throw std::invalid_argument("no step '" + name + "'");
  }

  std::string first_required() const {
    for (const StepRule& step : procedure_.steps) {
      if (step.find && step.find->required) return step.name;
    }
    throw std::invalid_argument("no step is required to find a price");
  }

  const ProcedureRule& procedure_;
  const OpenLine& line_;
  LineSaid& said_;
};

// ---- the question
// ---------------------------------------------------------------------------------

class Answering {
 public:
  Answering(const World& world, const Rules& rules, const Ask& ask)
      : world_{world}, rules_{rules}, ask_{ask} {}

  Said answer() {
    customer_ = find_code(world_.customers, ask_.customer);
    if (customer_ == nullptr) return {"unknown_customer", "", {}};
    currency_ = ask_.currency.empty() ? customer_->currency : ask_.currency;
    if (currency_.empty()) return {"missing_value", "", {}};
    if (find_code(world_.currencies, currency_) == nullptr) return {"unknown_currency", "", {}};
    procedure_ = procedure();
    if (procedure_ == nullptr) return {"no_procedure", "", {}};
    Said said{"", procedure_->name, {}};
    for (const LineAsk& line : ask_.lines) said.lines.push_back(answer_line(line));
    return said;
  }

 private:
  const ProcedureRule* procedure() const {
    for (const LookupRule& row : rules_.procedure_lookup) {
      if (row_matches(world_, row, ask_, *customer_, nullptr)) return find_procedure(row.result);
    }
    return rules_.procedure_lookup.empty() && rules_.procedures.size() == 1
               ? &rules_.procedures.front()
               : nullptr;
  }

  const ProcedureRule* find_procedure(const std::string& name) const {
    for (const ProcedureRule& procedure : rules_.procedures) {
      if (procedure.name == name) return &procedure;
    }
    return nullptr;
  }

  LineSaid answer_line(const LineAsk& line) const {
    LineSaid said;
    Rational wanted = 0;  // in base units
    const Minutes date = line.date.value_or(ask_.date);
    const ArticleRow* article = find_code(world_.articles, line.article);
    try {
      if (article == nullptr) throw Refused{"unknown_article"};
      const auto content = content_of(*article, line.unit);
      if (!content) throw Refused{"unknown_unit"};
      const Rational quantity = read_quantity(line.quantity);
      wanted = std::max(Rational{0}, Rational{quantity * *content});
      check_agreement(line.agreement);
      const OpenLine open{world_,
                          rules_,
                          ask_,
                          *customer_,
                          currency_,
                          *article,
                          line.unit.empty() ? article->base_unit : line.unit,
                          *content,
                          quantity,
                          line.agreement,
                          date};
      LinePricer{*procedure_, open, said}.price();
    } catch (const Refused& refused) {
      said.outcome = refused.outcome;
    } catch (const DivisionByZero&) {
      said.outcome = "division_by_zero";
    }
    if (article != nullptr) said.availability = availability(*article, wanted, date);
    return said;
  }

  Rational read_quantity(const std::string& text) const {
    const auto quantity = read_number(text);
    if (!quantity) throw Refused{"bad_quantity"};
    if (rounded(*quantity, 6, "down") != *quantity) throw Refused{"bad_quantity"};
    if (abs(*quantity) > procedure_->maximum) throw Refused{"quantity_out_of_range"};
    if (*quantity == 0 && !procedure_->zero_allowed) throw Refused{"zero_quantity"};
    const std::string* kind = field_of(ask_, "document_kind");
    const bool returns = kind != nullptr && contains(procedure_->returns, *kind);
    if (*quantity < 0 && !returns) throw Refused{"negative_quantity"};
    return *quantity;
  }

  void check_agreement(const std::string& code) const {
    if (code.empty()) return;
    const DocumentRow* agreement = find_document(world_, "agreement", code);
    if (agreement == nullptr) throw Refused{"unknown_agreement"};
    const bool named =
        agreement->customers.empty() || contains(agreement->customers, customer_->code);
    if (!named) throw Refused{"agreement_not_allowed"};
  }

  const BandSetRule* bands_for(const ArticleRow& article) const {
    for (const LookupRule& row : rules_.band_lookup) {
      if (!row_matches(world_, row, ask_, *customer_, &article)) continue;
      for (const BandSetRule& set : rules_.band_sets) {
        if (set.name == row.result) return &set;
      }
    }
    return rules_.band_lookup.empty() && rules_.band_sets.size() == 1 ? &rules_.band_sets.front()
                                                                      : nullptr;
  }

  StandingSaid availability(const ArticleRow& article, const Rational& wanted, Minutes date) const {
    const BandSetRule* set = bands_for(article);
    if (set == nullptr) return {};
    Rational available = -number(article.safety_stock);
    for (const StockRow& row : world_.stock) {
      if (row.article == article.code) available += number(row.on_hand) - number(row.reserved);
    }
    StandingSaid said{set->name, set->bands.front().code, false, open_end};
    const std::size_t thresholds = set->bands.size() - (set->last_is_expected ? 1 : 0);
    bool lowest = true;
    for (std::size_t i = 1; i < thresholds; ++i) {
      if (set->bands[i].from > available) continue;
      said.band = set->bands[i].code;
      lowest = false;
    }
    said.covers = available > 0 && available >= wanted;
    if (said.covers) return said;
    said.expected = expected(article, available, wanted, date);
    if (lowest && said.expected != open_end && set->last_is_expected)
      said.band = set->bands.back().code;
    return said;
  }

  // The first date of a receipt by which what is there and what is due together cover the quantity,
  // and are more than nothing. What should have come before the day of the question promises
  // nothing.
  Minutes expected(const ArticleRow& article, const Rational& available, const Rational& wanted,
                   Minutes date) const {
    Minutes first = open_end;
    for (const ReceiptRow& last : world_.receipts) {
      if (last.article != article.code || last.date >= first) continue;
      Rational then = available;
      for (const ReceiptRow& row : world_.receipts) {
        const bool in_time =
            row.date / minutes_a_day >= date / minutes_a_day && row.date <= last.date;
        if (row.article == article.code && in_time) then += number(row.quantity);
      }
      const bool due = last.date / minutes_a_day >= date / minutes_a_day;
      if (due && then > 0 && then >= wanted) first = last.date;
    }
    return first;
  }

  const World& world_;
  const Rules& rules_;
  const Ask& ask_;
  const CustomerRow* customer_ = nullptr;
  std::string currency_;
  const ProcedureRule* procedure_ = nullptr;
};

}  // namespace

Said Pricer::answer(const Ask& ask) const { return Answering{world_, rules_, ask}.answer(); }

}  // namespace oracle
