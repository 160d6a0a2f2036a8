#include "server/cli/answer_view.hpp"
#include "server/cli/ask.hpp"
#include "server/cli/command.hpp"
#include "server/cli/ladder_view.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace server::cli {

namespace {

constexpr const char* quote_closing =
    "Prices and availability of a basket, as POST /v1/quote gives them.\n"
    "\n"
    "Examples:\n"
    "  netto quote --customer K1003 S-0420:500 M-10           500 of S-0420 and one M-10\n"
    "  netto quote --customer K1003 --date 2026-12-01 S-0420:3:BOX\n"
    "  netto quote --customer K1003 --channel web --field campaign=spring S-0420 --format csv\n"
    "  netto quote --json basket.json --format json           a question as for POST /v1/quote\n"
    "  netto quote --customer K1003 --ladder S-0420           and from which quantity on it costs "
    "what\n"
    "  netto quote --url http://127.0.0.1:8080 --customer K1003 S-0420\n"
    "\n"
    "Exit codes: 0 every line has a price; 1 some have none, with the reason; 2 the question can't "
    "be answered;\n"
    "3 the data folder or the node can't be used.";

void run_quote(const AskOptions& options, Run& run) {
  const auto answer = ask(options, Waterfall::without, run);
  if (!answer) return;
  switch (run.format) {
    case Format::table:
      write_out(run, quote_table(answer->json, may_colour(run.out)) +
                         ladder_table(answer->json, may_colour(run.out)));
      break;
    case Format::json:
      write_out(run, answer->text + "\n");
      break;
    case Format::csv:
      write_out(run, options.ladder ? ladder_csv(answer->json) : quote_csv(answer->json));
      break;
  }
  if (run.exit == Exit::ok && has_line_without_price(answer->json)) run.exit = Exit::findings;
}

}  // namespace

void add_quote(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("quote", "Say what a customer pays, and what is there");
  command->footer(quote_closing);
  const auto options = std::make_shared<AskOptions>();
  add_ask_options(*command, *options);
  command->add_flag("--ladder", options->ladder,
                    "Also from which quantity on each line costs what; in CSV that alone, a row a "
                    "tier");
  command->callback([options, &run] { run_quote(*options, run); });
}

}  // namespace server::cli
