#include "server/json/ladder_text.hpp"

#include "server/json/adjustment_text.hpp"
#include "server/json/answer_parts.hpp"
#include "server/json/waterfall_text.hpp"

#include <algorithm>

namespace server::json {

using engine::model::Outcome;
using engine::quote::ActingRecord;
using engine::quote::LadderTier;
using engine::snapshot::Snapshot;

namespace {

void write_quantity(std::string_view name, engine::base::Quantity quantity, JsonWriter& json) {
  json.member(name, engine::base::to_string_short(quantity.decimal()));
}

// Records that act beside the one that gives the price.
void write_acting(const Snapshot& snapshot, const engine::rule::Procedure& procedure,
                  const LadderTier& tier, JsonWriter& json) {
  const auto gives_price = [&](const ActingRecord& one) {
    return one.step == procedure.answer.price_step && one.record == tier.line.record;
  };
  if (std::ranges::all_of(tier.acting, gives_price)) return;
  json.key("records");
  json.begin_array();
  for (const ActingRecord& one : tier.acting) {
    if (gives_price(one)) continue;
    const auto& record = snapshot.conditions().record(one.record);
    json.begin_object();
    json.member("step", procedure.steps[one.step].name);
    json.member("type", type_of_record(snapshot, one.record).name);
    write_document(snapshot, record, json);
    json.member("record", snapshot.record_label(record));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_ladder(const Snapshot& snapshot, const engine::quote::Question& question,
                  const engine::price::Line& line, const engine::quote::Ladder& ladder,
                  JsonWriter& json) {
  const auto& procedure = *snapshot.procedures()[question.procedure].rule;
  json.begin_object();
  write_moment(json, "valid_until", ladder.valid_until);
  if (ladder.complete_below) write_quantity("complete_below", *ladder.complete_below, json);
  json.key("tiers");
  json.begin_array();
  for (const LadderTier& tier : ladder.tiers) {
    json.begin_object();
    write_quantity("from", tier.from, json);
    json.member("outcome", outcome_name(tier.line.outcome));
    if (tier.line.outcome == Outcome::priced) {
      write_price_members(snapshot, tier.line, line.article, json);
      write_source(snapshot, procedure, tier.line, json);
      write_acting(snapshot, procedure, tier, json);
    } else {
      write_reason(tier.line, json);
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace server::json
