#include "server/cli/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>

namespace server::cli {

void add_version(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("version", "Tell the version");
  command->callback([&run] { write_out(run, "netto " NETTO_VERSION "\n"); });
}

}  // namespace server::cli
