#include "tests/oracle/engine_of.hpp"

#include "engine/snapshot/builder.hpp"
#include "rules/rule_book.hpp"

#include <algorithm>
#include <stdexcept>

namespace oracle {

namespace model = engine::model;
namespace base = engine::base;
namespace quote = engine::quote;
using base::Fault;
using engine::snapshot::Snapshot;

namespace {

base::CivilMinutes at(Minutes minutes) { return base::CivilMinutes{minutes}; }

base::Validity validity(const Span& span) { return {at(span.from), at(span.to)}; }

base::Decimal decimal(const std::string& text) {
  auto value = base::parse_decimal(text);
  if (!value) throw std::runtime_error("'" + text + "': " + value.error().detail);
  return *value;
}

base::Quantity quantity(const std::string& text) {
  const auto exact = base::Quantity::exactly(decimal(text));
  if (!exact) throw std::runtime_error("'" + text + "' is no quantity of six decimals");
  return *exact;
}

std::vector<std::string_view> views(const Texts& texts) { return {texts.begin(), texts.end()}; }

model::FieldId field_id(const model::Facts& facts, const std::string& name) {
  const auto field = facts.schema.find_field(name);
  if (!field) throw std::runtime_error("field '" + name + "' is not declared");
  return *field;
}

std::vector<model::AttributeText> attributes(const Pairs& pairs, const model::Facts& facts) {
  std::vector<model::AttributeText> made;
  for (const auto& [name, value] : pairs) made.emplace_back(field_id(facts, name), value);
  return made;
}

std::uint32_t flags(const std::set<std::string>& names, const model::Facts& facts) {
  unsigned bits = 0;
  for (const std::string& name : names)
    bits |= model::flag_bit(facts.schema.find_flag(name).value());
  return static_cast<std::uint32_t>(bits);
}

class WorldPutter {
 public:
  WorldPutter(const World& world, model::Facts& facts) : world_{world}, facts_{facts} {}

  std::vector<Fault> put() {
    facts_.begin_batch();
    for (const CurrencyRow& row : world_.currencies) {
      take(row.code,
           facts_.put(model::CurrencyDraft{row.code, {}, static_cast<std::uint8_t>(row.decimals)}));
    }
    for (const std::string& code : world_.warehouses)
      take(code, facts_.put(model::WarehouseDraft{code, {}}));
    for (const GroupRow& row : world_.article_groups)
      take(row.code, facts_.put(model::ArticleGroupDraft{row.code, {}, row.parent}));
    for (const ArticleRow& row : world_.articles) put_article(row);
    for (const GroupRow& row : world_.customer_groups) {
      take(row.code, facts_.put(model::CustomerGroupDraft{row.code, {}, row.parent, row.rank}));
    }
    for (const DocumentRow& row : world_.documents) {
      if (row.customers.empty()) put_document(row);
    }
    for (const CustomerRow& row : world_.customers) put_customer(row);
    for (const DocumentRow& row : world_.documents) {
      if (!row.customers.empty()) put_document(row);
    }
    for (const AssignmentRow& row : world_.assignments) {
      take(row.price_list,
           facts_.put(model::ListAssignmentDraft{row.price_list, row.customer, row.customer_group,
                                                 row.rank, validity(row.validity)}));
    }
    for (const RecordRow& row : world_.records)
      take(row.type + " line " + std::to_string(row.line), put_record(row, facts_));
    put_supply();
    return std::move(faults_);
  }

 private:
  void take(const std::string& row, const base::Result<void>& result) {
    if (result) return;
    Fault fault = result.error();
    fault.where = row + ": " + fault.where;
    faults_.push_back(std::move(fault));
  }

  void put_article(const ArticleRow& row) {
    const auto groups = views(row.groups);
    const auto given = attributes(row.attributes, facts_);
    model::ArticleDraft draft;
    draft.code = row.code;
    draft.base_unit = row.base_unit;
    draft.groups = groups;
    draft.attributes = given;
    draft.safety_stock = quantity(row.safety_stock);
    take(row.code, facts_.put(draft));
    for (const UnitRow& unit : row.units) {
      take(row.code, facts_.put(model::ArticleUnitDraft{row.code, unit.unit, unit.numerator,
                                                        unit.denominator}));
    }
  }

  void put_document(const DocumentRow& row) {
    const auto customers = views(row.customers);
    model::DocumentDraft draft;
    draft.kind = row.kind == "agreement"   ? model::DocumentKind::agreement
                 : row.kind == "promotion" ? model::DocumentKind::promotion
                                           : model::DocumentKind::price_list;
    draft.code = row.code;
    draft.currency = row.currency;
    draft.validity = validity(row.validity);
    draft.rank = row.rank;
    draft.refuses_discounts = row.refuses_discounts;
    draft.customers = customers;
    take(row.code, facts_.put(draft));
  }

