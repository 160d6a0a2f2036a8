#include "engine/base/parallel.hpp"
#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/cli/serve_audit.hpp"
#include "server/http/api.hpp"
#include "server/http/metrics_sources.hpp"
#include "server/http/server.hpp"
#include "server/node/clock.hpp"
#include "server/node/writer.hpp"
#include "server/ops/log.hpp"
#include "server/ops/metrics.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace server::cli {

using engine::base::Fault;

namespace {

constexpr const char* closing =
    "Answers over HTTP on the loopback interface: POST /v1/quote and what /openapi.json describes. "
    "It is the one that writes\n"
    "to the data folder: batches come by POST /v1/feeds/FEED/batches. With --follow, or where "
    "another process writes, it\n"
    "answers from what that one has imported within a second. Ends with Ctrl-C or SIGTERM, after "
    "the requests that have\n"
    "begun. /metrics has figures for Prometheus; events go to stderr, a line each.\n"
    "\n"
    "Examples:\n"
    "  netto serve\n"
    "  netto serve --follow             beside another process that imports\n"
    "  netto serve --port 0             any free port, told in the first line\n"
    "  netto --data /srv/prices serve --host ::1 --port 8080\n"
    "  netto serve --log-format json --slow-request 50\n"
    "  netto serve --drain-notice 5000  behind a load balancer that asks /readyz\n"
    "\n"
    "Exit codes: 0 stopped; 2 the address can't be used; 3 the data folder can't be used.";

struct Options {
  http::ServerOptions server;
  ops::LogFormat log_format = ops::LogFormat::text;
  ops::Level log_level = ops::Level::info;
  std::uint32_t slow_request_ms = 250;
  std::uint32_t drain_notice_ms = 0;
  std::uint32_t audit_days = audit::kept_days_default;
  bool access_log = false;
  bool follow = false;
};

// What an operator sees of the node, and what tells of it.
struct Watch {
  ops::Log& log;
  ops::Metrics& metrics;
};

// The server that a signal stops: a handler can reach nothing but globals.
std::atomic<http::Server*> signalled_server{nullptr};

void stop_on_signal(int) {
  if (auto* const server = signalled_server.load()) server->stop();
}

// Ends the server on SIGINT and SIGTERM for as long as it lives.
class SignalStop {
 public:
  explicit SignalStop(http::Server& server) {
    signalled_server.store(&server);

    struct sigaction action {};

    action.sa_handler = stop_on_signal;
    ::sigaction(SIGINT, &action, &old_interrupt_);
    ::sigaction(SIGTERM, &action, &old_terminate_);
  }

  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;

  ~SignalStop() {
    ::sigaction(SIGINT, &old_interrupt_, nullptr);
    ::sigaction(SIGTERM, &old_terminate_, nullptr);
    signalled_server.store(nullptr);
  }

 private:
  struct sigaction old_interrupt_ {};

  struct sigaction old_terminate_ {};
};

struct EventName {
  std::string_view name;
  ops::Level level;
};

EventName name_of(node::WriterEvent event) {
  switch (event) {
    case node::WriterEvent::follows:
      return {"following", ops::Level::info};
    case node::WriterEvent::image_of_no_use:
      return {"image_of_no_use", ops::Level::warning};
    case node::WriterEvent::image_not_written:
      return {"image_not_written", ops::Level::warning};
    case node::WriterEvent::not_published:
      return {"not_published", ops::Level::error};
    case node::WriterEvent::refresh_failed:
      break;
  }
  return {"refresh_failed", ops::Level::error};
}

// The data folder as it is served: opened on a thread of its own while the server already answers
// that it is not ready; that thread then writes what comes in, or follows what others write.
class ServedFolder {
 public:
  ServedFolder(std::string folder, bool follow, const Watch& watch)
      : watch_{watch}, writer_{std::move(folder), writer_options(follow)} {}

  const engine::snapshot::SnapshotCell& cell() const { return cell_; }

  node::Writer& writer() { return writer_; }

  engine::base::CivilMinutes now() const {
    const std::lock_guard lock{mutex_};
    return clock_.now();
  }

  ops::Readiness readiness() const {
    // A node that is ready takes batches, too.
    if (cell_.version() != 0 && writer_.role() != node::Role::opening) return {};
    const auto all = batches_all_.load();
    return {ops::State::loading,
            all == 0 ? "The data folder is being read."
                     : "The data folder is being read: " + std::to_string(batches_read_.load()) +
                           " of " + std::to_string(all) + " batches.",
            batches_read_.load(), all};
  }

 private:
  node::WriterOptions writer_options(bool follow) {
    node::WriterOptions made;
    made.follow = follow;
    made.published = [this](const node::Node& node) { return publish(node); };
    made.tell = [this](node::WriterEvent event, const std::string& text) {
      const auto [name, level] = name_of(event);
      watch_.log.event(level, name, text);
    };
    made.written = [this](const node::WrittenBatch& batch) { note(batch); };
    made.imaged = [this](bool was_written) { watch_.metrics.count_image(was_written); };
    made.replay_progress = [this](std::uint64_t read, std::uint64_t all) {
      batches_read_.store(read);
      batches_all_.store(all);
    };
    return made;
  }

