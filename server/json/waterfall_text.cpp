#include "server/json/waterfall_text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace server::json {

using engine::model::ConditionRecord;
using engine::model::FieldId;
using engine::price::CandidateTrace;
using engine::price::Cap;
using engine::price::Loss;
using engine::price::StepTrace;
using engine::snapshot::ArticleSide;
using engine::snapshot::Snapshot;

namespace {

constexpr std::array<std::string_view, 18> loss_names{
    "won",           "validity",      "currency",  "unit",        "threshold",  "window",
    "agreement",     "condition",     "merged",    "excluded",    "stopped",    "not_taken",
    "no_longer_met", "limit_reached", "no_effect", "line_closed", "comparator", "tie",
};
static_assert(loss_names.size() == static_cast<std::size_t>(Loss::tie) + 1);

constexpr std::array<std::string_view, 7> cap_names{
    "max_units", "unit_step", "groups", "pool", "worth", "floor", "charge",
};
static_assert(cap_names.size() == static_cast<std::size_t>(Cap::charge) + 1);

constexpr std::array<std::string_view, 3> document_kind_names{"price_list", "agreement",
                                                              "promotion"};

// Writes the waterfall of one line; what every part of it needs is kept here.
class Waterfall {
 public:
  Waterfall(const Snapshot& snapshot, const engine::quote::Question& question, std::size_t line,
            JsonWriter& json)
      : snapshot_{snapshot},
        procedure_{*snapshot.procedures()[question.procedure].rule},
        article_{question.lines[line].article},
        json_{json} {}

  void write(const engine::price::LineTrace& trace, bool is_priced) {
    json_.begin_array();
    for (const auto& step : trace.steps)
      write_step(step, !is_priced && &step == &trace.steps.back());
    json_.end_array();
  }

 private:
  // A line without a price ends with the step that found none: that has no amount, not an amount of
  // zero.
  void write_step(const StepTrace& trace, bool stops_here) {
    const auto& step = procedure_.steps[trace.step];
    json_.begin_object();
    json_.member("step", step.name);
    json_.member_unless_empty("title", step.title);
    if (step.statistical) write_flag("statistical");
    if (trace.skipped) {
      write_flag("skipped");
    } else if (step.guard) {
      json_.member("guard",
                   step.guard->action == engine::rule::GuardAction::refuse ? "refuses" : "notes");
      json_.member("reason_code", reason_name(step.guard->reason));
    } else if (trace.record != engine::price::no_record || !stops_here) {
      write_amounts(trace);
    }
    if (step.find && !trace.skipped) write_found(step, trace);
    json_.end_object();
  }

  void write_flag(std::string_view name) {
    json_.key(name);
    json_.boolean(true);
  }

  // An amount that is not there, or too long to be held, is left out.
  void write_amounts(const StepTrace& trace) {
    if (trace.amount_held) write_amount("amount", trace.amount);
    if (!trace.exact_held) return;
    const engine::base::Decimal exact{trace.exact.mantissa, trace.exact.decimals};
    if (trace.amount_held &&
        exact == engine::base::Decimal{trace.amount.mantissa, trace.amount.decimals})
      return;
    write_amount("before_rounding", trace.exact);
  }

  void write_amount(std::string_view name, const engine::price::Amount& amount) {
    json_.key(name);
    json_.decimal(amount.mantissa, amount.decimals);
  }

  void write_found(const engine::rule::Step& step, const StepTrace& trace) {
    json_.key("winner");
    if (trace.record == engine::price::no_record) {
      json_.null();
    } else {
      json_.begin_object();
      write_record(trace.record);
      json_.end_object();
    }
    json_.key("candidates");
    json_.begin_array();
    for (const auto& candidate : trace.candidates) write_candidate(step, trace, candidate);
    json_.end_array();
  }

