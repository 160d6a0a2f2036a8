// held, release, reject: batches that guards keep aside, and what a person decides about them, in a data
// folder or at a running node.
#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/http/client.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <cctype>
#include <memory>
#include <string>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;

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

void list_held(const HeldOptions& options, Run& run) {
  const auto journal = store::open_journal(run.data, store::Access::read);
  if (!journal) return fail(run, journal.error());
  const auto batches =
      (*journal)->held(options.all ? std::nullopt : std::optional{store::HeldState::held});
  if (!batches) return fail(run, batches.error());
  Report report;
  Table& rows = report.table("batches", "",
                             {{"number", "number", Align::right},
                              {"state", "state"},
                              {"received_at", "received"},
                              {"source", "from"},
                              {"sequence", "released as", Align::right},
                              {"decided_by", "by"},
                              {"findings", "found"}});
  for (const store::HeldBatch& batch : *batches) {
    rows.add({batch.number, state_text(batch.state), batch.received_at, batch.source,
              batch.sequence == 0 ? Value{""} : Value{batch.sequence}, batch.decided_by,
              why_text(batch)});
  }
  if (batches->empty() && run.format == Format::table) return write_out(run, "no batch is held\n");
  report.write(run);
}

std::string encoded(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      made += c;
    } else {
      made += fmt::format("%{:02X}", byte);
    }
  }
  return made;
}

void decide_at_node(const HeldOptions& options, std::string_view verb, Run& run) {
  const auto path =
      fmt::format("/v1/batches/{}/{}?by={}", options.number, verb, encoded(options.by));
  const auto answer = http::post_json(options.url, path, "");
  if (!answer) return fail(run, answer.error());
  if (answer->status == 200) return write_out(run, answer->body + "\n");
  fail(run, Fault{answer->status >= 500 ? FaultCode::store_unavailable : FaultCode::bad_request,
                  options.url, answer->body});
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
  command->callback([options, &run] { list_held(*options, run); });
  add_decision(app, run, "release", "Apply a batch that is held", node::Decide::release);
  add_decision(app, run, "reject", "Drop a batch that is held", node::Decide::reject);
}

}  // namespace server::cli
