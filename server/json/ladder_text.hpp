// The ladder of a line as JSON, in the form that docs and openapi.json promise: see
// engine/quote/ladder.hpp for what it tells. As answer_text.hpp.
#pragma once

#include "engine/quote/ladder.hpp"
#include "engine/quote/question.hpp"
#include "server/json/json_writer.hpp"

namespace server::json {

// `line` is the one of the question that the ladder is of. Requires a ladder with tiers.
void write_ladder(const engine::snapshot::Snapshot& snapshot,
                  const engine::quote::Question& question, const engine::price::Line& line,
                  const engine::quote::Ladder& ladder, JsonWriter& json);

}  // namespace server::json
