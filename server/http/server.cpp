#include "server/http/server.hpp"

#include "engine/base/contract.hpp"
#include "engine/base/parallel.hpp"
#include "server/http/connection.hpp"
#include "server/http/listener.hpp"
#include "server/http/protocol.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using std::chrono::milliseconds;

namespace {

constexpr auto never = Clock::time_point::max().time_since_epoch().count();

// What a request can be refused with before a handler sees it; the last stands for any other.
constexpr std::array<int, 11> refusal_statuses{400, 408, 411, 413, 414, 417, 431, 501, 503, 505, 0};

std::size_t refusal_place(int status) {
  const auto found = std::ranges::find(refusal_statuses, status);
  return static_cast<std::size_t>(std::min(found, refusal_statuses.end() - 1) -
                                  refusal_statuses.begin());
}

void raise_event(const Descriptor& event) noexcept {
  const std::uint64_t one = 1;
  // Can only fail where the event is raised already.
  [[maybe_unused]] const auto written = ::write(event.number(), &one, sizeof one);
}

// What a worker thread has of its own.
struct Desk {
  explicit Desk(Handler& handler) : protocol{handler} {}

  Protocol protocol;
  std::string buffer;
};

}  // namespace

class Server::Inner {
 public:
  Inner(const ServerOptions& options, HandlerFactory handlers, Listener listener)
      : options_{options},
        handlers_{std::move(handlers)},
        listener_{std::move(listener)},
        connections_max_{connections_possible(options.connections)} {}

  Result<void> prepare();
  void run();

  void stop() noexcept {
    is_stopping_.store(true);
    raise_event(stop_event_);
  }

  bool is_stopping() const noexcept { return is_stopping_.load(); }

  ServerCounts counts() const;

  std::uint16_t port() const { return listener_.port; }

  std::string address() const {
    return "http://" + listener_.host + ":" + std::to_string(listener_.port);
  }

  std::size_t connection_count() const {
    const std::lock_guard lock{mutex_};
    return connections_.size();
  }

 private:
  // The thread of run().
  void accept_until_stopped();
  bool wait_for_callers(Clock::time_point end);
  void accept_waiting();
  void take_in(Descriptor socket);
  bool make_room();
  void sweep(Clock::time_point now);
  void drain();

  // Workers.
  void work(Handler& handler);
  void serve(Connection& connection, Desk& desk);
  bool go_on_sending(Connection& connection);
  void receive(Connection& connection, Desk& desk);
  bool answer_complete(Connection& connection, Desk& desk);
  void refuse(Connection& connection, const Refusal& refusal);
  void finish(Connection& connection);
  void drop_rest(Connection& connection, Desk& desk);
  void park(Connection& connection, Wait wait);
  void prepare_to_wait(Connection& connection, Wait wait);
  bool arm(Connection& connection, int operation);
  void close(Connection& connection);
  void count_buffered(Connection& connection);
  milliseconds time_for(Wait wait) const;

  ServerOptions options_;
  HandlerFactory handlers_;
  Listener listener_;
  std::size_t connections_max_;
  Descriptor epoll_;
  Descriptor stop_event_;
  Descriptor work_over_event_;
  std::atomic<bool> is_stopping_{false};   // told to; for the notice time all goes on as before
  std::atomic<bool> is_leaving_{false};    // no new connections; what has begun is finished
  std::atomic<bool> is_work_over_{false};  // workers end
  std::atomic<std::size_t> buffered_{0};   // bytes of unfinished requests
  std::atomic<std::uint64_t> taken_{0};    // connections
  std::atomic<std::uint64_t> turned_away_{0};
  std::array<std::atomic<std::uint64_t>, refusal_statuses.size()> refused_{};
  mutable std::mutex mutex_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;  // guarded by mutex_
};

ServerCounts Server::Inner::counts() const {
  ServerCounts counts{connection_count(), taken_.load(), turned_away_.load(), {}};
  for (std::size_t i = 0; i < refusal_statuses.size(); ++i) {
    if (const auto refused = refused_[i].load(); refused != 0)
      counts.requests_refused.emplace_back(refusal_statuses[i], refused);
  }
  return counts;
}

Result<void> Server::Inner::prepare() {
  epoll_ = Descriptor{::epoll_create1(EPOLL_CLOEXEC)};
  stop_event_ = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  work_over_event_ = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  epoll_event event{};
  event.events = EPOLLIN;  // level-triggered and never read: once raised it wakes every worker
  event.data.ptr = nullptr;
  if (epoll_.number() < 0 || stop_event_.number() < 0 || work_over_event_.number() < 0 ||
      ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, work_over_event_.number(), &event) != 0) {
    return Fault{FaultCode::bad_request, listener_.host,
                 "the system has no room for another server"};
  }
  return {};
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
  raise_event(work_over_event_);
  threads.clear();
  const std::lock_guard lock{mutex_};
  connections_.clear();
}

