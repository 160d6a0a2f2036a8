// adventureworks FILE.csv[.xz] [--masters DIR] [--http [COUNT]]: the company's order lines, priced
// anew and compared. Imports the example of docs/examples/adventureworks into a data folder of its
// own, asks every line of FILE with its own day, customer, channel and quantity, and compares all
// amounts to the last digit, and on the reseller channel the offer. The last line of the output is
// "N of M": lines that are right, of all lines (with --http: of those asked and those that can't
// be). Exit codes: 0 all lines are right and there is at least one; 1 not so; 2 the file, the data
// or the arguments can't be used.
#include "tests/replay/parts/billed_lines.hpp"
#include "tests/replay/parts/comparison.hpp"
#include "tests/replay/parts/examples.hpp"
#include "tests/replay/parts/in_process.hpp"
#include "tests/replay/parts/over_http.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace tests::replay;
using Clock = std::chrono::steady_clock;

constexpr std::size_t http_orders = 1'000;

struct Options {
  std::string file;
  std::string masters = project_path(adventureworks_masters);
  bool http = false;
  std::size_t orders = http_orders;  // asked over HTTP
};

std::int64_t milliseconds(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::uint64_t per_second(std::uint64_t count, Clock::duration duration) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  return us > 0 ? count * 1'000'000 / static_cast<std::uint64_t>(us) : 0;
}

int failed(const engine::base::Fault& fault) {
  fmt::print(stderr, "adventureworks: {}: {} ({})\n", fault.where, fault.detail,
             engine::base::fault_name(fault.code));
  return 2;
}

std::uint64_t line_count(const std::vector<Order>& orders) {
  std::uint64_t count = 0;
  for (const Order& order : orders) count += order.size();
  return count;
}

void add_order(const Order& order, const std::vector<AnsweredLine>& answered,
               Comparison& comparison) {
  for (std::size_t i = 0; i < order.size(); ++i) comparison.add(*order[i], answered[i]);
}

void ask_in_process(server::node::Node& node, const std::vector<Order>& orders,
                    Comparison& comparison) {
  InProcess asker{node.snapshot()};
  for (const Order& order : orders) add_order(order, asker.ask(order), comparison);
  const std::uint64_t lines = line_count(orders);
  fmt::print(
      "priced {} lines of {} orders in {} ms on one core, {} lines/s; explained them in {} ms\n",
      lines, orders.size(), milliseconds(asker.pricing()), per_second(lines, asker.pricing()),
      milliseconds(asker.explaining()));
}

// Every n-th order, so that the sample spreads over the years and both channels.
std::vector<Order> sample_of(const std::vector<Order>& orders, std::size_t count) {
  if (count >= orders.size()) return orders;
  std::vector<Order> sample;
  for (std::size_t i = 0; i < count; ++i) sample.push_back(orders[i * orders.size() / count]);
  return sample;
}

engine::base::Result<void> ask_over_http(server::node::Node& node, const std::vector<Order>& orders,
                                         Comparison& comparison) {
  auto asker = OverHttp::open(node.cell());
  if (!asker) return asker.error();
  const auto start = Clock::now();
  for (const Order& order : orders) add_order(order, (*asker)->ask(order), comparison);
  const auto elapsed = Clock::now() - start;
  fmt::print(
      "asked {} orders of {} lines at {}, one after the other and explained, in {} ms, {} "
      "orders/s\n",
      orders.size(), line_count(orders), (*asker)->address(), milliseconds(elapsed),
      per_second(orders.size(), elapsed));
  return {};
}

int report(const Comparison& comparison) {
  for (const std::string& text : comparison.shown()) fmt::print("  {}\n", text);
  for (const auto& [field, count] : comparison.by_field())
    fmt::print("deviations of {}: {}\n", field, count);
  if (comparison.by_field().empty()) fmt::print("no deviations\n");
  fmt::print("{} of {}\n", comparison.right(), comparison.lines());
  return comparison.right() == comparison.lines() && comparison.lines() > 0 ? 0 : 1;
}

int run(const Options& options) {
  const auto lines = read_billed_lines(options.file);
  if (!lines) return failed(lines.error());
  auto folder = DataFolder::make();
  if (!folder) return failed(folder.error());
  const auto start = Clock::now();
  const auto outcome = import_adventureworks((*folder)->node(), options.masters);
  fmt::print("imported {} in {} ms\n{}", options.masters, milliseconds(Clock::now() - start),
             describe(outcome));
  if (!outcome.accepted()) {
    fmt::print(stderr, "adventureworks: the data can't be used\n");
    return 2;
  }
  Comparison comparison;
  const std::vector<Order> orders = orders_of(*lines);
  fmt::print("{}: {} lines, {} of them can't be asked\n", options.file, lines->size(),
             lines->size() - line_count(orders));
  for (const BilledLine& line : *lines) {
    if (!line.problem.empty()) comparison.add_unusable(line);
  }
  if (options.http) {
    if (auto ok = ask_over_http((*folder)->node(), sample_of(orders, options.orders), comparison);
        !ok)
      return failed(ok.error());
  } else {
    ask_in_process((*folder)->node(), orders, comparison);
  }
  return report(comparison);
}

int run_with(int count, char** values) {
  Options options;
  CLI::App app{
      "Prices AdventureWorks' order lines anew and compares every amount with what was billed.",
      "adventureworks"};
  app.add_option("file", options.file, "the order lines (.csv or .csv.xz)")->required();
  app.add_option("--masters", options.masters,
                 "folder of the masters' files; else those of the example");
  auto* http = app.add_option("--http", options.orders,
                              "ask a sample of COUNT orders (1000) over HTTP instead")
                   ->expected(0, 1)
                   ->type_name("COUNT");
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.http = http->count() > 0;
  if (options.http && options.orders == 0) options.orders = http_orders;
  return run(options);
}

}  // namespace

int main(int count, char** values) {
  try {
    return run_with(count, values);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "adventureworks: %s\n", error.what());
    return 2;
  }
}
