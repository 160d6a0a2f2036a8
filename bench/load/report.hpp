// What the runs of a session gave, as a table for the terminal and as a JSON file: every run with
// its mode, since a latency of the saturation mode means something else than one of the open loop.
// Pure functions but for `write_file`, which throws std::runtime_error naming the file.
#pragma once

#include "bench/load/driver.hpp"

#include <string>
#include <utility>
#include <vector>

namespace bench::load {

struct RunRow {
  std::string what;    // "one price"
  std::string server;  // "netto", "bare route", "cpp-httplib, bare"
  std::size_t connections = 0;
  double rate = 0;  // 0: saturation
  LoadResult result;
  double server_seconds = 0;  // of processor, its warm-up included
  double whole_seconds = 0;   // of the run, its warm-up included

  std::string mode() const { return rate > 0 ? "open loop" : "saturation"; }

  double server_core() const { return server_seconds / whole_seconds; }

  // Processor time of the server, in microseconds; steady also where others take its core.
  double server_us_per_answer() const { return server_core() * 1e6 / result.per_second(); }
};

struct Session {
  std::vector<std::pair<std::string, std::string>> facts;  // machine, commit, compiler, data set
  std::vector<RunRow> rows;
  std::vector<std::pair<std::string, double>> figures;
};

// Two lines of head and one per run.
std::string table_head();
std::string table_line(const RunRow& row);
std::string json_of(const Session& session);

void write_file(const std::string& path, const std::string& text);

}  // namespace bench::load
