#include "server/cli/command.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace server::cli {

namespace {

constexpr const char* closing =
    "An image is what the journal comes to, so that a start need not read all of it. Imports write "
    "one when enough came in since the last; after an upgrade, which passes old images over, this "
    "writes one at once. It is a cache: deleting netto.image loses nothing.";

void run_image(Run& run) {
  auto node = node::Node::open(run.data, {node::Access::write, node::Keep::facts});
  if (!node) return fail(run, node.error());
  if (auto written = (*node)->write_image(); !written) return fail(run, written.error());
  write_out(run, fmt::format("image of generation {} written\n", (*node)->sequence()));
}

}  // namespace

void add_image(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("image", "Write the data folder's image anew");
  command->footer(closing);
  command->callback([&run] { run_image(run); });
}

}  // namespace server::cli
