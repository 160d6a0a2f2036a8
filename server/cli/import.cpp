#include "server/cli/command.hpp"
#include "server/cli/import_to_node.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/report.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using node::ImportOutcome;

namespace {

constexpr std::size_t refused_shown_max = 12;
constexpr std::size_t refused_alike_max =
    3;  // of one file, column and code: so that other reasons show, too
constexpr std::size_t refused_written_max =
    100'000'000;  // with --refused: all that a file can reasonably have
constexpr std::size_t reasons_shown_max = 5;

constexpr const char* import_closing =
    "Rules documents and feed descriptions (*.json) apply before data, whatever the order of the "
    "paths. All goes in as\n"
    "one batch, or nothing does. Rows that can't be used are refused and told, and don't stop the "
    "others.\n"
    "\n"
    "Examples:\n"
    "  netto import rules/ masters/ prices.csv      make or renew the data folder from files and "
    "folders\n"
    "  netto import prices.csv --max-refused 0      let nothing in when one row can't be used\n"
    "  netto import feeds/erp.json export.txt       read an export by a feed description\n"
    "  xzcat stock.csv.xz | netto import - --feed stock\n"
    "  netto import prices.csv --refused bad.csv    write the refused rows to a file, for repair\n"
    "  netto import pl1.csv --replace type:PRICE,price_list:PL-1   the list as a whole: what the "
    "file "
    "lacks goes\n"
    "  netto import prices.csv --url http://127.0.0.1:8080   send it to a running node, as a "
    "batch\n"
    "\n"
    "With --url rules and feed descriptions go first, as one batch; then each data file as one of "
    "its own, masters first. Sending the same file again "
    "is harmless: it is known\n"
    "by its content. Files larger than a batch may be go in parts of whole rows. Sending stops at "
    "the first that does not go\n"
    "in; what went in before it stays.\n"
    "\n"
    "Exit codes: 0 all rows are in (or set aside by a rule); 1 some were refused, or guards found "
    "something; 2 the input "
    "can't be used;\n"
    "3 the data folder can't be used, or the node can't be reached or does not write.";

struct ImportOptions {
  std::vector<std::string> paths;
  std::string feed;
  std::string refused_file;
  std::optional<std::string> replace;
  std::uint32_t refused_percent_max = 10;
  bool all_or_nothing = false;
  NodeImport node;  // with a url: what is its own
};

using Clock = std::chrono::steady_clock;

std::string seconds_text(Clock::duration elapsed) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
  return ms < 10'000 ? fmt::format("{} ms", ms) : fmt::format("{} s", (ms + 500) / 1'000);
}

const char* use_text(const feed::FileReport& file) {
  switch (file.use) {
    case feed::FileUse::look_up:
      return "looked up by others";
    case feed::FileUse::not_read:
      return "not read: no feed fits it";
    case feed::FileUse::records:
      break;
  }
  return file.fault ? "can't be read" : "";
}

// The folder that all files lie in, with its slash: what need not be said in every line.
std::string common_folder(const feed::ImportReport& imported) {
  if (imported.files.empty()) return "";
  std::string common = imported.files.front().file;
  for (const feed::FileReport& file : imported.files) {
    const auto differ = std::ranges::mismatch(common, file.file);
    common.erase(differ.in1, common.end());
  }
  return common.substr(0, common.find_last_of('/') + 1);
}

// File names as they are shown: without the folder common to all.
class Names {
 public:
  explicit Names(const feed::ImportReport& imported) : folder_{common_folder(imported)} {}

  std::string operator()(const std::string& file) const { return file.substr(folder_.size()); }

 private:
  std::string folder_;
};

void add_files(Report& report, const feed::ImportReport& imported, const Names& shown) {
  Table& files = report.table("files", "",
                              {{"file", "file"},
                               {"feed", "feed"},
                               {"read", "read", Align::right},
                               {"accepted", "accepted", Align::right},
                               {"set_aside", "set aside", Align::right},
                               {"refused", "refused", Align::right},
                               {"note", ""}});
  for (const feed::FileReport& file : imported.files) {
    files.add({shown(file.file), file.feed, file.rows_read, file.rows_accepted, file.rows_set_aside,
               file.rows_refused, use_text(file)});
  }
  if (imported.files.size() < 2) return;
  files.add({"all", "", imported.rows_read(), imported.rows_accepted(), imported.rows_set_aside(),
             imported.rows_refused(), ""});
}

void add_set_aside(Report& report, const feed::ImportReport& imported, const Names& shown) {
  Table& reasons =
      report.table("set_aside", "Set aside by a feed's own rules",
                   {{"file", "file"}, {"rows", "rows", Align::right}, {"reason", "reason"}});
  for (const feed::FileReport& file : imported.files) {
    std::vector<std::pair<std::uint64_t, std::string>> most;
    for (const auto& [reason, rows] : file.set_aside_reasons) most.emplace_back(rows, reason);
    std::ranges::sort(most, std::ranges::greater{}, &std::pair<std::uint64_t, std::string>::first);
    for (std::size_t i = 0; i < std::min(most.size(), reasons_shown_max); ++i) {
      reasons.add({shown(file.file), most[i].first, most[i].second});
    }
  }
}

