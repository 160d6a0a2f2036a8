// Pairs of records that one line may find at once and that no comparator tells apart, as far as that
// can be said without the article: of two keys that meet, for the ways by which a customer reaches
// them. Few records are compared one by one; many by class and by a sweep over their validities, so
// that only what holds at one time meets. Bounded: `pairs_max` pairs of two keys are looked at, what
// is left out is counted. One worker.
#pragma once

#include "rules/check_classes.hpp"
#include "rules/check_meetings.hpp"
#include "rules/check_sweep.hpp"

#include <array>
#include <functional>

namespace rules {

class Rivals {
 public:
  static constexpr std::uint64_t pairs_max = 1'000'000;

  // All must outlive it.
  Rivals(const CheckContext& context, const engine::snapshot::BoundStep& step,
         const Meeting& meeting, const std::vector<engine::rule::Choice>& choices);

  // Takes a record of either key; false: no more of them.
  using Visit = std::function<bool(std::uint32_t record_a, std::uint32_t record_b)>;

  // Returns how many pairs of records that hold at one time it has left out.
  std::uint64_t each(std::uint32_t key_a, std::uint32_t key_b, const Visit& visit);

  // When both hold, and the ways to them.
  engine::base::Validity common(const engine::model::ConditionRecord& x,
                                const engine::model::ConditionRecord& y) const;

  // Whether the access is for the agreement that the line names.
  bool asks(std::uint16_t access) const;

 private:
  struct Entry {
    std::uint64_t record_class = 0;
    engine::base::Validity validity;
    std::uint32_t record = 0;
    std::uint8_t side = 0;
  };

  bool is_one_way(std::uint32_t key_a, std::uint32_t key_b) const;
  std::uint64_t each_pair(std::uint32_t key_a, std::uint32_t key_b, const Visit& visit) const;
  std::uint64_t sweep(std::uint32_t key_a, std::uint32_t key_b, const Visit& visit);
  void enter(std::uint32_t key, std::uint8_t side);
  bool can_meet(std::uint32_t a, std::uint32_t b) const;
  bool may_tie(const engine::model::ConditionRecord& x,
               const engine::model::ConditionRecord& y) const;
  bool are_same(const engine::model::ConditionRecord& x,
                const engine::model::ConditionRecord& y) const;
  bool fits(const engine::model::ConditionRecord& record, std::uint16_t access) const;
  bool windows_meet(const engine::model::ConditionRecord& x,
                    const engine::model::ConditionRecord& y) const;
  bool is_decided(const engine::model::ConditionRecord& x,
                  const engine::model::ConditionRecord& y) const;

  const CheckContext& context_;
  const engine::snapshot::ConditionIndex& index_;
  const engine::snapshot::BoundStep& step_;
  const engine::rule::Find& find_;
  const Meeting& meeting_;
  const std::vector<engine::rule::Choice>& choices_;
  RecordClasses classes_;
  std::vector<Entry> entries_;
  std::array<Holding, 2> holding_;  // by side
};

}  // namespace rules
