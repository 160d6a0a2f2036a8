#include "server/cli/progress.hpp"

#include "server/cli/command.hpp"
#include "server/cli/report.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace server::cli {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds silent_at_first{500};
constexpr milliseconds between_lines{100};
constexpr std::uint64_t bar_width = 20;

std::string rate_text(std::uint64_t done, milliseconds elapsed, Unit unit) {
  const auto ms = static_cast<std::uint64_t>(std::max<milliseconds::rep>(elapsed.count(), 1));
  if (unit == Unit::items) return grouped(done * 1'000 / ms) + "/s";
  const std::uint64_t tenths = done * 10 / (ms * 1'000);  // of a megabyte a second
  return fmt::format("{}.{} MB/s", tenths / 10, tenths % 10);
}

std::string time_text(std::uint64_t seconds) {
  return seconds < 120 ? fmt::format("{} s", seconds) : fmt::format("{} min", (seconds + 30) / 60);
}

}  // namespace

std::string progress_line(std::string_view label, std::uint64_t done, std::uint64_t all,
                          milliseconds elapsed, Unit unit) {
  const std::string rate = rate_text(done, elapsed, unit);
  if (all == 0 || done > all) return fmt::format("{}  {}", label, rate);
  const std::uint64_t filled = done * bar_width / all;
  std::string line = fmt::format("{}  [{}{}] {:3} %  {}", label, std::string(filled, '#'),
                                 std::string(bar_width - filled, '-'), done * 100 / all, rate);
  if (done > 0) {
    const auto ms = static_cast<std::uint64_t>(elapsed.count());
    line += fmt::format("  {} left", time_text((ms * (all - done) / done + 999) / 1'000));
  }
  return line;
}

Progress::Progress(std::FILE* stream, Unit unit)
    : stream_{stream}, unit_{unit}, terminal_{is_terminal(stream)} {}

Progress::~Progress() { clear(); }

void Progress::show(std::string_view label, std::uint64_t done, std::uint64_t all) {
  if (!terminal_) return;
  const auto now = Clock::now();
  if (label != label_) {
    label_ = label;
    label_begin_ = now;
  }
  if (now - begin_ < silent_at_first || now - shown_at_ < between_lines) return;
  shown_at_ = now;
  visible_ = true;
  const auto elapsed = std::chrono::duration_cast<milliseconds>(now - label_begin_);
  fmt::print(stream_, "\r\x1b[K{}", progress_line(label, done, all, elapsed, unit_));
  std::fflush(stream_);
}

void Progress::clear() {
  if (!visible_) return;
  fmt::print(stream_, "\r\x1b[K");
  std::fflush(stream_);
  visible_ = false;
}

}  // namespace server::cli
