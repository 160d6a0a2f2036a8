// The audit of a folder that is served: what `netto serve` adds for it. See server/audit/keeper.hpp
// for its thread.
#pragma once

#include "engine/snapshot/snapshot_cell.hpp"
#include "server/audit/keeper.hpp"
#include "server/ops/log.hpp"
#include "server/ops/metrics.hpp"

#include <cstdint>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace server::cli {

void add_audit_days(CLI::App& command, std::uint32_t& days);

// Events go to the log, which must outlive the keeper.
audit::KeeperOptions audit_options(std::uint32_t days, bool follow, ops::Log& log);

// How far the audit is, at every scrape. Both must outlive the last one.
void watch_audit(const audit::AuditKeeper& audit, const engine::snapshot::SnapshotCell& snapshots,
                 ops::Metrics& metrics);

}  // namespace server::cli
