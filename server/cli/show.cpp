#include "server/cli/show.hpp"

#include "server/cli/command.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>

namespace server::cli {

using engine::base::Result;
using engine::model::DocumentKind;

namespace {

constexpr const char* show_closing =
    "Examples:\n"
    "  netto show article S-0420                    names, units, stock, and every record that can "
    "price it\n"
    "  netto show article S-0420 --date 2026-07-01  only records valid on that day\n"
    "  netto show customer K1003                    groups, price lists, agreements, records of "
    "its own\n"
    "  netto show agreement RA-2026-17              its prices, and whether they outlive it\n"
    "  netto show record B-007                      by its external key; 'row 17' by its line in "
    "the file\n"
    "  netto show procedure b2b                     steps, searches, choices\n"
    "  netto show rates USD --date 2026-07-01       exchange rates by kind, pair and start\n"
    "  netto show article S-0420 --format csv       the condition records, for a spreadsheet\n"
    "\n"
    "An end is the last valid day. Exit codes: 0 shown; 2 nothing has this code; 3 the data folder "
    "can't be used.";

struct ShowOptions {
  std::string what;
  std::string code;
  std::string date;
  std::size_t rows_max = 40;
};

Result<Report> view(const Knowledge& known, const ShowOptions& options) {
  if (options.what == "article") return show_article(known, options.code);
  if (options.what == "customer") return show_customer(known, options.code);
  if (options.what == "agreement")
    return show_document(known, DocumentKind::agreement, options.code);
  if (options.what == "price-list")
    return show_document(known, DocumentKind::price_list, options.code);
  if (options.what == "promotion")
    return show_document(known, DocumentKind::promotion, options.code);
  if (options.what == "record") return show_record(known, options.code);
  if (options.what == "rates") return show_rates(known, options.code);
  return show_procedure(known, options.code);
}

void run_show(const ShowOptions& options, Run& run) {
  if (options.code.empty() && options.what != "rates") {
    return fail(run, {engine::base::FaultCode::missing_value, "CODE",
                      "name the " + options.what + " to show"});
  }
  std::optional<engine::base::CivilMinutes> date;
  if (!options.date.empty()) {
    const auto parsed = engine::base::parse_civil(options.date);
    if (!parsed) return fail(run, {parsed.error().code, "--date", parsed.error().detail});
    date = *parsed;
  }
  const auto node = node::Node::open(run.data, {node::Access::read, node::Keep::facts});
  if (!node) return fail(run, node.error());
  const auto snapshot = (*node)->snapshot();
  const auto rules = (*node)->rule_documents();
  const auto report = view({*(*node)->facts(), *snapshot, rules, date, options.rows_max}, options);
  if (!report) return fail(run, report.error());
  report->write(run);
}

}  // namespace

void add_show(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("show", "Show everything known about one thing");
  command->footer(show_closing);
  const auto options = std::make_shared<ShowOptions>();
  command
      ->add_option(
          "WHAT", options->what,
          "article, customer, agreement, price-list, promotion, record, procedure or rates")
      ->required()
      ->check(CLI::IsMember({"article", "customer", "agreement", "price-list", "promotion",
                             "record", "procedure", "rates"}));
  command->add_option("CODE", options->code,
                      "Its code, key or name; of rates a currency, or nothing for all");
  command
      ->add_option("--date", options->date,
                   "Only records valid then: 2026-07-01 or 2026-07-01T14:30")
      ->type_name("DATE");
  command->add_option("--limit", options->rows_max, "Rows of any one table of records; 0 shows all")
      ->type_name("ROWS")
      ->capture_default_str();
  command->callback([options, &run] { run_show(*options, run); });
}

}  // namespace server::cli
