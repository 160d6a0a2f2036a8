// SnapshotBuilder: compiles facts and rules into a Snapshot. Checks what only shows when everything
// is there: groups in a circle, a look-up that names no procedure, a procedure whose width can't be
// proved. Runs on the writer's thread, sorts in parallel; reads the facts, keeps none of them but
// shared dictionaries.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"
#include "engine/rule/rule_set.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace engine::snapshot {

class SnapshotBuilder {
 public:
  // Settles the facts. Facts and rules must outlive build().
  SnapshotBuilder(model::Facts& facts, std::shared_ptr<const rule::RuleSet> rules,
                  std::uint64_t generation);

  // Before build(); without a call the snapshot has none.
  void set_feed_stamps(std::vector<FeedStamp> stamps);

  base::Result<std::shared_ptr<const Snapshot>> build();

 private:
  std::shared_ptr<const model::Dictionary> texts_with_rules() const;
  base::Result<void> take_articles();
  base::Result<void> take_customers();
  void take_documents();
  void take_numbers();
  void take_lists();
  base::Result<void> bind_rules();
  base::Result<std::uint32_t> lookup_result(const rule::LookupRow& row, bool bands) const;
  base::Result<std::vector<BoundLookupRow>> bind_lookup(const std::vector<rule::LookupRow>& rows,
                                                        bool bands) const;

  model::Facts& facts_;
  std::shared_ptr<const rule::RuleSet> rules_;
  std::shared_ptr<Frame> frame_;
  std::shared_ptr<Snapshot> made_;
};

}  // namespace engine::snapshot
