#include "tests/http_client/serve_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace tests {

namespace {

[[noreturn]] void fail_with_reason(const std::string& what) {
  throw std::runtime_error{what + ": " + std::system_category().message(errno)};
}

// Only what is allowed between fork and exec.
[[noreturn]] void become(char* const* arguments, int out, int messages, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() == parent) {
    ::dup2(out, STDOUT_FILENO);
    ::dup2(messages, STDERR_FILENO);
    ::execv(arguments[0], arguments);
  }
  ::_exit(127);
}

}  // namespace

ServeProcess::ServeProcess(const std::vector<std::string>& command, std::string messages)
    : messages_{std::move(messages)} {
  std::vector<char*> arguments;
  // execv() does not write to its arguments, but its interface is older than const.
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_with_reason("no pipe to be had");
  const int log = ::open(messages_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) fail_with_reason(messages_);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) become(arguments.data(), ends[1], log, parent);
  ::close(ends[1]);
  ::close(log);
  said_ = ends[0];
  if (process_ < 0) fail_with_reason("no process to be had");
}

ServeProcess::~ServeProcess() {
  kill();
  ::close(said_);
}

std::uint16_t ServeProcess::port() {
  if (port_) return *port_;
  std::string line;
  char byte = 0;
  while (::read(said_, &byte, 1) == 1 && byte != '\n') line += byte;
  const auto colon = line.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string::npos)
    std::from_chars(line.data() + colon + 1, line.data() + line.size(), port);
  port_ = port;
  return port;
}

bool ServeProcess::reap(int options) {
  const std::lock_guard lock{mutex_};
  if (status_) return true;
  int status = 0;
  if (::waitpid(process_, &status, options) != process_) return false;
  status_ = status;
  return true;
}

bool ServeProcess::is_running() { return !reap(WNOHANG); }

void ServeProcess::terminate() {
  if (is_running()) ::kill(process_, SIGTERM);
}

void ServeProcess::kill() {
  if (is_running()) ::kill(process_, SIGKILL);
  reap(0);
}

std::optional<int> ServeProcess::exit_code(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (is_running()) {
    if (std::chrono::steady_clock::now() > end) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  const std::lock_guard lock{mutex_};
  return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : -1;
}

std::string ServeProcess::messages() const {
  std::ifstream in{messages_, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> serve_command(const std::string& binary, const std::string& data,
                                       const std::vector<std::string>& more) {
  std::vector<std::string> command{binary, "--data", data, "serve", "--port", "0"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

}  // namespace tests
