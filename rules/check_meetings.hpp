// Who meets which records at once: pairs of parts that some customer reaches and that no comparator
// tells apart for all of their records. On all workers; customers that share groups, lists and
// attributes are asked for their shared ways only a few times.
#pragma once

#include "rules/check_reach.hpp"

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

namespace rules {

inline constexpr std::size_t customers_kept = 64;

// Two ways that one customer has; the same one twice where records of one key may meet.
struct Meeting {
  std::uint32_t part_a = 0;
  std::uint32_t part_b = 0;
  std::uint16_t access_a = 0;
  std::uint16_t access_b = 0;
  std::uint16_t distance_a = 0;
  std::uint16_t distance_b = 0;
  bool same_way = false;
  engine::base::Validity validity;
  GivenFields given;
  std::vector<std::uint32_t> customers;  // the first of those that have both ways
  bool more = false;                     // there are others
};

// What somebody reaches, whatever the day.
struct Reached {
  explicit Reached(const CheckContext& context) : parts(context.index().part_count()) {}

  std::vector<bool> parts;  // by part of the index; only by what customers are
  // By procedure, step and access; also by what a question says of the customer.
  std::map<std::tuple<std::uint16_t, std::uint16_t, std::uint16_t>, bool> accesses;
};

// In a fixed order. `reached` gets a mark for every part and access of the step that somebody
// reaches.
std::vector<Meeting> meetings_of(const CheckContext& context, std::uint16_t procedure,
                                 std::uint16_t step, Reached& reached);

// The comparators that decide between accesses of the two levels; null where none do.
const std::vector<engine::rule::Choice>* choices_between(const engine::rule::Find& find,
                                                         std::size_t access_a,
                                                         std::size_t access_b);

}  // namespace rules
