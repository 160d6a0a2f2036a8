// ServeProcess: a `netto serve` as a process of its own, for tests that stop it, kill it or put it
// into a world of its own. Its first line says where it answers; what it says on stderr goes to a
// file. Killed with its owner, and by the system should this process die first. One thread starts
// and reads it; kill() and is_running() are for any. Failures to start a process throw
// std::runtime_error.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tests {

class ServeProcess {
 public:
  // `command[0]` is a path; nothing is waited for.
  ServeProcess(const std::vector<std::string>& command, std::string messages);
  ~ServeProcess();
  ServeProcess(const ServeProcess&) = delete;
  ServeProcess& operator=(const ServeProcess&) = delete;

  // Waits for its first line. 0: it ended without one.
  std::uint16_t port();

  bool is_running();
  void terminate();  // SIGTERM
  void kill();       // SIGKILL; gone when this returns

  // Nothing where it does not end in time; -1 where a signal ended it.
  std::optional<int> exit_code(std::chrono::milliseconds limit);

  pid_t process() const { return process_; }

  // What it has said on stderr so far.
  std::string messages() const;

 private:
  bool reap(int options);

  std::string messages_;
  pid_t process_ = -1;
  int said_ = -1;
  std::optional<std::uint16_t> port_;
  std::mutex mutex_;           // of what follows
  std::optional<int> status_;  // as waitpid() told it
};

// `netto --data data serve --port 0`, with more options behind it.
std::vector<std::string> serve_command(const std::string& binary, const std::string& data,
                                       const std::vector<std::string>& more = {});

}  // namespace tests
