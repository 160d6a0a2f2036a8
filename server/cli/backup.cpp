#include "server/store/backup.hpp"

#include "server/cli/command.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/report.hpp"
#include "server/json/json_writer.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>
#include <string>

namespace server::cli {

namespace {

constexpr const char* backup_closing =
    "A backup is a data folder of its own, with every batch up to one moment, taken while others "
    "serve and import. Each\n"
    "batch of it is read and checked; the folder has its name when it is whole. To restore, serve "
    "from it or put it in the\n"
    "place of the one that was lost.\n"
    "\n"
    "Examples:\n"
    "  netto --data /srv/prices backup --to /backups/prices-2026-03-01\n"
    "  netto --data /backups/prices-2026-03-01 serve\n"
    "\n"
    "Exit codes: 0 done; 2 the folder named holds something; 3 a folder or the disk failed.";

std::string json_text(const store::Backup& backup, const std::string& to) {
  std::string text;
  json::JsonWriter json{text};
  json.begin_object();
  json.member("folder", to);
  json.key("sequence");
  json.number(backup.sequence);
  json.key("bytes");
  json.number(backup.bytes);
  json.end_object();
  return text + "\n";
}

void run_backup(const std::string& to, Run& run) {
  Progress progress{run.err, Unit::bytes};
  const auto backup = store::back_up(
      run.data, to,
      [&progress](std::uint64_t done, std::uint64_t all) { progress.show("backup", done, all); });
  progress.clear();
  if (!backup) return fail(run, backup.error());
  if (backup->audit_fault) fmt::print(run.err, "netto: {}\n", describe(*backup->audit_fault));
  write_out(run, run.format == Format::json
                     ? json_text(*backup, to)
                     : fmt::format("backup of {} batches in {}: {} bytes, every batch checked\n",
                                   grouped(backup->sequence), to, grouped(backup->bytes)));
}

}  // namespace

void add_backup(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("backup", "Copy the data folder while it is in use");
  command->footer(backup_closing);
  const auto to = std::make_shared<std::string>();
  command->add_option("--to", *to, "A new folder")->type_name("FOLDER")->required();
  command->callback([to, &run] { run_backup(*to, run); });
}

}  // namespace server::cli
