// The runs of a session on one server: progress told while they last, rows printed as they come,
// everything kept for the report. The server is a child on a core of its own, the driver on
// another.
#pragma once

#include "bench/load/driver.hpp"
#include "bench/load/report.hpp"
#include "bench/load/server_child.hpp"

#include <string>
#include <string_view>

namespace bench::load {

struct RunSettings {
  const RequestSet* set = nullptr;
  std::size_t connections = 16;
  double rate = 0;  // 0: saturation
  double seconds = 1;
};

class Suite {
 public:
  explicit Suite(const ServerChild& netto) : netto_{netto} {}

  Session& session() { return session_; }

  // A run that is printed and kept.
  const RunRow& run(const RunSettings& settings);

  // Saturation with each server in turn, `rounds` times; the median row of each is printed and
  // kept, and its answers a second become the figures NAME.per_s, NAME.bare_per_s and
  // NAME.httplib_per_s. NAME.over_bare is the ratio, NAME.bare_processor_over the same by the
  // servers' processor time an answer, which others on the machine disturb less. Turns in which
  // others took the server's core don't count if any is left.
  struct Bare {
    const ServerChild& same_server;
    const ServerChild& httplib;
  };

  void beside_bare(const RunSettings& settings, const Bare& bare, int rounds,
                   const std::string& name);

  // What `count` idle connections cost the server, in cores.
  void idle(std::size_t count, double seconds);

  void figure(const std::string& name, double value);
  // A line on the terminal that is no row.
  void say(const std::string& text) const;
  // What is being done, where it can be seen and gone again.
  void show(const std::string& doing) const;

 private:
  RunRow measure(const ServerChild& server, const std::string& name, const RunSettings& settings);
  void keep(const RunRow& row);

  const ServerChild& netto_;
  Session session_;
  bool has_head_ = false;
};

}  // namespace bench::load
