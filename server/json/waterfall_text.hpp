// The waterfall of a line as JSON: every step in the order it ran, the amount before and after its
// rounding, the record that won and the ones that lost, each with its document, key, validity and
// the reason. Names of comparators and reasons are part of the HTTP contract. Any thread; several
// microseconds a line.
#pragma once

#include "engine/quote/answer.hpp"
#include "engine/quote/question.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "server/json/json_writer.hpp"

#include <string_view>

namespace server::json {

// Requires an answer with traces.
void write_waterfall(const engine::snapshot::Snapshot& snapshot,
                     const engine::quote::Question& question, const engine::quote::Answer& answer,
                     std::size_t line, JsonWriter& json);

// The member "document" of a record that came from a price list, agreement or promotion; nothing
// for others.
void write_document(const engine::snapshot::Snapshot& snapshot,
                    const engine::model::ConditionRecord& record, JsonWriter& json);

std::string_view loss_name(engine::price::Loss loss);
std::string_view document_kind_name(engine::model::DocumentKind kind);

}  // namespace server::json
