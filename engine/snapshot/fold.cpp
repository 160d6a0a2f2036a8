#include "engine/snapshot/fold.hpp"

#include "engine/snapshot/frame_codes.hpp"

#include <utility>

namespace engine::snapshot {

std::unique_ptr<Fold> Fold::begin(model::Facts& facts, std::shared_ptr<const Snapshot> newest) {
  auto conditions = facts.begin_fold();
  if (conditions == nullptr) return nullptr;
  return std::unique_ptr<Fold>{new Fold{std::move(conditions), std::move(newest)}};  // NOLINT
}

void Fold::make() {
  conditions_->make();
  const Frame& frame = *from_->frame_;
  index_ = ConditionIndex{conditions_->store(), conditions_->terms(), frame.articles.codes->size()};
  auto filter = std::make_shared<ConditionFilter>();
  filter->build(index_, frame.documents, frame.record_texts.texts, *from_,
                FrameCodes{frame, *from_->unit_codes_});
  filter_ = std::move(filter);
  Snapshot founded{*from_};
  founded.conditions_ = index_;
  plans_ = CustomerPlans{founded};
}

std::shared_ptr<const Snapshot> Fold::take(model::Facts& facts, const Snapshot& newest) {
  if (!facts.take_fold(conditions_)) return nullptr;
  auto made = std::make_shared<Snapshot>(newest);
  made->conditions_ = index_.laid_over(facts.overlay(), facts.terms());
  made->condition_filter_ = filter_;
  made->customer_plans_ =
      plans_.laid_over(made->conditions_, static_cast<std::uint32_t>(index_.part_count()),
                       newest.customers().parents);
  return made;
}

}  // namespace engine::snapshot
