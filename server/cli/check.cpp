#include "rules/checker.hpp"
#include "server/cli/ask.hpp"
#include "server/cli/asked_folder.hpp"
#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/node/clock.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <memory>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using rules::Finding;
using rules::Importance;

namespace {

constexpr const char* check_closing =
    "Looks at the data as it stands - ties, ladders that rise or end, gaps, prices of zero or that "
    "outlive their agreement,\n"
    "records that no one can reach - and at the rows that the last import refused. Changes "
    "nothing. "
    "A tie comes with\n"
    "the question that shows it. docs/CHECKS.md lists all kinds.\n"
    "\n"
    "Examples:\n"
    "  netto check                            the findings, most important first\n"
    "  netto check --kind tie                 one kind only\n"
    "  netto check --cost-type cost --jump 30 also prices below cost, and jumps of more than 30 %\n"
    "  netto check --format csv --limit 0     all findings, for a spreadsheet\n"
    "  netto check --draft spring             of what would be live with this draft\n"
    "\n"
    "Exit codes: 0 no errors (warnings and notices there may be); 1 errors were found; 2 the "
    "command line is wrong;\n"
    "3 the data folder can't be used.";

using rules::CheckReport;
using rules::FindingKind;
using rules::Witness;

struct CheckOptions {
  std::vector<std::string> kinds;
  std::size_t rows_max = 50;
  std::size_t kept_max = rules::CheckOptions{}.kept_max;
  std::string cost_type;
  int jump_percent = 0;
  std::string date;
  std::string draft;
};

FindingKind kind_at(std::size_t number) { return static_cast<FindingKind>(number); }

// As a shell takes it.
std::string shell_word(const std::string& text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:=/+@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string made = "'";
  for (const char letter : text) made += letter == '\'' ? "'\\''" : std::string{letter};
  return made + "'";
}

// The question of a witness as a command.
std::string command_of(const Witness& witness, const std::string& draft) {
  std::string made = "netto quote --customer " + shell_word(witness.customer);
  const auto add = [&made](std::string_view option, const std::string& value) {
    if (!value.empty()) made.append(" ").append(option).append(" ") += shell_word(value);
  };
  add("--draft", draft);
  add("--date", witness.date);
  add("--currency", witness.currency);
  add("--agreement", witness.agreement);
  for (const auto& [name, value] : witness.fields) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> own{
        {{"sales_organisation", "--sales-organisation"},
         {"site", "--site"},
         {"channel", "--channel"},
         {"document_kind", "--document-kind"}}};
    const auto known =
        std::ranges::find(own, name, &std::pair<std::string_view, std::string_view>::first);
    if (known != own.end()) {
      add(known->second, value);
    } else {
      made += " --field " + shell_word(name + "=" + value);
    }
  }
  std::string line = witness.article + ":" + witness.quantity;
  if (!witness.unit.empty()) line += ":" + witness.unit;
  return made + (line.front() == '-' ? " -- " : " ") + shell_word(line);
}

std::string importance_text(Importance importance, const Run& run) {
  std::string name{rules::importance_name(importance)};
  if (run.format != Format::table || !may_colour(run.out) || importance == Importance::notice)
    return name;
  return (importance == Importance::error ? "\x1b[31m" : "\x1b[33m") + name + "\x1b[0m";
}

// By importance, then kind; only of the kinds picked. The kept ones are all there is, but where a
// kind has more than are kept.
void add_counts(Report& report, const CheckReport& found, const std::vector<FindingKind>& kinds) {
  Table& table = report.table(
      "counts", "Counts",
      {{"importance", "importance"}, {"kind", "kind"}, {"count", "count", Align::right}});
  std::vector<FindingKind> sorted = kinds;
  std::ranges::stable_sort(sorted, {}, rules::importance_of);
  for (const FindingKind kind : sorted) {
    if (found.total(kind) == 0) continue;
    table.add({rules::importance_name(rules::importance_of(kind)), rules::finding_name(kind),
               found.total(kind)});
  }
}

void add_finding(Table& table, const Finding& finding, const CheckOptions& options,
                 const Run& run) {
  std::string command =
      finding.witness ? command_of(*finding.witness, options.draft) : std::string{};
  if (run.format == Format::table) {
    table.add({importance_text(finding.importance, run), rules::finding_name(finding.kind),
               finding.article, finding.document,
               command.empty() ? finding.text : finding.text + "; see " + command});
    return;
  }
  const Witness none;
  const Witness& witness = finding.witness ? *finding.witness : none;
  std::string fields;
  for (const auto& [name, value] : witness.fields)
    fields.append(fields.empty() ? "" : ";").append(name).append("=").append(value);
  table.add({rules::importance_name(finding.importance), rules::finding_name(finding.kind),
             finding.article, finding.document, finding.text, witness.customer, witness.quantity,
             witness.unit, witness.date, witness.currency, witness.agreement, fields, command});
}