  void put_customer(const CustomerRow& row) {
    const auto groups = views(row.groups);
    const auto lists = views(row.price_lists);
    const auto given = attributes(row.attributes, facts_);
    model::CustomerDraft draft;
    draft.code = row.code;
    draft.parent = row.parent;
    draft.currency = row.currency;
    draft.groups = groups;
    draft.price_lists = lists;
    draft.attributes = given;
    take(row.code, facts_.put(draft));
  }

  void put_supply() {
    for (const StockRow& row : world_.stock) {
      take(row.article,
           facts_.put(model::StockDraft{row.article, row.warehouse, quantity(row.on_hand),
                                        quantity(row.reserved)}));
    }
    for (const ReceiptRow& row : world_.receipts) {
      take(row.article, facts_.put(model::ReceiptDraft{row.article, row.warehouse, row.reference,
                                                       at(row.date), quantity(row.quantity)}));
    }
  }

  const World& world_;
  model::Facts& facts_;
  std::vector<Fault> faults_;
};

std::string joined(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults)
    text += fault.where + ": " + base::fault_name(fault.code) + ": " + fault.detail + "\n";
  return text;
}

std::string label_of(const RecordRow& row) {
  return row.key.empty() ? "row " + std::to_string(row.line) : row.key;
}

std::string label_of(const Snapshot& snapshot, std::uint32_t record) {
  if (record == engine::price::no_record) return "none";
  return snapshot.record_label(snapshot.conditions().record(record));
}

std::string source_of(const Snapshot& snapshot, std::uint32_t number) {
  if (number == engine::price::no_record) return "none";
  const auto& record = snapshot.conditions().record(number);
  const std::string document =
      record.document.is_none() ? "" : snapshot.documents()[record.document.raw()].code;
  return document + " / " + snapshot.record_label(record);
}

std::string text_of(const engine::price::Amount& amount) {
  return base::to_string_short({amount.mantissa, amount.decimals});
}

}  // namespace

base::Result<void> put_record(const RecordRow& row, model::Facts& facts) {
  std::vector<model::KeyText> keys;
  for (const auto& [name, code] : row.keys) keys.emplace_back(field_id(facts, name), code);
  model::ConditionDraft draft;
  draft.type = row.type;
  draft.keys = keys;
  draft.agreement = row.agreement;
  draft.promotion = row.promotion;
  draft.value = decimal(row.value);
  draft.currency = row.currency;
  draft.unit = row.unit;
  draft.price_unit = row.price_unit;
  draft.from_quantity = quantity(row.from_quantity);
  if (row.to_quantity) draft.to_quantity = quantity(*row.to_quantity);
  draft.validity = validity(row.validity);
  draft.rank = row.rank;
  draft.flags_set = flags(row.flags_set, facts);
  draft.flags_cleared = flags(row.flags_cleared, facts);
  draft.feed = row.feed;
  draft.key = row.key;
  draft.line = row.line;
  return facts.put(draft);
}

std::vector<Fault> put_world(const World& world, model::Facts& facts) {
  return WorldPutter{world, facts}.put();
}

std::shared_ptr<const engine::rule::RuleSet> compile_rules(std::span<const std::string> rules,
                                                           model::Facts& facts) {
  std::vector<::rules::RuleDocument> documents;
  for (std::size_t i = 0; i < rules.size(); ++i)
    documents.push_back({"rules_" + std::to_string(i) + ".json", rules[i]});
  auto compiled = ::rules::compile(documents, facts.schema);
  if (!compiled.faults.empty()) throw std::runtime_error(joined(compiled.faults));
  return compiled.rules;
}

Engine::Engine(const World& world, std::span<const std::string> rules) : Engine{{}, world, rules} {}

Engine::Engine(const World& before, const World& world, std::span<const std::string> rules) {
  const auto compiled = compile_rules(rules, facts_);
  for (const World* batch : {&before, &world}) {
    const auto faults = put_world(*batch, facts_);
    if (!faults.empty()) throw std::runtime_error(joined(faults));
  }
  auto built = engine::snapshot::SnapshotBuilder{facts_, compiled, 1}.build();
  if (!built) throw std::runtime_error(joined({built.error()}));
  snapshot_ = *std::move(built);
}

base::Result<quote::Question> Engine::question(const Ask& ask) const {
  quote::QuoteRequest request;
  request.customer = ask.customer;
  request.currency = ask.currency;
  request.date = at(ask.date);
  for (const auto& [name, value] : ask.fields) request.fields.emplace_back(name, value);
  for (const LineAsk& line : ask.lines) {
    quote::LineRequest& made = request.lines.emplace_back();
    made.article = line.article;
    made.quantity = line.quantity;
    made.unit = line.unit;
    made.agreement = line.agreement;
    if (line.date) made.date = at(*line.date);
  }
  return quote::resolve(*snapshot_, request, at(0));
}

