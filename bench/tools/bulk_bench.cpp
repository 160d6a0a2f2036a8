// Bulk price lists of a generated world as CSV rows (customer, article, unit price, band), as
// WORKLOAD.md asks for them. First every row is held against a single question in line scope and a
// share of them against the plain oracle; then lists are timed on one thread and on two, in turns:
// from the question to the last byte handed over, articles' texts included. Prints medians and their
// spread; --figures appends them as JSON lines.
#include "engine/base/parallel.hpp"
#include "engine/price/evaluator.hpp"
#include "engine/quote/bulk_list.hpp"
#include "server/cli/price_list_file.hpp"

#include "bench/micro/world_facts.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace bench;
using engine::quote::Question;
using engine::snapshot::Snapshot;

struct Options {
  std::string world = "M";
  std::uint32_t customers = 0;  // 0: as WORKLOAD.md says
  std::size_t pairs = 10;
  std::string figures;
  std::string folder = std::filesystem::temp_directory_path().string();
  bool verify_only = false;
  bool skip_verify = false;
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bulk_bench: {}\n", why);
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing else runs
}

// Holds every price against the evaluator's answer to a question of single lines.
class Verifier final : public engine::quote::BulkSink {
 public:
  Verifier(const Snapshot& snapshot, const std::vector<Question>& headers)
      : snapshot_{snapshot}, headers_{headers}, workers_(engine::base::worker_count()) {}