  engine::base::Result<void> publish(const node::Node& node) {
    const auto snapshot = node.snapshot();
    const auto clock = node::Clock::in(node::time_zone_of(*snapshot));
    if (!clock) return clock.error();
    {
      const std::lock_guard lock{mutex_};
      clock_ = *clock;
    }
    const bool is_first = cell_.version() == 0;
    cell_.publish(snapshot);
    if (is_first || writer_.role() == node::Role::following)
      tell_generation(*snapshot, is_first ? "ready" : "publish");
    return {};
  }

  void tell_generation(const engine::snapshot::Snapshot& snapshot, std::string_view event) const {
    const std::uint64_t articles = snapshot.articles().base_units.size();
    const std::uint64_t customers = snapshot.customers().parents.size();
    const std::uint64_t records = snapshot.conditions().record_count();
    watch_.log.event(
        ops::Level::info, event,
        fmt::format("generation {}: {} articles, {} customers, {} prices and other records",
                    snapshot.generation(), grouped(articles), grouped(customers), grouped(records)),
        {{"generation", snapshot.generation()},
         {"articles", articles},
         {"customers", customers},
         {"records", records}});
  }

  void note_findings(const node::ImportOutcome& outcome, const std::string& feed) const {
    const bool held = outcome.verdict == node::Verdict::held;
    for (const feed::Finding& found : outcome.findings) {
      const std::string batch = held ? fmt::format("held batch {}", outcome.held)
                                     : fmt::format("batch {}", outcome.sequence);
      watch_.log.event(ops::Level::warning, "guard", batch + ": " + feed::describe(found),
                       {{"feed", feed},
                        {"guard", feed::guard_name(found.guard)},
                        {"then", feed::guard_action_name(found.then)},
                        {"records", found.records},
                        {held ? "held" : "sequence", held ? outcome.held : outcome.sequence}});
    }
  }

  void note_decision(const node::WrittenBatch& batch) const {
    const node::HeldDecision& decision = *batch.request.decision;
    const auto& outcome = batch.outcome;
    if (!outcome.has_value() || !outcome->accepted()) {
      const Fault& fault = outcome.has_value() ? outcome->faults.front() : outcome.error();
      watch_.log.event(ops::Level::warning, "held_batch", describe(fault),
                       {{"held", decision.number}});
      return;
    }
    const bool released = decision.what == node::Decide::release;
    watch_.log.event(
        ops::Level::info, "held_batch",
        fmt::format("held batch {} {} by {}", decision.number, released ? "released" : "rejected",
                    decision.by),
        {{"held", decision.number}, {"sequence", outcome->sequence}, {"by", decision.by}});
  }

  // A line a batch for those who ask for it: small ones are many a second. One that did not go in
  // is told to everybody.
  void note(const node::WrittenBatch& batch) {
    const std::string& feed = batch.request.delivery.feed;
    const auto& outcome = batch.outcome;
    const bool accepted = outcome.has_value() && outcome->accepted();
    if (accepted && outcome->verdict == node::Verdict::repeated) return;
    if (batch.request.decision) return note_decision(batch);
    const bool held = outcome.has_value() && outcome->verdict == node::Verdict::held;
    if (held && outcome->findings.empty()) return;  // it came again
    if (outcome.has_value()) note_findings(*outcome, feed);
    node::RowCounts rows;
    if (outcome.has_value()) {
      for (const node::FeedPart& part : node::feed_parts(outcome->report)) {
        rows.accepted += part.rows.accepted;
        rows.refused += part.rows.refused;
      }
    }
    using ops::BatchResult;
    const auto result =
        accepted ? BatchResult::accepted : (held ? BatchResult::held : BatchResult::refused);
    // What a caller makes up must not become a series of figures of its own.
    const bool is_known = !outcome.has_value() || outcome->verdict != node::Verdict::unknown_feed;
    watch_.metrics.count_batch(is_known ? feed : "unknown", result, accepted ? rows.accepted : 0,
                               rows.refused);
    if (held) return;
    if (accepted) {
      watch_.metrics.count_publish(outcome->build_time);
      watch_.metrics.count_append(outcome->append_time);
      watch_.log.event(ops::Level::debug, "batch",
                       fmt::format("batch {} of {}: {} rows, {} refused", outcome->sequence, feed,
                                   grouped(rows.accepted), grouped(rows.refused)),
                       {{"feed", feed},
                        {"sequence", outcome->sequence},
                        {"rows", rows.accepted},
                        {"refused", rows.refused}});
      return;
    }
    const Fault& fault = outcome.has_value() ? outcome->faults.front() : outcome.error();
    watch_.log.event(ops::Level::warning, "batch_refused", describe(fault), {{"feed", feed}});
  }