// ---- connections come and go
// ----------------------------------------------------------------------

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
      sweep(now);
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
      take_in(std::move(socket));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      // The machine is full: the callers stay in the backlog while somebody idle is let go.
      make_room();
      std::this_thread::sleep_for(milliseconds{10});
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void Server::Inner::take_in(Descriptor socket) {
  if (connection_count() >= connections_max_ && !make_room()) {
    turned_away_.fetch_add(1);
    const auto text = refusal_text(
        {503, "too_many_connections", "All connections are busy; try again in a moment."});
    ::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  // Without it an answer of two segments waits 40 ms for the caller's acknowledgement.
  const int on = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto connection = std::make_unique<Connection>(std::move(socket));
  auto* const taken = connection.get();
  taken_.fetch_add(1);
  {
    const std::lock_guard lock{mutex_};
    connections_.emplace(taken, std::move(connection));
  }
  prepare_to_wait(*taken, Wait::request);
  if (!arm(*taken, EPOLL_CTL_ADD)) close(*taken);
}

// Lets the connection go that has been idle longest; false when all are in the middle of something.
bool Server::Inner::make_room() {
  const std::lock_guard lock{mutex_};
  Connection* longest = nullptr;
  for (const auto& [connection, owner] : connections_) {
    if (!connection->is_parked.load() || connection->wait.load() != Wait::request ||
        connection->is_overdue.load()) {
      continue;
    }
    if (longest == nullptr || connection->idle_since.load() < longest->idle_since.load())
      longest = connection;
  }
  if (longest == nullptr) return false;
  longest->is_overdue.store(true);
  longest->shut();
  return true;
}

void Server::Inner::sweep(Clock::time_point now) {
  const std::lock_guard lock{mutex_};
  for (const auto& [connection, owner] : connections_) {
    const bool is_idle = connection->is_parked.load() && connection->wait.load() == Wait::request;
    const bool is_late = connection->deadline.load() <= now.time_since_epoch().count();
    if (!is_late && !(is_idle && is_leaving_.load())) continue;
    connection->is_overdue.store(true);
    // A caller that is late with its request is told; the others have nothing to be told, or don't
    // listen.
    if (connection->wait.load() == Wait::rest) {
      connection->shut_receiving();
    } else {
      connection->shut();
    }
  }
}

void Server::Inner::drain() {
  const auto end = Clock::now() + options_.drain_time;
  while (connection_count() > 0 && Clock::now() < end) {
    sweep(Clock::now());
    std::this_thread::sleep_for(milliseconds{5});
  }
}

// ---- what a worker does
// ---------------------------------------------------------------------------

void Server::Inner::work(Handler& handler) {
  Desk desk{handler};
  bool is_resting = false;
  while (!is_work_over_.load()) {
    epoll_event event{};
    const auto timeout = is_resting ? -1 : static_cast<int>(limits::worker_idle_time.count());
    const int count = ::epoll_wait(epoll_.number(), &event, 1, timeout);
    if (count == 0) {
      handler.rest();
      is_resting = true;
    } else if (count > 0 && event.data.ptr != nullptr) {
      is_resting = false;
      auto& connection = *static_cast<Connection*>(event.data.ptr);
      ENSURE(connection.is_parked.exchange(false));
      try {
        serve(connection, desk);
      } catch (const std::exception&) {
        close(connection);  // no memory for what it wants; nothing throws once it is parked again
      }
    }
  }
}

void Server::Inner::serve(Connection& connection, Desk& desk) {
  connection.deadline.store(never);
  switch (connection.wait.load()) {
    case Wait::goodbye:
      return drop_rest(connection, desk);
    case Wait::taking:
      if (go_on_sending(connection)) receive(connection, desk);
      return;
    case Wait::request:
    case Wait::rest:
      return receive(connection, desk);
  }
}

// True when everything is sent and the connection goes on.
bool Server::Inner::go_on_sending(Connection& connection) {
  switch (connection.send_rest()) {
    case Transfer::gone:
      close(connection);
      return false;
    case Transfer::some:
    case Transfer::none:
      park(connection, Wait::taking);
      return false;
    case Transfer::all:
      break;
  }
  if (!connection.is_closing) return true;
  finish(connection);
  return false;
}

void Server::Inner::receive(Connection& connection, Desk& desk) {
  const bool was_empty = connection.received.empty();
  const auto transfer = connection.receive(desk.buffer);
  if (was_empty && !connection.received.empty()) connection.began = Clock::now();
  count_buffered(connection);
  // What a caller sent before it closed its side is answered all the same.
  if (!answer_complete(connection, desk)) return;
  if (transfer == Transfer::gone) {
    if (!connection.is_overdue.load() || connection.received.empty()) return close(connection);
    return refuse(connection,
                  {408, "too_slow",
                   "The request did not arrive within " +
                       std::to_string(options_.request_time.count()) + " ms (request_time)."});
  }
  if (connection.framer.awaits_continue() && !connection.was_told_to_continue) {
    connection.was_told_to_continue = true;
    if (connection.send("HTTP/1.1 100 Continue\r\n\r\n", {}) == Transfer::gone)
      return close(connection);
  }
  park(connection, connection.received.empty() ? Wait::request : Wait::rest);
}

// Answers every complete request that has been received; false when the connection was parked or
// closed on the way.
bool Server::Inner::answer_complete(Connection& connection, Desk& desk) {
  while (!connection.received.empty()) {
    const auto state = connection.framer.look(connection.received);
    if (state == Framer::State::refused) {
      refuse(connection, connection.framer.refusal());
      return false;
    }
    if (state == Framer::State::incomplete) {
      if (buffered_.load() <= limits::buffered_bytes) return true;
      refuse(connection,
             {503, "busy", "Too much is being received from all callers; try again in a moment."});
      return false;
    }
    const bool last =
        is_leaving_.load() || ++connection.requests >= limits::requests_per_connection;
    const auto after = desk.protocol.answer(connection.framer.head(connection.received),
                                            connection.framer.body(connection.received),
                                            last ? Protocol::After::close : Protocol::After::keep);
    connection.is_closing = after == Protocol::After::close;
    connection.drop_answered();
    connection.began = Clock::now();
    count_buffered(connection);
    const auto transfer = connection.send(desk.protocol.head(), desk.protocol.body());
    if (transfer != Transfer::all || connection.is_closing) {
      if (transfer == Transfer::gone) {
        close(connection);
      } else if (transfer == Transfer::some) {
        park(connection, Wait::taking);
      } else {
        finish(connection);
      }
      return false;
    }
  }
  return true;
}

void Server::Inner::refuse(Connection& connection, const Refusal& refusal) {
  refused_[refusal_place(refusal.status)].fetch_add(1);
  connection.is_closing = true;
  connection.is_refused = true;
  connection.received.clear();
  count_buffered(connection);
  switch (connection.send(refusal_text(refusal), {})) {
    case Transfer::all:
      return finish(connection);
    case Transfer::gone:
      return close(connection);
    default:
      return park(connection, Wait::taking);
  }
}

// The last answer is sent. Closing at once with bytes unread would reset the connection, and the
// caller would not see its refusal: so the rest is read and dropped for a while.
void Server::Inner::finish(Connection& connection) {
  if (!connection.is_refused) return close(connection);
  connection.shut_sending();
  connection.began = Clock::now();
  park(connection, Wait::goodbye);
}

void Server::Inner::drop_rest(Connection& connection, Desk& desk) {
  const auto transfer = connection.receive(desk.buffer);
  connection.drained += connection.received.size();
  connection.received.clear();
  if (transfer == Transfer::gone || connection.drained > limits::refused_bytes_drained)
    return close(connection);
  park(connection, Wait::goodbye);
}

milliseconds Server::Inner::time_for(Wait wait) const {
  switch (wait) {
    case Wait::request:
      return options_.idle_time;
    case Wait::rest:
      return options_.request_time;
    case Wait::taking:
      return options_.write_time;
    case Wait::goodbye:
      break;
  }
  return limits::refused_time;
}

// Hands the connection to whichever worker is woken for it next; it must not be touched afterwards.
void Server::Inner::park(Connection& connection, Wait wait) {
  prepare_to_wait(connection, wait);
  // Can't fail: the socket is registered, and it is closed by its owner only.
  ENSURE(arm(connection, EPOLL_CTL_MOD));
}

void Server::Inner::prepare_to_wait(Connection& connection, Wait wait) {
  const auto now = Clock::now();
  const bool is_batch = wait == Wait::rest && connection.framer.is_batch();
  const auto time =
      is_batch ? std::max<milliseconds>(options_.request_time, limits::batch_time) : time_for(wait);
  // The time for a request, or for a farewell, runs from its beginning, however often a byte
  // arrives.
  const bool runs_on = wait == Wait::rest || wait == Wait::goodbye;
  const auto end = (runs_on ? connection.began : now) + time;
  if (wait == Wait::request) {
    connection.give_back_memory();
    connection.idle_since.store(now.time_since_epoch().count());
  }
  connection.deadline.store(end.time_since_epoch().count());
  connection.wait.store(wait);
}

bool Server::Inner::arm(Connection& connection, int operation) {
  const int number = connection.number();
  epoll_event event{};
  event.events = (connection.wait.load() == Wait::taking ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
  event.data.ptr = &connection;
  connection.is_parked.store(true);  // the last that is done to it here
  return ::epoll_ctl(epoll_.number(), operation, number, &event) == 0;
}

void Server::Inner::close(Connection& connection) {
  connection.received.clear();
  count_buffered(connection);
  std::unique_ptr<Connection> dying;  // its socket is closed outside the lock
  const std::lock_guard lock{mutex_};
  const auto found = connections_.find(&connection);
  dying = std::move(found->second);
  connections_.erase(found);
}

void Server::Inner::count_buffered(Connection& connection) {
  const auto now = connection.received.size();
  if (now >= connection.counted) {
    buffered_.fetch_add(now - connection.counted);
  } else {
    buffered_.fetch_sub(connection.counted - now);
  }
  connection.counted = now;
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
