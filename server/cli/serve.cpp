#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/http/api.hpp"
#include "server/http/server.hpp"
#include "server/node/clock.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace server::cli {

using engine::base::Fault;

namespace {

constexpr std::chrono::milliseconds refresh_interval{
    500};  // how late another process's import may be noticed

constexpr const char* closing =
    "Answers over HTTP on the loopback interface: POST /v1/quote and what /openapi.json describes. "
    "What another process\n"
    "imports into the data folder is answered from within a second, without a restart. Ends with "
    "Ctrl-C or SIGTERM, after\n"
    "the requests that have begun.\n"
    "\n"
    "Examples:\n"
    "  netto serve\n"
    "  netto serve --port 0             any free port, told in the first line\n"
    "  netto --data /srv/prices serve --host ::1 --port 8080\n"
    "\n"
    "Exit codes: 0 stopped; 2 the address can't be used; 3 the data folder can't be used.";

struct Options {
  http::ServerOptions server;
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

// The data folder as it is served: read on a thread of its own while the server already answers
// that it is not ready, then looked at now and then for what other processes have imported.
class ServedFolder {
 public:
  ServedFolder(std::string folder, std::FILE* messages)
      : folder_{std::move(folder)}, messages_{messages} {}

  const engine::snapshot::SnapshotCell& cell() const { return cell_; }

  engine::base::CivilMinutes now() const {
    const std::lock_guard lock{mutex_};
    return clock_.now();
  }

  std::string not_ready() const {
    return cell_.version() == 0 ? "The data folder is being read." : "";
  }

  // Returns when `stop` was asked for, or with the fault that makes serving impossible.
  std::optional<Fault> follow(const std::stop_token& stop) {
    auto opened = node::Node::open(folder_);
    if (!opened) return opened.error();
    node_ = *std::move(opened);
    if (const auto& fault = node_->image_fault())
      fmt::print(messages_, "netto: {}; the journal was read instead\n", describe(*fault));
    if (auto published = publish(); !published) return published.error();
    tell_ready();
    std::mutex waiting;
    std::condition_variable_any wake;
    std::unique_lock lock{waiting};
    std::string last_complaint;
    while (!stop.stop_requested()) {
      wake.wait_for(lock, stop, refresh_interval, [] { return false; });
      if (!stop.stop_requested()) refresh(last_complaint);
    }
    return std::nullopt;
  }

 private:
  engine::base::Result<void> publish() {
    const auto snapshot = node_->snapshot();
    const auto clock = node::Clock::in(node::time_zone_of(*snapshot));
    if (!clock) return clock.error();
    {
      const std::lock_guard lock{mutex_};
      clock_ = *clock;
    }
    cell_.publish(snapshot);
    return {};
  }

  // What can't be read stays out, and the answers stay those of the last good state.
  void refresh(std::string& last_complaint) {
    const auto changed = node_->refresh();
    auto complaint = changed ? std::string{} : describe(changed.error());
    if (changed && *changed) {
      if (const auto published = publish(); !published) complaint = describe(published.error());
      if (complaint.empty()) tell_ready();
    }
    if (!complaint.empty() && complaint != last_complaint)
      fmt::print(messages_, "netto: {}\n", complaint);
    last_complaint = complaint;
  }

  void tell_ready() const {
    const auto snapshot = cell_.pin();
    fmt::print(messages_,
               "netto: generation {}: {} articles, {} customers, {} prices and other records\n",
               snapshot->generation(), grouped(snapshot->articles().base_units.size()),
               grouped(snapshot->customers().parents.size()),
               grouped(snapshot->conditions().record_count()));
  }

  std::string folder_;
  std::FILE* messages_;
  std::unique_ptr<node::Node> node_;
  engine::snapshot::SnapshotCell cell_;
  mutable std::mutex mutex_;
  node::Clock clock_;  // guarded by mutex_
};

void run_serve(const Options& options, Run& run) {
  ServedFolder folder{run.data, run.err};
  const http::Service service{folder.cell(), [&] { return folder.now(); },
                              [&] { return folder.not_ready(); }};
  const auto server =
      http::Server::open(options.server, [&] { return std::make_unique<http::Worker>(service); });
  if (!server) return fail(run, server.error());
  const SignalStop signals{**server};
  write_out(run, "listening on " + (*server)->address() + "\n");
  std::fflush(run.out);
  std::optional<Fault> fault;
  std::jthread follower{[&](const std::stop_token& stop) {
    fault = folder.follow(stop);
    if (fault) (*server)->stop();
  }};
  (*server)->run();
  follower.request_stop();
  follower.join();
  if (fault) return fail(run, *fault);
  fmt::print(run.err, "netto: stopped\n");
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
  command->callback([options, &run] { run_serve(*options, run); });
}

}  // namespace server::cli
