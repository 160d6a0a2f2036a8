// An order line as billed against the same line as answered, amount by amount, as exact
// decimals: 12.5 equals 12.5000, and nothing else is near enough. A line is right when all of it
// is. One thread.
#pragma once

#include "tests/replay/parts/billed_lines.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tests::replay {

struct AnsweredLine {
  std::string outcome;  // of the line, or the fault of its whole question; `priced` is what we want
  std::array<std::optional<engine::base::Decimal>, amount_count>
      amounts{};        // by amount_names; none: not answered
  std::string offer;    // code of the promotion that won; empty: none did
  std::string trouble;  // what is wrong beside the amounts; empty: nothing
};

class Comparison {
 public:
  void add(const BilledLine& billed, const AnsweredLine& answered);
  // A line that could not be asked.
  void add_unusable(const BilledLine& line);

  std::uint64_t lines() const { return lines_; }

  std::uint64_t right() const { return right_; }

  // The first deviations, one a line, for people.
  const std::vector<std::string>& shown() const { return shown_; }

  // Deviations by field.
  const std::map<std::string, std::uint64_t>& by_field() const { return by_field_; }

 private:
  void deviation(const BilledLine& billed, const std::string& field, const std::string& expected,
                 const std::string& got);
  void show(std::string text);

  std::uint64_t lines_ = 0;
  std::uint64_t right_ = 0;
  std::vector<std::string> shown_;
  std::map<std::string, std::uint64_t> by_field_;
};

inline constexpr std::size_t deviations_shown_max = 20;

}  // namespace tests::replay
