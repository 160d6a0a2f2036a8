// draft: a future price list or rule set, prepared in a data folder beside what is live: made, shown,
// compared, published or dropped. `quote` and `explain` ask it with --draft.
#include "server/cli/command.hpp"
#include "server/cli/draft_at_node.hpp"
#include "server/cli/draft_compare.hpp"
#include "server/cli/draft_list.hpp"
#include "server/cli/report.hpp"
#include "server/feed/partition.hpp"
#include "server/node/clock.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>
#include <string>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;

namespace {

constexpr std::size_t draft_refused_shown_max = 20;

constexpr const char* draft_closing =
    "A draft is read and checked as an import is, and kept in the data folder beside what is live. "
    "Nothing live changes\n"
    "until it is published: as one batch, whole or not at all, onto what is live at that moment. "
    "The folder of a running\n"
    "node is written to by that node alone: stop it for create, add, publish and drop, or name "
    "it with --url (files\n"
    "FEED.csv, FEED.ndjson and documents .json then, each a part); list, compare and questions "
    "work beside it. What was given a time is published by the node that serves the folder then, "
    "or by "
    "the next one to start.\n"
    "\n"
    "Examples:\n"
    "  netto draft create spring prices.csv rules/ --by anna --note 'list of 1 April'\n"
    "  netto draft add spring more.csv                      read as what comes after the first\n"
    "  netto draft list\n"
    "  netto quote --draft spring --customer K1003 S-0420   what it would cost then\n"
    "  netto draft compare spring --customer K1003 S-0420:500 M-10     a basket\n"
    "  netto draft compare spring --customer K1003          the whole price list\n"
    "  netto draft compare spring --group GOLD --date 2026-04-01 --format csv > gold.csv\n"
    "  netto draft compare spring --all --article-group SCREWS --quantity 100\n"
    "  netto draft publish spring --by anna\n"
    "  netto draft publish spring --by anna --at 2026-12-31T23:00:00Z\n"
    "  netto draft unschedule spring\n"
    "  netto draft drop spring\n"
    "  netto draft create spring conditions.csv --by anna --url http://127.0.0.1:8080\n"
    "\n"
    "Exit codes: 0 done; 1 done, and rows were refused or guards found something (create, add), or "
    "a line has no\n"
    "price or a customer no list (compare); 2 the input can't be used; 3 the data folder can't be "
    "used.";

void report_kept(const DraftOptions& options, const node::ImportOutcome& outcome, Run& run) {
  Report report;
  report.fact("result", "result", "kept; nothing live has changed");
  report.fact("draft", "draft", options.name);
  report.fact("accepted", "rows accepted", outcome.report.rows_accepted());
  report.fact("set_aside", "rows set aside", outcome.report.rows_set_aside());
  report.fact("refused", "rows refused", outcome.report.rows_refused());
  report.csv_is("refused_rows");
  Table& findings = report.table("findings", "Found by guards",
                                 {{"feed", "feed"},
                                  {"guard", "guard"},
                                  {"records", "records", Align::right},
                                  {"detail", "detail"}});
  for (const feed::Finding& found : outcome.findings)
    findings.add({found.feed, feed::guard_name(found.guard), found.records, found.detail});
  Table& refused = report.table("refused_rows", "Refused, and not in the draft",
                                {{"place", "place"}, {"column", "column"}, {"reason", "reason"}});
  std::size_t shown = 0;
  for (const feed::FileReport& file : outcome.report.files) {
    for (const feed::RefusedRow& row : file.refused_rows) {
      if (++shown > draft_refused_shown_max) break;
      refused.add({row.file + ":" + std::to_string(row.line), row.column, row.reason});
    }
  }
  report.write(run);
  const bool needs_a_look = outcome.report.rows_refused() > 0 || !outcome.findings.empty();
  if (needs_a_look && run.exit == Exit::ok) run.exit = Exit::findings;
}

void keep_in_draft(const DraftOptions& options, store::DraftUse use, Run& run) {
  if (!options.url.empty()) return keep_in_draft_at_node(options, use, run);
  node::ImportRequest request;
  request.paths = options.paths;
  request.draft = node::DraftRequest{options.name, use, options.by, options.note};
  if (!options.replace.empty()) {
    auto partition = feed::parse_partition(options.replace);
    if (!partition)
      return fail(run, Fault{FaultCode::bad_request, "--replace", partition.error().detail});
    request.replace = *std::move(partition);
  }
  auto node = node::Node::open(run.data, {node::Access::write, node::Keep::facts});
  if (!node) return fail(run, node.error());
  const auto outcome = (*node)->import(request);
  for (const Fault& fault : outcome.faults) fail(run, fault);
  if (outcome.accepted()) report_kept(options, outcome, run);
}

void list_drafts(const DraftOptions& options, Run& run) {
  if (!options.url.empty()) return list_drafts_at_node(options, run);
  const auto journal = store::open_journal(run.data, store::Access::read);
  if (!journal) return fail(run, journal.error());
  const auto drafts = (*journal)->drafts();
  if (!drafts) return fail(run, drafts.error());
  write_drafts(*drafts, run);
}

void schedule_draft(const DraftOptions& options, Run& run) {
  if (!options.url.empty()) return unschedule_draft_at_node(options, run);
  if (!options.at.empty()) {
    if (const auto moment = node::check_utc(options.at); !moment) return fail(run, moment.error());
  }
  auto journal = store::open_journal(run.data, store::Access::write);
  if (!journal) return fail(run, journal.error());
  store::Draft draft;
  draft.name = options.name;
  draft.publish_at = options.at;
  draft.scheduled_by = options.by;
  if (auto ok = (*journal)->schedule_draft(draft); !ok) return fail(run, ok.error());
  write_out(run,
            options.at.empty()
                ? fmt::format("draft {} waits until somebody publishes it\n", options.name)
                : fmt::format("draft {} is to be published at {}\n", options.name, options.at));
}

void publish_draft(const DraftOptions& options, Run& run) {
  if (!options.url.empty()) return publish_draft_at_node(options, run);
  if (!options.at.empty()) return schedule_draft(options, run);
  auto node = node::Node::open(run.data, {node::Access::write, node::Keep::facts});
  if (!node) return fail(run, node.error());
  const auto outcome = (*node)->publish_draft(options.name, options.by);
  for (const Fault& fault : outcome.faults) fail(run, fault);
  if (!outcome.accepted()) return;
  if (outcome.image_fault)
    fmt::print(run.err, "netto: {}; the draft is live, the next start takes longer\n",
               describe(*outcome.image_fault));
  write_out(run, fmt::format("draft {} is live as batch {}\n", options.name, outcome.sequence));
}

void drop_draft(const DraftOptions& options, Run& run) {
  if (!options.url.empty()) return drop_draft_at_node(options, run);
  auto journal = store::open_journal(run.data, store::Access::write);
  if (!journal) return fail(run, journal.error());
  if (auto ok = (*journal)->drop_draft(options.name); !ok) return fail(run, ok.error());
  write_out(run, fmt::format("draft {} is dropped\n", options.name));
}

std::shared_ptr<DraftOptions> add_name(CLI::App& command) {
  auto options = std::make_shared<DraftOptions>();
  command.footer(draft_closing);
  command.add_option("NAME", options->name, "Of the draft")->required();
  return options;
}

void add_url(CLI::App& command, DraftOptions& options) {
  command.add_option("--url", options.url, "At the running node of this address")->type_name("URL");
}

void add_keeping(CLI::App& draft, Run& run, const char* name, const char* text,
                 store::DraftUse use) {
  auto* command = draft.add_subcommand(name, text);
  const auto options = add_name(*command);
  command->add_option("PATH", options->paths, "Files and folders; - is standard input")->required();
  command
      ->add_option("--replace", options->replace,
                   "Take away what the files don't bring of this, as netto import does")
      ->type_name("PARTITION")
      ->expected(1);
  if (use == store::DraftUse::fresh) {
    command->add_option("--by", options->by, "Who makes it; kept with the draft")
        ->type_name("NAME");
    command->add_option("--note", options->note, "What it is for; kept with the draft")
        ->type_name("TEXT");
  }
  add_url(*command, *options);
  command->callback([options, use, &run] { keep_in_draft(*options, use, run); });
}

}  // namespace

