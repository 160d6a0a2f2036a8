#include "server/audit/writer.hpp"
#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/node/compactor.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <filesystem>
#include <memory>

namespace server::cli {

namespace {

constexpr const char* compact_closing =
    "The journal keeps what every batch brought. Compaction writes a checkpoint - all that the "
    "batches have come to, read\n"
    "back and compared before it counts - and drops their contents; that they came, and the rows "
    "refused of them, stay\n"
    "known for so many days. A node that serves does the same by itself when the journal has grown "
    "past its checkpoint;\n"
    "this is for a folder that none serves. The file keeps its size; what is free is used by what "
    "comes next.\n"
    "\n"
    "Examples:\n"
    "  netto compact\n"
    "  netto --data /srv/prices compact --keep-batches 365\n"
    "\n"
    "Exit codes: 0 done, or nothing to do; 3 the data folder can't be used.";

struct CompactOptions {
  std::uint32_t keep_days = 90;
};

void run_compact(const CompactOptions& options, Run& run) {
  // Holds the lock, and brings an older journal to the newest format.
  const auto node = node::Node::open(run.data, {node::Access::write, node::Keep::snapshot_only});
  if (!node) return fail(run, node.error());
  // What it has not seen it would never know.
  if (std::filesystem::exists(run.data + "/audit.db")) {
    auto audit = audit::AuditWriter::open(run.data);
    if (!audit) return fail(run, audit.error());
    if (auto ok = audit::catch_up(*audit); !ok) return fail(run, ok.error());
  }
  node::CompactOptions compacting;
  compacting.known_for = std::chrono::days{options.keep_days};
  node::Compactor compactor{run.data, compacting};
  const auto done = compactor.run(true);
  const auto dropped = compactor.drop();
  if (!done) return fail(run, done.error());
  if (!dropped) return fail(run, dropped.error());
  if (!done->has_value()) return write_out(run, "nothing to compact\n");
  write_out(run,
            fmt::format("checkpoint of batch {}: {} bytes in the place of {}\n", (*done)->sequence,
                        grouped((*done)->bytes), grouped((*done)->bytes_before)));
}

}  // namespace

void add_compact(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand(
      "compact", "Let old batches give way to a checkpoint of what they came to");
  command->footer(compact_closing);
  const auto options = std::make_shared<CompactOptions>();
  command
      ->add_option("--keep-batches", options->keep_days,
                   "How long a batch stays known after its contents are dropped")
      ->type_name("DAYS")
      ->capture_default_str();
  command->callback([options, &run] { run_compact(*options, run); });
}

}  // namespace server::cli