void add_refused(Report& report, const feed::ImportReport& imported, const Names& names) {
  Table& refused = report.table("refused", "Refused",
                                {{"place", "place"},
                                 {"column", "column"},
                                 {"value", "value"},
                                 {"code", "code"},
                                 {"reason", "reason"}});
  std::size_t shown = 0;
  for (const feed::FileReport& file : imported.files) {
    std::map<std::pair<std::string, FaultCode>, std::size_t> alike;
    for (const feed::RefusedRow& row : file.refused_rows) {
      if (shown == refused_shown_max) break;
      if (++alike[{row.column, row.code}] > refused_alike_max) continue;
      ++shown;
      refused.add({names(row.file) + ":" + std::to_string(row.line), row.column,
                   row.value.empty() ? "" : "'" + row.value + "'",
                   engine::base::fault_name(row.code), row.reason});
    }
  }
  const std::uint64_t all = imported.rows_refused();
  if (all > shown) {
    refused.note(
        fmt::format("and {} more (--refused FILE.csv writes all of them)", grouped(all - shown)));
  }
}

void add_findings(Report& report, const ImportOutcome& outcome) {
  Table& findings = report.table("findings", "Found by guards",
                                 {{"feed", "feed"},
                                  {"guard", "guard"},
                                  {"then", "then"},
                                  {"records", "records", Align::right},
                                  {"detail", "detail"}});
  for (const feed::Finding& found : outcome.findings) {
    findings.add({found.feed, feed::guard_name(found.guard), feed::guard_action_name(found.then),
                  found.records, found.detail});
  }
}

const char* result_text(const ImportOutcome& outcome) {
  if (outcome.verdict == node::Verdict::held)
    return "held until somebody releases it (netto release); nothing was changed";
  if (!outcome.accepted()) return "not imported; nothing was changed";
  return outcome.sequence == 0 ? "nothing new" : "imported";
}

void report_outcome(const ImportOutcome& outcome, std::uint64_t generation, Clock::duration elapsed,
                    Run& run) {
  // Where no row was read the faults say it all.
  const bool rows_read = !outcome.report.files.empty() && !outcome.report.has_fault();
  if (!outcome.accepted() && !rows_read && run.format == Format::table) return;
  Report report;
  report.fact("result", "result", result_text(outcome));
  report.fact("sequence", "sequence", outcome.sequence == 0 ? Value{""} : Value{outcome.sequence});
  report.fact("generation", "generation", generation);
  const auto joined = [](const std::vector<std::string>& files) {
    std::string text;
    for (const std::string& file : files)
      text += (text.empty() ? "" : ", ") + file.substr(file.find_last_of('/') + 1);
    return text;
  };
  report.fact("rules", "rules", joined(outcome.rules));
  report.fact("feed_descriptions", "feed descriptions", joined(outcome.feed_descriptions));
  report.fact("passed_over", "passed over", joined(outcome.passed_over));
  const auto count = [](std::uint64_t records) {
    return records == 0 ? Value{""} : Value{records};
  };
  report.fact("removed", "removed", count(outcome.report.records_removed()));
  report.fact("vanished", "vanished",
              outcome.report.vanished ? Value{*outcome.report.vanished} : Value{""});
  report.fact("not_there", "not there", count(outcome.report.records_not_there()));
  report.fact("time", "time", seconds_text(elapsed));
  report.fact("held", "held as", count(outcome.held));
  const Names names{outcome.report};
  report.csv_is("files");
  add_findings(report, outcome);
  add_files(report, outcome.report, names);
  add_set_aside(report, outcome.report, names);
  add_refused(report, outcome.report, names);
  report.write(run);
  if (run.format != Format::csv) return;
  for (const feed::Finding& found : outcome.findings)  // which the one table has no room for
    fmt::print(run.err, "netto: {}\n", feed::describe(found));
}

// The same columns as the table on the screen, but all rows, and file and line apart.
Result<void> write_refused(const std::string& path, const feed::ImportReport& imported) {
  Report report;
  Table& rows = report.table(
      "refused", "",
      {{"file", ""}, {"line", ""}, {"column", ""}, {"value", ""}, {"code", ""}, {"reason", ""}});
  for (const feed::FileReport& file : imported.files) {
    for (const feed::RefusedRow& row : file.refused_rows) {
      rows.add({row.file, row.line, row.column, row.value, engine::base::fault_name(row.code),
                row.reason});
    }
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "wb"),
                                                             std::fclose};
  if (!file) return Fault{FaultCode::file_unreadable, path, "the file can't be written"};
  Run to_file;
  to_file.format = Format::csv;
  to_file.out = file.get();
  report.write(to_file);
  if (to_file.exit != Exit::ok || std::fflush(file.get()) != 0) {
    return Fault{FaultCode::file_unreadable, path, "the file can't be written to its end"};
  }
  return {};
}

