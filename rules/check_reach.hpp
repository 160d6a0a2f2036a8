// Who meets which records: the ways by which customers reach the parts of the condition index under
// the accesses of one step, and the meetings - pairs of parts that some customer reaches at once
// and that no comparator tells apart for all of their records. Question fields (channel ...) are
// left open: a way says which of them the question has to give. Cost: a look-up a way; customers
// that share groups, lists and attributes are asked for their shared ways only a few times.
#pragma once

#include "rules/check_context.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace rules {

// Fields that the question gives, by field.
using GivenFields = std::vector<std::pair<engine::model::FieldId, std::uint32_t>>;

struct Way {
  std::uint32_t part = 0;
  std::uint16_t access = 0;
  std::uint16_t distance = 0;
  std::int32_t rank = 0;
  bool own = false;        // by a key of the customer itself
  bool overrides = false;  // the question says of the customer what its master data does not
  engine::base::Validity validity;
  GivenFields given;
};

class Reach {
 public:
  // Both must outlive it.
  Reach(const CheckContext& context, const engine::snapshot::BoundStep& step);

  // All of the customer's ways, by access.
  std::vector<Way> ways(engine::model::CustomerId customer) const;

 private:
  class Walk;

  // Parts of a table with fields that the question may give, by the hash of their other values.
  using OpenParts = std::unordered_multimap<std::uint64_t, std::uint32_t>;

  bool is_open(engine::model::FieldId field) const;
  std::uint64_t closed_hash(const engine::model::TableShape& shape,
                            std::span<const std::uint32_t> values) const;

  const CheckContext& context_;
  const engine::snapshot::BoundStep& step_;
  std::vector<bool> has_open_;        // by access
  std::vector<OpenParts> by_closed_;  // by access; empty where it has none
};

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

// In a fixed order. `reached` gets a mark for every part that somebody reaches.
std::vector<Meeting> meetings_of(const CheckContext& context,
                                 const engine::snapshot::BoundStep& step,
                                 std::vector<bool>& reached);

// The comparators that decide between accesses of the two levels; null where none do.
const std::vector<engine::rule::Choice>* choices_between(const engine::rule::Find& find,
                                                         std::size_t access_a,
                                                         std::size_t access_b);

}  // namespace rules
