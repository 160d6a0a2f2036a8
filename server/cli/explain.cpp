#include "server/cli/answer_view.hpp"
#include "server/cli/ask.hpp"
#include "server/cli/command.hpp"
#include "server/cli/waterfall_view.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace server::cli {

namespace {

constexpr const char* explain_closing =
    "The waterfall of each line: every step in order, the record that won with its document and "
    "row, the ones that lost\n"
    "with the reason, and what was rounded.\n"
    "\n"
    "Examples:\n"
    "  netto explain --customer K1003 S-0420:500\n"
    "  netto explain --customer K1003 --date 2026-12-01 S-0420:500 --format csv\n"
    "  netto explain --json basket.json --url http://127.0.0.1:8080\n"
    "\n"
    "Exit codes: 0 every line has a price; 1 some have none, with the reason; 2 the question can't "
    "be answered;\n"
    "3 the data folder or the node can't be used.";

void run_explain(const AskOptions& options, Run& run) {
  const auto answer = ask(options, Waterfall::with, run);
  if (!answer) return;
  switch (run.format) {
    case Format::table:
      write_out(run, waterfall_text(answer->json, may_colour(run.out)));
      break;
    case Format::json:
      write_out(run, answer->text + "\n");
      break;
    case Format::csv:
      write_out(run, waterfall_csv(answer->json));
      break;
  }
  if (run.exit == Exit::ok && has_line_without_price(answer->json)) run.exit = Exit::findings;
}

}  // namespace

void add_explain(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("explain", "Say why a customer pays that");
  command->footer(explain_closing);
  const auto options = std::make_shared<AskOptions>();
  add_ask_options(*command, *options);
  command->callback([options, &run] { run_explain(*options, run); });
}

}  // namespace server::cli
