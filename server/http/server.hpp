// Server: connections of the loopback interface, their requests to handlers, the answers back. A
// connection that waits
// - idle, sending slowly, reading slowly - is a few hundred bytes in an epoll set and holds no
// thread: workers take up a connection only when it has something to say, and a request only when
// it is complete. So a thousand idle callers, or callers that stop in mid-request, cost the others
// nothing, and no more threads are needed than there are cores. Everything a caller can make large
// has a limit (limits.hpp); beyond it the caller is told and let go. run() blocks; stop() may be
// called from any thread and from a signal handler. Handlers are made one a worker. Cost: four
// system calls a request.
#pragma once

#include "engine/base/result.hpp"
#include "server/http/limits.hpp"
#include "server/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace server::http {

struct ServerOptions {
  std::string host = "127.0.0.1";  // or ::1, or localhost: nothing else is listened on
  std::uint16_t port = 8080;       // 0: any free one
  std::size_t workers = 0;         // 0: the machine's cores
  std::size_t connections = limits::connections;
  std::chrono::milliseconds idle_time = limits::idle_time;
  std::chrono::milliseconds request_time = limits::request_time;
  std::chrono::milliseconds write_time = limits::write_time;
  std::chrono::milliseconds drain_time = limits::drain_time;
  // How long stop() goes on taking connections, so that whoever sends traffic can see that this
  // node is leaving.
  std::chrono::milliseconds notice_time{0};
  std::function<void()> on_stop = {};  // called once it is noticed, by the thread of run()
};

// Since the server was opened; any thread. Those of single requests are the handlers' to count.
struct ServerCounts {
  std::size_t connections_open = 0;
  std::uint64_t connections_taken = 0;
  std::uint64_t connections_refused = 0;
  // Requests that no handler saw, since they could not be framed or came too late, by status.
  std::vector<std::pair<int, std::uint64_t>> requests_refused;
};

using HandlerFactory = std::function<std::unique_ptr<Handler>()>;

class Server {
 public:
  // Listens from here on. Faults: unsupported for an address that is not loopback, bad_request for
  // a port that is taken.
  static engine::base::Result<std::unique_ptr<Server>> open(const ServerOptions& options,
                                                            HandlerFactory handlers);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  // "http://127.0.0.1:8080".
  std::string address() const;

  // Answers until stop() and for the notice time after it; then takes no new connection, finishes
  // the requests that have begun, and returns.
  void run();
  void stop() noexcept;
  // Whether stop() was called: the node is leaving, though it may still answer.
  bool is_stopping() const noexcept;

  ServerCounts counts() const;

  std::size_t connection_count() const;

 private:
  class Inner;
  explicit Server(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace server::http