void add_draft(CLI::App& app, Run& run) {
  auto* draft = app.add_subcommand("draft", "Prepare prices and rules, ask them, and publish them");
  draft->footer(draft_closing);
  draft->require_subcommand(1);
  add_keeping(*draft, run, "create", "Keep files as a new draft", store::DraftUse::fresh);
  add_keeping(*draft, run, "add", "Add files to a draft", store::DraftUse::existing);
  auto* list = draft->add_subcommand("list", "Show the drafts there are");
  list->footer(draft_closing);
  const auto listed = std::make_shared<DraftOptions>();
  add_url(*list, *listed);
  list->callback([listed, &run] { list_drafts(*listed, run); });
  auto* compare = draft->add_subcommand("compare", "Show what a draft changes");
  compare->footer(draft_closing);
  const auto compared = std::make_shared<CompareOptions>();
  compare->add_option("NAME", compared->draft, "Of the draft")->required();
  add_compare_options(*compare, *compared);
  compare->callback([compared, &run] { compare_draft(*compared, run); });
  auto* publish = draft->add_subcommand("publish", "Make a draft live, as one batch");
  const auto published = add_name(*publish);
  publish->add_option("--by", published->by, "Who publishes; kept with the batch")
      ->type_name("NAME")
      ->required();
  publish->add_option("--at", published->at, "When, in UTC; now without it")
      ->type_name("YYYY-MM-DDTHH:MM:SSZ");
  add_url(*publish, *published);
  publish->callback([published, &run] { publish_draft(*published, run); });
  auto* unschedule =
      draft->add_subcommand("unschedule", "Let a draft wait until somebody publishes it");
  const auto unscheduled = add_name(*unschedule);
  add_url(*unschedule, *unscheduled);
  unschedule->callback([unscheduled, &run] { schedule_draft(*unscheduled, run); });
  auto* drop = draft->add_subcommand("drop", "Drop a draft; nothing live changes");
  const auto dropped = add_name(*drop);
  add_url(*drop, *dropped);
  drop->callback([dropped, &run] { drop_draft(*dropped, run); });
}

}  // namespace server::cli
