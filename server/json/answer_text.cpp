#include "server/json/answer_text.hpp"

#include "engine/base/decimal.hpp"
#include "server/json/adjustment_text.hpp"
#include "server/json/answer_parts.hpp"
#include "server/json/ladder_text.hpp"
#include "server/json/waterfall_text.hpp"

#include <algorithm>

namespace server::json {

using engine::avail::Availability;
using engine::model::Outcome;
using engine::price::PricedLine;
using engine::snapshot::Snapshot;

namespace {

const engine::rule::Procedure& procedure_of(const Answered& answered) {
  return *answered.snapshot.procedures()[answered.question.procedure].rule;
}

// For the whole answer, as its generation is.
void write_freshness(const FreshnessTold& freshness, JsonWriter& json) {
  if (!freshness.feeds.empty()) {
    json.key("freshness");
    json.raw(freshness.feeds);
  }
  if (freshness.is_flagged) {
    json.key("notices");
    json.raw(R"(["stale_feed"])");
  }
}

void write_head(const Answered& answered, JsonWriter& json) {
  const auto& snapshot = answered.snapshot;
  json.key("generation");
  json.number(answered.answer.generation);
  json.member("procedure", procedure_of(answered).name);
  json.member_unless_empty("customer", answered.body.request.customer);
  json.member("currency", snapshot.currency_code(answered.question.header.currency));
  write_moment(json, "date", answered.question.date);
  write_moment(json, "valid_until", answered.answer.valid_until);
  write_freshness(answered.freshness, json);
}

void write_availability_member(const Answered& answered, const Availability& availability,
                               JsonWriter& json) {
  json.key("availability");
  if (answered.freshness.stock_unknown) {
    json.raw(R"({"band":"unknown"})");
  } else {
    write_band(answered.snapshot, availability, answered.body.request.language, json);
  }
}

void write_priced(const Answered& answered, std::size_t number, JsonWriter& json) {
  const auto& priced = answered.answer.priced;
  const auto& line = priced.lines[number];
  const auto& components = procedure_of(answered).answer.components;
  write_price_members(answered.snapshot, line, answered.question.lines[number].article, json);
  if (!components.empty()) {
    json.key("components");
    json.begin_object();
    for (std::size_t i = 0; i < components.size(); ++i) {
      write_amount(json, components[i].name, priced.components[number * components.size() + i]);
    }
    json.end_object();
  }
  write_source(answered.snapshot, procedure_of(answered), line, json);
  write_moment(json, "valid_until", line.valid_until);
}

// What guards of the procedure only mark.
void write_notes(const PricedLine& line, JsonWriter& json) {
  if (line.notes == 0) return;
  json.key("notes");
  json.begin_array();
  for (std::size_t i = 1; i < engine::model::reason_names.size(); ++i) {
    const auto reason = static_cast<engine::model::Reason>(i);
    if ((line.notes & reason_bit(reason)) != 0) json.text(reason_name(reason));
  }
  json.end_array();
}

// The members of a line, without the braces around them.
void write_line(const Answered& answered, const AdjustmentText& adjustments, std::size_t number,
                JsonWriter& json) {
  const auto& asked = answered.body.request.lines[number];
  const auto& line = answered.question.lines[number];
  const auto& priced = answered.answer.priced.lines[number];
  json.member_unless_empty("id", answered.body.line_ids[number]);
  json.member("article", asked.article);
  if (!line.article.is_none())
    json.member_unless_empty("name", answered.snapshot.article_name(line.article));
  json.member("quantity", asked.quantity);
  json.member_unless_empty("unit", asked.unit.empty()
                                       ? unit_of(answered.snapshot, line.unit, line.article)
                                       : asked.unit);
  json.member("outcome", outcome_name(priced.outcome));
  if (priced.outcome == Outcome::priced) {
    write_priced(answered, number, json);
  } else {
    write_reason(priced, json);
  }
  write_notes(priced, json);
  adjustments.write_line(number, json);
  const auto& availability = answered.answer.availability;
  if (answered.body.availability && number < availability.size() &&
      availability[number].band != engine::avail::no_band) {
    write_availability_member(answered, availability[number], json);
  }
  if (number < answered.answer.traces.size()) {
    json.key("waterfall");
    write_waterfall(answered.snapshot, answered.question, answered.answer, number, json);
  }
  const auto& ladders = answered.answer.ladders;
  if (number < ladders.size() && !ladders[number].tiers.empty()) {
    json.key("ladder");
    write_ladder(answered.snapshot, answered.question, line, ladders[number], json);
  }
}

// Names are read from wherever the articles lie: all are on their way before the first is written.
void prefetch_names(const Answered& answered) {
  const auto& names = answered.snapshot.articles().names;
  for (const auto& line : answered.question.lines) {
    if (line.article.raw() < names.size()) __builtin_prefetch(&names[line.article.raw()]);
  }
}

void write_totals(const Answered& answered, JsonWriter& json) {
  const auto& shape = procedure_of(answered).answer;
  const auto& totals = answered.answer.priced.totals;
  json.key("totals");
  json.begin_object();
  for (std::size_t i = 0; i < totals.size(); ++i) {
    write_amount(
        json, i == 0 ? std::string_view{"line_amount"} : shape.components[shape.totals[i - 1]].name,
        totals[i]);
  }
  json.end_object();
}

// The text in the language asked for, else in its main language (sv for sv-FI), else in English,
// else the first.
std::string_view text_in(const engine::rule::Band& band, std::string_view language) {
  const auto find = [&](std::string_view wanted) -> const std::string* {
    for (const auto& text : band.texts) {
      if (text.language == wanted) return &text.text;
    }
    return nullptr;
  };
  if (const auto* text = find(language)) return *text;
  if (const auto* text = find(language.substr(0, language.find('-')))) return *text;
  if (const auto* text = find("en")) return *text;
  return band.texts.empty() ? std::string_view{} : std::string_view{band.texts.front().text};
}

// A band's text with its lower bound and the expected day put in.
std::string filled_in(std::string_view text, const engine::rule::Band& band,
                      const Availability& availability) {
  std::string filled;
  while (!text.empty()) {
    const auto open = text.find('{');
    filled += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    if (text.starts_with("{quantity}")) {
      filled += engine::base::to_string_short(band.from.decimal());
      text.remove_prefix(std::string_view{"{quantity}"}.size());
    } else if (text.starts_with("{date}")) {
      if (!availability.expected.is_open()) append_moment(filled, availability.expected);
      text.remove_prefix(std::string_view{"{date}"}.size());
    } else {
      filled += '{';
      text.remove_prefix(1);
    }
  }
  return filled;
}

// An article of an availability question: its band, or why there is none to show. Without the
// braces.
void write_article(const Answered& answered, std::size_t number, JsonWriter& json) {
  const auto& asked = answered.body.request.lines[number];
  const auto& line = answered.question.lines[number];
  const auto& availability = answered.answer.availability[number];
  json.member_unless_empty("id", answered.body.line_ids[number]);
  json.member("article", asked.article);
  json.member("quantity", asked.quantity);
  json.member_unless_empty("unit", asked.unit.empty()
                                       ? unit_of(answered.snapshot, line.unit, line.article)
                                       : asked.unit);
  if (line.outcome != Outcome::priced) {
    json.member("outcome", outcome_name(line.outcome));
    json.member("reason", outcome_text(line.outcome));
  } else if (availability.band == engine::avail::no_band) {
    json.member("outcome", "not_shown");
    json.member("reason", "No set of availability bands applies to this article here.");
  } else {
    json.member("outcome", answered.freshness.stock_unknown ? "too_old" : "known");
    if (answered.freshness.stock_unknown)
      json.member("reason", "What is known of its stock is too old to be shown.");
    write_availability_member(answered, availability, json);
  }
}

}  // namespace

void write_quote(const Answered& answered, std::string& out) {
  JsonWriter json{out};
  const AdjustmentText adjustments{answered.snapshot, answered.question, answered.answer.priced};
  prefetch_names(answered);
  json.begin_object();
  write_head(answered, json);
  json.key("lines");
  json.begin_array();
  for (std::size_t i = 0; i < answered.question.lines.size(); ++i) {
    json.begin_object();
    json.key("line");
    json.number(i + 1);
    write_line(answered, adjustments, i, json);
    json.end_object();
  }
  json.end_array();
  write_totals(answered, json);
  adjustments.write_order(json);
  adjustments.write_free_lines(json);
  json.end_object();
}

void write_price(const Answered& answered, std::string& out) {
  JsonWriter json{out};
  json.begin_object();
  json.key("generation");
  json.number(answered.answer.generation);
  json.member("procedure", procedure_of(answered).name);
  json.member("scope", "line");
  json.member_unless_empty("customer", answered.body.request.customer);
  json.member("currency", answered.snapshot.currency_code(answered.question.header.currency));
  if (answered.body.request.date) write_moment(json, "date", answered.question.date);
  write_freshness(answered.freshness, json);
  const AdjustmentText adjustments{answered.snapshot, answered.question, answered.answer.priced};
  write_line(answered, adjustments, 0, json);
  adjustments.write_free_lines(json);
  json.end_object();
}

void write_availability(const Answered& answered, std::string& out) {
  JsonWriter json{out};
  json.begin_object();
  json.key("generation");
  json.number(answered.answer.generation);
  write_moment(json, "date", answered.question.date);
  write_freshness(answered.freshness, json);
  json.key("articles");
  json.begin_array();
  for (std::size_t i = 0; i < answered.question.lines.size(); ++i) {
    json.begin_object();
    write_article(answered, i, json);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_available_article(const Answered& answered, std::string& out) {
  JsonWriter json{out};
  json.begin_object();
  json.key("generation");
  json.number(answered.answer.generation);
  write_freshness(answered.freshness, json);
  write_article(answered, 0, json);
  json.end_object();
}

void write_band(const Snapshot& snapshot, const Availability& availability,
                std::string_view language, JsonWriter& json) {
  const auto& band = snapshot.rules().band_sets[availability.band_set].bands[availability.band];
  json.begin_object();
  json.member("band", band.code);
  json.member_unless_empty("text", filled_in(text_in(band, language), band, availability));
  json.member_unless_empty("symbol", band.symbol);
  json.member_unless_empty("colour", band.colour);
  json.member_unless_empty("schema_org", band.schema_org);
  if (!availability.expected.is_open()) write_moment(json, "expected", availability.expected);
  json.end_object();
}

}  // namespace server::json
