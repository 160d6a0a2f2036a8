// refused: the rows that could not be used when a batch came in, to look at or to mend and send
// again, out of a data folder or from a running node.
#include "server/cli/command.hpp"
#include "server/cli/remote.hpp"
#include "server/cli/report.hpp"
#include "server/node/refused_text.hpp"
#include "server/store/journal.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using store::Refused;

namespace {

constexpr const char* refused_closing =
    "Every refused row stays with the batch that brought it, as it was sent. The number of a batch "
    "is told when it comes in,\n"
    "and by `netto feeds`.\n"
    "\n"
    "Examples:\n"
    "  netto refused 17                             place and reason of each row\n"
    "  netto refused 17 --csv > bad.csv             for a spreadsheet, with the rows\n"
    "  netto refused 17 --as-sent > conditions.csv  the rows under their header: mend, import "
    "again\n"
    "  netto refused 17 --as-sent --file stock.csv  where the batch had several files\n"
    "  netto refused 17 --url http://127.0.0.1:8080 of a batch that a running node took";

struct RefusedOptions {
  std::uint64_t sequence = 0;
  std::string url;
  std::string file;
  bool as_csv = false;
  bool as_json = false;
  bool as_sent = false;
};

Result<Refused> refused_of_folder(const std::string& folder, std::uint64_t sequence) {
  const auto journal = store::open_journal(folder, store::Access::read);
  if (!journal) return journal.error();
  const auto last = (*journal)->last_sequence();
  if (!last) return last.error();
  if (sequence == 0 || sequence > *last) {
    return Fault{FaultCode::bad_request, folder,
                 fmt::format("there is no batch {}; the last one is {}", sequence, *last)};
  }
  return (*journal)->refused(sequence);
}

std::string target_of(const RefusedOptions& options, std::string_view format) {
  auto target = fmt::format("/v1/batches/{}/refused?format={}", options.sequence, format);
  if (!options.file.empty()) target += "&file=" + http::percent_encoded(options.file);
  return target;
}

// The rows as a node tells them: an object a line.
Result<Refused> refused_of_node(const RefusedOptions& options) {
  const auto text = get_text(options.url, target_of(options, "ndjson"));
  if (!text) return text.error();
  Refused refused;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto row = rules::parse_json(rest.substr(0, end));
    if (!row) return Fault{row.error().code, options.url, "the answer is no NDJSON"};
    refused.rows.push_back({text_in(*row, "file"), number_in(*row, "line"), text_in(*row, "column"),
                            text_in(*row, "value"), text_in(*row, "code"), text_in(*row, "reason"),
                            text_in(*row, "row")});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return refused;
}

Result<Refused> refused_rows(const RefusedOptions& options, const Run& run) {
  return options.url.empty() ? refused_of_folder(run.data, options.sequence)
                             : refused_of_node(options);
}

void write_table(const Refused& refused, std::uint64_t sequence, Run& run) {
  if (refused.rows.empty())
    return write_out(run, fmt::format("no row of batch {} was refused\n", sequence));
  Report report;
  Table& rows = report.table("refused", "",
                             {{"place", "place"},
                              {"column", "column"},
                              {"value", "value"},
                              {"code", "code"},
                              {"reason", "reason"}});
  for (const store::RefusedRow& row : refused.rows) {
    rows.add({row.file + ":" + std::to_string(row.line), row.column,
              row.value.empty() ? "" : "'" + row.value + "'", row.code, row.reason});
  }
  report.write(run);
}

void write_as_sent(const RefusedOptions& options, Run& run) {
  if (!options.url.empty()) {
    const auto text = get_text(options.url, target_of(options, "as_sent"));
    return text ? write_out(run, *text) : fail(run, text.error());
  }
  const auto refused = refused_of_folder(run.data, options.sequence);
  if (!refused) return fail(run, refused.error());
  const auto text = node::refused_as_sent(*refused, options.file);
  text ? write_out(run, *text) : fail(run, text.error());
}

void run_refused(const RefusedOptions& options, Run& run) {
  if (options.as_csv) run.format = Format::csv;
  if (options.as_json) run.format = Format::json;
  if (!options.file.empty() && !options.as_sent)
    return fail(run, {FaultCode::bad_request, "--file", "goes with --as-sent"});
  if (options.as_sent) return write_as_sent(options, run);
  const auto refused = refused_rows(options, run);
  if (!refused) return fail(run, refused.error());
  switch (run.format) {
    case Format::csv:
      return write_out(run, node::refused_csv(*refused));
    case Format::json:
      return write_out(run, node::refused_ndjson(*refused));
    case Format::table:
      break;
  }
  write_table(*refused, options.sequence, run);
}

}  // namespace

void add_refused(CLI::App& app, Run& run) {
  auto* command =
      app.add_subcommand("refused", "Show the rows of a batch that were refused, for repair");
  command->footer(refused_closing);
  const auto options = std::make_shared<RefusedOptions>();
  command->add_option("SEQUENCE", options->sequence, "Of the batch")->required();
  command->add_option("--url", options->url, "From the running node of this address")
      ->type_name("URL");
  auto* csv = command->add_flag("--csv", options->as_csv, "As CSV, with the rows themselves");
  auto* json = command->add_flag("--json", options->as_json, "As NDJSON: an object a row");
  auto* sent = command->add_flag("--as-sent", options->as_sent,
                                 "As they came, under the header of their file");
  csv->excludes(json)->excludes(sent);
  json->excludes(sent);
  command->add_option("--file", options->file, "Of this file, where the batch had several")
      ->type_name("NAME");
  command->callback([options, &run] { run_refused(*options, run); });
}

}  // namespace server::cli
