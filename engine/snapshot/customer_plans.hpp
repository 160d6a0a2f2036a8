// CustomerPlans: the plan of every customer under every procedure, made when the snapshot is built,
// for questions that give no field that keys have. So a question reads its parts in one place
// instead of looking for each. Plans hold no more than the store does: where a part was laid over
// it since that a customer may reach, that customer's questions are planned by themselves, until
// the store is made anew. Procedures are kept in their order as long as all plans together take no
// more than a twelfth of what the store takes. A value: copies share what is kept. Immutable once
// made; any thread. Cost: 40 bytes a part that is reached and 24 an access, for each customer and
// procedure; of laying over, a bit a customer.
#pragma once

#include "engine/base/huge_pages.hpp"
#include "engine/snapshot/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace engine::snapshot {

class CustomerPlans {
 public:
  CustomerPlans() = default;
  // Of a snapshot that nothing has been laid over.
  explicit CustomerPlans(const Snapshot& snapshot);

  // What is still true of these where parts have been laid over the index, from `first_new` on.
  CustomerPlans laid_over(const ConditionIndex& index, std::uint32_t first_new,
                          const std::vector<model::CustomerId>& parents) const;

  // Nothing, where the question has to be planned by itself.
  std::optional<PlanView> find(std::size_t procedure, model::CustomerId customer,
                               const FieldValues& given) const {
    if (procedure >= kept_.size() || customer.is_none()) return std::nullopt;
    const OfProcedure& own = *kept_[procedure];
    if (!given.empty() && names_any(own.fields, given)) return std::nullopt;
    if (outdated_ != nullptr && is_outdated(customer)) return std::nullopt;
    const std::size_t first = std::size_t{customer.raw()} * own.access_count;
    return PlanView{own.parts,
                    std::span<const AccessPlan>{own.accesses}.subspan(first, own.access_count),
                    own.access_count};
  }

  // What find() is to lead to, some time before it is asked.
  void prefetch(std::size_t procedure, model::CustomerId customer) const;

  std::size_t memory_bytes() const;

 private:
  struct OfProcedure {
    std::uint32_t access_count = 0;
    base::BigVector<AccessPlan> accesses;  // customer after customer
    base::BigVector<PlanPart> parts;
    std::vector<model::FieldId> fields;  // that a question may give and keys have
  };

  struct Outdated {
    bool all = false;
    std::vector<bool> customers;
  };

  static bool names_any(const std::vector<model::FieldId>& fields, const FieldValues& given);

  bool is_outdated(model::CustomerId customer) const {
    return outdated_->all || outdated_->customers[customer.raw()];
  }

  // By procedure: those that are kept.
  std::vector<std::shared_ptr<const OfProcedure>> kept_;
  // By table: parts of it are reached only by the customer they name, and by those below it.
  std::shared_ptr<const std::vector<bool>> by_customer_;
  std::shared_ptr<const Outdated> outdated_;  // null: none
  std::size_t customers_ = 0;
};

}  // namespace engine::snapshot
