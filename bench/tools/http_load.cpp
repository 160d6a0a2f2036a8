// Load on Netto over HTTP: `http_load` runs the whole session on world M, `http_load run` one load.
//
// It starts the server itself, on loopback and on one core, and stops it: a child that serves a
// generated world, or `netto serve` on a data folder that holds that world (--data). Answers are
// held against the plain oracle before anything is timed. What a session writes: a table on the
// terminal, http_load.json and http_load.svg in the output folder, figures for the bars.

#include "server/http/api.hpp"

#include "bench/bars/figures.hpp"
#include "bench/load/httplib_server.hpp"
#include "bench/load/plot.hpp"
#include "bench/load/suite.hpp"
#include "bench/load/verify.hpp"
#include "bench/micro/world_facts.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <deque>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

namespace {

using namespace bench::load;
using bench::world::World;

constexpr std::size_t prices_timed = 20'000;
constexpr std::size_t quotes_timed = 2'000;
constexpr std::size_t lines_verified = 2'000;  // of each kind of request
constexpr std::size_t connections_usual = 16;
constexpr double ready_seconds_max = 300;

struct Options {
  std::string size = "M";
  std::string data;
  std::string netto;
  std::string out = ".";
  std::string figures;
  std::string invoices =
      std::string{NETTO_SOURCE_DIR} + "/../shared/data/online-retail/invoice_lines.csv.xz";
  int rounds = 5;
  double seconds = 1;
  int server_core = 0;
  int driver_core = 1;
  // Of a single load.
  std::string kind = "price";
  std::size_t connections = connections_usual;
  double rate = 0;
};

// Serves the generated world out of memory, by the product's own handlers.
ServerChild::Body world_server(const World& world, int core) {
  return [&world, core](const ServerChild::Ready& ready) {
    engine::snapshot::SnapshotCell cell;
    cell.publish(bench::micro::load_world(world));
    server::http::Service service{cell, [] { return *engine::base::civil(2026, 7, 1); },
                                  [] { return server::ops::Readiness{}; }};
    // Counting is part of what is measured, as it is of the product.
    server::ops::Metrics metrics;
    service.metrics = &metrics;
    keep_on_core(core);
    serve_until_stopped([&] { return std::make_unique<server::http::Worker>(service); }, ready);
  };
}

// `netto serve` answers that it is not ready while it reads its folder.
void wait_until_ready(const Driver& driver) {
  const std::string question =
      "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  for (double waited = 0; waited < ready_seconds_max; waited += 0.1) {
    try {
      driver.ask(question);
      return;
    } catch (const std::exception&) {
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
  }
  throw std::runtime_error{fmt::format("the server was not ready after {} s", ready_seconds_max)};
}

ServerChild start_netto(const World& world, const Options& options) {
  if (options.data.empty()) return ServerChild::of(world_server(world, options.server_core));
  auto child = ServerChild::of({options.netto, "--data", options.data, "serve", "--port", "0"},
                               options.server_core);
  wait_until_ready(Driver{child.port()});
  return child;
}

std::string commit() {
  const std::string command =
      "git -C '" NETTO_SOURCE_DIR "' describe --always --dirty --abbrev=12 2>/dev/null";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{::popen(command.c_str(), "r"),
                                                             ::pclose};
  std::array<char, 128> line{};
  if (pipe == nullptr || std::fgets(line.data(), line.size(), pipe.get()) == nullptr)
    return "unknown";
  const std::string text{line.data()};
  return text.substr(0, text.find('\n'));
}

void add_facts(const Options& options, const World& world, Session& session) {
  session.facts = bench::bars::machine_facts();
  session.facts.emplace_back("commit", commit());
  session.facts.emplace_back(
      "data_set", fmt::format("generated world {}, seed {}", options.size, world.seed()));
  session.facts.emplace_back(
      "server", options.data.empty() ? "the product's handlers over the world in memory, one worker"
                                     : "netto serve on a data folder");
  session.facts.emplace_back(
      "cores", fmt::format("server on core {}, driver on core {}, of {}", options.server_core,
                           options.driver_core, std::thread::hardware_concurrency()));
}

struct Sets {
  RequestSet prices;
  RequestSet quotes;
  std::optional<RequestSet> invoices;
};

Sets make_sets(const World& world, const Options& options, const Suite& suite) {
  const auto codes = options.data.empty() ? Codes::of_world : Codes::ids;
  Sets sets{
      price_requests(world, prices_timed, codes), quote_requests(world, quotes_timed, codes), {}};
  InvoiceCounts counts;
  std::string why;
  sets.invoices = invoice_requests(world, options.invoices, counts, why, codes);
  if (!sets.invoices) {
    suite.say("skipped: the replay of real invoices: " + why + "\n");
    return sets;
  }
  suite.say(fmt::format(
      "invoices: {} with {} lines (Online Retail); customers and articles stand for those of the\n"
      "  world by the hash (64-bit FNV-1a) of their code; {} lines of cancelled and adjusted "
      "invoices and {} without\n  a sale are left out\n",
      counts.invoices, counts.lines, counts.reversed, counts.without_sale));
  return sets;
}

void verify(const Driver& driver, const World& world, const Sets& sets, const Suite& suite) {
  suite.show("verifying");
  auto lines = verify_answers(driver, world, sets.prices, lines_verified) +
               verify_answers(driver, world, sets.quotes, lines_verified);
  if (sets.invoices) lines += verify_answers(driver, world, *sets.invoices, lines_verified);
  suite.say(fmt::format("verified: {} lines answered as by the plain oracle\n\n", lines));
}

// To two digits, so that a rate can be named again.
double round_rate(double rate) {
  const double unit = std::pow(10.0, std::floor(std::log10(rate)) - 1);
  return std::max(1.0, std::round(rate / unit) * unit);
}

// Rates are shares of what the same requests reached in saturation.
void run_open_loops(Suite& suite, const Sets& sets, double seconds) {
  const auto saturation_of = [&](const RequestSet& set) {
    for (const auto& row : suite.session().rows) {
      if (row.what == set.name && row.server == "netto" && row.rate == 0)
        return row.result.per_second();
    }
    return suite.run({&set, connections_usual, 0, seconds}).result.per_second();
  };
  for (const auto* set : {&sets.prices, &sets.quotes, sets.invoices ? &*sets.invoices : nullptr}) {
    if (set == nullptr) continue;
    const double most = saturation_of(*set);
    for (const double share : {0.3, 0.6})
      suite.run({set, connections_usual, round_rate(most * share), 3 * seconds});
  }
}

// Whether 256 busy callers share fairly: answers of the least served over the mean, and the 99th
// percentile over the time that a caller waits where all take turns.
void run_busy(Suite& suite, const Sets& sets, double seconds) {
  constexpr std::size_t busy = 256;
  const auto& result = suite.run({&sets.prices, busy, 0, 4 * seconds}).result;
  const double mean = static_cast<double>(result.answers) / busy;
  const double fair_seconds = busy / result.per_second();
  suite.figure("http.busy256.min_share", static_cast<double>(result.per_connection.front()) / mean);
  suite.figure("http.busy256.p99_over_fair",
               static_cast<double>(result.latency.at_quantile(0.99)) * 1e-9 / fair_seconds);
}

void run_beside_bare(Suite& suite, const Driver& driver, const Sets& sets, const Options& options) {
  const BareAnswers answers{driver.ask(sets.prices.requests.front().text),
                            driver.ask(sets.quotes.requests.front().text)};
  const auto bare = ServerChild::of(bare_server(answers, options.server_core));
  const auto httplib =
      ServerChild::of(httplib_server(answers, connections_usual, options.server_core));
  suite.beside_bare({&sets.prices, connections_usual, 0, options.seconds}, {bare, httplib},
                    options.rounds, "http.get_price");
  suite.beside_bare({&sets.quotes, connections_usual, 0, options.seconds}, {bare, httplib},
                    options.rounds, "http.quote50");
}

std::string_view unit_of(std::string_view figure) { return figure.ends_with("_s") ? "1/s" : ""; }

void write_results(const Suite& suite, Session& session, const Options& options) {
  std::filesystem::create_directories(options.out);
  std::deque<std::string> names;
  std::vector<Curve> curves;
  for (const auto& row : session.rows) {
    if (row.rate == 0) continue;
    names.push_back(fmt::format("{}, {:.0f}/s", row.what, row.rate));
    curves.push_back({names.back(), &row.result.latency});
  }
  write_file(options.out + "/http_load.json", json_of(session));
  const auto fact = [&](std::string_view name) {
    for (const auto& [known, value] : session.facts) {
      if (known == name) return value;
    }
    return std::string{};
  };
  write_file(
      options.out + "/http_load.svg",
      latency_plot("Netto over HTTP: latency at fixed rates, one server core",
                   fact("data_set") + " · " + fact("cpu") + " · commit " + fact("commit"), curves));
  const bench::bars::FigureFile figures{options.figures};
  for (const auto& [name, value] : session.figures) figures.add(name, value, unit_of(name));
  suite.say("\n");
  for (const auto& [name, value] : session.figures)
    suite.say(fmt::format("{:<34}{:>12.6g}\n", name, value));
  suite.say("\nwritten: " + options.out + "/http_load.json, http_load.svg\n");
}

void run_session(const Options& options, const World& world) {
  const auto netto = start_netto(world, options);
  const Driver driver{netto.port()};
  Suite suite{netto};
  add_facts(options, world, suite.session());
  const auto sets = make_sets(world, options, suite);
  verify(driver, world, sets, suite);
  run_beside_bare(suite, driver, sets, options);
  run_open_loops(suite, sets, options.seconds);
  run_busy(suite, sets, options.seconds);
  suite.idle(1'000, 3 * options.seconds);
  write_results(suite, suite.session(), options);
}

void run_one(const Options& options, const World& world) {
  const auto netto = start_netto(world, options);
  Suite suite{netto};
  add_facts(options, world, suite.session());
  const auto sets = make_sets(world, options, suite);
  verify(Driver{netto.port()}, world, sets, suite);
  const auto* set = options.kind == "price"   ? &sets.prices
                    : options.kind == "quote" ? &sets.quotes
                    : sets.invoices           ? &*sets.invoices
                                              : nullptr;
  if (set == nullptr) return;
  suite.run({set, options.connections, options.rate, options.seconds});
  write_results(suite, suite.session(), options);
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--world", options.size, "S, M or L: the generated world that is asked about")
      ->capture_default_str();
  auto* data =
      app.add_option("--data", options.data,
                     "serve this data folder, which holds that world by its feeds, by --netto");
  app.add_option("--netto", options.netto, "the netto program")->needs(data);
  app.add_option("--out", options.out, "folder for http_load.json and http_load.svg")
      ->capture_default_str();
  app.add_option("--figures", options.figures, "append the figures for the bars to this file");
  app.add_option("--invoices", options.invoices, "invoice_lines.csv.xz of Online Retail");
  app.add_option("--rounds", options.rounds, "turns beside the bare routes")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  app.add_option("--seconds", options.seconds, "of a run; open loops take three times as long")
      ->capture_default_str()
      ->check(CLI::Range(0.05, 60.0));
  app.add_option("--server-core", options.server_core, "")->capture_default_str();
  app.add_option("--driver-core", options.driver_core, "")->capture_default_str();
  auto* one = app.add_subcommand("run", "One load instead of the session");
  one->add_option("request", options.kind, "price, quote or invoice")
      ->required()
      ->check(CLI::IsMember({"price", "quote", "invoice"}));
  one->add_option("--connections", options.connections)
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, connections_max));
  one->add_option("--rate", options.rate, "requests a second, open loop; without: saturation")
      ->check(CLI::Range(1.0, 10'000'000.0));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Load on Netto over HTTP; without a subcommand the whole session."};
  app.fallthrough();
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  const auto* size = bench::world::size_named(options.size);
  if (size == nullptr || options.data.empty() != options.netto.empty()) {
    std::fputs(size == nullptr ? "http_load: --world is S, M or L\n"
                               : "http_load: --data goes with --netto\n",
               stderr);
    return 2;
  }
  try {
    const World world{*size};
    if (!keep_on_core(options.driver_core))
      std::fputs("http_load: the driver has no core of its own\n", stderr);
    app.got_subcommand("run") ? run_one(options, world) : run_session(options, world);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "\nhttp_load: %s\n", error.what());
    return 1;
  }
  return 0;
}