ImportOutcome import_files(node::Node& node, const ImportOptions& options, Run& run) {
  Progress progress{run.err, Unit::bytes};
  node::ImportRequest request;
  request.paths = options.paths;
  request.feed = options.feed;
  request.refused_percent_max = options.refused_percent_max;
  if (options.all_or_nothing) request.refusing = node::Refusing::all_or_nothing;
  if (!options.refused_file.empty()) request.refused_kept_max = refused_written_max;
  if (options.replace) {
    auto partition = feed::parse_partition(*options.replace);
    if (!partition) {
      ImportOutcome outcome;
      outcome.faults.push_back({FaultCode::bad_request, "--replace", partition.error().detail});
      return outcome;
    }
    request.replace = *std::move(partition);
  }
  request.progress = [&progress](const feed::ImportProgress& at) {
    progress.show(at.file, at.bytes_done, at.bytes_all);
  };
  return node.import(request);
}

void run_import_to_node(const ImportOptions& options, Run& run) {
  NodeImport sent = options.node;
  sent.paths = options.paths;
  sent.feed = options.feed;
  sent.replace = options.replace;
  sent.all_or_nothing = options.all_or_nothing;
  import_to_node(sent, run);
}

void run_import(const ImportOptions& options, Run& run) {
  if (!options.node.url.empty()) return run_import_to_node(options, run);
  const auto begin = Clock::now();
  auto node = node::Node::open(run.data, {node::Access::create, node::Keep::facts});
  if (!node) return fail(run, node.error());
  if (const auto& fault = (*node)->image_fault())
    fmt::print(run.err, "netto: {}; the journal was read instead\n", describe(*fault));
  const auto drafts = (*node)->publish_due_drafts();
  if (!drafts) return fail(run, drafts.error());
  for (const std::string& name : drafts->published)
    fmt::print(run.err, "netto: draft {} is live, its time has come\n", name);
  for (const std::string& failed : drafts->failed) fmt::print(run.err, "netto: {}\n", failed);
  const ImportOutcome outcome = import_files(**node, options, run);
  report_outcome(outcome, (*node)->sequence(), Clock::now() - begin, run);
  for (const Fault& fault : outcome.faults) fail(run, fault);
  if (outcome.image_fault)
    fmt::print(run.err, "netto: {}; the data is in, the next start takes longer\n",
               describe(*outcome.image_fault));
  if (!options.refused_file.empty()) {
    if (auto ok = write_refused(options.refused_file, outcome.report); !ok) fail(run, ok.error());
  }
  const bool needs_a_look = outcome.report.rows_refused() > 0 || !outcome.findings.empty();
  if (outcome.faults.empty() && needs_a_look && run.exit == Exit::ok) run.exit = Exit::findings;
}

// What only makes sense where files are sent to a node.
void add_url_options(CLI::App& command, ImportOptions& options, CLI::Option& url) {
  NodeImport& node = options.node;
  command
      .add_option("--batch-id", node.batch_id, "The name of the batch; else its content's checksum")
      ->type_name("ID")
      ->needs(&url);
  command
      .add_flag("--again", node.is_sent_again,
                "As a new batch, though the same content was in before")
      ->needs(&url);
  command.add_option("--sequence", node.sequence, "The sender's own count of this feed's batches")
      ->type_name("N")
      ->needs(&url);
  command
      .add_option("--retry", node.retry_seconds,
                  "How long to try again where the node does not answer, or can't now")
      ->type_name("SECONDS")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str()
      ->needs(&url);
  command
      .add_option(
          "--part-size", node.part_bytes,
          "Send larger files in parts of whole rows; as much as a batch may have without it")
      ->type_name("BYTES")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{http::limits::batch_bytes}))
      ->needs(&url);
}

}  // namespace

void add_import(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand(
      "import", "Bring files into the data folder, all of them or none, or to a running node");
  command->footer(import_closing);
  const auto options = std::make_shared<ImportOptions>();
  command->add_option("PATH", options->paths, "Files and folders; - is standard input")->required();
  auto* url = command
                  ->add_option("--url", options->node.url,
                               "Send them to the running node of this address, each as a batch")
                  ->type_name("URL");
  command
      ->add_option("--max-refused", options->refused_percent_max,
                   "Let nothing in when more than this share of a file's rows is refused")
      ->type_name("PERCENT")
      ->check(CLI::Range(0, 100))
      ->capture_default_str()
      ->excludes(url);
  command
      ->add_option("--feed", options->feed,
                   "Read the data files as this feed, whatever their names say")
      ->type_name("NAME");
  command
      ->add_option("--refused", options->refused_file,
                   "Write all refused rows to this file; with --url ask `netto refused`")
      ->type_name("FILE.csv")
      ->excludes(url);
  command->add_flag("--all-or-nothing", options->all_or_nothing,
                    "Let nothing in when one row can't be used");
  command
      ->add_option("--replace", options->replace,
                   "Take away what the files don't bring of this: type:PRICE,price_list:PL-1 of "
                   "conditions, warehouse:W of stock; all or nothing")
      ->type_name("PARTITION")
      ->expected(1);
  add_url_options(*command, *options, *url);
  command->callback([options, &run] { run_import(*options, run); });
}

}  // namespace server::cli
