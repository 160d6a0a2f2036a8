// What became of the batches that were sent to a node, and the report of it: the same columns and
// words as those of an import into a folder. Plain values; one thread.
#pragma once

#include "rules/json_tree.hpp"
#include "server/cli/command.hpp"
#include "server/node/feed_record.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace server::cli {

enum class Sent : std::uint8_t {
  in,
  repeated,  // it was in before
  held,      // until a person decides
  not_in,    // turned away; nothing was changed
  unknown,   // no answer came
  not_sent,  // because of one before it
};

struct SentRefusal {
  std::uint64_t line = 0;  // of the file
  std::string column, value, code, reason;
};

struct SentFinding {
  std::string feed, guard, then, detail;
  std::uint64_t records = 0;
};

struct SentBatch {
  std::string file;
  std::string part;  // "2 of 3"; empty where it is the whole file
  std::string feed;
  Sent state = Sent::not_sent;
  std::uint64_t sequence = 0;
  std::uint64_t held = 0;
  node::RowCounts rows;
  std::uint64_t removed = 0, not_there = 0, vanished = 0;
  std::vector<SentRefusal> refused;  // those that the answer told
  std::vector<SentFinding> findings;
};

// Counts, findings and refused rows of an answer; the lines of refused rows are those of what was
// sent.
void take_answer(const rules::Json& answer, SentBatch& batch);

// "prices.csv (2 of 3)".
std::string name_of(const SentBatch& batch);

// Whether somebody should look at it.
bool needs_a_look(const SentBatch& batch);

struct SentReport {
  std::string url;
  std::vector<SentBatch> batches;
  std::vector<std::string> passed_over;
  std::string time;

  void write(Run& run) const;
};

}  // namespace server::cli
