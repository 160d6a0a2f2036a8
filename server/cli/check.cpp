#include "rules/checker.hpp"
#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using rules::Finding;
using rules::Importance;

namespace {

constexpr const char* closing =
    "Looks at the data as it stands - contradictions, ties, prices of zero, prices that outlive "
    "their agreement - and at\n"
    "the rows that the last import refused. Changes nothing.\n"
    "\n"
    "Examples:\n"
    "  netto check                         the findings, most important first\n"
    "  netto check --kind zero_price       one kind only\n"
    "  netto check --format csv --limit 0  all findings, for a spreadsheet\n"
    "\n"
    "Exit codes: 0 no errors (warnings and notices there may be); 1 errors were found; 2 the "
    "command line is wrong;\n"
    "3 the data folder can't be used.";

using rules::FindingKind;

constexpr std::array<FindingKind, 5> finding_kinds{
    FindingKind::tie, FindingKind::zero_price, FindingKind::price_outlives_agreement,
    FindingKind::price_precedes_agreement, FindingKind::several_agreements};

struct Options {
  std::vector<std::string> kinds;
  std::size_t rows_max = 50;
};

std::string importance_text(Importance importance, const Run& run) {
  std::string name{rules::importance_name(importance)};
  if (run.format != Format::table || !may_colour(run.out) || importance == Importance::notice)
    return name;
  return (importance == Importance::error ? "\x1b[31m" : "\x1b[33m") + name + "\x1b[0m";
}

void add_counts(Report& report, const std::vector<Finding>& findings) {
  std::map<std::pair<Importance, FindingKind>, std::uint64_t> counts;
  for (const Finding& finding : findings) ++counts[{finding.importance, finding.kind}];
  Table& table = report.table(
      "counts", "Counts",
      {{"importance", "importance"}, {"kind", "kind"}, {"count", "count", Align::right}});
  for (const auto& [which, count] : counts) {
    table.add({rules::importance_name(which.first), rules::finding_name(which.second), count});
  }
}

void add_findings(Report& report, const std::vector<Finding>& findings, std::size_t rows_max,
                  const Run& run) {
  Table& table = report.table("findings", run.format == Format::table ? "Findings" : "",
                              {{"importance", "importance"},
                               {"kind", "kind"},
                               {"article", "article"},
                               {"document", "document"},
                               {"text", "finding"}});
  const std::size_t shown = rows_max == 0 ? findings.size() : std::min(rows_max, findings.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Finding& finding = findings[i];
    table.add({importance_text(finding.importance, run), rules::finding_name(finding.kind),
               finding.article, finding.document, finding.text});
  }
  if (findings.empty()) table.note("Nothing to complain of.");
  if (shown < findings.size()) {
    table.note(fmt::format("and {} more (--limit 0 shows all, --kind picks)",
                           grouped(findings.size() - shown)));
  }
}

void add_refused(Report& report, const std::vector<store::RefusedRow>& rows, std::size_t rows_max) {
  const std::size_t shown = rows_max == 0 ? rows.size() : std::min(rows_max, rows.size());
  Table& table =
      report.table("refused", fmt::format("Refused by the last import ({})", grouped(rows.size())),
                   {{"place", "place"},
                    {"column", "column"},
                    {"value", "value"},
                    {"code", "code"},
                    {"reason", "reason"}});
  for (std::size_t i = 0; i < shown; ++i) {
    const store::RefusedRow& row = rows[i];
    table.add(
        {row.file + ":" + std::to_string(row.line), row.column, row.value, row.code, row.reason});
  }
  if (shown < rows.size()) table.note(fmt::format("and {} more", grouped(rows.size() - shown)));
}

// The kinds asked for; a Fault names those there are where one is not known.
engine::base::Result<std::vector<Finding>> picked(std::vector<Finding> findings,
                                                  const std::vector<std::string>& kinds) {
  if (kinds.empty()) return findings;
  for (const std::string& kind : kinds) {
    std::string names;
    bool known = false;
    for (const FindingKind each : finding_kinds) {
      known = known || rules::finding_name(each) == kind;
      names.append(names.empty() ? "" : ", ").append(rules::finding_name(each));
    }
    if (!known)
      return Fault{FaultCode::bad_request, "--kind",
                   fmt::format("'{}' is no kind of finding; these are: {}", kind, names)};
  }
  std::erase_if(findings, [&kinds](const Finding& finding) {
    return std::ranges::find(kinds, rules::finding_name(finding.kind)) == kinds.end();
  });
  return findings;
}

void run_check(const Options& options, Run& run) {
  const auto node = node::Node::open(run.data);
  if (!node) return fail(run, node.error());
  const auto findings = picked(rules::check(*(*node)->snapshot()), options.kinds);
  if (!findings) return fail(run, findings.error());
  const auto refused = (*node)->refused_rows((*node)->sequence());
  if (!refused) return fail(run, refused.error());
  Report report;
  const node::LastImport& last = (*node)->last_import();
  report.fact("generation", "generation", last.sequence);
  report.fact("last_import", "last import", fmt::format("{} at {}", last.source, last.received_at));
  add_findings(report, *findings, options.rows_max, run);
  add_counts(report, *findings);
  add_refused(report, *refused, options.rows_max);
  report.write(run);
  const auto is_error = [](const Finding& finding) {
    return finding.importance == Importance::error;
  };
  if (run.exit == Exit::ok && std::ranges::any_of(*findings, is_error)) run.exit = Exit::findings;
}

}  // namespace

void add_check(CLI::App& app, Run& run) {
  auto* command =
      app.add_subcommand("check", "Tell what should be known of the data before it costs money");
  command->footer(closing);
  const auto options = std::make_shared<Options>();
  command->add_option("--kind", options->kinds, "Only findings of this kind; may be repeated")
      ->type_name("KIND");
  command->add_option("--limit", options->rows_max, "Findings and refused rows shown; 0 shows all")
      ->type_name("ROWS")
      ->capture_default_str();
  command->callback([options, &run] { run_check(*options, run); });
}

}  // namespace server::cli
