// feeds: what is known of each feed, in a data folder or at a running node.
#include "server/cli/command.hpp"
#include "server/cli/remote.hpp"
#include "server/cli/report.hpp"
#include "server/node/clock.hpp"
#include "server/node/node.hpp"
#include "server/ops/freshness.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace server::cli {

using engine::base::Result;
using rules::Json;

namespace {

constexpr const char* feeds_closing =
    "What came last of each feed, how old that is, and how old it may grow; what guards found in "
    "its last batch, and\n"
    "which batch was turned away last.\n"
    "\n"
    "Examples:\n"
    "  netto feeds                                  of the data folder\n"
    "  netto feeds --url http://127.0.0.1:8080      of a running node\n"
    "  netto feeds --json                           for scripts; ages and limits in seconds\n"
    "\n"
    "Exit codes: 0 all feeds are fresh; 1 one is beyond its limit; 2 the address can't be used; 3 "
    "the data folder or the\n"
    "node can't be reached.";

struct FeedsOptions {
  std::string url;
  bool as_json = false;
};

struct FeedLine {
  node::FeedRecord record;
  std::optional<std::uint64_t> age;    // seconds
  std::optional<std::uint64_t> limit;  // seconds
  std::string behaviour;
  bool is_fresh = true;
  std::string findings;
  std::string last_error;
};

// ---- from a folder, from a node
// -----------------------------------------------------------------

void add_notes(const store::FeedNotes& notes, FeedLine& line) {
  for (const store::FeedFound& found : notes.found) {
    if (found.feed != line.record.feed) continue;
    for (const store::HeldFinding& one : found.findings)
      line.findings += (line.findings.empty() ? "" : " | ") + one.guard + ": " + one.detail;
  }
  const auto error = std::ranges::find(notes.errors, line.record.feed, &store::FeedError::feed);
  if (error != notes.errors.end()) line.last_error = error->at + " " + error->detail;
}

Result<std::vector<FeedLine>> lines_of_folder(const std::string& folder) {
  const auto node = node::Node::open(folder);
  if (!node) return node.error();
  const auto snapshot = (*node)->snapshot();
  const auto now = ops::utc_seconds();
  const auto notes = (*node)->feed_notes();
  if (!notes) return notes.error();
  std::vector<FeedLine> lines;
  for (const node::FeedRecord& record : (*node)->feeds()) {
    FeedLine line{record, node::seconds_since(record.received_at), {}, {}, true, {}, {}};
    for (const auto& stamp : snapshot->feed_stamps()) {
      if (stamp.feed != record.feed || !stamp.limit) continue;
      line.limit = static_cast<std::uint64_t>(*stamp.limit);
      line.behaviour = engine::snapshot::stale_behaviour_name(stamp.behaviour);
      line.is_fresh = !ops::is_stale(stamp, now);
    }
    add_notes(*notes, line);
    lines.push_back(std::move(line));
  }
  return lines;
}

node::RowCounts counts_of(const Json* rows) {
  if (rows == nullptr) return {};
  return {number_in(*rows, "read"), number_in(*rows, "accepted"), number_in(*rows, "set_aside"),
          number_in(*rows, "refused")};
}

std::optional<std::uint64_t> optional_in(const Json& object, std::string_view name) {
  return has(object, name) ? std::optional{number_in(object, name)} : std::nullopt;
}

FeedLine line_of(const Json& feed) {
  FeedLine line;
  line.record.feed = text_in(feed, "feed");
  line.record.sequence = number_in(feed, "sequence");
  line.record.received_at = text_in(feed, "received_at");
  line.record.sender_sequence = optional_in(feed, "sender_sequence");
  line.record.batches = number_in(feed, "batches");
  line.record.last = counts_of(feed.find("last"));
  line.record.all = counts_of(feed.find("all"));
  line.age = optional_in(feed, "age_seconds");
  line.limit = optional_in(feed, "limit_seconds");
  line.behaviour = text_in(feed, "behaviour");
  line.is_fresh = is_true(feed, "fresh");
  if (const Json* found = feed.find("findings")) {
    for (const Json& one : found->items()) {
      line.findings += (line.findings.empty() ? "" : " | ") + text_in(one, "guard") + ": " +
                       text_in(one, "detail");
    }
  }
  if (has(feed, "last_error")) {
    const Json& error = *feed.find("last_error");
    line.last_error = text_in(error, "at") + " " + text_in(error, "detail");
  }
  return line;
}

Result<std::vector<FeedLine>> lines_of_node(const std::string& url) {
  const auto answer = get_json(url, "/v1/feeds");
  if (!answer) return answer.error();
  std::vector<FeedLine> lines;
  if (const Json* feeds = answer->find("feeds")) {
    for (const Json& feed : feeds->items()) lines.push_back(line_of(feed));
  }
  return lines;
}

// ---- as people and machines read it
// -------------------------------------------------------------

// "35 s", "12 min", "3 h 20 min", "4 d 2 h".
std::string span_text(std::uint64_t seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  const std::uint64_t minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{} min", minutes);
  const std::uint64_t hours = minutes / 60;
  const auto two = [](std::uint64_t large, const char* unit, std::uint64_t small,
                      const char* small_unit) {
    return small == 0 ? fmt::format("{} {}", large, unit)
                      : fmt::format("{} {} {} {}", large, unit, small, small_unit);
  };
  if (hours < 48) return two(hours, "h", minutes % 60, "min");
  return two(hours / 24, "d", hours % 24, "h");
}

Value span_value(const std::optional<std::uint64_t>& seconds, Format format) {
  if (!seconds) return "";
  return format == Format::table ? Value{span_text(*seconds)} : Value{*seconds};
}

std::string note_of(const FeedLine& line) {
  std::string text = line.findings;
  if (!line.last_error.empty())
    text += (text.empty() ? "" : " | ") + ("turned away " + line.last_error);
  return text;
}

void write_people(const std::vector<FeedLine>& lines, Run& run) {
  Report report;
  Table& rows = report.table("feeds", "",
                             {{"feed", "feed"},
                              {"sequence", "batch", Align::right},
                              {"sender_sequence", "sender's", Align::right},
                              {"received_at", "received"},
                              {"age", "age", Align::right},
                              {"limit", "limit", Align::right},
                              {"fresh", "fresh"},
                              {"read", "read", Align::right},
                              {"accepted", "accepted", Align::right},
                              {"refused", "refused", Align::right},
                              {"note", ""}});
  for (const FeedLine& line : lines) {
    const node::FeedRecord& of = line.record;
    const std::string stale = "no: " + line.behaviour;
    rows.add({of.feed, of.sequence, of.sender_sequence ? Value{*of.sender_sequence} : Value{""},
              of.received_at, span_value(line.age, run.format), span_value(line.limit, run.format),
              line.is_fresh ? "yes" : stale, of.last.read, of.last.accepted, of.last.refused,
              note_of(line)});
  }
  if (lines.empty()) return write_out(run, "nothing has come of any feed yet\n");
  report.write(run);
}

void write_machines(const std::vector<FeedLine>& lines, Run& run) {
  Report report;
  Table& rows = report.table("feeds", "",
                             {{"feed", ""},
                              {"sequence", ""},
                              {"sender_sequence", ""},
                              {"received_at", ""},
                              {"age_seconds", ""},
                              {"limit_seconds", ""},
                              {"behaviour", ""},
                              {"fresh", ""},
                              {"batches", ""},
                              {"read", ""},
                              {"accepted", ""},
                              {"set_aside", ""},
                              {"refused", ""},
                              {"all_read", ""},
                              {"all_accepted", ""},
                              {"all_refused", ""},
                              {"findings", ""},
                              {"last_error", ""}});
  for (const FeedLine& line : lines) {
    const node::FeedRecord& of = line.record;
    rows.add({of.feed, of.sequence, of.sender_sequence ? Value{*of.sender_sequence} : Value{""},
              of.received_at, span_value(line.age, run.format), span_value(line.limit, run.format),
              line.behaviour, line.is_fresh ? "yes" : "no", of.batches, of.last.read,
              of.last.accepted, of.last.set_aside, of.last.refused, of.all.read, of.all.accepted,
              of.all.refused, line.findings, line.last_error});
  }
  report.write(run);
}

void run_feeds(const FeedsOptions& options, Run& run) {
  if (options.as_json) run.format = Format::json;
  const auto lines = options.url.empty() ? lines_of_folder(run.data) : lines_of_node(options.url);
  if (!lines) return fail(run, lines.error());
  run.format == Format::table ? write_people(*lines, run) : write_machines(*lines, run);
  const bool all_fresh = std::ranges::all_of(*lines, &FeedLine::is_fresh);
  if (!all_fresh && run.exit == Exit::ok) run.exit = Exit::findings;
}

}  // namespace

void add_feeds(CLI::App& app, Run& run) {
  auto* command =
      app.add_subcommand("feeds", "Show what came last of each feed, and how old it is");
  command->footer(feeds_closing);
  const auto options = std::make_shared<FeedsOptions>();
  command->add_option("--url", options->url, "Of the running node of this address")
      ->type_name("URL");
  command->add_flag("--json", options->as_json, "The same as --format json");
  command->callback([options, &run] { run_feeds(*options, run); });
}

}  // namespace server::cli
