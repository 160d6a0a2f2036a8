#include "engine/base/parallel.hpp"
#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/cli/serve_audit.hpp"
#include "server/cli/served_folder.hpp"
#include "server/http/api.hpp"
#include "server/http/metrics_sources.hpp"
#include "server/http/server.hpp"
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
#include <optional>
#include <string>
#include <thread>

namespace server::cli {

using engine::base::Fault;

namespace {

constexpr const char* serve_closing =
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

struct ServeOptions {
  http::ServerOptions server;
  ops::LogFormat log_format = ops::LogFormat::text;
  ops::Level log_level = ops::Level::info;
  std::uint32_t slow_request_ms = 250;
  std::uint32_t drain_notice_ms = 0;
  std::uint32_t compact_at_mb = 64;
  std::uint32_t compact_look_ms = 10'000;
  std::uint32_t audit_days = audit::kept_days_default;
  bool access_log = false;
  bool follow = false;
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

std::uint64_t milliseconds_of(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(time.count());
}

http::ServerOptions server_options(const ServeOptions& options, ops::Log& log) {
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
                                  const ServeOptions& options, audit::AuditKeeper& audit) {
  std::optional<Fault> fault;
  std::jthread writing{[&](const std::stop_token& stop) {
    fault = folder.writer().run(stop);
    if (fault) server.stop();
  }};
  std::jthread auditing{[&audit](const std::stop_token& stop) { audit.run(stop); }};
  std::jthread compacting{[&](const std::stop_token& stop) {
    node::CompactOptions compacting_options;
    compacting_options.bytes_least = std::uint64_t{options.compact_at_mb} << 20U;
    compacting_options.may_drop_to = [&audit] {
      return audit.is_waited_for() ? audit.audited_through() : UINT64_MAX;
    };
    folder.compact(compacting_options, std::chrono::milliseconds{options.compact_look_ms}, stop);
  }};
  server.run();
  // First: the writer leaves its journal as one file only where nobody else has it open.
  auditing.request_stop();
  compacting.request_stop();
  auditing.join();
  compacting.join();
  writing.request_stop();
  writing.join();
  return fault;
}

void run_serve(const ServeOptions& options, Run& run) {
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
  service.draft_views = &folder.draft_views();
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
  if (const auto fault = serve_folder(**server, folder, options, audit)) {
    log.event(ops::Level::error, "stop", describe(*fault));
    return fail(run, *fault);
  }
  log.event(ops::Level::info, "stop", "stopped");
}

}  // namespace

void add_serve(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("serve", "Answer over HTTP");
  command->footer(serve_closing);
  const auto options = std::make_shared<ServeOptions>();
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
  command
      ->add_option("--compact-at", options->compact_at_mb,
                   "How much the journal may grow before a checkpoint takes its place, at least as "
                   "much as that has")
      ->type_name("MB")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command
      ->add_option("--compact-look", options->compact_look_ms,
                   "How often it is looked whether the journal has grown so much")
      ->type_name("MS")
      ->check(CLI::Range(1, 3'600'000))
      ->capture_default_str();
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
