#include "engine/base/parallel.hpp"
#include "server/cli/command.hpp"
#include "server/cli/report.hpp"
#include "server/http/api.hpp"
#include "server/http/server.hpp"
#include "server/node/clock.hpp"
#include "server/node/writer.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace server::cli {

using engine::base::Fault;

namespace {

constexpr const char* closing =
    "Answers over HTTP on the loopback interface: POST /v1/quote and what /openapi.json describes. "
    "It is the one that writes\n"
    "to the data folder: batches come by POST /v1/feeds/FEED/batches or by import --url. With "
    "--follow, or where another\n"
    "process writes, it answers from what that one has imported within a second. Ends with Ctrl-C "
    "or SIGTERM, after the\n"
    "requests that have begun.\n"
    "\n"
    "Examples:\n"
    "  netto serve\n"
    "  netto serve --follow             beside another process that imports\n"
    "  netto serve --port 0             any free port, told in the first line\n"
    "  netto --data /srv/prices serve --host ::1 --port 8080\n"
    "\n"
    "Exit codes: 0 stopped; 2 the address can't be used; 3 the data folder can't be used.";

struct Options {
  http::ServerOptions server;
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

// The data folder as it is served: opened on a thread of its own while the server already answers
// that it is not ready; that thread then writes what comes in, or follows what others write.
class ServedFolder {
 public:
  ServedFolder(std::string folder, bool follow, std::FILE* messages)
      : messages_{messages},
        writer_{std::move(folder),
                {.follow = follow,
                 .published = [this](const node::Node& node) { return publish(node); },
                 .tell = [this](const std::string& text) { tell(text); }}} {}

  const engine::snapshot::SnapshotCell& cell() const { return cell_; }

  node::Writer& writer() { return writer_; }

  engine::base::CivilMinutes now() const {
    const std::lock_guard lock{mutex_};
    return clock_.now();
  }

  std::string not_ready() const {
    return cell_.version() == 0 ? "The data folder is being read." : "";
  }

 private:
  engine::base::Result<void> publish(const node::Node& node) {
    const auto snapshot = node.snapshot();
    const auto clock = node::Clock::in(node::time_zone_of(*snapshot));
    if (!clock) return clock.error();
    {
      const std::lock_guard lock{mutex_};
      clock_ = *clock;
    }
    const bool first = cell_.version() == 0;
    cell_.publish(snapshot);
    if (first || writer_.role() == node::Role::following) tell_ready(*snapshot);
    return {};
  }

  // Not of every small batch that is written here: that would be many a second.
  void tell_ready(const engine::snapshot::Snapshot& snapshot) const {
    tell(fmt::format("generation {}: {} articles, {} customers, {} prices and other records",
                     snapshot.generation(), grouped(snapshot.articles().base_units.size()),
                     grouped(snapshot.customers().parents.size()),
                     grouped(snapshot.conditions().record_count())));
  }

  void tell(const std::string& text) const { fmt::print(messages_, "netto: {}\n", text); }

  std::FILE* messages_;
  engine::snapshot::SnapshotCell cell_;
  mutable std::mutex mutex_;
  node::Clock clock_;  // guarded by mutex_
  node::Writer writer_;
};

void run_serve(const Options& options, Run& run) {
  ServedFolder folder{run.data, options.follow, run.err};
  const http::Service service{folder.cell(), [&] { return folder.now(); },
                              [&] { return folder.not_ready(); }, &folder.writer()};
  // Callers whose batches wait each hold a worker; as many as a machine has cores are left for
  // questions.
  http::ServerOptions listening = options.server;
  listening.workers = engine::base::worker_count() + node::write_queue_max;
  const auto server =
      http::Server::open(listening, [&] { return std::make_unique<http::Worker>(service); });
  if (!server) return fail(run, server.error());
  const SignalStop signals{**server};
  write_out(run, "listening on " + (*server)->address() + "\n");
  std::fflush(run.out);
  std::optional<Fault> fault;
  std::jthread writing{[&](const std::stop_token& stop) {
    fault = folder.writer().run(stop);
    if (fault) (*server)->stop();
  }};
  (*server)->run();
  writing.request_stop();
  writing.join();
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
  command->add_flag("--follow", options->follow,
                    "Write nothing; answer from what other processes import");
  command->callback([options, &run] { run_serve(*options, run); });
}

}  // namespace server::cli
