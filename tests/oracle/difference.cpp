// Of engine_of.hpp: answers of the engine as text, and where they differ from the oracle's.
#include "engine/base/limits.hpp"

#include "tests/oracle/engine_of.hpp"

#include <algorithm>
#include <set>

namespace oracle {

namespace model = engine::model;
namespace base = engine::base;
namespace quote = engine::quote;
using engine::snapshot::Snapshot;

namespace {

base::CivilMinutes at(Minutes minutes) { return base::CivilMinutes{minutes}; }

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

std::set<std::string> notes_of(const engine::price::PricedLine& line) {
  std::set<std::string> notes;
  for (std::size_t i = 0; i < model::reason_names.size(); ++i) {
    const auto reason = static_cast<model::Reason>(i);
    if ((line.notes & model::reason_bit(reason)) != 0) notes.emplace(model::reason_name(reason));
  }
  return notes;
}

std::string joined(const std::set<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += " " + text;
  return all;
}

std::string told_reasons(const engine::price::PricedLine& line) {
  std::string text;
  if (line.reason != model::Reason::none) text += " for " + std::string{reason_name(line.reason)};
  return text + (line.notes == 0 ? "" : " noted" + joined(notes_of(line)));
}

// Of the engine's record as of the oracle's.
std::string place_of(std::uint32_t line) {
  return line == engine::price::no_line ? "the order" : "line " + std::to_string(line + 1);
}

const std::string& charge_name(const engine::rule::Procedure& procedure, std::uint16_t step,
                               std::uint16_t charge) {
  return procedure.steps[procedure.steps[step].apply->charges[charge]].name;
}

}  // namespace

std::vector<LineText> texts_of(const Snapshot& snapshot, const quote::Question& question,
                               const quote::Answer& answer) {
  const auto& shape = snapshot.procedures()[question.procedure].rule->answer;
  std::vector<LineText> lines;
  for (std::size_t i = 0; i < answer.priced.lines.size(); ++i) {
    const auto& priced = answer.priced.lines[i];
    LineText& text = lines.emplace_back();
    text.outcome = model::outcome_name(priced.outcome);
    text.outcome += told_reasons(priced);
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
    if (outcome == said.outcome) {
      check("reason", std::string{reason_name(priced_.reason)}, said.reason);
      check("notes", joined(notes_of(priced_)), joined(said.notes));
    }
    const bool holds = priced_.valid_until >= at(said.valid_until) &&
                       priced_.valid_until <= at(said.valid_until_most);
    if (!holds)
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
      const auto& step = procedure_.steps[steps[i].step];
      check(where, step.name, said.steps[i].name);
      if (step.guard) continue;
      check(where + " skipped", steps[i].skipped ? "yes" : "no",
            said.steps[i].skipped ? "yes" : "no");
      check(where + " record", label_of(snapshot_, steps[i].record),
            said.steps[i].record == nullptr ? "none" : label_of(*said.steps[i].record));
      check_held(where + " amount", steps[i].amount, steps[i].amount_held, said.steps[i].amount);
      if (!steps[i].skipped && !step.apply && !step.spread)
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

namespace {

Rational at_full(const base::Quantity& quantity) {
  return Rational{Whole{quantity.mantissa()}, power_of_ten(base::Quantity::decimals)};
}

// Adjustments and free lines, one a text, in the order in which they were made.
Texts effects_of(const Snapshot& snapshot, const engine::rule::Procedure& procedure,
                 const quote::Answer& answer) {
  Texts all;
  for (const auto& made : answer.priced.adjustments) {
    const std::string where = made.line == engine::price::no_line
                                  ? charge_name(procedure, made.step, made.charge)
                                  : place_of(made.line);
    all.push_back(procedure.steps[made.step].name + ": " + label_of(snapshot, made.record) +
                  " takes " + oracle::text_of(rational(made.amount)) + " off " + where);
  }
  for (const auto& made : answer.priced.free_lines) {
    all.push_back(procedure.steps[made.step].name + ": " + label_of(snapshot, made.record) +
                  " adds " + oracle::text_of(at_full(made.quantity)) + " of " +
                  std::string{snapshot.article_code(made.article)} + " at " +
                  oracle::text_of(rational(made.unit_price)) + " to " + place_of(made.line));
  }
  return all;
}

// What was done to lines that have no price in the end is no part of an answer.
Texts effects_of(const Said& said) {
  Texts all;
  const auto is_priced = [&](std::size_t line) { return said.lines.at(line).outcome == "priced"; };
  for (const AdjustmentSaid& made : said.adjustments) {
    if (made.line && !is_priced(*made.line)) continue;
    const std::string where = made.line ? "line " + std::to_string(*made.line + 1) : made.charge;
    all.push_back(made.step + ": " + label_of(*made.record) + " takes " +
                  oracle::text_of(made.amount) + " off " + where);
  }
  for (const FreeLineSaid& made : said.free_lines) {
    if (!is_priced(made.line)) continue;
    all.push_back(made.step + ": " + label_of(*made.record) + " adds " +
                  oracle::text_of(made.quantity) + " of " + made.article + " at " +
                  oracle::text_of(made.unit_price) + " to line " + std::to_string(made.line + 1));
  }
  return all;
}

// Line by line, each in its order: how steps of several lines follow each other means nothing.
Texts by_place(Texts effects) {
  const auto place = [](const std::string& effect) {
    const std::size_t off = effect.rfind(" off ");
    return effect.substr(off == std::string::npos ? effect.rfind(" to line ") : off);
  };
  std::ranges::stable_sort(effects, {}, place);
  return effects;
}

std::string compare_order(const Snapshot& snapshot, const engine::rule::Procedure& procedure,
                          const quote::Answer& answer, const Said& said) {
  std::string text;
  for (std::size_t i = 0; i < said.order.size(); ++i) {
    const Rational engine = rational(answer.priced.order.at(i));
    if (engine == said.order[i]) continue;
    text += "order " + procedure.answer.order[i].name + ": the engine says " +
            oracle::text_of(engine) + ", the oracle " + oracle::text_of(said.order[i]) + "\n";
  }
  const Texts engine = by_place(effects_of(snapshot, procedure, answer));
  const Texts oracle = by_place(effects_of(said));
  if (engine == oracle) return text;
  text += "effects: the engine says\n";
  for (const std::string& one : engine) text += "    " + one + "\n";
  text += "  the oracle\n";
  for (const std::string& one : oracle) text += "    " + one + "\n";
  return text;
}

}  // namespace

std::string order_text(const Snapshot& snapshot, const quote::Question& question,
                       const quote::Answer& answer) {
  const auto& procedure = *snapshot.procedures()[question.procedure].rule;
  std::string text;
  for (std::size_t i = 0; i < answer.priced.order.size(); ++i)
    text += procedure.answer.order[i].name + " " + text_of(answer.priced.order[i]) + "\n";
  for (const auto& made : answer.priced.adjustments) {
    const std::string source = source_of(snapshot, made.record);
    text += procedure.steps[made.step].name + ": " + source.substr(0, source.find(" / row ")) +
            " takes " + text_of(made.amount) + " off " + place_of(made.line) + " " +
            std::to_string(made.charge) + "\n";
  }
  for (const auto& made : answer.priced.free_lines) {
    text += procedure.steps[made.step].name + ": " + base::to_string(made.quantity.decimal()) +
            " of " + std::string{snapshot.article_code(made.article)} + " at " +
            text_of(made.unit_price) + " to " + place_of(made.line) + "\n";
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
  return all + compare_order(engine.snapshot(), procedure, answer, said);
}

}  // namespace oracle
