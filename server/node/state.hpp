// State: what a data folder knows after batch N - facts, rules documents, feed descriptions - as a
// pure function of the batches 1..N, which are applied in order. After a Fault the state is of no
// use any more and is made anew from the journal. The writer's thread only. Cost: about a
// microsecond a row.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"
#include "engine/rule/rule_set.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "rules/rule_book.hpp"
#include "server/feed/feed_description.hpp"
#include "server/feed/feed_form.hpp"
#include "server/node/background_fold.hpp"
#include "server/node/batch_content.hpp"
#include "server/node/feed_record.hpp"
#include "server/node/gather.hpp"
#include "server/store/image_archive.hpp"
#include "server/store/journal.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::node {

class State {
 public:
  State();

  // Fault: store_corrupt, naming the batch.
  engine::base::Result<void> apply(const store::Batch& batch);

  // Rules documents take the place of earlier ones of the same name; the whole book is compiled
  // again. No faults: done.
  std::vector<engine::base::Fault> put_rules(const std::vector<TextFile>& files);
  // Feed descriptions take the place of earlier ones of the same name.
  engine::base::Result<void> put_feed_descriptions(const std::vector<TextFile>& files);

  // Whether a rules document or feed description stands here as it is written.
  bool holds(const TextFile& document) const;

  // What a batch that is in the journal brought of its feeds.
  void note_feeds(std::uint64_t sequence, const std::string& received_at,
                  const store::Delivery& delivery, const std::vector<FeedPart>& parts);

  // In the order in which they came first.
  const std::vector<FeedRecord>& feeds() const { return feeds_; }

  // All of it, to and from an image. Settles the facts. A Fault on reading - store_corrupt, or what
  // this version says of the rules - leaves a state of no use.
  void write_image(store::ImageWriter& writer);
  engine::base::Result<void> read_image(store::ImageReader& reader);

  // All of it without its history, as pieces in order, to and from a checkpoint: what was replaced or
  // removed is gone, every answer is the same. Settles the facts; the first Fault of `sink` ends it.
  // Returns the number that feed::write_fact_rows makes of the facts. Pieces are applied to a new
  // state. Fault: store_corrupt.
  using PieceSink = std::function<engine::base::Result<void>(std::string&& piece)>;
  engine::base::Result<std::uint64_t> write_checkpoint(const PieceSink& sink);
  engine::base::Result<void> apply_checkpoint(std::string_view piece);

  // From `previous`, the newest generation, at the cost of what changed, where that can be; null:
  // there is none.
  engine::base::Result<std::shared_ptr<const engine::snapshot::Snapshot>> build(
      std::uint64_t generation, const std::shared_ptr<const engine::snapshot::Snapshot>& previous);

  // Where so much has changed that the store is to be made anew, that begins on a thread of its own,
  // and a later build() takes it up. `newest` is the newest generation.
  void fold_beside(const std::shared_ptr<const engine::snapshot::Snapshot>& newest);

  bool is_folding() const { return fold_ != nullptr; }

  // A copy as of now, for another thread to write an image of, and the fold that begins with it and
  // whose store it must be founded on before; null: it is whole as it is. Requires that no fold is
  // under way. Cost: a copy of the masters and of the stock.
  struct Frozen {
    std::unique_ptr<State> state;
    std::shared_ptr<BackgroundFold> fold;
  };

  Frozen frozen(const std::shared_ptr<const engine::snapshot::Snapshot>& newest);

  void found_on(std::shared_ptr<const engine::model::ConditionStore> store) {
    facts_.found_on(std::move(store));
  }

  // Takes up what is made beside, and lets go of memory that is kept for the next time. The newest
  // generation over its new store; null where nothing changed.
  std::shared_ptr<const engine::snapshot::Snapshot> come_to_rest(
      const std::shared_ptr<const engine::snapshot::Snapshot>& newest);

  engine::model::Facts& facts() { return facts_; }

  const engine::model::Facts& facts() const { return facts_; }

  const engine::rule::RuleSet& rules() const { return *rules_; }

  // As they were written, in the order in which they came first.
  std::vector<rules::RuleDocument> rule_documents() const;

  const std::vector<feed::FeedDescription>& feed_descriptions() const { return feed_descriptions_; }

  // Never null; made anew when a description comes in.
  const feed::FeedForms& feed_forms() const { return feed_forms_; }

 private:
  engine::base::Result<void> apply_import(const store::Batch& batch, std::span<const Part> parts);
  engine::base::Result<void> apply_rows(std::span<const Part> parts);
  void begin_fold(const std::shared_ptr<const engine::snapshot::Snapshot>& newest);
  std::shared_ptr<const engine::snapshot::Snapshot> founded_anew(
      const std::shared_ptr<const engine::snapshot::Snapshot>& newest);
  std::vector<engine::snapshot::FeedStamp> stamps() const;
  std::vector<engine::base::Fault> put_rule_texts(std::vector<rules::RuleDocument> texts);

  struct NamedDocument {
    std::string name;  // what a later document of the same name replaces
    rules::RuleDocument document;
  };

  engine::model::Facts facts_;
  std::vector<NamedDocument> documents_;  // in the order in which they came first
  std::shared_ptr<const engine::rule::RuleSet> rules_ = std::make_shared<engine::rule::RuleSet>();
  std::vector<feed::FeedDescription> feed_descriptions_;
  feed::FeedForms feed_forms_ = feed::feed_forms({});
  std::vector<FeedRecord> feeds_;
  std::vector<TextFile> feed_files_;      // that they were read from, each at the place of its own
  std::shared_ptr<BackgroundFold> fold_;  // null: none is under way
};

}  // namespace server::node
