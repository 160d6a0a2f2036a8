#include "engine/model/condition_fold.hpp"

#include "engine/base/contract.hpp"

#include <utility>

namespace engine::model {

ConditionFold::ConditionFold(Schema schema, std::vector<Terms> terms,
                             std::shared_ptr<const ConditionOverlay> overlay,
                             std::shared_ptr<SpareStore> spare)
    : schema_{std::move(schema)},
      terms_{std::move(terms)},
      from_{std::move(overlay)},
      step_{from_->extent().step},
      spare_{std::move(spare)},
      laid_terms_{terms_},
      terms_noted_{terms_.size()} {}

void ConditionFold::make() {
  MergeChanges changes = from_->as_rows(step_);
  const MergeInput input{schema_,
                         terms_,
                         from_->store(),
                         changes.rows,
                         changes.extras,
                         {},
                         std::move(changes.replaced),
                         std::move(changes.part_touched),
                         std::move(spare_)};
  store_ = ConditionMerge{input}.make();
  from_.reset();
  const std::lock_guard lock{laying_};
  laid_ = std::make_shared<ConditionOverlay>(store_);
}

// False: there was nothing.
bool ConditionFold::lay_next() {
  Noted next;
  {
    const std::lock_guard lock{noting_};
    if (noted_.empty()) return false;
    next = std::move(noted_.front());
    noted_.pop_front();
  }
  laid_terms_.insert(laid_terms_.end(), next.fresh_terms.begin(), next.fresh_terms.end());
  has_room_ = has_room_ && laid_->lay(next.rows, next.extras, laid_terms_);
  return true;
}

bool ConditionFold::catch_up() {
  while (true) {
    const std::lock_guard lock{laying_};
    if (!lay_next()) return has_room_;
  }
}

void ConditionFold::note(std::vector<TableRows>&& rows, std::vector<RecordExtra>&& extras,
                         std::span<const Terms> terms) {
  const auto fresh = terms.subspan(terms_noted_);
  terms_noted_ = terms.size();
  const std::lock_guard lock{noting_};
  noted_.push_back({std::move(rows), std::move(extras), {fresh.begin(), fresh.end()}});
}

std::shared_ptr<ConditionOverlay> ConditionFold::take() {
  ENSURE(store_ != nullptr);
  const std::lock_guard lock{laying_};
  while (lay_next()) {
  }
  return has_room_ ? std::move(laid_) : nullptr;
}

}  // namespace engine::model
