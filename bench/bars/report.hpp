// The bars that Netto must reach, and the tables of peers, held against measured figures.
//
// Both are data (bars.json). A bar names a figure and what it is held against: another figure or a
// number; `at_least` and `at_most` bound their ratio. Its verdict is `met`, `not met`, or `not met`
// with why there is nothing to compare: a bar that was not measured is never met. A comparison
// names one figure of Netto's and the same work's of peers; its ratio is Netto's over the peer's.
// Pure functions but for `read_bars`; a bars file that does not say what it must throws
// std::runtime_error naming the file and the entry.
#pragma once

#include "bench/bars/figures.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace bench::bars {

enum class Direction : std::uint8_t { at_least, at_most };

struct Bar {
  std::string bar;      // "V1"
  std::string text;     // what is compared, for people
  std::string figure;   // who must reach it
  std::string against;  // a figure; empty: the number
  double number = 1;    // what it is held against where `against` is empty
  std::string peer;     // name of what it is held against
  Direction direction = Direction::at_least;
  double factor = 1;
  std::string missing;  // what to run where `figure` was not measured; may be empty
};

struct Comparison {
  std::string text;
  std::string figure;
  std::vector<std::pair<std::string, std::string>> peers;  // name, figure
};

struct BarsFile {
  std::vector<Bar> bars;
  std::vector<Comparison> comparisons;
};

BarsFile read_bars(const std::filesystem::path& path);

struct Verdict {
  bool met = false;
  double ratio = 0;  // 0: nothing to compare
  std::string why;   // "met", "not met", "not met (peer skipped)" ...
};

Verdict judge(const Bar& bar, const Figures& figures);

// What people read: header of the run, bars, comparisons, what was skipped and why.
std::string report(const BarsFile& file, const Figures& figures);

// A figure with its unit: "5,012,345 /s", "71.3 bytes", "2.81 s".
std::string readable(const Figure& figure);

}  // namespace bench::bars
