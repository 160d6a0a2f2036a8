// ConnectionTable: all connections of a server, and what each waits for. A worker takes one out of
// next(), owns it, and parks or closes it; a connection that waits is nobody's, and only its
// deadline counts. Lets go of the one idle longest where there is no room for another, and of those
// whose time is over. Any thread; take_in(), make_room() and sweep() are the accepting thread's.
#pragma once

#include "engine/base/result.hpp"
#include "server/http/connection.hpp"
#include "server/http/listener.hpp"
#include "server/http/server.hpp"

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace server::http {

class ConnectionTable {
 public:
  explicit ConnectionTable(const ServerOptions& options);

  // Fault: the system has no room for another server.
  engine::base::Result<void> prepare();

  // A new caller, where there is room or can be made; else it is told and turned away.
  void take_in(Descriptor socket);

  // Lets the connection go that has been idle longest; false when all are in the middle of
  // something.
  bool make_room();

  // Lets those go whose time is over; with `idle_too`, all that wait for a request.
  void sweep(Clock::time_point now, bool idle_too);

  // Blocks for at most `timeout` (-1: for ever) until a connection has something to do, which is then
  // the caller's. Null: none has, or wake_all() was called; which of them, `is_timeout` says.
  Connection* next(int timeout, bool& is_timeout);

  // From now on next() returns at once.
  void wake_all() noexcept;

  // Hands the connection to whichever worker is woken for it next; it must not be touched
  // afterwards.
  void park(Connection& connection, Wait wait);

  void close(Connection& connection);
  void close_all();

  // To be called where `received` has changed.
  void count_buffered(Connection& connection);

  // Bytes of unfinished requests of all callers.
  std::size_t buffered() const { return buffered_.load(); }

  std::size_t size() const;

  std::uint64_t taken() const { return taken_.load(); }

  std::uint64_t turned_away() const { return turned_away_.load(); }

 private:
  void prepare_to_wait(Connection& connection, Wait wait) const;
  bool arm(Connection& connection, int operation);
  std::chrono::milliseconds time_for(Wait wait) const;

  ServerOptions options_;
  std::size_t most_;
  Descriptor epoll_;
  Descriptor wake_event_;
  std::atomic<std::size_t> buffered_{0};
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<std::uint64_t> turned_away_{0};
  mutable std::mutex mutex_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;  // guarded by mutex_
};

}  // namespace server::http
