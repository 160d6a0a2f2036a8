// audit: who changed what when, in a data folder or at a running node.
#include "server/audit/answer_text.hpp"
#include "server/audit/keeper.hpp"
#include "server/audit/query.hpp"
#include "server/audit/writer.hpp"
#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/http/client.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <cctype>
#include <memory>
#include <optional>
#include <string>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;

namespace {

constexpr const char* audit_closing =
    "Changes of records, newest first: when, by which batch of whom, what they said before and say "
    "since. All that is\n"
    "named must hold. What a batch brought again as it was is no change. In a folder that nobody "
    "serves the audit is\n"
    "first brought up to the last batch. Moments are UTC.\n"
    "\n"
    "Examples:\n"
    "  netto audit --article S-0420                    every change of a price, stock, unit of it\n"
    "  netto audit --article S-0420 --customer K1003 --from 2026-03-01\n"
    "  netto audit --document PL-2026 --to 2026-03-31  of a price list, agreement, promotion\n"
    "  netto audit --sequence 17 --json                what one batch changed\n"
    "  netto audit --feed erp-prices --url http://127.0.0.1:8080\n"
    "  netto audit --prune 90                          forget what is older than 90 days\n"
    "\n"
    "Exit codes: 0 answered; 2 the question can't be; 3 the data folder or its audit failed.";

struct AuditOptions {
  audit::AuditQuery query;
  std::uint64_t sequence = 0;
  std::string url;
  std::optional<std::uint32_t> prune_days;
  bool json = false;
};

std::string record_text(const audit::AuditChange& change) {
  std::string text;
  for (const auto& [column, value] : change.record) {
    if (!text.empty()) text += ' ';
    text += column + "=" + value;
  }
  return text;
}

std::string columns_text(const audit::AuditChange& change) {
  std::string text;
  const bool is_removed =
      change.what == audit::What::removed || change.what == audit::What::removed_by_replace;
  for (const audit::ColumnChange& column : change.columns) {
    if (!text.empty()) text += ", ";
    text += column.column + " ";
    if (!column.old_value.empty()) text += column.old_value;
    if (!column.old_value.empty() && !is_removed) text += " -> ";
    if (!is_removed) text += column.new_value.empty() ? "nothing" : column.new_value;
  }
  if (!change.is_old_known)
    text += (text.empty() ? "" : "; ") + std::string{"old value not known (before "} +
            change.known_since + ")";
  return text;
}

std::string who_text(const audit::AuditChange& change) {
  std::string text = change.feed;
  if (!change.batch_id.empty()) text += (text.empty() ? "" : " ") + change.batch_id;
  if (!change.source.empty()) text += (text.empty() ? "" : ", ") + change.source;
  return text;
}

void show(const audit::AuditAnswer& answer, Run& run) {
  if (run.format == Format::json) {
    std::string text;
    audit::write_answer(answer, text);
    return write_out(run, text + "\n");
  }
  if (answer.changes.empty() && run.format == Format::table) {
    const std::string since =
        answer.reach.since.empty() ? "" : fmt::format("; the audit begins {}", answer.reach.since);
    write_out(run, "no change of that is known" + since + "\n");
  } else {
    Report report;
    Table& rows = report.table("changes", "",
                               {{"received_at", "received"},
                                {"sequence", "batch", Align::right},
                                {"who", "from"},
                                {"kind", "kind"},
                                {"what", "what"},
                                {"record", "record"},
                                {"columns", "changed"}});
    for (const audit::AuditChange& change : answer.changes) {
      rows.add({change.received_at, change.sequence, who_text(change), change.kind,
                audit::what_name(change.what), record_text(change), columns_text(change)});
    }
    if (answer.has_more) rows.note("and older ones; --limit shows more, --to earlier ones");
    report.write(run);
  }
  if (run.format != Format::table) return;
  for (const audit::AuditGap& gap : answer.reach.gaps) write_out(run, audit::gap_text(gap) + "\n");
}

std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    made += std::isalnum(byte) != 0 ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return made;
}

