#include "tests/crash/parts/crash_run.hpp"

#include "tests/crash/parts/node.hpp"
#include "tests/crash/parts/sender.hpp"

#include <fmt/core.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace tests::crash {

namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr microseconds look_pause{100};
constexpr milliseconds file_wait_max{3'000};
constexpr std::size_t repeated_max = 20;  // of a sender's acknowledged batches, sent again a round

[[noreturn]] void wrong(const std::string& what) { throw std::runtime_error{what}; }

std::vector<Range> ranges_of(const CrashOptions& options) {
  return {{0, Kind::prices, articles_per_group},
          {1, Kind::prices, articles_per_group},
          {2, Kind::goods, articles_per_group},
          {3, Kind::tiers, options.large_rows / tiers_per_article}};
}

std::size_t groups_of(const Range& range) {
  return range.kind == Kind::tiers ? 1 : groups_per_sender;
}

// Whether a checkpoint is being written into a journal that others write to.
class CheckpointWatch {
 public:
  explicit CheckpointWatch(const std::string& journal) {
    if (sqlite3_open_v2(journal.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK)
      wrong("the journal can't be read beside its node");
    sqlite3_busy_timeout(database_, busy_ms);
    sqlite3_prepare_v2(database_, "SELECT count(*) FROM checkpoint WHERE is_whole = 0", -1,
                       &statement_, nullptr);
  }

  CheckpointWatch(const CheckpointWatch&) = delete;
  CheckpointWatch& operator=(const CheckpointWatch&) = delete;

  ~CheckpointWatch() {
    sqlite3_finalize(statement_);
    sqlite3_close(database_);
  }

  bool is_being_written() {
    const bool some = sqlite3_step(statement_) == SQLITE_ROW && sqlite3_column_int64(statement_, 0);
    sqlite3_reset(statement_);
    return some;
  }

 private:
  static constexpr int busy_ms = 1'000;

  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

// A thread whose exception is kept for whoever joins it.
class Work {
 public:
  explicit Work(const std::function<void()>& work)
      : thread_{[this, work] {
          try {
            work();
          } catch (...) {
            failure_ = std::current_exception();
          }
        }} {}

  void join() {
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::exception_ptr failure_;
  std::jthread thread_;
};

class Run {
 public:
  explicit Run(const CrashOptions& options)
      : options_{options},
        random_{options.seed},
        killed_{options.binary, options.folder + "/killed"},
        oracle_{options.binary, options.folder + "/never-killed"} {
    for (const Range& range : ranges_of(options))
      senders_.push_back(std::make_unique<Sender>(range, random_()));
  }

  CrashFigures run() {
    const auto files = options_.folder + "/files";
    write_shop(files, ranges_of(options_));
    killed_.import(files);
    fs::copy(killed_.data(), oracle_.data());
    oracle_.start();
    killed_.start();
    start_shortest_ = killed_.start_time();
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      options_.progress(round);
      try {
        one_round(static_cast<Moment>(round % moment_names.size()));
      } catch (const std::exception& error) {
        wrong(fmt::format("seed {}, round {} ({}): {}", options_.seed, round + 1,
                          moment_names[round % moment_names.size()], error.what()));
      }
    }
    by_journal_alone();
    for (const auto& sender : senders_) figures_.acknowledged += sender->count();
    figures_.checkpoints = killed_.checkpoints();
    return figures_;
  }

 private:
  // Of [0, `most`].
  microseconds some(microseconds most) {
    return microseconds{static_cast<std::int64_t>(
        random_() % (static_cast<std::uint64_t>(std::max<std::int64_t>(most.count(), 0)) + 1))};
  }

  void one_round(Moment moment) {
    ++figures_.kills[static_cast<std::size_t>(moment)];
    if (moment == Moment::at_start) {
      killed_.kill();
      kill_at_start();
    } else {
      if (moment == Moment::in_image) restart_without_image();
      send_and_kill(moment);
    }
    killed_.start();
    start_shortest_ = std::min(start_shortest_, killed_.start_time());
    figures_.start_longest = std::max(figures_.start_longest, killed_.start_time());
    verify();
  }

  // Nothing is sent; what is cut off is reading, and the undoing of what a kill before has left.
  void kill_at_start() {
    killed_.spawn();
    std::this_thread::sleep_for(some(start_shortest_ * 5 / 4));
    if (killed_.is_ready()) ++figures_.missed[static_cast<std::size_t>(Moment::at_start)];
    killed_.kill();
  }

  // The next batch makes an image then.
  void restart_without_image() {
    killed_.kill();
    fs::remove(killed_.data() + "/netto.image");
    killed_.start();
  }

  // Large batches come in the rounds that are about them, and, alone, in those about images: an
  // image is written when nobody waits.
  static bool takes_part(const Sender& sender, Moment moment) {
    const bool is_large = sender.range().kind == Kind::tiers;
    if (moment == Moment::in_image) return is_large;
    return !is_large || moment == Moment::in_large || moment == Moment::in_compaction;
  }

  void send_and_kill(Moment moment) {
    std::atomic<bool> stop{false};
    std::vector<std::unique_ptr<Work>> work;
    const auto port = killed_.port();
    for (const auto& sender : senders_) {
      if (!takes_part(*sender, moment)) continue;
      work.push_back(
          std::make_unique<Work>([&, to = sender.get()] { to->send_until(stop, port); }));
    }
    work.push_back(std::make_unique<Work>([&] { read_until(stop, port); }));
    wait_for(moment);
    if (!killed_.is_running()) wrong("the node ended by itself: " + killed_.messages());
    killed_.kill();
    stop.store(true);
    for (const auto& each : work) each->join();
  }

  // Until the moment to kill has come.
  void wait_for(Moment moment) {
    switch (moment) {
      case Moment::anywhere:
      case Moment::at_start:
        std::this_thread::sleep_for(some(milliseconds{400}));
        return;
      case Moment::in_image:
        wait_for_file("netto.image.partial", moment);
        std::this_thread::sleep_for(some(milliseconds{20}));
        return;
      case Moment::in_large:
        while (!senders_.back()->is_sending()) std::this_thread::sleep_for(look_pause);
        std::this_thread::sleep_for(some(large_time_ * 5 / 4));
        return;
      case Moment::in_transaction:
        std::this_thread::sleep_for(some(milliseconds{100}));
        wait_for_write("netto.db-wal", moment);
        std::this_thread::sleep_for(some(milliseconds{2}));
        return;
      case Moment::in_compaction:
        wait_for_checkpoint();
        std::this_thread::sleep_for(some(milliseconds{400}));
        return;
    }
  }

  void wait_for_write(const std::string& name, Moment moment) {
    const auto file = killed_.data() + "/" + name;
    std::error_code none_yet;
    const auto before = fs::last_write_time(file, none_yet);
    const auto end = Clock::now() + file_wait_max;
    while (fs::last_write_time(file, none_yet) == before) {
      if (Clock::now() > end) {
        ++figures_.missed[static_cast<std::size_t>(moment)];
        return;
      }
      std::this_thread::sleep_for(look_pause);
    }
  }

  // Until one is being written.
  void wait_for_checkpoint() {
    CheckpointWatch watch{killed_.data() + "/netto.db"};
    const auto end = Clock::now() + file_wait_max;
    while (!watch.is_being_written()) {
      if (Clock::now() > end) {
        ++figures_.missed[static_cast<std::size_t>(Moment::in_compaction)];
        return;
      }
      std::this_thread::sleep_for(look_pause);
    }
  }

  void wait_for_file(const std::string& name, Moment moment) {
    const auto file = killed_.data() + "/" + name;
    const auto end = Clock::now() + file_wait_max;
    while (::access(file.c_str(), F_OK) != 0) {
      if (Clock::now() > end) {
        ++figures_.missed[static_cast<std::size_t>(moment)];
        return;
      }
      std::this_thread::sleep_for(look_pause);
    }
  }

  // A reader beside the writing: no answer has half a batch.
  void read_until(const std::atomic<bool>& stop, std::uint16_t port) {
    Caller caller{port};
    for (std::uint64_t i = 0; !stop.load(); ++i) {
      const Range& range = senders_[i % senders_.size()]->range();
      const std::size_t group = range.kind == Kind::tiers ? 0 : i / 4 % groups_per_sender;
      const auto answer =
          caller.post("/v1/quote", "application/json", question_about(range, group, i));
      if (!answer) return;
      if (answer->status != 200) wrong("a question was answered with " + answer->body);
      number_of(range, answer->body);
      ++reads_;
      std::this_thread::sleep_for(milliseconds{1});
    }
  }

  // ---- after a restart
  // -----------------------------------------------------------------------------

  void verify() {
    figures_.reads = reads_.load();
    Caller caller{killed_.port()};
    std::vector<std::pair<const Range*, Batch>> news;
    for (const auto& sender : senders_) {
      check_acknowledged(*sender, caller);
      settle_in_flight(*sender, caller);
      check_content(*sender, caller);
      for (const Batch& batch : sender->acknowledged()) {
        figures_.rows += sender->range().rows();
        news.emplace_back(&sender->range(), batch);
      }
    }
    std::ranges::sort(news, {}, [](const auto& each) { return each.second.sequence; });
    follow(news);
    compare(caller);
    for (const auto& sender : senders_) sender->forget();
  }

  // By number: a batch sent again is known, under the sequence that was told.
  void check_acknowledged(const Sender& sender, Caller& caller) {
    const auto& batches = sender.acknowledged();
    const std::size_t from = batches.size() - std::min(batches.size(), repeated_max);
    for (std::size_t i = from; i < batches.size(); ++i) {
      const auto again = sender.send(caller, batches[i]);
      if (!again) wrong("the node died while it was asked");
      if (!again->repeated || again->sequence != batches[i].sequence)
        wrong(fmt::format("batch {} was acknowledged as {} and is after the restart {} {}",
                          batches[i].id, batches[i].sequence,
                          again->repeated ? "known as" : "lost: sent again it became",
                          again->sequence));
    }
  }

  // What was not answered is in whole or not at all, by number as by what it says.
  void settle_in_flight(Sender& sender, Caller& caller) {
    if (!sender.in_flight()) return;
    const Batch& batch = *sender.in_flight();
    const auto there = number_there(sender.range(), batch.group, caller);
    const bool is_in = there == batch.number;
    if (!is_in && there != sender.number(batch.group))
      wrong(fmt::format("group {} says {} where {} was acknowledged and {} in flight", batch.group,
                        there, sender.number(batch.group), batch.number));
    const auto sent = sender.send(caller, batch);
    if (!sent) wrong("the node died while it was asked");
    if (sent->repeated != is_in)
      wrong(fmt::format("batch {} is {} by its number and {} by what it says", batch.id,
                        sent->repeated ? "in" : "not in", is_in ? "in" : "not in"));
    ++(is_in ? figures_.in_flight_in : figures_.in_flight_out);
    sender.settle(sent->sequence);
  }

  // Of tiers one of each article: all of them are looked at where a batch was under way.
  void check_content(const Sender& sender, Caller& caller) {
    const Range& range = sender.range();
    for (std::size_t group = 0; group < groups_of(range); ++group) {
      const auto there =
          number_of(range, answered(caller, question_about(range, group, random_())));
      if (there != sender.number(group))
        wrong(fmt::format("group {} of sender {} says {}, and {} was acknowledged", group,
                          range.sender, there, sender.number(group)));
    }
  }

  // The number of every record of the group.
  std::uint64_t number_there(const Range& range, std::size_t group, Caller& caller) {
    std::optional<std::uint64_t> number;
    for (const auto& question : questions_about_all(range, group)) {
      const auto here = number_of(range, answered(caller, question));
      if (number && *number != here)
        wrong(fmt::format("group {} has half a batch: {} and {}", group, *number, here));
      number = here;
    }
    return *number;
  }

  static std::string answered(Caller& caller, const std::string& question) {
    const auto answer = caller.post("/v1/quote", "application/json", question);
    if (!answer) wrong("the node died while it was asked");
    if (answer->status != 200) wrong("a question was answered with " + answer->body);
    return answer->body;
  }

  // The node that was never killed gets what the other has, and gives it the same numbers.
  void follow(const std::vector<std::pair<const Range*, Batch>>& news) {
    Caller caller{oracle_.port()};
    for (const auto& [range, batch] : news) {
      const auto began = Clock::now();
      const auto sent = senders_[range->sender]->send(caller, batch);
      if (range->kind == Kind::tiers)
        large_time_ = std::chrono::duration_cast<microseconds>(Clock::now() - began);
      if (!sent || sent->repeated || sent->sequence != batch.sequence)
        wrong(fmt::format("batch {} has the number {}; where nothing was killed it is {}", batch.id,
                          batch.sequence, sent ? sent->sequence : 0));
    }
  }

  void compare(Caller& caller) {
    Caller other{oracle_.port()};
    for (const auto& sender : senders_) {
      for (std::size_t group = 0; group < groups_of(sender->range()); ++group) {
        const auto question = question_about(sender->range(), group, random_());
        const auto here = without_ages(answered(caller, question));
        const auto there = without_ages(answered(other, question));
        if (here != there)
          wrong("answers differ:\n" + here.substr(0, 600) + "\nwhere nothing was killed:\n" +
                there.substr(0, 600));
        ++figures_.answers_compared;
      }
    }
  }

  // The journal is all there is: without its image it comes to the same.
  void by_journal_alone() {
    restart_without_image();
    verify();
  }

  const CrashOptions& options_;
  std::mt19937_64 random_;
  Node killed_;
  Node oracle_;
  std::vector<std::unique_ptr<Sender>> senders_;
  milliseconds start_shortest_{0};
  microseconds large_time_{milliseconds{300}};  // that the last large batch took the other node
  std::atomic<std::uint64_t> reads_{0};
  CrashFigures figures_;
};

}  // namespace

void CrashFigures::add(const CrashFigures& other) {
  for (std::size_t i = 0; i < kills.size(); ++i) {
    kills[i] += other.kills[i];
    missed[i] += other.missed[i];
  }
  acknowledged += other.acknowledged;
  in_flight_in += other.in_flight_in;
  in_flight_out += other.in_flight_out;
  rows += other.rows;
  answers_compared += other.answers_compared;
  reads += other.reads;
  checkpoints += other.checkpoints;
  start_longest = std::max(start_longest, other.start_longest);
}

CrashFigures run_crashes(const CrashOptions& options) { return Run{options}.run(); }

}  // namespace tests::crash
