// Price changes while prices are asked: batches of changed agreed prices go through the writer of a
// data folder - read, checked, journalled durably, published - while a reader looks single prices
// up. Prints the rate of changes, how long a batch takes until its sender hears that it is in and
// the next question sees it, what the disk takes to make a few bytes durable (which no batch can
// beat), and the reader's latencies without and with changes. At last every changed price must read
// as it was last written, from the served snapshot and from the folder opened anew. With --changes it
// does nothing but change, while the journal is compacted beside it as in a node that serves, and
// shows that memory and folder stay bounded. Given a folder that an import of a world has filled;
// writes to it.
#include "engine/price/evaluator.hpp"
#include "engine/quote/answer.hpp"
#include "engine/snapshot/snapshot_cell.hpp"
#include "server/node/compactor.hpp"
#include "server/node/writer.hpp"

#include "bench/bars/figures.hpp"
#include "bench/micro/world_facts.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
namespace model = engine::model;
namespace node = server::node;
using engine::quote::Question;
using engine::snapshot::Snapshot;
using Watch = std::chrono::steady_clock;

struct Options {
  std::string world = "M";
  std::string data;
  std::size_t batches = 3'000;  // of each round: long enough for the store to be made anew
  std::size_t rows = 1'000;     // of each batch
  std::size_t changes = 0;      // more than 0: only those, watching memory and folder
  std::size_t senders = 3;      // that wait for their batches at the same time, in the second round
  std::string figures;
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "live_bench: {}\n", why);
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing that holds data runs
}

double ms_since(Watch::time_point start) {
  return std::chrono::duration<double, std::milli>(Watch::now() - start).count();
}

// The q-th part of values, which it sorts.
double quantile(std::vector<double>& values, double q) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