quote::Answer Engine::answer(const quote::Question& question, quote::Detail detail) const {
  engine::price::Scratch scratch;
  quote::Answer answer;
  quote::quote(*snapshot_, question, detail, scratch, answer);
  return answer;
}

quote::Answer Engine::answer(const Ask& ask, quote::Detail detail) const {
  auto resolved = question(ask);
  if (!resolved) throw std::runtime_error(joined({resolved.error()}));
  return answer(*resolved, detail);
}

std::vector<LineText> texts_of(const Snapshot& snapshot, const quote::Question& question,
                               const quote::Answer& answer) {
  const auto& shape = snapshot.procedures()[question.procedure].rule->answer;
  std::vector<LineText> lines;
  for (std::size_t i = 0; i < answer.priced.lines.size(); ++i) {
    const auto& priced = answer.priced.lines[i];
    LineText& text = lines.emplace_back();
    text.outcome = model::outcome_name(priced.outcome);
    text.valid_until = base::to_string(priced.valid_until);
    if (i < answer.availability.size() && answer.availability[i].band != engine::avail::no_band) {
      const auto& standing = answer.availability[i];
      const auto& set = snapshot.rules().band_sets[standing.band_set];
      text.band =
          set.name + " / " + set.bands[standing.band].code + (standing.covers ? " covers" : "");
      text.expected = base::to_string(standing.expected);
    }
    if (priced.outcome != model::Outcome::priced) continue;
    text.unit_price = text_of(priced.unit_price);
    text.unit = snapshot.unit_code(priced.unit);
    text.price_unit = priced.price_unit;
    text.line_amount = text_of(priced.line_amount);
    for (std::size_t c = 0; c < shape.components.size(); ++c) {
      text.components.push_back(text_of(answer.priced.components[i * shape.components.size() + c]));
    }
    text.source = source_of(snapshot, priced.record);
  }
  return lines;
}

std::string describe(const LineText& line) {
  std::string text = line.outcome + ", unit price " + line.unit_price + " per " +
                     std::to_string(line.price_unit) + " '" + line.unit + "', line " +
                     line.line_amount + ", source " + line.source + ", until '" + line.valid_until +
                     "', band '" + line.band + "', expected '" + line.expected + "', components";
  for (const std::string& component : line.components) text += " " + component;
  return text;
}

Rational rational(const engine::price::Amount& amount) {
  return Rational{Whole{amount.mantissa}, power_of_ten(amount.decimals)};
}

namespace {

// One line of both answers.
class LineComparison {
 public:
  LineComparison(const Snapshot& snapshot, const engine::rule::Procedure& procedure,
                 const quote::Answer& answer, std::size_t line)
      : snapshot_{snapshot},
        procedure_{procedure},
        answer_{answer},
        line_{line},
        priced_{answer.priced.lines[line]} {}

  std::string differences(const LineSaid& said) {
    const std::string outcome{model::outcome_name(priced_.outcome)};
    check("outcome", outcome, expected_outcome(said));
    check("valid until", base::to_string(priced_.valid_until),
          base::to_string(at(said.valid_until)));
    if (outcome == "priced" && said.outcome == "priced") compare_amounts(said);
    compare_availability(said.availability);
    if (!answer_.traces.empty()) compare_steps(said);
    return std::move(text_);
  }

 private:
  void check(const std::string& what, const std::string& engine, const std::string& oracle) {
    if (engine != oracle)
      text_ += "  " + what + ": the engine says " + engine + ", the oracle " + oracle + "\n";
  }

  void check(const std::string& what, const engine::price::Amount& engine, const Rational& oracle) {
    if (rational(engine) != oracle) check(what, text_of(engine), oracle::text_of(oracle));
  }

  // An amount in a waterfall may be told not to be held, but only one of more than 38 digits.
  void check_held(const std::string& what, const engine::price::Amount& engine, bool held,
                  const Rational& oracle) {
    if (held) return check(what, engine, oracle);
    Rational digits = abs(oracle);
    while (denominator(digits) != 1) digits *= 10;
    if (numerator(digits) <= Whole{base::int128_max})
      check(what, "too long", oracle::text_of(oracle));
  }

