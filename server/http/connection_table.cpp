#include "server/http/connection_table.hpp"

#include "engine/base/contract.hpp"
#include "server/http/protocol.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using std::chrono::milliseconds;

ConnectionTable::ConnectionTable(const ServerOptions& options)
    : options_{options}, most_{connections_possible(options.connections)} {}

Result<void> ConnectionTable::prepare() {
  epoll_ = Descriptor{::epoll_create1(EPOLL_CLOEXEC)};
  wake_event_ = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  epoll_event event{};
  event.events = EPOLLIN;  // level-triggered and never read: once raised it wakes every worker
  event.data.ptr = nullptr;
  if (epoll_.number() >= 0 && wake_event_.number() >= 0 &&
      ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, wake_event_.number(), &event) == 0)
    return {};
  return Fault{FaultCode::bad_request, options_.host, "the system has no room for another server"};
}

std::size_t ConnectionTable::size() const {
  const std::lock_guard lock{mutex_};
  return connections_.size();
}

void ConnectionTable::take_in(Descriptor socket) {
  if (size() >= most_ && !make_room()) {
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

bool ConnectionTable::make_room() {
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

void ConnectionTable::sweep(Clock::time_point now, bool idle_too) {
  const std::lock_guard lock{mutex_};
  for (const auto& [connection, owner] : connections_) {
    const bool is_idle = connection->is_parked.load() && connection->wait.load() == Wait::request;
    const bool is_late = connection->deadline.load() <= now.time_since_epoch().count();
    if (!is_late && !(is_idle && idle_too)) continue;
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

Connection* ConnectionTable::next(int timeout, bool& is_timeout) {
  epoll_event event{};
  const int count = ::epoll_wait(epoll_.number(), &event, 1, timeout);
  is_timeout = count == 0;
  if (count <= 0 || event.data.ptr == nullptr) return nullptr;
  auto* const connection = static_cast<Connection*>(event.data.ptr);
  ENSURE(connection->is_parked.exchange(false));
  return connection;
}

void ConnectionTable::wake_all() noexcept {
  const std::uint64_t one = 1;
  // Can only fail where the event is raised already.
  [[maybe_unused]] const auto written = ::write(wake_event_.number(), &one, sizeof one);
}

milliseconds ConnectionTable::time_for(Wait wait) const {
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

void ConnectionTable::park(Connection& connection, Wait wait) {
  prepare_to_wait(connection, wait);
  // Can't fail: the socket is registered, and it is closed by its owner only.
  ENSURE(arm(connection, EPOLL_CTL_MOD));
}

void ConnectionTable::prepare_to_wait(Connection& connection, Wait wait) const {
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

bool ConnectionTable::arm(Connection& connection, int operation) {
  const int number = connection.number();
  epoll_event event{};
  event.events = (connection.wait.load() == Wait::taking ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
  event.data.ptr = &connection;
  connection.is_parked.store(true);  // the last that is done to it here
  return ::epoll_ctl(epoll_.number(), operation, number, &event) == 0;
}

void ConnectionTable::close(Connection& connection) {
  connection.received.clear();
  count_buffered(connection);
  std::unique_ptr<Connection> dying;  // its socket is closed outside the lock
  const std::lock_guard lock{mutex_};
  const auto found = connections_.find(&connection);
  dying = std::move(found->second);
  connections_.erase(found);
}

void ConnectionTable::close_all() {
  const std::lock_guard lock{mutex_};
  connections_.clear();
}

void ConnectionTable::count_buffered(Connection& connection) {
  const auto now = connection.received.size();
  if (now >= connection.counted) {
    buffered_.fetch_add(now - connection.counted);
  } else {
    buffered_.fetch_sub(connection.counted - now);
  }
  connection.counted = now;
}

}  // namespace server::http