  Watch watch_;
  std::atomic<std::uint64_t> batches_read_{0};  // while the folder is opened
  std::atomic<std::uint64_t> batches_all_{0};   // 0: not known yet
  engine::snapshot::SnapshotCell cell_;
  mutable std::mutex mutex_;
  node::Clock clock_;  // guarded by mutex_
  node::Writer writer_;
};

std::uint64_t milliseconds_of(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

http::ServerOptions server_options(const Options& options, ops::Log& log) {
  http::ServerOptions made = options.server;
  // Callers whose batches wait each hold a worker; as many as a machine has cores are left for
  // questions.
  made.workers = engine::base::worker_count() + node::write_queue_max;
  made.notice_time = std::chrono::milliseconds{options.drain_notice_ms};
  made.on_stop = [&log, notice = made.notice_time, limit = made.drain_time] {
    log.event(ops::Level::info, "drain", "told to stop; requests that have begun are finished",
              {{"notice_ms", milliseconds_of(notice)}, {"limit_ms", milliseconds_of(limit)}});
  };
  return made;
}

// Answers until it is told to stop. The fault that made serving impossible, if any.
std::optional<Fault> serve_folder(http::Server& server, ServedFolder& folder,
                                  audit::AuditKeeper& audit) {
  std::optional<Fault> fault;
  std::jthread writing{[&](const std::stop_token& stop) {
    fault = folder.writer().run(stop);
    if (fault) server.stop();
  }};
  std::jthread auditing{[&audit](const std::stop_token& stop) { audit.run(stop); }};
  server.run();
  // First: the writer leaves its journal as one file only where nobody else has it open.
  auditing.request_stop();
  auditing.join();
  writing.request_stop();
  writing.join();
  return fault;
}

void run_serve(const Options& options, Run& run) {
  ops::Log log{{options.log_format, options.log_level, run.err}};
  ops::Metrics metrics;
  ServedFolder folder{run.data, options.follow, {log, metrics}};
  audit::AuditKeeper audit{run.data, audit_options(options.audit_days, options.follow, log)};
  http::Server* answering = nullptr;  // set before anything is answered
  http::Service service{
      folder.cell(), [&] { return folder.now(); },
      [&] {
        if (!answering->is_stopping()) return folder.readiness();
        return ops::Readiness{ops::State::draining, "This node is about to stop.", 0, 0};
      }};
  service.metrics = &metrics;
  service.writer = &folder.writer();
  service.audit = &audit;
  service.log = &log;
  service.slow_request = std::chrono::milliseconds{options.slow_request_ms};
  service.is_every_request_told = options.access_log;
  const auto server = http::Server::open(server_options(options, log),
                                         [&] { return std::make_unique<http::Worker>(service); });
  if (!server) return fail(run, server.error());
  answering = server->get();
  http::watch_service(service, metrics);
  http::watch_server(**server, metrics);
  watch_audit(audit, folder.cell(), metrics);
  const SignalStop signals{**server};
  write_out(run, "listening on " + (*server)->address() + "\n");
  std::fflush(run.out);
  log.event(ops::Level::info, "start", "answering on " + (*server)->address(),
            {{"version", NETTO_VERSION}, {"data", run.data}});
  if (const auto fault = serve_folder(**server, folder, audit)) {
    log.event(ops::Level::error, "stop", describe(*fault));
    return fail(run, *fault);
  }
  log.event(ops::Level::info, "stop", "stopped");
}

}  // namespace

void add_serve(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("serve", "Answer over HTTP");
  command->footer(closing);
  const auto options = std::make_shared<Options>();
  command->add_option("--port", options->server.port, "The port; 0 takes any free one")
      ->type_name("PORT")
      ->capture_default_str();
  command
      ->add_option("--host", options->server.host, "127.0.0.1 or ::1: the loopback interface only")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command->add_option("--log-format", options->log_format, "Events as text or as JSON, a line each")
      ->transform(CLI::CheckedTransformer(std::map<std::string, ops::LogFormat>{
          {"text", ops::LogFormat::text}, {"json", ops::LogFormat::json}}))
      ->type_name("text|json");
  command->add_option("--log-level", options->log_level, "The least that is told; info without it")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, ops::Level>{{"debug", ops::Level::debug},
                                            {"info", ops::Level::info},
                                            {"warning", ops::Level::warning},
                                            {"error", ops::Level::error},
                                            {"off", ops::Level::off}}))
      ->type_name("debug|info|warning|error|off");
  command
      ->add_option("--slow-request", options->slow_request_ms,
                   "Requests that take as long are told of; 0: none")
      ->type_name("MS")
      ->capture_default_str();
  command->add_flag("--follow", options->follow,
                    "Write nothing; answer from what other processes import");
  add_audit_days(*command, options->audit_days);
  command->add_flag("--access-log", options->access_log, "Tell of every request");
  command
      ->add_option("--drain-notice", options->drain_notice_ms,
                   "How long a node that is told to stop goes on answering while /readyz says so")
      ->type_name("MS")
      ->check(CLI::Range(0, 600'000))
      ->capture_default_str();
  command->callback([options, &run] { run_serve(*options, run); });
}

}  // namespace server::cli