  // A priced line whose answer the engine may not hold; by the engine's own number of decimals.
  std::string expected_outcome(const LineSaid& said) const {
    if (said.outcome != "priced") return said.outcome;
    const Whole largest =
        Whole{base::int128_max} / static_cast<int>(base::limits::lines_per_question);
    const auto too_large = [&](const Rational& value, int decimals) {
      return abs(numerator(Rational{value * Rational{power_of_ten(decimals)}})) > largest;
    };
    const auto decimals_of = [&](std::uint16_t step) {
      for (const auto& bound : snapshot_.procedures()) {
        if (bound.rule == &procedure_) return static_cast<int>(bound.steps[step].amount.decimals);
      }
      return 0;
    };
    bool out = too_large(said.unit_price, decimals_of(procedure_.answer.unit_price)) ||
               too_large(said.line_amount, decimals_of(procedure_.answer.line_amount));
    for (std::size_t i = 0; i < said.components.size(); ++i) {
      out = out || too_large(said.components[i], decimals_of(procedure_.answer.components[i].step));
    }
    return out ? "amount_out_of_range" : "priced";
  }

  void compare_amounts(const LineSaid& said) {
    check("unit price", priced_.unit_price, said.unit_price);
    check("line amount", priced_.line_amount, said.line_amount);
    check("unit", std::string{snapshot_.unit_code(priced_.unit)}, said.unit);
    check("price unit", std::to_string(priced_.price_unit), oracle::text_of(said.price_unit));
    const std::size_t count = said.components.size();
    for (std::size_t i = 0; i < count; ++i) {
      check("component " + procedure_.answer.components[i].name,
            answer_.priced.components[line_ * count + i], said.components[i]);
    }
    check("source", label_of(snapshot_, priced_.record),
          said.source == nullptr ? "none" : label_of(*said.source));
  }

  void compare_availability(const StandingSaid& said) {
    const auto& standing = answer_.availability[line_];
    const bool shown = standing.band != engine::avail::no_band;
    const auto& sets = snapshot_.rules().band_sets;
    check("band set", shown ? sets[standing.band_set].name : "", said.set);
    check("band", shown ? sets[standing.band_set].bands[standing.band].code : "", said.band);
    check("covers", standing.covers ? "yes" : "no", said.covers ? "yes" : "no");
    check("expected", base::to_string(standing.expected), base::to_string(at(said.expected)));
  }

  void compare_steps(const LineSaid& said) {
    const auto& steps = answer_.traces[line_].steps;
    check("number of steps", std::to_string(steps.size()), std::to_string(said.steps.size()));
    const bool all = said.outcome == "priced";
    const std::size_t count = std::min(steps.size(), said.steps.size());
    for (std::size_t i = 0; i + (all ? 0 : 1) < count; ++i) {
      const std::string where = "step " + said.steps[i].name;
      check(where, procedure_.steps[steps[i].step].name, said.steps[i].name);
      check(where + " skipped", steps[i].skipped ? "yes" : "no",
            said.steps[i].skipped ? "yes" : "no");
      check(where + " record", label_of(snapshot_, steps[i].record),
            said.steps[i].record == nullptr ? "none" : label_of(*said.steps[i].record));
      check_held(where + " amount", steps[i].amount, steps[i].amount_held, said.steps[i].amount);
      if (!steps[i].skipped)
        check_held(where + " exact", steps[i].exact, steps[i].exact_held, said.steps[i].exact);
    }
  }

  const Snapshot& snapshot_;
  const engine::rule::Procedure& procedure_;
  const quote::Answer& answer_;
  std::size_t line_;
  const engine::price::PricedLine& priced_;
  std::string text_;
};

}  // namespace

std::string describe(const Ask& ask) {
  std::string text = "customer " + ask.customer + ", currency '" + ask.currency + "', date " +
                     base::to_string(at(ask.date));
  for (const auto& [name, value] : ask.fields)
    text.append(", ").append(name).append("=").append(value);
  for (const LineAsk& line : ask.lines) {
    text += "; " + line.quantity + " '" + line.unit + "' of " + line.article;
    if (!line.agreement.empty()) text += " on " + line.agreement;
    if (line.date) text += " at " + base::to_string(at(*line.date));
  }
  return text;
}

std::string difference(const Engine& engine, const Ask& ask, const quote::Answer& answer,
                       const Said& said) {
  const auto resolved = engine.question(ask);
  if (!resolved) return "the engine refuses the question: " + resolved.error().detail;
  const auto& procedure = *engine.snapshot().procedures()[resolved->procedure].rule;
  if (procedure.name != said.procedure)
    return "procedure: the engine takes " + procedure.name + ", the oracle " + said.procedure;
  std::string all;
  for (std::size_t i = 0; i < said.lines.size(); ++i) {
    const std::string text =
        LineComparison{engine.snapshot(), procedure, answer, i}.differences(said.lines[i]);
    if (!text.empty()) all += "line " + std::to_string(i + 1) + ":\n" + text;
  }
  return all;
}

}  // namespace oracle
