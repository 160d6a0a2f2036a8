// Progress: one line on a terminal that rewrites itself while long work goes on: a bar, the rate
// and the time left. Says nothing where stderr is no terminal, and nothing about work that is over
// within half a second. One thread. Cost: a look at the clock a call.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace server::cli {

enum class Unit : std::uint8_t { bytes, items };

class Progress {
 public:
  explicit Progress(std::FILE* stream, Unit unit = Unit::items);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  // `label` says what is being done; a new one starts a new measurement. `all` 0: not known.
  void show(std::string_view label, std::uint64_t done, std::uint64_t all);
  // Takes the line away again.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point begin_ = Clock::now();
  Clock::time_point label_begin_ = begin_;
  Clock::time_point shown_at_ = begin_;
  std::string label_;
  std::FILE* stream_;
  Unit unit_;
  bool terminal_;
  bool visible_ = false;
};

// "conditions.csv  [########------------]  40 %  12.0 MB/s  3 s left": the line for work that has
// run for `elapsed`.
std::string progress_line(std::string_view label, std::uint64_t done, std::uint64_t all,
                          std::chrono::milliseconds elapsed, Unit unit);

}  // namespace server::cli
