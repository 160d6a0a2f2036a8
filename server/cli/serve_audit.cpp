#include "server/cli/serve_audit.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>

namespace server::cli {

namespace {

constexpr std::uint32_t days_max = 36'500;

void tell_of_audit(ops::Log& log, audit::KeeperEvent event, const std::string& text) {
  switch (event) {
    case audit::KeeperEvent::not_written:
      return log.event(ops::Level::error, "audit_not_written", text);
    case audit::KeeperEvent::written_again:
      return log.event(ops::Level::info, "audit_written_again", text);
    case audit::KeeperEvent::dropped:
      return log.event(ops::Level::warning, "audit_put_right", text);
    case audit::KeeperEvent::pruned:
      return log.event(ops::Level::info, "audit_pruned", text);
  }
}

}  // namespace

void add_audit_days(CLI::App& command, std::uint32_t& days) {
  command
      .add_option("--audit-days", days,
                  "How long the audit knows who changed what when; 0: none is written")
      ->type_name("DAYS")
      ->check(CLI::Range(std::uint32_t{0}, days_max))
      ->capture_default_str();
}

audit::KeeperOptions audit_options(std::uint32_t days, bool follow, ops::Log& log) {
  audit::KeeperOptions options;
  options.kept_days = days;
  options.writes = !follow;
  options.tell = [&log](audit::KeeperEvent event, const std::string& text) {
    tell_of_audit(log, event, text);
  };
  return options;
}

void watch_audit(const audit::AuditKeeper& audit, const engine::snapshot::SnapshotCell& snapshots,
                 ops::Metrics& metrics) {
  if (!audit.is_waited_for()) return;
  metrics.add_source([&audit, &snapshots](ops::Families& to) {
    const std::uint64_t through = audit.audited_through();
    const auto snapshot = snapshots.pin();
    const std::uint64_t last = snapshot == nullptr ? 0 : snapshot->generation();
    ops::add_gauge(to, "netto_audit_lag_batches", "Batches that the audit does not know yet.",
                   static_cast<double>(last - std::min(last, through)));
    ops::add_gauge(to, "netto_audit_failing", "1 while the audit can't be written.",
                   audit.is_failing() ? 1 : 0);
  });
}

}  // namespace server::cli
