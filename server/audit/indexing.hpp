// What the audit keeps of a batch beside its content: the hashes of all that its rows name, and
// whether it does more than its rows say. Pure; any thread. Cost: about a microsecond a row.
#pragma once

#include "engine/base/result.hpp"
#include "server/audit/store.hpp"
#include "server/store/journal.hpp"

#include <cstdint>

namespace server::audit {

// `parameters` grows by those that rules of the batch declare. Fault: store_corrupt.
engine::base::Result<NewAuditedBatch> indexed(store::Batch&& batch, std::int64_t checksum,
                                              ParameterNames& parameters);

// What a rules document or feed description goes by: its own name, not that of its file.
std::string name_of_text(std::string_view kind, std::string_view file, std::string_view text);

inline constexpr std::string_view rules_kind = "rules";
inline constexpr std::string_view feed_description_kind = "feed_description";

}  // namespace server::audit
