// held, release, reject: batches that guards keep aside, and what a person decides about them, in a data
// folder or at a running node.
#include "server/cli/command.hpp"
#include "server/cli/remote.hpp"
#include "server/cli/report.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace server::cli {

using engine::base::Fault;
using engine::base::Result;

namespace {

constexpr const char* held_closing =
    "A batch is held when a guard of its feed says so: its rows can be read, but look wrong. "
    "Nothing "
    "has changed\n"
    "until somebody releases it; then it is applied to what is there at that moment.\n"
    "\n"
    "Examples:\n"
    "  netto held                               what waits, and why\n"
    "  netto release 3 --by anna                let it in\n"
    "  netto reject 3 --by anna --url http://127.0.0.1:8080   drop it, at the node that writes";

struct HeldOptions {
  bool all = false;
  std::uint64_t number = 0;
  std::string by;
  std::string url;
};

const char* state_text(store::HeldState state) {
  switch (state) {
    case store::HeldState::held:
      return "held";
    case store::HeldState::released:
      return "released";
    case store::HeldState::rejected:
      break;
  }
  return "rejected";
}

std::string why_text(const store::HeldBatch& batch) {
  std::string text;
  for (const store::HeldFinding& found : batch.findings)
    text += (text.empty() ? "" : " | ") + found.guard + ": " + found.detail;
  return text;
}

struct HeldLine {
  std::uint64_t number = 0;
  std::string state, received_at, source;
  std::uint64_t sequence = 0;  // 0: not released
  std::string decided_by, found;
};

Result<std::vector<HeldLine>> held_in_folder(const HeldOptions& options, const Run& run) {
  const auto journal = store::open_journal(run.data, store::Access::read);
  if (!journal) return journal.error();
  const auto batches =
      (*journal)->held(options.all ? std::nullopt : std::optional{store::HeldState::held});
  if (!batches) return batches.error();
  std::vector<HeldLine> lines;
  for (const store::HeldBatch& batch : *batches) {
    lines.push_back({batch.number, state_text(batch.state), batch.received_at, batch.source,
                     batch.sequence, batch.decided_by, why_text(batch)});
  }
  return lines;
}

Result<std::vector<HeldLine>> held_at_node(const HeldOptions& options) {
  const auto answer = get_json(options.url, options.all ? "/v1/batches?state=all" : "/v1/batches");
  if (!answer) return answer.error();
  std::vector<HeldLine> lines;
  const rules::Json* batches = answer->find("batches");
  if (batches == nullptr) return lines;
  for (const rules::Json& batch : batches->items()) {
    HeldLine& line = lines.emplace_back(HeldLine{
        number_in(batch, "number"), text_in(batch, "state"), text_in(batch, "received_at"),
        text_in(batch, "source"), number_in(batch, "sequence"), text_in(batch, "decided_by"), ""});
    const rules::Json* findings = batch.find("findings");
    if (findings == nullptr) continue;
    for (const rules::Json& found : findings->items()) {
      line.found += (line.found.empty() ? "" : " | ") + text_in(found, "guard") + ": " +
                    text_in(found, "detail");
    }
  }
  return lines;
}

void list_held(const HeldOptions& options, Run& run) {
  const auto lines = options.url.empty() ? held_in_folder(options, run) : held_at_node(options);
  if (!lines) return fail(run, lines.error());
  Report report;
  Table& rows = report.table("batches", "",
                             {{"number", "number", Align::right},
                              {"state", "state"},
                              {"received_at", "received"},
                              {"source", "from"},
                              {"sequence", "released as", Align::right},
                              {"decided_by", "by"},
                              {"findings", "found"}});
  for (const HeldLine& line : *lines) {
    rows.add({line.number, line.state, line.received_at, line.source,
              line.sequence == 0 ? Value{""} : Value{line.sequence}, line.decided_by, line.found});
  }
  if (lines->empty() && run.format == Format::table) return write_out(run, "no batch is held\n");
  report.write(run);
}

void decide_at_node(const HeldOptions& options, std::string_view verb, Run& run) {
  const auto path = fmt::format("/v1/batches/{}/{}?by={}", options.number, verb,
                                http::percent_encoded(options.by));
  const auto answer = http::post_json(options.url, path, "");
  if (!answer) return fail(run, answer.error());
  if (answer->status == 200) return write_out(run, answer->body + "\n");
  fail(run, fault_of(options.url, *answer));
}

void decide(const HeldOptions& options, node::Decide what, Run& run) {
  const bool releases = what == node::Decide::release;
  if (!options.url.empty()) return decide_at_node(options, releases ? "release" : "reject", run);
  auto node = node::Node::open(run.data, {node::Access::write, node::Keep::facts});
  if (!node) return fail(run, node.error());
  node::ImportRequest request;
  request.decision = node::HeldDecision{what, options.number, options.by};
  const auto outcome = (*node)->import(request);
  for (const Fault& fault : outcome.faults) fail(run, fault);
  if (!outcome.accepted()) return;
  write_out(run, releases ? fmt::format("held batch {} is in as batch {}\n", options.number,
                                        outcome.sequence)
                          : fmt::format("held batch {} is dropped\n", options.number));
}

void add_decision(CLI::App& app, Run& run, const char* name, const char* text, node::Decide what) {
  auto* command = app.add_subcommand(name, text);
  command->footer(held_closing);
  const auto options = std::make_shared<HeldOptions>();
  command->add_option("NUMBER", options->number, "Of the held batch")->required();
  command->add_option("--by", options->by, "Who decides; kept with the batch")
      ->type_name("NAME")
      ->required();
  command->add_option("--url", options->url, "At the running node of this address")
      ->type_name("URL");
  command->callback([options, what, &run] { decide(*options, what, run); });
}

}  // namespace

void add_held(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("held", "Show the batches that guards hold");
  command->footer(held_closing);
  const auto options = std::make_shared<HeldOptions>();
  command->add_flag("--all", options->all, "Those that were released or rejected, too");
  command->add_option("--url", options->url, "At the running node of this address")
      ->type_name("URL");
  command->callback([options, &run] { list_held(*options, run); });
  add_decision(app, run, "release", "Apply a batch that is held", node::Decide::release);
  add_decision(app, run, "reject", "Drop a batch that is held", node::Decide::reject);
}

}  // namespace server::cli
