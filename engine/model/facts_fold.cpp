// Of Facts: condition rows that were put go to where they are found - laid over the store, or merged
// with it into the next one, here or beside.
#include "engine/model/facts.hpp"

#include <algorithm>
#include <utility>

namespace engine::model {

namespace {

bool is_nothing(std::span<const TableRows> rows) {
  return std::ranges::all_of(rows, [](const TableRows& of) { return of.records.empty(); });
}

}  // namespace

// A store of what is settled and what was laid over it.
void Facts::fold_overlay() {
  fold_.reset();  // one that goes on beside is of no use any more
  if (overlay_ == nullptr) return;
  MergeChanges changes = overlay_->as_rows(overlay_->extent().step);
  const MergeInput input{schema,
                         terms_,
                         *conditions_,
                         changes.rows,
                         changes.extras,
                         {},
                         std::move(changes.replaced),
                         std::move(changes.part_touched)};
  conditions_ = ConditionMerge{input}.make();
  overlay_.reset();
}

bool Facts::lay_over() {
  ++batch_;
  if (documents_changed_ || conditions_->tables().size() != schema.table_count()) return false;
  if (is_nothing(rows_)) {
    note_settled();
    return true;
  }
  if (conditions_->records().empty()) return false;
  if (overlay_ == nullptr) overlay_ = std::make_shared<ConditionOverlay>(conditions_);
  if (!overlay_->lay(rows_, extras_, terms_)) return false;
  if (fold_ != nullptr) fold_->note(std::move(rows_), std::move(extras_), terms_);
  rows_.clear();
  extras_.clear();
  condition_places_ = {};
  note_settled();
  return true;
}

void Facts::settle() {
  ++batch_;
  note_settled();
  fold_overlay();
  const bool same_tables = conditions_->tables().size() == schema.table_count();
  if (is_nothing(rows_) && same_tables && !documents_changed_) return;
  MergeInput input{schema, terms_, *conditions_, rows_, extras_, {}, {}, {}};
  if (documents_changed_)
    input.terms_in_document = [this](const ConditionRecord& record) {
      return terms_in_document(record);
    };
  conditions_ = ConditionMerge{input}.make();
  rows_.clear();
  extras_.clear();
  condition_places_ = {};
  documents_changed_ = false;
}

std::shared_ptr<ConditionFold> Facts::begin_fold() {
  if (overlay_ == nullptr) return nullptr;
  if (spare_ == nullptr) spare_ = std::make_shared<SpareStore>();
  fold_ = std::make_shared<ConditionFold>(schema, terms_, overlay_, spare_);
  return fold_;
}

Facts Facts::frozen() const {
  Facts made{*this};
  made.overlay_.reset();
  made.fold_.reset();
  made.spare_.reset();
  return made;
}

bool Facts::take_fold(const std::shared_ptr<ConditionFold>& fold) {
  if (fold == nullptr || fold != fold_) return false;
  fold_.reset();
  auto laid = fold->take();
  if (laid == nullptr) return false;
  conditions_ = fold->store();
  overlay_ = std::move(laid);
  return true;
}

}  // namespace engine::model