double resident_mb() {
  std::ifstream status{"/proc/self/statm"};
  double pages = 0;
  status >> pages >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

double folder_mb(const std::string& folder) {
  double bytes = 0;
  for (const auto& entry : fs::directory_iterator{folder})
    bytes += static_cast<double>(entry.file_size());
  return bytes / 1e6;
}

// ---- what is changed

std::string text_of(engine::base::Quantity quantity) {
  return engine::base::to_string_short(quantity.decimal());
}

// An agreed price of the world, as the key that a row names it by.
struct Agreed {
  std::string customer, article, from, to, flags;
  std::string quantity;
  std::int64_t cents = 0;  // last written; 0: never
};

std::vector<Agreed> agreed_prices(const Snapshot& snapshot, std::size_t count) {
  const auto& index = snapshot.conditions();
  const auto& store = index.store();
  const auto table = snapshot.schema().find_table(
      snapshot.schema().find_type("customer_price").value_or(model::ConditionTypeId{}),
      {model::Schema::customer, model::Schema::article});
  if (!table) give_up("the folder holds no world: it has no agreed prices of customers");
  const auto records = store.records_of_table(*table);
  std::mt19937_64 random{20'260'701};
  std::map<std::uint32_t, bool> taken;
  std::vector<Agreed> agreed;
  while (agreed.size() < std::min<std::size_t>(count, records.size() / 2)) {
    const auto number = records.begin + static_cast<std::uint32_t>(random() % records.size());
    if (!taken.emplace(number, true).second) continue;
    const auto& record = index.record(number);
    const std::uint32_t position = index.key_of_record(number);
    const std::uint32_t part = index.part_of_key(position);
    const auto discountable = model::flag_bit(model::Schema::discountable);
    Agreed& one = agreed.emplace_back();
    one.customer = snapshot.customer_code(model::CustomerId{index.part_values(part)[0]});
    one.article = snapshot.article_code(model::ArticleId{index.article_values(position)[0]});
    one.from = engine::base::to_string(record.valid_from);
    one.to = engine::base::to_string(record.valid_to);
    one.quantity = text_of(record.threshold);
    one.flags = (index.terms(record).flags & discountable) != 0 ? "discountable" : "-discountable";
  }
  return agreed;
}

// A batch of rows that change prices `from` to `from + count` of the list.
std::string batch_of(std::vector<Agreed>& agreed, std::size_t from, std::size_t count,
                     std::mt19937_64& random) {
  std::string text =
      "type,customer,article,from_quantity,value,currency,valid_from,valid_to,flags\n";
  for (std::size_t i = 0; i < count; ++i) {
    Agreed& one = agreed[(from + i) % agreed.size()];
    one.cents = 100 + static_cast<std::int64_t>(random() % 9'000);
    text +=
        fmt::format("customer_price,{},{},{},{}.{:02},EUR,{},{},{}\n", one.customer, one.article,
                    one.quantity, one.cents / 100, one.cents % 100, one.from, one.to, one.flags);
  }
  return text;
}

void verify(const Snapshot& snapshot, const std::vector<Agreed>& agreed) {
  const auto& index = snapshot.conditions();
  const auto table =
      *snapshot.schema().find_table(*snapshot.schema().find_type("customer_price"),
                                    {model::Schema::customer, model::Schema::article});
  for (const Agreed& one : agreed) {
    if (one.cents == 0) continue;
    const std::uint32_t customer = snapshot.find_customer(one.customer)->raw();
    const std::uint32_t article = snapshot.find_article(one.article)->raw();
    const auto part = index.find_part(table, std::array{customer});
    std::uint32_t position = index.no_key;
    if (index.has_changes()) position = index.changed_key(*part, article);
    if (position == index.no_key) position = index.find_key_in_run(index.part_keys(*part), article);
    const auto records = index.records_of(position);
    bool found = false;
    for (std::uint32_t number = records.begin; number < records.end; ++number) {
      const auto& record = index.record(number);
      std::int64_t cents = record.value;
      for (int left = index.terms(record).decimals; left < 2; ++left) cents *= 10;
      found |= text_of(record.threshold) == one.quantity &&
               engine::base::to_string(record.valid_from) == one.from && cents == one.cents;
    }
    if (!found)
      give_up(fmt::format("{} at {} pays not the {} cents that were written last", one.customer,
                          one.article, one.cents));
  }
}

// ---- readers

// The folder knows customers and articles by the numbers that the world's files have.
Question question_of(const Snapshot& snapshot, const bench::world::Question& line) {
  const std::string customer = std::to_string(line.customer_id);
  const std::string article = std::to_string(line.sku_id);
  const std::string quantity = std::to_string(line.qty);
  engine::quote::QuoteRequest request;
  request.customer = customer;
  request.date = engine::base::CivilMinutes{line.at * engine::base::CivilMinutes::minutes_per_day};
  engine::quote::LineRequest& made = request.lines.emplace_back();
  made.article = article;
  made.quantity = quantity;
  auto question = engine::quote::resolve(snapshot, request, *request.date);
  if (!question) give_up(question.error().detail);
  return *std::move(question);
}

class Reader {
 public:
  Reader(const engine::snapshot::SnapshotCell& cell, std::vector<Question> questions)
      : cell_{cell}, questions_{std::move(questions)} {}

  // Latencies in microseconds of look-ups, one after the other, until `stop`.
  void run(const std::atomic<bool>& stop, std::vector<double>& latencies) {
    engine::snapshot::SnapshotReader reader{cell_};
    engine::price::Scratch scratch;
    engine::quote::Answer answer;
    std::size_t next = 0;
    latencies.reserve(20'000'000);
    while (!stop.load(std::memory_order_relaxed)) {
      const Question& question = questions_[next++ % questions_.size()];
      const auto start = Watch::now();
      engine::quote::quote(reader.current(), question, engine::quote::Detail::plain, scratch,
                           answer);
      if (latencies.size() < latencies.capacity()) latencies.push_back(1'000 * ms_since(start));
    }
  }

 private:
  const engine::snapshot::SnapshotCell& cell_;
  std::vector<Question> questions_;
};

struct Round {
  double rows_per_s = 0;
  std::vector<double> batch_ms;
  std::vector<double> reader_us;
};

class Bench {
 public:
  explicit Bench(const Options& options) : options_{options}, random_{1} {
    node::WriterOptions made;
    made.published = [this](const node::Node& of) -> engine::base::Result<void> {
      cell_.publish(of.snapshot());
      return {};
    };
    made.tell = [](node::WriterEvent, const std::string& text) {
      fmt::print(stderr, "live_bench: {}\n", text);
    };
    writer_.emplace(options.data, std::move(made));
    thread_ = std::jthread{[this](const std::stop_token& stop) {
      if (const auto fault = writer_->run(stop)) give_up(fault->where + ": " + fault->detail);
    }};
    while (writer_->role() == node::Role::opening)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    if (writer_->role() != node::Role::writing) give_up("another process writes to the folder");
    agreed_ = agreed_prices(*cell_.pin(), 200'000);
    const bench::world::World world{*bench::world::size_named(options.world)};
    const auto lines = bench::world::lookup_questions(world, 100'000);
    const auto snapshot = cell_.pin();
    for (const auto& line : lines) questions_.push_back(question_of(*snapshot, line));
  }

  // A reader alone.
  Round alone(double seconds) {
    Round round;
    std::atomic<bool> stop{false};
    std::thread reader{[&] { Reader{cell_, questions_}.run(stop, round.reader_us); }};
    std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
    stop = true;
    reader.join();
    return round;
  }

  Round changing(std::size_t senders) {
    std::vector<std::string> batches;
    for (std::size_t i = 0; i < options_.batches; ++i, next_ += options_.rows)
      batches.push_back(batch_of(agreed_, next_, options_.rows, random_));
    Round round;
    std::atomic<bool> stop{false};
    std::thread reader{[&] { Reader{cell_, questions_}.run(stop, round.reader_us); }};
    std::atomic<std::size_t> next{0};
    std::vector<std::vector<double>> times(senders);
    const auto start = Watch::now();
    {
      std::vector<std::jthread> threads;
      // One after the other where there is one: batches of several may overtake each other, and
      // change other prices each.
      for (std::size_t sender = 0; sender < senders; ++sender)
        threads.emplace_back([&, sender] {
          for (std::size_t i = next++; i < batches.size(); i = next++)
            times[sender].push_back(send(batches[i]));
        });
    }
    const double seconds = ms_since(start) / 1'000;
    stop = true;
    reader.join();
    for (const auto& own : times)
      round.batch_ms.insert(round.batch_ms.end(), own.begin(), own.end());
    round.rows_per_s = static_cast<double>(options_.batches * options_.rows) / seconds;
    return round;
  }

  // Of the whole process and the folder, after so many changes.
  struct Sample {
    std::size_t changes = 0;
    double resident_mb = 0, folder_mb = 0, seconds = 0;
  };

  std::vector<Sample> endless() {
    std::vector<Sample> samples;
    const auto start = Watch::now();
    std::jthread compacting{[this](const std::stop_token& stop) {
      node::Compactor{options_.data}.watch(
          std::chrono::seconds{1}, [] { return true; },
          [](const engine::base::Result<node::Compacted>& done) {
            if (!done) give_up("compaction: " + done.error().where + ": " + done.error().detail);
            fmt::print("  checkpoint of batch {}: {:.0f} MB in the place of {:.0f} MB, {:.1f} s\n",
                       done->sequence, static_cast<double>(done->bytes) / 1e6,
                       static_cast<double>(done->bytes_before) / 1e6,
                       static_cast<double>(done->time.count()) / 1e3);
          },
          stop);
    }};
    const std::size_t step = std::max<std::size_t>(options_.changes / 20, options_.rows);
    for (std::size_t done = 0; done < options_.changes;) {
      const std::size_t to = std::min(options_.changes, done + step);
      std::atomic<std::size_t> next{done};
      std::mutex making;  // batches are made from one list
      {
        std::vector<std::jthread> threads;
        for (std::size_t sender = 0; sender < options_.senders; ++sender)
          threads.emplace_back([&] {
            while (next.fetch_add(options_.rows) < to) {
              std::unique_lock lock{making};
              const std::string rows = batch_of(agreed_, next_, options_.rows, random_);
              next_ += options_.rows;
              lock.unlock();
              send(rows);
            }
          });
      }
      done = to;
      const Sample& now = samples.emplace_back(
          Sample{done, resident_mb(), folder_mb(options_.data), ms_since(start) / 1'000});
      fmt::print("{:>10} changes  {:6.0f} s  resident {:6.0f} MB  folder {:6.0f} MB\n", now.changes,
                 now.seconds, now.resident_mb, now.folder_mb);
      std::fflush(stdout);
    }
    return samples;
  }

  void verify_all() {
    verify(*cell_.pin(), agreed_);
    thread_.request_stop();
    thread_.join();
    const auto again = node::Node::open(options_.data);
    if (!again) give_up(again.error().detail);
    verify(*(*again)->snapshot(), agreed_);
  }

 private:
  double send(const std::string& rows) {
    const auto start = Watch::now();
    while (true) {
      node::ImportRequest request;
      request.files = {{"conditions.csv", "", rows, ""}};
      request.delivery.feed = "conditions";
      request.source = "live_bench";
      const auto outcome = writer_->write(std::move(request));
      if (!outcome && outcome.error().code == engine::base::FaultCode::too_many) continue;
      if (!outcome) give_up(outcome.error().detail);
      if (!outcome->accepted()) give_up(outcome->faults.front().detail);
      if (cell_.pin()->generation() < outcome->sequence) give_up("acknowledged, and not visible");
      return ms_since(start);
    }
  }

  const Options& options_;
  std::mt19937_64 random_;
  engine::snapshot::SnapshotCell cell_;
  std::optional<node::Writer> writer_;
  std::jthread thread_;
  std::vector<Agreed> agreed_;
  std::vector<Question> questions_;
  std::size_t next_ = 0;
};

// What a write of one page costs until it is durable; median of fifty.
double sync_ms(const std::string& folder) {
  const std::string file = folder + "/sync.tmp";
  const int opened = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (opened < 0) give_up("no file can be made in " + folder);
  const std::string page(4'096, 'x');
  std::vector<double> times;
  for (int i = 0; i < 50; ++i) {
    const auto start = Watch::now();
    if (::pwrite(opened, page.data(), page.size(), i * 4'096) < 0 || ::fdatasync(opened) != 0)
      give_up("can't write to " + folder);
    times.push_back(ms_since(start));
  }
  ::close(opened);
  fs::remove(file);
  return quantile(times, 0.5);
}

// The most of the second half against the most of the first.
double growth(const std::vector<Bench::Sample>& samples, double Bench::Sample::*of) {
  const auto most = [of](std::span<const Bench::Sample> some) {
    double value = 0;
    for (const Bench::Sample& sample : some) value = std::max(value, sample.*of);
    return value;
  };
  const std::span all{samples};
  return most(all.subspan(all.size() / 2)) / most(all.first(all.size() / 2));
}

// Bounded: what the second half of the changes needs, the first half has needed, give or take.
int run_endless(Bench& bench, const Options& options) {
  constexpr double growth_max = 1.25;
  const auto samples = bench.endless();
  bench.verify_all();
  const double resident = growth(samples, &Bench::Sample::resident_mb);
  const double folder = growth(samples, &Bench::Sample::folder_mb);
  fmt::print(
      "{} changes, {:.0f} a second; second half against first: resident {:.2f} x, folder "
      "{:.2f} x (at most {:.2f})\n",
      options.changes, static_cast<double>(options.changes) / samples.back().seconds, resident,
      folder, growth_max);
  fmt::print("every changed price reads as it was last written, served and from the folder\n");
  return resident <= growth_max && folder <= growth_max ? 0 : 1;
}

void tell(const char* what, Round& round, std::size_t senders, Round& alone) {
  if (senders > 0) {
    fmt::print("{:<22} {:>9.0f} changes/s  batch p50 {:6.2f} ms  p99 {:6.2f} ms  max {:6.1f} ms",
               what, round.rows_per_s, quantile(round.batch_ms, 0.5),
               quantile(round.batch_ms, 0.99), quantile(round.batch_ms, 1));
  } else {
    fmt::print("{:<22} {:>66}", what, "");
  }
  const double p99 = quantile(round.reader_us, 0.99);
  fmt::print("  reader p50 {:5.2f} us  p99 {:5.2f} us = {:4.2f} x  ({} look-ups)\n",
             quantile(round.reader_us, 0.5), p99, p99 / quantile(alone.reader_us, 0.99),
             round.reader_us.size());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Price changes while prices are asked"};
  app.add_option("--world", options.world, "S, M or L: the one that was imported")
      ->capture_default_str();
  app.add_option("--data", options.data, "The data folder; it is written to")->required();
  app.add_option("--batches", options.batches, "Of each round")->capture_default_str();
  app.add_option("--rows", options.rows, "Of each batch")->capture_default_str();
  app.add_option("--senders", options.senders, "Of the second round")
      ->capture_default_str()
      ->check(CLI::Range(1, 4));
  app.add_option("--changes", options.changes, "Only so many changes, watching what they leave");
  app.add_option("--figures", options.figures, "Append figures to this file");
  CLI11_PARSE(app, argc, argv);
  const double sync = sync_ms(options.data);
  Bench bench{options};
  if (options.changes > 0) return run_endless(bench, options);
  const double resident_before = resident_mb();
  Round alone = bench.alone(3);
  Round one = bench.changing(1);
  Round several = bench.changing(options.senders);
  bench.verify_all();
  fmt::print("a page durable on this disk: {:.2f} ms\n", sync);
  tell("no changes", alone, 0, alone);
  tell("one sender", one, 1, alone);
  tell(fmt::format("{} senders", options.senders).c_str(), several, options.senders, alone);
  fmt::print("resident {:.0f} MB, before the changes {:.0f}; folder {:.0f} MB\n", resident_mb(),
             resident_before, folder_mb(options.data));
  fmt::print("every changed price reads as it was last written, served and from the folder\n");
  const bench::bars::FigureFile figures{options.figures};
  if (options.figures.empty()) return 0;
  figures.add("live.changes_per_s", std::max(one.rows_per_s, several.rows_per_s), "1/s");
  figures.add("live.batch_visible_ms", quantile(one.batch_ms, 0.5), "ms");
  figures.add("live.disk_sync_ms", sync, "ms");
  figures.add("live.reader_alone_p99_us", quantile(alone.reader_us, 0.99), "us");
  figures.add("live.reader_p99_us", quantile(one.reader_us, 0.99), "us");
  return 0;
}
