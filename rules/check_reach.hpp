// Who reaches which records: the ways by which customers come to the parts of the condition index
// under the accesses of one step. Question fields (channel ...) are left open: a way says which of
// them the question has to give. Any thread; cost: a look-up a way.
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

}  // namespace rules
