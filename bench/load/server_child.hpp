// A server as a process of its own on one core, so that its processor time can be told from the
// driver's: started here, stopped here, and by the system should this process die before it.
//
// A child by a function is forked from this process, which must not have started a thread yet; it
// calls `ready(port)` when it answers and returns when it has been told to stop (SIGTERM). A child
// by a command is a program whose first line ends with its address, as `netto serve` writes it.
// Failures throw std::runtime_error.
#pragma once

#include "server/http/listener.hpp"
#include "server/http/server.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench::load {

class ServerChild {
 public:
  using Ready = std::function<void(std::uint16_t port)>;
  using Body = std::function<void(const Ready& ready)>;

  static ServerChild of(const Body& body);
  // `command[0]` is the program's path.
  static ServerChild of(const std::vector<std::string>& command, int core);

  ServerChild(ServerChild&& other) noexcept;
  ServerChild(const ServerChild&) = delete;
  ServerChild& operator=(const ServerChild&) = delete;
  ServerChild& operator=(ServerChild&&) = delete;
  // Stops it, by SIGTERM and if need be by SIGKILL.
  ~ServerChild();

  std::uint16_t port() const { return port_; }

  // Of processor, all its threads, since it began.
  double processor_seconds() const;

 private:
  ServerChild(pid_t process, server::http::Descriptor told);
  void read_port();

  pid_t process_ = -1;
  server::http::Descriptor told_;  // what the child says
  std::uint16_t port_ = 0;
};

// Keeps this thread, and those that it starts, on the core. False where the machine has no such
// core, or doesn't let it be chosen.
bool keep_on_core(int core);

// Serves until SIGTERM, with one worker; for the body of a child.
void serve_until_stopped(server::http::HandlerFactory handlers, const ServerChild::Ready& ready);

// Answers every GET with one text and every POST with another, after the request has been read:
// what the server costs without what it is for.
struct BareAnswers {
  std::string get;
  std::string post;
};

// The body of a child with bare answers on that core.
ServerChild::Body bare_server(BareAnswers answers, int core);

}  // namespace bench::load
