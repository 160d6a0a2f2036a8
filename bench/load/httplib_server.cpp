#include "bench/load/httplib_server.hpp"

#include <httplib.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace bench::load {

ServerChild::Body httplib_server(BareAnswers answers, std::size_t threads, int core) {
  return [answers = std::move(answers), threads, core](const ServerChild::Ready& ready) {
    keep_on_core(core);
    static httplib::Server server;
    server.new_task_queue = [threads] { return new httplib::ThreadPool{threads}; };
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(1'000'000'000);
    server.Get(R"(/.*)", [&](const httplib::Request&, httplib::Response& response) {
      response.set_content(answers.get, "application/json");
    });
    server.Post(R"(/.*)", [&](const httplib::Request&, httplib::Response& response) {
      response.set_content(answers.post, "application/json");
    });
    const int port = server.bind_to_any_port("127.0.0.1");
    if (port <= 0) throw std::runtime_error{"cpp-httplib's server can't listen"};
    // Its threads wait for their callers to leave, so it is ended, not stopped.
    std::signal(SIGTERM, [](int) { ::_exit(0); });
    ready(static_cast<std::uint16_t>(port));
    server.listen_after_bind();
  };
}

}  // namespace bench::load
