// All facts as rows of the journal's form (see batch.hpp), so that a data folder can be told anew
// without its history: put in order into empty facts that know the same schema, they come to facts
// that answer every question alike, whose records say the same feed, import and line, and which have
// nothing left of what was replaced or removed. Rows come in pieces, each a batch of its own; what
// names something else comes twice where that may come later, first with its code alone. Facts must
// be settled. One thread. Cost: about a microsecond a record.
#pragma once

#include "engine/model/facts.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace server::feed {

inline constexpr std::size_t fact_rows_bytes = std::size_t{8} << 20U;  // of a piece, about

using RowsSink = std::function<void(std::string&& rows)>;

// Returns a number that is the same for all facts whose rows are the same, in whichever order records
// and their pieces stand: for checking that what was told can be read.
std::uint64_t write_fact_rows(const engine::model::Facts& facts, const RowsSink& sink,
                              std::size_t piece_bytes = fact_rows_bytes);

}  // namespace server::feed