void ask_node(const AuditOptions& options, Run& run) {
  std::string path = "/v1/audit?limit=" + std::to_string(options.query.limit);
  const auto add = [&path](const char* name, const std::string& value) {
    if (!value.empty()) path += fmt::format("&{}={}", name, escaped(value));
  };
  add("article", options.query.article);
  add("customer", options.query.customer);
  add("document", options.query.document);
  add("feed", options.query.feed);
  add("from", options.query.from);
  add("to", options.query.to);
  if (options.query.sequence) add("sequence", std::to_string(*options.query.sequence));
  const auto answer = http::get(options.url, path);
  if (!answer) return fail(run, answer.error());
  if (answer->status == 200) {
    const auto read = audit::read_answer(answer->body);
    return read ? show(*read, run) : fail(run, read.error());
  }
  fail(run, Fault{answer->status >= 500 ? FaultCode::store_unavailable : FaultCode::bad_request,
                  options.url, answer->body});
}

// Brings the audit up to the journal, where it can be written to: what can't is read as it is.
std::optional<Fault> bring_up(const std::string& folder) {
  auto writer = audit::AuditWriter::open(folder);
  if (!writer) return writer.error();
  if (auto ok = audit::catch_up(*writer); !ok) return ok.error();
  return std::nullopt;
}

void ask_folder(const AuditOptions& options, Run& run) {
  if (auto ok = audit::check(options.query); !ok) return fail(run, ok.error());
  const auto fault = bring_up(run.data);
  if (fault && fault->code != FaultCode::store_unavailable) return fail(run, *fault);
  auto answer = audit::ask(run.data, options.query);
  if (!answer) return fail(run, answer.error());
  if (!answer->has_value()) {
    return fail(run, fault.value_or(
                         Fault{FaultCode::store_unavailable, run.data, "there is no audit here"}));
  }
  if (fault) {
    fmt::print(run.err, "netto: the audit ends with batch {}: {}\n", (*answer)->reach.last,
               describe(*fault));
  }
  show(**answer, run);
}

void prune(std::uint32_t days, Run& run) {
  constexpr std::uint64_t step = 1'000;
  auto writer = audit::AuditWriter::open(run.data);
  if (!writer) return fail(run, writer.error());
  if (auto ok = audit::catch_up(*writer); !ok) return fail(run, ok.error());
  std::uint64_t all = 0;
  for (;;) {
    const auto pruned = writer->prune(audit::days_ago(days), step);
    if (!pruned) return fail(run, pruned.error());
    if (*pruned == 0) break;
    all += *pruned;
  }
  write_out(run,
            fmt::format("{} batches forgotten that were older than {} days\n", grouped(all), days));
}

void run_audit(AuditOptions& options, Run& run) {
  if (options.json) run.format = Format::json;
  if (options.sequence != 0) options.query.sequence = options.sequence;
  if (options.prune_days) return prune(*options.prune_days, run);
  options.url.empty() ? ask_folder(options, run) : ask_node(options, run);
}

}  // namespace

void add_audit(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("audit", "Tell who changed what when");
  command->footer(audit_closing);
  const auto options = std::make_shared<AuditOptions>();
  audit::AuditQuery& query = options->query;
  command->add_option("--article", query.article, "Records that name this article")
      ->type_name("CODE");
  command->add_option("--customer", query.customer, "Records that name this customer")
      ->type_name("CODE");
  command
      ->add_option("--document", query.document,
                   "Of a price list, agreement, promotion, or rules document")
      ->type_name("CODE");
  command->add_option("--feed", query.feed, "What came of this feed")->type_name("FEED");
  command->add_option("--sequence", options->sequence, "What this batch changed")
      ->type_name("NUMBER")
      ->check(CLI::PositiveNumber);
  command->add_option("--from", query.from, "From this day or moment on")->type_name("DATE");
  command->add_option("--to", query.to, "Up to and with this day or moment")->type_name("DATE");
  command->add_option("--limit", query.limit, "At most so many changes, the newest")
      ->type_name("COUNT")
      ->check(CLI::Range(std::size_t{1}, audit::limit_max))
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --format json");
  auto* const url =
      command->add_option("--url", options->url, "Ask the running node of this address")
          ->type_name("URL");
  command
      ->add_option("--prune", options->prune_days,
                   "Forget what came in longer ago, in a folder that nobody serves")
      ->type_name("DAYS")
      ->excludes(url);
  command->callback([options, &run] { run_audit(*options, run); });
}

}  // namespace server::cli
