// Load on one HTTP server of this machine, by one thread and epoll, over keep-alive connections
// that hold one request at a time. Every answer is counted to its connection, so that starving
// shows. Two modes:
//
// Open loop: requests are due at a fixed rate, whatever the server does. A latency runs from the
// moment that a request was due, not from when a connection was free to send it: a server that
// stalls is charged for all that waited. While requests are due soon the thread spins, so it wants
// a core of its own.
//
// Saturation (closed loop): every connection asks again as soon as it is answered. That gives the
// most a server does; its latencies say nothing about any other load, since callers wait with it.
//
// Bounded by seconds and by requests. An answer other than 200, a connection that ends, or no
// answer within answer_time is a failure that throws std::runtime_error.
#pragma once

#include "server/http/listener.hpp"

#include "bench/load/histogram.hpp"
#include "bench/load/requests.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench::load {

inline constexpr std::size_t connections_max = 1'024;
inline constexpr double seconds_max = 600;
inline constexpr std::uint64_t requests_max = 100'000'000;
inline constexpr std::chrono::seconds answer_time{10};

struct Load {
  const RequestSet* set = nullptr;
  std::size_t connections = 16;
  double rate = 0;  // requests a second; 0: saturation
  double seconds = 1;
  double warm_up = 0.1;              // seconds before, not counted
  std::function<void(double)> tell;  // the share that is done, now and then; may be empty
};

struct LoadResult {
  std::uint64_t answers = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;    // of answers, heads included
  double seconds = 0;         // from the first request due to the last answer
  double driver_seconds = 0;  // of processor, of this thread
  LatencyHistogram latency;
  std::vector<std::uint64_t> per_connection;  // answers, ascending

  double per_second() const { return static_cast<double>(answers) / seconds; }
};

class Driver {
 public:
  explicit Driver(std::uint16_t port) : port_{port} {}

  LoadResult run(const Load& load) const;

  // One request, its answer's body; throws unless the status is 200.
  std::string ask(const std::string& request) const;

 private:
  std::uint16_t port_;
};

// Connections that are open and say nothing.
class IdleConnections {
 public:
  IdleConnections(std::uint16_t port, std::size_t count);
  ~IdleConnections();
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;

  // How many the server has not let go.
  std::size_t open_count() const;

 private:
  std::vector<server::http::Descriptor> sockets_;
};

// Raises the limit of open files so that `count` connections fit; throws where it can't be.
void make_room_for_connections(std::size_t count);

}  // namespace bench::load
