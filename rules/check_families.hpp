// Records of one key beside each other, by family: those that share currency, unit and document and
// differ in threshold, validity and value. Gaps, overlaps and jumps between validities, ladders that
// rise, last tiers that are closed, records that are always beaten. A sweep over validities: only
// records that hold at one time are compared, and of a key at most `compared_max` pairs; the rest is
// counted. One worker.
#pragma once

#include "engine/base/wide.hpp"
#include "engine/price/plan.hpp"
#include "rules/check_key_findings.hpp"
#include "rules/check_sweep.hpp"

#include <optional>
#include <tuple>
#include <vector>

namespace rules {

class Families {
 public:
  static constexpr std::uint64_t compared_max = 1'000'000;

  // Both must outlive it.
  Families(const CheckContext& context, KeyFindings& findings);

  // All records of the key that the findings have begun.
  void check();

 private:
  struct Decided {
    int order = 0;
    engine::rule::Comparator comparator = engine::rule::Comparator::rank;
  };

  using Family =
      std::tuple<engine::model::CurrencyId, engine::model::UnitId, engine::model::DocumentId>;

  Family family(const engine::model::ConditionRecord& record) const;
  void check_family(std::size_t begin, std::size_t end);
  void check_validities(std::size_t begin, std::size_t end);
  void check_jump(std::size_t before, std::size_t after);
  void check_overlap(std::size_t a, std::size_t b);
  void check_ladder();
  std::optional<std::size_t> beside(std::size_t rung, std::size_t place);
  void check_ends(std::size_t begin, std::size_t end);
  bool may_compare();
  bool is_plain(const engine::model::ConditionRecord& record) const;
  engine::base::BigInt scaled(const engine::model::ConditionRecord& own,
                              const engine::model::ConditionRecord& other) const;
  engine::base::BigInt difference(const engine::model::ConditionRecord& a,
                                  const engine::model::ConditionRecord& b) const;
  std::optional<engine::base::Quantity> end_of(std::uint32_t number) const;
  std::optional<Decided> decided_by_all(std::uint32_t a, std::uint32_t b) const;
  std::optional<Decided> decided_by(const TableUse& use, const engine::rule::Find& find,
                                    std::uint32_t a, std::uint32_t b) const;

  const engine::model::ConditionRecord& at(std::size_t place) const {
    return index_.record(order_[place]);
  }

  const CheckContext& context_;
  const engine::snapshot::ConditionIndex& index_;
  KeyFindings& findings_;
  engine::price::Plan plan_;
  std::vector<std::uint32_t> order_;  // the key's records, by family, threshold, start
  std::vector<std::size_t> rungs_;    // of a family: where each threshold begins; its end
  std::vector<engine::base::CivilMinutes> latest_;  // by place: the latest end of the rung so far
  Holding holding_;
  std::uint64_t compared_ = 0;
};

}  // namespace rules
