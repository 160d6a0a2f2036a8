#include "bench/load/server_child.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace bench::load {

using server::http::Descriptor;

namespace {

constexpr std::chrono::seconds stop_time{10};
constexpr int failed_exit = 70;

[[noreturn]] void fail_with_reason(const std::string& what) {
  throw std::runtime_error{what + ": " + std::system_category().message(errno)};
}

struct Pipe {
  Descriptor from;
  Descriptor to;
};

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) fail_with_reason("no pipe to be had");
  return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

// Forks a child that dies with this process; `work` doesn't return there.
template <class Work>
pid_t fork_child(Work work) {
  const pid_t parent = ::getpid();
  std::fflush(nullptr);
  const pid_t process = ::fork();
  if (process < 0) fail_with_reason("no process to be had");
  if (process != 0) return process;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() == parent) work();
  ::_exit(failed_exit);
}

void tell(const Descriptor& to, const std::string& line) {
  [[maybe_unused]] const auto written = ::write(to.number(), line.data(), line.size());
}

// A handler of signals can reach nothing but globals.
std::atomic<server::http::Server*> running_server{nullptr};

void stop_on_signal(int) {
  if (auto* const server = running_server.load()) server->stop();
}

class BareHandler final : public server::http::Handler {
 public:
  explicit BareHandler(const BareAnswers& answers) : answers_{answers} {}

  void handle(const server::http::Request& request, server::http::Response& response) override {
    response.clear();
    const bool is_get = request.method == "GET";
    response.body = is_get ? answers_.get : answers_.post;
    // What a single price has in its head.
    if (is_get) response.etag = R"("1-0123456789abcdef")";
  }

 private:
  const BareAnswers& answers_;
};

}  // namespace

bool keep_on_core(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<unsigned>(core), &cores);
  return ::sched_setaffinity(0, sizeof cores, &cores) == 0;
}

void serve_until_stopped(server::http::HandlerFactory handlers, const ServerChild::Ready& ready) {
  server::http::ServerOptions options;
  options.port = 0;
  options.workers = 1;
  auto opened = server::http::Server::open(options, std::move(handlers));
  if (!opened) throw std::runtime_error{opened.error().where + ": " + opened.error().detail};
  running_server.store(opened->get());

  struct sigaction action {};

  action.sa_handler = stop_on_signal;
  ::sigaction(SIGTERM, &action, nullptr);
  ready((*opened)->port());
  (*opened)->run();
  running_server.store(nullptr);
}

ServerChild::Body bare_server(BareAnswers answers, int core) {
  return [answers = std::move(answers), core](const ServerChild::Ready& ready) {
    keep_on_core(core);
    serve_until_stopped([&] { return std::make_unique<BareHandler>(answers); }, ready);
  };
}

ServerChild::ServerChild(pid_t process, Descriptor told)
    : process_{process}, told_{std::move(told)} {}

ServerChild::ServerChild(ServerChild&& other) noexcept
    : process_{std::exchange(other.process_, -1)},
      told_{std::move(other.told_)},
      port_{other.port_} {}

ServerChild ServerChild::of(const Body& body) {
  auto pipe = make_pipe();
  const auto process = fork_child([&] {
    try {
      body([&](std::uint16_t port) { tell(pipe.to, ":" + std::to_string(port) + "\n"); });
      ::_exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "server: %s\n", error.what());
    }
  });
  pipe.to.close();
  ServerChild child{process, std::move(pipe.from)};
  child.read_port();
  return child;
}

ServerChild ServerChild::of(const std::vector<std::string>& command, int core) {
  auto pipe = make_pipe();
  std::vector<char*> arguments;
  // execv() does not write to its arguments, but its interface is older than const.
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const auto process = fork_child([&] {
    keep_on_core(core);
    ::dup2(pipe.to.number(), STDOUT_FILENO);
    ::execv(arguments.front(), arguments.data());
    std::fprintf(stderr, "%s: %s\n", arguments.front(),
                 std::system_category().message(errno).c_str());
  });
  pipe.to.close();
  ServerChild child{process, std::move(pipe.from)};
  child.read_port();
  return child;
}

// The digits after the last colon of the first line.
void ServerChild::read_port() {
  std::string line;
  char byte = 0;
  while (::read(told_.number(), &byte, 1) == 1 && byte != '\n') line += byte;
  const auto colon = line.rfind(':');
  const auto* const from = line.data() + (colon == std::string::npos ? line.size() : colon + 1);
  const auto [end, error] = std::from_chars(from, line.data() + line.size(), port_);
  if (error != std::errc{} || port_ == 0)
    throw std::runtime_error{"the server did not start; see what it said above"};
}

ServerChild::~ServerChild() {
  if (process_ <= 0) return;
  ::kill(process_, SIGTERM);
  const auto end = std::chrono::steady_clock::now() + stop_time;
  while (::waitpid(process_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) ::kill(process_, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

double ServerChild::processor_seconds() const {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process_, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    throw std::runtime_error{"the server ended by itself"};
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace bench::load
