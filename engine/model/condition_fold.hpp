// ConditionFold: the next store of condition records, made beside the facts that go on: what was
// settled and laid over it up to the moment when the fold began, and over that what was laid since.
// One thread makes it, with make() and then catch_up() again and again; the facts' own notes what
// it lays and takes the result. Between make() and take() the facts' thread never waits longer than
// one noted change takes to be laid. Cost: a copy of the store, the sorting of what changed, and
// once more the laying of what is noted.
#pragma once

#include "engine/model/condition_merge.hpp"
#include "engine/model/condition_overlay.hpp"
#include "engine/model/condition_store.hpp"
#include "engine/model/schema.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace engine::model {

class ConditionFold {
 public:
  // `spare`: for memory; or null. Facts' thread.
  ConditionFold(Schema schema, std::vector<Terms> terms,
                std::shared_ptr<const ConditionOverlay> overlay, std::shared_ptr<SpareStore> spare);

  // ---- the thread that makes it

  void make();

  // Requires make(). False where there is no room for what is noted: the fold is of no use then.
  bool catch_up();

  // Requires make(). Immutable; any thread.
  std::shared_ptr<const ConditionStore> store() const { return store_; }

  const std::vector<Terms>& terms() const { return terms_; }

  // ---- the facts' thread

  // What was laid over the store that the fold began with; `terms`: all there are.
  void note(std::vector<TableRows>&& rows, std::vector<RecordExtra>&& extras,
            std::span<const Terms> terms);

  // What has been noted, over store(). Requires make(). Null where there is no room for it.
  std::shared_ptr<ConditionOverlay> take();

 private:
  struct Noted {
    std::vector<TableRows> rows;
    std::vector<RecordExtra> extras;
    std::vector<Terms> fresh_terms;
  };

  bool lay_next();

  const Schema schema_;
  const std::vector<Terms> terms_;  // as they were when it began
  std::shared_ptr<const ConditionOverlay> from_;
  const std::uint32_t step_;  // of from_, when it began
  std::shared_ptr<SpareStore> spare_;
  std::shared_ptr<const ConditionStore> store_;
  std::mutex laying_;  // of the next three
  std::shared_ptr<ConditionOverlay> laid_;
  std::vector<Terms> laid_terms_;
  bool has_room_ = true;
  std::mutex noting_;  // of noted_
  std::deque<Noted> noted_;
  std::size_t terms_noted_;  // the facts' thread
};

}  // namespace engine::model
