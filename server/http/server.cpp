#include "server/http/server.hpp"

#include "engine/base/parallel.hpp"
#include "server/http/connection_table.hpp"
#include "server/http/conversation.hpp"
#include "server/http/listener.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>
#include <vector>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using std::chrono::milliseconds;

class Server::Inner {
 public:
  Inner(const ServerOptions& options, HandlerFactory handlers, Listener listener)
      : options_{options},
        handlers_{std::move(handlers)},
        listener_{std::move(listener)},
        connections_{options} {}

  Result<void> prepare();
  void run();

  void stop() noexcept {
    is_stopping_.store(true);
    const std::uint64_t one = 1;
    // Can only fail where the event is raised already.
    [[maybe_unused]] const auto written = ::write(stop_event_.number(), &one, sizeof one);
  }

  bool is_stopping() const noexcept { return is_stopping_.load(); }

  ServerCounts counts() const {
    return {connections_.size(), connections_.taken(), connections_.turned_away(),
            refused_.by_status()};
  }

  std::uint16_t port() const { return listener_.port; }

  std::string address() const {
    return "http://" + listener_.host + ":" + std::to_string(listener_.port);
  }

  std::size_t connection_count() const { return connections_.size(); }

 private:
  // The thread of run().
  void accept_until_stopped();
  bool wait_for_callers(Clock::time_point end);
  void accept_waiting();
  void drain();

  void work(Handler& handler);  // a worker's thread

  ServerOptions options_;
  HandlerFactory handlers_;
  Listener listener_;
  ConnectionTable connections_;
  RefusalCounts refused_;
  Descriptor stop_event_;
  std::atomic<bool> is_stopping_{false};   // told to; for the notice time all goes on as before
  std::atomic<bool> is_leaving_{false};    // no new connections; what has begun is finished
  std::atomic<bool> is_work_over_{false};  // workers end
};

Result<void> Server::Inner::prepare() {
  stop_event_ = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (stop_event_.number() >= 0) return connections_.prepare();
  return Fault{FaultCode::bad_request, listener_.host, "the system has no room for another server"};
}

void Server::Inner::run() {
  const auto count = options_.workers != 0 ? options_.workers : engine::base::worker_count();
  std::vector<std::unique_ptr<Handler>> handlers;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::clamp<std::size_t>(count, 1, limits::workers); ++i) {
    handlers.push_back(handlers_());
    threads.emplace_back([this, handler = handlers.back().get()] { work(*handler); });
  }
  accept_until_stopped();
  drain();
  is_work_over_.store(true);
  connections_.wake_all();
  threads.clear();
  connections_.close_all();
}

void Server::Inner::accept_until_stopped() {
  auto swept = Clock::now();
  auto end = Clock::time_point::max();  // of the notice
  while (Clock::now() < end) {
    if (wait_for_callers(end)) accept_waiting();
    const auto now = Clock::now();
    if (is_stopping_.load() && end == Clock::time_point::max()) {
      end = now + options_.notice_time;
      if (options_.on_stop) options_.on_stop();
    }
    if (now - swept >= limits::sweep_interval) {
      connections_.sweep(now, false);
      swept = now;
    }
  }
  is_leaving_.store(true);
  listener_.socket.close();
}

// True when there are any; returns also when the server is told to stop, and now and then.
bool Server::Inner::wait_for_callers(Clock::time_point end) {
  const bool was_told = is_stopping_.load();
  auto timeout = limits::sweep_interval;
  if (was_told)
    timeout =
        std::clamp(std::chrono::ceil<milliseconds>(end - Clock::now()), milliseconds{0}, timeout);
  // The event stays raised: who has seen it looks at the listener alone.
  std::array<pollfd, 2> waited{pollfd{listener_.socket.number(), POLLIN, 0},
                               pollfd{stop_event_.number(), POLLIN, 0}};
  ::poll(waited.data(), was_told ? 1 : 2, static_cast<int>(timeout.count()));
  return (waited[0].revents & POLLIN) != 0;
}

void Server::Inner::accept_waiting() {
  for (int taken = 0; taken < limits::listen_backlog; ++taken) {
    Descriptor socket{
        ::accept4(listener_.socket.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (socket.number() >= 0) {
      connections_.take_in(std::move(socket));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      // The machine is full: the callers stay in the backlog while somebody idle is let go.
      connections_.make_room();
      std::this_thread::sleep_for(milliseconds{10});
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void Server::Inner::drain() {
  const auto end = Clock::now() + options_.drain_time;
  while (connections_.size() > 0 && Clock::now() < end) {
    connections_.sweep(Clock::now(), true);
    std::this_thread::sleep_for(milliseconds{5});
  }
}

void Server::Inner::work(Handler& handler) {
  Conversation conversation{handler, connections_, refused_, options_, is_leaving_};
  bool is_resting = false;
  while (!is_work_over_.load()) {
    const auto timeout = is_resting ? -1 : static_cast<int>(limits::worker_idle_time.count());
    bool is_timeout = false;
    if (Connection* const connection = connections_.next(timeout, is_timeout)) {
      is_resting = false;
      conversation.go_on(*connection);
    } else if (is_timeout) {
      handler.rest();
      is_resting = true;
    }
  }
}

// ---- the door
// -------------------------------------------------------------------------------------

Result<std::unique_ptr<Server>> Server::open(const ServerOptions& options,
                                             HandlerFactory handlers) {
  auto listener = listen_on(options.host, options.port);
  if (!listener) return listener.error();
  auto inner = std::make_unique<Inner>(options, std::move(handlers), *std::move(listener));
  if (auto prepared = inner->prepare(); !prepared) return prepared.error();
  return std::unique_ptr<Server>{new Server{std::move(inner)}};
}

Server::Server(std::unique_ptr<Inner> inner) : inner_{std::move(inner)} {}

Server::~Server() = default;

std::uint16_t Server::port() const { return inner_->port(); }

std::string Server::address() const { return inner_->address(); }

void Server::run() { inner_->run(); }

void Server::stop() noexcept { inner_->stop(); }

bool Server::is_stopping() const noexcept { return inner_->is_stopping(); }

ServerCounts Server::counts() const { return inner_->counts(); }

std::size_t Server::connection_count() const { return inner_->connection_count(); }

}  // namespace server::http