  void write_candidate(const engine::rule::Step& step, const StepTrace& trace,
                       const CandidateTrace& candidate) {
    json_.begin_object();
    json_.member("outcome", candidate.loss == Loss::won ? "won" : "lost");
    if (candidate.loss == Loss::comparator) {
      json_.member("why", std::string{"comparator "}.append(
                              engine::rule::comparator_name(candidate.comparator)));
    } else if (candidate.loss != Loss::won) {
      json_.member("why", loss_name(candidate.loss));
    }
    if (candidate.access < step.find->accesses.size()) {
      json_.member_unless_empty("access", step.find->accesses[candidate.access].name);
    }
    write_cuts(trace, candidate.record);
    write_record(candidate.record);
    json_.end_object();
  }

  // What kept the record from all that it would have taken off.
  void write_cuts(const StepTrace& trace, std::uint32_t record) {
    const auto of_record = [record](const auto& cut) { return cut.record == record; };
    if (std::ranges::none_of(trace.cuts, of_record)) return;
    json_.key("cuts");
    json_.begin_array();
    for (const auto& cut : trace.cuts) {
      if (!of_record(cut)) continue;
      json_.begin_object();
      json_.member("by", cap_names[static_cast<std::size_t>(cut.cap)]);
      write_amount("instead_of", cut.instead_of);
      write_amount("amount", cut.amount);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_record(std::uint32_t number) {
    const auto& conditions = snapshot_.conditions();
    const auto& record = conditions.record(number);
    const auto& terms = conditions.terms(record);
    const auto position = conditions.key_of_record(number);
    const auto& table =
        conditions.table(conditions.table_of_part(conditions.part_of_key(position)));
    const auto& type = snapshot_.schema().type(table.shape.type);
    json_.member("record", snapshot_.record_label(record));
    json_.member("type", type.name);
    json_.member("kind", engine::model::value_kind_name(type.value));
    write_key(position, table);
    write_document(snapshot_, record, json_);
    write_value(record, terms, type.value);
    json_.member_unless_empty("currency", snapshot_.currency_code(terms.currency));
    json_.member_unless_empty("unit", snapshot_.unit_code(terms.unit));
    if (terms.price_unit != 1) {
      json_.key("price_unit");
      json_.number(terms.price_unit);
    }
    if (terms.has_more) write_more(snapshot_.conditions().extra(record));
    write_quantities(record, terms);
    write_validity(record);
  }

  // What few records have beside their value, by the names that feeds use.
  void write_more(const engine::model::RecordExtra& extra) {
    write_text("when", extra.when);
    write_text("buy_when", extra.buy_when);
    if (!extra.free_article.is_none())
      json_.member("free_article", snapshot_.article_code(extra.free_article));
    if (extra.parameters.empty()) return;
    json_.key("numbers");
    json_.begin_object();
    for (const auto& [place, value] : extra.parameters)
      json_.member(snapshot_.schema().number_name(place), engine::base::to_string_short(value));
    json_.end_object();
  }

  // A record has a value, a scale or a formula.
  void write_value(const ConditionRecord& record, const engine::model::Terms& terms,
                   engine::model::ValueKind kind) {
    using engine::model::nothing_there;
    const auto* extra = terms.has_more ? &snapshot_.conditions().extra(record) : nullptr;
    if (extra != nullptr && extra->scale != nothing_there) {
      const auto& scale = snapshot_.scales()[extra->scale];
      json_.member("scale", scale_text(scale, kind == engine::model::ValueKind::percent));
      json_.member("scale_kind", scale_kind_name(scale.kind));
    } else if (extra != nullptr && extra->formula != nothing_there) {
      json_.member("formula", snapshot_.record_texts()[extra->formula].text);
    } else {
      write_number(snapshot_.record_value(record), terms.decimals, kind);
    }
  }

  // Percents are kept as fractions and told as percents: 0.125 is "12.5".
  void write_number(engine::base::Int128 mantissa, int decimals, engine::model::ValueKind kind) {
    json_.key("value");
    if (kind != engine::model::ValueKind::percent) return json_.decimal(mantissa, decimals);
    for (; decimals < 2; ++decimals) mantissa *= 10;
    json_.decimal(mantissa, decimals - 2);
  }

  void write_text(std::string_view name, std::uint32_t text) {
    if (text != engine::model::nothing_there)
      json_.member(name, snapshot_.record_texts()[text].text);
  }

  void write_quantities(const ConditionRecord& record, const engine::model::Terms& terms) {
    if (record.threshold != engine::base::Quantity{})
      write_quantity("from_quantity", record.threshold);
    if (terms.has_window)
      write_quantity("to_quantity", snapshot_.conditions().extra(record).window_to);
  }

  void write_quantity(std::string_view name, engine::base::Quantity quantity) {
    json_.member(name, engine::base::to_string_short(quantity.decimal()));
  }

  void write_validity(const ConditionRecord& record) {
    if (!record.valid_from.is_open()) {
      json_.key("valid_from");
      json_.moment(record.valid_from);
    }
    if (!record.valid_to.is_open()) {
      json_.key("valid_to");
      json_.moment(record.valid_to);
    }
  }

  void write_key(std::uint32_t position, const engine::snapshot::TableInfo& table) {
    const auto& schema = snapshot_.schema();
    const auto values =
        snapshot_.conditions().part_values(snapshot_.conditions().part_of_key(position));
    json_.key("key");
    json_.begin_object();
    for (std::size_t i = 0; i < table.shape.party_fields.size(); ++i) {
      const auto& field = schema.field(table.shape.party_fields[i]);
      json_.member(field.name, snapshot_.code_of(field, values[i]));
    }
    for (const auto id : table.shape.article_fields) {
      const auto code = article_value(id, position, table);
      if (!code.empty()) json_.member(schema.field(id).name, code);
    }
    json_.end_object();
  }

  // What the article has in a field of a key that it was found under. Keys of groups are numbers of
  // their own; the group is the article's one at the key's distance, and is left out where the
  // article has several there.
  std::string_view article_value(FieldId id, std::uint32_t position,
                                 const engine::snapshot::TableInfo& table) const {
    const auto& articles = snapshot_.articles();
    const auto key = snapshot_.conditions().key_at(position);
    if (table.side == ArticleSide::article)
      return snapshot_.article_code(engine::model::ArticleId{key});
    if (id == engine::model::Schema::article) return snapshot_.article_code(article_);
    if (id != engine::model::Schema::article_group) {
      for (const auto& attribute : articles.attributes[article_.raw()]) {
        if (attribute.field == id) return snapshot_.text(attribute.value);
      }
      return {};
    }
    const auto keys = articles.mappings[table.mapping][article_.raw()];
    const auto own = std::ranges::find(keys, key, &engine::snapshot::ArticleKey::key);
    return own == keys.end() ? std::string_view{} : group_at(own->distance);
  }

  std::string_view group_at(std::uint16_t distance) const {
    const auto groups = snapshot_.articles().groups[article_.raw()];
    if (std::ranges::count(groups, distance, &engine::snapshot::Reached::distance) != 1) return {};
    const auto group = std::ranges::find(groups, distance, &engine::snapshot::Reached::distance);
    return snapshot_.code_of(snapshot_.schema().field(engine::model::Schema::article_group),
                             group->id);
  }

  const Snapshot& snapshot_;
  const engine::rule::Procedure& procedure_;
  engine::model::ArticleId article_;
  JsonWriter& json_;
};

}  // namespace

void write_waterfall(const Snapshot& snapshot, const engine::quote::Question& question,
                     const engine::quote::Answer& answer, std::size_t line, JsonWriter& json) {
  const bool is_priced = answer.priced.lines[line].outcome == engine::model::Outcome::priced;
  Waterfall{snapshot, question, line, json}.write(answer.traces[line], is_priced);
}

void write_document(const Snapshot& snapshot, const ConditionRecord& record, JsonWriter& json) {
  if (record.document.is_none()) return;
  const auto& document = snapshot.documents()[record.document.raw()];
  json.key("document");
  json.begin_object();
  json.member("kind", document_kind_name(document.kind));
  json.member("code", document.code);
  json.member_unless_empty("name", document.name);
  json.end_object();
}

std::string_view loss_name(Loss loss) { return loss_names[static_cast<std::size_t>(loss)]; }

std::string_view document_kind_name(engine::model::DocumentKind kind) {
  return document_kind_names[static_cast<std::size_t>(kind)];
}

}  // namespace server::json
