// Keys under which one line may find records at once, where a customer reaches two parts: keys of
// the same article, of groups that some article is in, of none. The shorter run drives; in the
// longer one the next key is near. One worker.
#pragma once

#include "rules/check_meetings.hpp"
#include "rules/check_neighbours.hpp"

#include <functional>

namespace rules {

class KeyPairs {
 public:
  // Both must outlive it.
  KeyPairs(const CheckContext& context, const Neighbours& neighbours)
      : context_{context}, index_{context.index()}, neighbours_{neighbours} {}

  using Visit = std::function<void(std::uint32_t key_a, std::uint32_t key_b)>;

  // By position in the index, the first one of part_a. A way that meets itself gives every pair
  // once, and each key with itself.
  void each(const Meeting& meeting, const Visit& visit);

 private:
  void each_common();
  void each_neighbour();
  void each_mapped();
  void meet_found(std::uint32_t x, std::uint32_t key);
  std::uint32_t seek(std::uint32_t from, std::uint32_t end, std::uint32_t article) const;
  std::uint32_t find_key(engine::snapshot::KeyRange range, std::uint32_t key) const;

  const CheckContext& context_;
  const engine::snapshot::ConditionIndex& index_;
  const Neighbours& neighbours_;
  const Visit* visit_ = nullptr;
  const Meeting* meeting_ = nullptr;
  const engine::snapshot::TableInfo* table_a_ = nullptr;
  const engine::snapshot::TableInfo* table_b_ = nullptr;
  engine::snapshot::KeyRange a_;
  engine::snapshot::KeyRange b_;
};

}  // namespace rules
