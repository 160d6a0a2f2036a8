// Fold: a snapshot's conditions founded on the next store - what was settled and what lay over it,
// see model/condition_fold.hpp - with the index, the filter and the customers' plans of it, made while
// prices are asked and changed. make() and catch_up() are for a thread of their own, all else is the writer's.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <memory>

namespace engine::snapshot {

class Fold {
 public:
  // `newest` is the newest generation of the facts. Null where nothing was laid over the store.
  static std::unique_ptr<Fold> begin(model::Facts& facts, std::shared_ptr<const Snapshot> newest);

  // Cost: that of the store, and linear in its keys.
  void make();

  // Lays what came in meanwhile over the store; for as long as the writer does not take it.
  // False: it can't be taken.
  bool catch_up() { return conditions_->catch_up(); }

  // Of what was settled and laid over by the time it began. Requires make(); any thread.
  std::shared_ptr<const model::ConditionStore> store() const { return conditions_->store(); }

  // The newest generation as it is, founded on the new store; the facts are, too. Requires make().
  // Null where the facts have gone another way: all stays as it is.
  std::shared_ptr<const Snapshot> take(model::Facts& facts, const Snapshot& newest);

 private:
  Fold(std::shared_ptr<model::ConditionFold> conditions, std::shared_ptr<const Snapshot> from)
      : conditions_{std::move(conditions)}, from_{std::move(from)} {}

  std::shared_ptr<model::ConditionFold> conditions_;
  std::shared_ptr<const Snapshot> from_;  // whose frame stays as long as the fold can be taken
  ConditionIndex index_;
  std::shared_ptr<const ConditionFilter> filter_;
  CustomerPlans plans_;
};

}  // namespace engine::snapshot
