// CrashRun: a `netto serve` that is killed again and again while batches come in, and one that never
// is. After each restart: every batch that was acknowledged is there, by its number and by what it
// says; a batch that was not is there whole or not at all, and goes in when it is sent again; and
// the answers are, byte for byte but for ages, those of the node that was never killed, which was
// given the same batches in the same order. Moments and batches come from one seed. Everything is
// on the loopback interface and in one folder, which the caller owns. Failures throw
// std::runtime_error, with the seed and the round.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tests::crash {

// When the node is killed.
enum class Moment : std::uint8_t {
  anywhere,        // while several senders send
  at_start,        // while it reads its folder
  in_image,        // while it writes an image
  in_large,        // while a large batch comes in
  in_transaction,  // while the journal's log is written to
  in_compaction    // while a checkpoint is written, or old batches give way to it
};

inline constexpr std::array<std::string_view, 6> moment_names{
    "anywhere",         "at start",         "in an image",
    "in a large batch", "in a transaction", "in a compaction"};

struct CrashOptions {
  std::string binary;  // of netto
  std::string folder;  // empty; all files go below it
  std::size_t rounds = 20;
  std::uint64_t seed = 1;
  std::size_t large_rows = 100'000;  // of a large batch, in hundreds
  std::function<void(std::size_t round)> progress = [](std::size_t) {};
};

struct CrashFigures {
  std::array<std::size_t, moment_names.size()> kills{};   // by Moment
  std::array<std::size_t, moment_names.size()> missed{};  // killed, but not within what was meant
  std::uint64_t acknowledged = 0;
  std::uint64_t in_flight_in = 0;   // batches that were not answered, and were in
  std::uint64_t in_flight_out = 0;  // and were not
  std::uint64_t rows = 0;
  std::uint64_t answers_compared = 0;
  std::uint64_t reads = 0;        // answers beside the writing, none of which had half a batch
  std::uint64_t checkpoints = 0;  // that took the place of batches
  std::chrono::milliseconds start_longest{0};

  // Of another run.
  void add(const CrashFigures& other);
};

CrashFigures run_crashes(const CrashOptions& options);

}  // namespace tests::crash