  void take(const engine::quote::BulkTask& task, const engine::price::BulkPrices& prices,
            int decimals) override {
    Worker& worker = workers_[task.worker];
    const Question& header = headers_[task.customer];
    worker.lines.clear();
    for (std::size_t i = 0; i < prices.outcomes.size(); ++i) {
      engine::price::Line& line = worker.lines.emplace_back();
      line.article = engine::model::ArticleId{prices.first_article + static_cast<std::uint32_t>(i)};
      line.quantity = engine::base::Quantity::whole(1);
      line.unit = snapshot_.articles().base_units[line.article.raw()];
      line.date = header.date;
    }
    for (std::size_t begin = 0; begin < worker.lines.size(); begin += 1'000) {
      const auto lines = std::span{worker.lines}.subspan(
          begin, std::min<std::size_t>(1'000, worker.lines.size() - begin));
      engine::price::evaluate({&snapshot_, header.procedure, &header.header, lines, true},
                              worker.scratch, worker.priced);
      for (std::size_t i = 0; i < lines.size(); ++i)
        hold(worker.priced.lines[i], prices, begin + i, decimals);
    }
    worker.rows += prices.outcomes.size();
  }

  bool end(const engine::quote::BulkTask& /*task*/) override { return true; }

  std::uint64_t rows() const {
    std::uint64_t rows = 0;
    for (const Worker& worker : workers_) rows += worker.rows;
    return rows;
  }

 private:
  struct Worker {
    engine::price::Scratch scratch;
    engine::price::PricedLines priced;
    std::vector<engine::price::Line> lines;
    std::uint64_t rows = 0;
  };

  static void hold(const engine::price::PricedLine& single, const engine::price::BulkPrices& prices,
                   std::size_t i, int decimals) {
    const bool same = single.outcome == prices.outcomes[i] &&
                      (single.outcome != engine::model::Outcome::priced ||
                       (single.unit_price.mantissa == prices.unit_prices[i] &&
                        single.unit_price.decimals == decimals &&
                        (prices.records.empty() || single.record == prices.records[i]))) &&
                      (prices.untils.empty() || single.valid_until == prices.untils[i]);
    if (!same)
      give_up(fmt::format("article {} of a list is not what a single question says",
                          prices.first_article + i));
  }

  const Snapshot& snapshot_;
  const std::vector<Question>& headers_;
  std::vector<Worker> workers_;
};

void verify(const Snapshot& snapshot, const std::vector<Question>& headers) {
  // Lists that tell how long prices hold are made in another way than those that don't.
  for (const bool all : {true, false}) {
    Verifier verifier{snapshot, headers};
    engine::quote::bulk_list({&snapshot, headers, engine::base::Quantity::whole(1), {}, all, all},
                             verifier);
    fmt::print("verified: {} rows {}, each as a single question says\n", verifier.rows(),
               all ? "with record and end" : "of prices alone");
  }
}

struct Timed {
  double seconds = 0;
  double processor_seconds = 0;  // of all threads
  std::uint64_t rows = 0;
  std::uint64_t checksum = 0;
};

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Timed time_list(const Snapshot& snapshot, const std::vector<Question>& headers, std::size_t threads,
                const std::string& path) {
  using server::cli::ListColumn;
  const engine::base::WorkerLimit limit{threads};
  server::cli::PriceListOptions options;
  options.columns = {ListColumn::customer, ListColumn::article, ListColumn::unit_price,
                     ListColumn::band};
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_TRUNC, 0600);
  if (file < 0) give_up(path + " can't be written");
  Timed timed;
  const auto start = std::chrono::steady_clock::now();
  const double processor_start = processor_seconds();
  const auto written = server::cli::write_price_lists(
      snapshot, headers, options,
      [&](std::size_t, std::string_view text) {
        timed.checksum += text.size();
        return ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
      },
      {});
  timed.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  timed.processor_seconds = processor_seconds() - processor_start;
  ::close(file);
  if (!written) give_up(written.error().detail);
  timed.rows = written->rows;
  return timed;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void print_figure(const Options& options, const std::string& name, std::vector<double> values,
                  const char* unit) {
  const double middle = median(values);
  std::ranges::sort(values);
  fmt::print("{:<34} {:>14.4g} {}   ({:.4g} .. {:.4g}, {} runs)\n", name, middle, unit,
             values.front(), values.back(), values.size());
  if (options.figures.empty()) return;
  std::ofstream file{options.figures, std::ios::app};
  file << fmt::format(R"({{"figure":"{}","value":{:.6g},"unit":"{}"}})", name, middle, unit)
       << '\n';
  if (!file) give_up(options.figures + " can't be written");
}

void run(const Options& options) {
  const auto size = world::size_named(options.world);
  if (!size) give_up("there is no world " + options.world);
  const Snapshot& snapshot = micro::loaded(options.world);
  const std::uint32_t customers = options.customers != 0 ? options.customers
                                  : options.world == "S" ? 200
                                                         : 20;
  const auto headers = micro::list_headers(snapshot, customers);
  if (!options.skip_verify) verify(snapshot, headers);
  if (options.verify_only) return;
  const std::string path =
      options.folder + "/netto-bulk-bench-" + std::to_string(::getpid()) + ".csv";
  std::vector<double> one;
  std::vector<double> two;
  std::vector<double> ratio;
  std::vector<double> processor;
  for (std::size_t i = 0; i <= options.pairs; ++i) {
    const Timed a = time_list(snapshot, headers, 1, path);
    const Timed b = time_list(snapshot, headers, 2, path);
    if (a.checksum != b.checksum) give_up("one thread and two do not write the same");
    if (i == 0) continue;  // warms up
    one.push_back(static_cast<double>(a.rows) / a.seconds);
    two.push_back(static_cast<double>(b.rows) / b.seconds);
    ratio.push_back(two.back() / one.back());
    processor.push_back(a.processor_seconds * 1e9 / static_cast<double>(a.rows));
  }
  std::filesystem::remove(path);
  std::string name = options.world;
  std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  print_figure(options, "bulk." + name + ".threads1.prices_per_s", one, "1/s");
  print_figure(options, "bulk." + name + ".threads2.prices_per_s", two, "1/s");
  print_figure(options, "bulk." + name + ".threads2_over_1", ratio, "ratio");
  print_figure(options, "bulk." + name + ".threads1.processor_ns_per_price", processor, "ns");
}

}  // namespace

int main(int count, char** values) {
  CLI::App app{"Times bulk price lists of a generated world"};
  Options options;
  app.add_option("--world", options.world, "S, M or L")->capture_default_str();
  app.add_option("--customers", options.customers, "1 to N; without it as WORKLOAD.md says");
  app.add_option("--pairs", options.pairs, "Runs on one thread and on two, in turns")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  app.add_option("--figures", options.figures, "Append figures to this file, as JSON lines");
  app.add_option("--folder", options.folder, "Where lists are written; they are removed again")
      ->capture_default_str();
  app.add_flag("--verify", options.verify_only,
               "Hold the rows against single questions, time nothing");
  app.add_flag("--no-verify", options.skip_verify, "While working on it");
  CLI11_PARSE(app, count, values);
  run(options);
  return 0;
}
