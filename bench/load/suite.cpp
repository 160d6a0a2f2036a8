#include "bench/load/suite.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace bench::load {

namespace {

constexpr double warm_up = 0.2;

bool is_watched() { return ::isatty(STDERR_FILENO) != 0; }

void clear_progress() {
  if (is_watched()) std::fputs("\r\033[K", stderr);
}

// The median of those turns in which the machine let the server have its core; of all, where it
// never did.
RunRow median_of(const std::vector<RunRow>& rows) {
  constexpr double whole_core = 0.9;
  std::vector<RunRow> used;
  std::ranges::copy_if(rows, std::back_inserter(used),
                       [](const RunRow& row) { return row.server_core() >= whole_core; });
  if (used.empty()) used = rows;
  std::ranges::sort(used, {}, [](const RunRow& row) { return row.result.per_second(); });
  return used[used.size() / 2];
}

}  // namespace

void Suite::show(const std::string& doing) const {
  if (is_watched()) fmt::print(stderr, "\r\033[K{}", doing);
}

void Suite::say(const std::string& text) const {
  clear_progress();
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void Suite::figure(const std::string& name, double value) {
  session_.figures.emplace_back(name, value);
}

RunRow Suite::measure(const ServerChild& server, const std::string& name,
                      const RunSettings& settings) {
  RunRow row;
  row.what = settings.set->name;
  row.server = name;
  row.connections = settings.connections;
  row.rate = settings.rate;
  Load load;
  load.set = settings.set;
  load.connections = settings.connections;
  load.rate = settings.rate;
  load.seconds = settings.seconds;
  load.warm_up = warm_up;
  load.tell = [&](double share) {
    show(fmt::format("{}, {}, {} connections, {}: {:.0f} %", row.what, row.server, row.connections,
                     row.mode(), share * 100));
  };
  const double before = server.processor_seconds();
  row.result = Driver{server.port()}.run(load);
  row.server_seconds = server.processor_seconds() - before;
  row.whole_seconds = row.result.seconds + warm_up;
  return row;
}

void Suite::keep(const RunRow& row) {
  if (!std::exchange(has_head_, true)) say(table_head());
  say(table_line(row));
  session_.rows.push_back(row);
}

const RunRow& Suite::run(const RunSettings& settings) {
  keep(measure(netto_, "netto", settings));
  return session_.rows.back();
}

void Suite::beside_bare(const RunSettings& settings, const Bare& bare, int rounds,
                        const std::string& name) {
  struct Side {
    const ServerChild& server;
    std::string name;
    std::string figure;
    std::vector<RunRow> rows;
  };

  std::array sides{Side{netto_, "netto", ".per_s", {}},
                   Side{bare.same_server, "bare route", ".bare_per_s", {}},
                   Side{bare.httplib, "cpp-httplib, bare", ".httplib_per_s", {}}};
  for (int round = 0; round < rounds; ++round) {
    for (auto& side : sides) side.rows.push_back(measure(side.server, side.name, settings));
  }
  std::vector<double> per_second;
  std::vector<double> processor;
  for (const auto& side : sides) {
    const auto row = median_of(side.rows);
    keep(row);
    per_second.push_back(row.result.per_second());
    processor.push_back(row.server_us_per_answer());
    figure(name + side.figure, per_second.back());
    if (&side == &sides[0])
      figure(name + ".lines_per_s", static_cast<double>(row.result.lines) / row.result.seconds);
  }
  figure(name + ".over_bare", per_second[0] / per_second[1]);
  figure(name + ".bare_processor_over", processor[1] / processor[0]);
}

void Suite::idle(std::size_t count, double seconds) {
  show(fmt::format("{} idle connections", count));
  const IdleConnections connections{netto_.port(), count};
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  const double before = netto_.processor_seconds();
  std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
  const double share = (netto_.processor_seconds() - before) / seconds;
  if (connections.open_count() != count) {
    throw std::runtime_error{fmt::format("of {} idle connections the server ended {}", count,
                                         count - connections.open_count())};
  }
  say(fmt::format("{} idle connections: {:.2f} % of a core\n", count, share * 100));
  figure(fmt::format("http.idle{}.core_share", count), share);
}

}  // namespace bench::load