void add_found(Report& report, const CheckReport& found, std::uint64_t total,
               const CheckOptions& options, const Run& run) {
  std::vector<Heading> headings{{"importance", "importance"},
                                {"kind", "kind"},
                                {"article", "article"},
                                {"document", "document"},
                                {"text", "finding"}};
  if (run.format != Format::table) {
    for (const char* name :
         {"customer", "quantity", "unit", "date", "currency", "agreement", "fields", "command"})
      headings.push_back({name, name});
  }
  Table& table =
      report.table("findings", run.format == Format::table ? "Findings" : "", std::move(headings));
  const auto& findings = found.findings;
  const std::size_t rows_max = options.rows_max;
  const std::size_t shown = rows_max == 0 ? findings.size() : std::min(rows_max, findings.size());
  for (std::size_t i = 0; i < shown; ++i) add_finding(table, findings[i], options, run);
  if (findings.empty()) table.note("Nothing to complain of.");
  if (shown == total) return;
  table.note(fmt::format("and {} more (--limit 0 shows all{}, --kind picks)",
                         grouped(total - shown),
                         findings.size() < total ? " that --keep keeps of a kind" : ""));
}

void add_rules_refused(Report& report, const std::vector<store::RefusedRow>& rows,
                       std::size_t rows_max) {
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

// The kinds asked for, all where none is; a Fault names those there are where one is not known.
engine::base::Result<std::vector<FindingKind>> kinds_of(const std::vector<std::string>& wanted) {
  std::vector<FindingKind> made;
  std::string names;
  for (std::size_t i = 0; i < rules::finding_kind_count; ++i) {
    const std::string_view name = rules::finding_name(kind_at(i));
    names.append(names.empty() ? "" : ", ").append(name);
    if (wanted.empty() || std::ranges::find(wanted, name) != wanted.end())
      made.push_back(kind_at(i));
  }
  for (const std::string& kind : wanted) {
    const bool known = std::ranges::any_of(
        made, [&kind](FindingKind each) { return rules::finding_name(each) == kind; });
    if (!known)
      return Fault{FaultCode::bad_request, "--kind",
                   fmt::format("'{}' is no kind of finding; these are: {}", kind, names)};
  }
  return made;
}

engine::base::Result<rules::CheckOptions> check_options(const CheckOptions& options,
                                                        const engine::snapshot::Snapshot& data) {
  rules::CheckOptions made;
  made.kept_max = options.kept_max;
  made.cost_type = options.cost_type;
  if (options.jump_percent > 0) made.jump_percent = options.jump_percent;
  if (!options.cost_type.empty() && !rules::is_cost_type(data, options.cost_type)) {
    return Fault{FaultCode::bad_request, "--cost-type",
                 fmt::format("'{}' is no condition type of prices with records under the article "
                             "alone",
                             options.cost_type)};
  }
  if (!options.date.empty()) {
    const auto day = engine::base::parse_civil(options.date);
    if (!day) return Fault{day.error().code, "--date", day.error().detail};
    made.today = *day;
    return made;
  }
  const auto clock = node::Clock::in(node::time_zone_of(data));
  if (!clock) return clock.error();
  made.today = clock->now();
  return made;
}

void run_check(const CheckOptions& options, Run& run) {
  const auto kinds = kinds_of(options.kinds);
  if (!kinds) return fail(run, kinds.error());
  const auto folder = open_asked(options.draft, run);
  if (!folder) return fail(run, folder.error());
  const auto& snapshot = *folder->snapshot;
  const auto asked = check_options(options, snapshot);
  if (!asked) return fail(run, asked.error());
  CheckReport found = rules::check(snapshot, *asked);
  std::erase_if(found.findings, [&kinds](const Finding& finding) {
    return std::ranges::find(*kinds, finding.kind) == kinds->end();
  });
  const node::LastImport& last = folder->node->last_import();
  const auto refused = folder->node->refused_rows(last.sequence);
  if (!refused) return fail(run, refused.error());
  Report report;
  if (!options.draft.empty()) report.fact("draft", "draft", options.draft);
  report.fact("generation", "generation", last.sequence);
  report.fact("last_import", "last import", fmt::format("{} at {}", last.source, last.received_at));
  std::uint64_t total = 0;
  for (const FindingKind kind : *kinds) total += found.total(kind);
  add_found(report, found, total, options, run);
  add_counts(report, found, *kinds);
  add_rules_refused(report, refused->rows, options.rows_max);
  report.write(run);
  const auto is_error = [](const Finding& finding) {
    return finding.importance == Importance::error;
  };
  if (run.exit == Exit::ok && std::ranges::any_of(found.findings, is_error))
    run.exit = Exit::findings;
}

}  // namespace

void add_check(CLI::App& app, Run& run) {
  auto* command =
      app.add_subcommand("check", "Tell what should be known of the data before it costs money");
  command->footer(check_closing);
  const auto options = std::make_shared<CheckOptions>();
  command->add_option("--kind", options->kinds, "Only findings of this kind; may be repeated")
      ->type_name("KIND");
  command->add_option("--limit", options->rows_max, "Findings and refused rows shown; 0 shows all")
      ->type_name("ROWS")
      ->capture_default_str();
  command->add_option("--keep", options->kept_max, "Findings of one kind that are kept")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command
      ->add_option("--cost-type", options->cost_type,
                   "Condition type of costs: prices below them are told")
      ->type_name("TYPE");
  command
      ->add_option("--jump", options->jump_percent,
                   "Prices that change more than this from one validity to the next are told")
      ->type_name("PERCENT")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--date", options->date, "As if this day were today")->type_name("DATE");
  add_draft_option(*command, options->draft);
  command->callback([options, &run] { run_check(*options, run); });
}

}  // namespace server::cli
