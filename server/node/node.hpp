// Node: a data folder opened - its image read, the batches after it replayed into facts and rules, the snapshot built from
// them and published - and the one door through which new data comes in. An import is one
// transaction: read, put, build, journal, publish, in this order; where a step fails, nothing has
// changed for anybody, and the next import starts from the journal. One thread opens, imports and
// refreshes; snapshot() and cell() are for any thread. Cost of opening: about a microsecond a row
// after the image, a second for a gigabyte of that, and the building of the snapshot.
#pragma once

#include "engine/base/result.hpp"
#include "engine/snapshot/snapshot_cell.hpp"
#include "server/feed/importer.hpp"
#include "server/node/background_image.hpp"
#include "server/node/state.hpp"
#include "server/store/journal.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace server::node {

using store::Access;

// Facts are needed by imports and by `show`. A node that lets go of them needs about half the
// memory and reads its journal again when an import comes.
// One that is to tell its facts anew makes no snapshot of them, and imports nothing.
enum class Keep : std::uint8_t { facts, snapshot_only, facts_alone };

// When a writer makes an image of what it has: when the one there is of no use, when this many batches, or this much content and a
// quarter of it, came in since the last one.
struct ImageOptions {
  std::uint64_t batches = 100;
  std::uint64_t bytes = std::uint64_t{4} << 20U;
};

struct NodeOptions {
  Access access = Access::read;
  Keep keep = Keep::snapshot_only;
  ImageOptions image = {};
  // Called while batches are replayed, on the thread that does it: up to which batch, of how many.
  std::function<void(std::uint64_t, std::uint64_t)> replay_progress = {};
  bool many_batches = false;              // small ones are to come, many a second
  std::function<void()> image_done = {};  // one that was written beside; from any thread
};

enum class Refusing : std::uint8_t {
  good_rows,      // what can't be used stays out, up to a share
  all_or_nothing  // nothing goes in where a row can't be used
};

// What a person says of a batch that is held.
enum class Decide : std::uint8_t { release, reject };

struct HeldDecision {
  Decide what = Decide::release;
  std::uint64_t number = 0;  // of the held batch
  std::string by;            // who says so
};

inline constexpr std::uint32_t refused_percent_default = 10;

// What is read is kept as a part of a draft, and nothing that is live changes.
struct DraftRequest {
  std::string name;  // 1 to 64 letters, digits, '-', '_' and '.'
  store::DraftUse use = store::DraftUse::fresh;
  std::string by, note;   // of a fresh one
  std::string feed = {};  // of the files, which must be known then; empty: told by their names
};

// What a person wants to become of a draft.
enum class DraftStep : std::uint8_t { publish, schedule, drop };

struct DraftDecision {
  DraftStep step = DraftStep::publish;
  std::string name;
  std::string by = {};  // who says so; not of drop
  std::string at = {};  // of schedule: UTC, ISO 8601; empty: not by itself any more
};

// A draft as it would be live: `snapshot` has generation `based_on` + 1.
struct DraftView {
  std::shared_ptr<const engine::snapshot::Snapshot> snapshot;
  std::uint64_t based_on = 0;  // the generation that was live
  // What was live, to compare with; null where the node was opened without it.
  std::shared_ptr<const engine::snapshot::Snapshot> live = nullptr;
};

struct ImportRequest {
  std::vector<std::string> paths;          // files, folders, "-" for standard input
  std::vector<feed::FeedFile> files = {};  // beside them: what has come in already
  // The same, of rules and feed descriptions; the name is for people. Those that are live as they
  // stand are passed over, and where all are, nothing is done.
  std::vector<TextFile> documents = {};
  store::Delivery delivery =
      {};  // of a batch that its sender names or numbers, or names the feed of
  Refusing refusing = Refusing::good_rows;
  std::optional<feed::Partition> replace = {};  // of which the data brings all; all or nothing
  std::string source = {};                      // for people; empty: the paths
  std::string feed;  // how to read the data files, whatever their names say; empty: by name
  // Of the rows of any one file. A feed's guard of refused rows takes the place of the default.
  std::uint32_t refused_percent_max = refused_percent_default;
  std::size_t refused_kept_max = 10'000;  // rows kept for repair, of any one file
  std::function<void(const feed::ImportProgress&)> progress;
  std::optional<HeldDecision> decision = {};         // nothing is read then
  std::optional<DraftRequest> draft = {};            // into which it goes; no delivery then
  std::optional<DraftDecision> draft_decision = {};  // nothing is read then
  bool image_at_once = true;  // false: whoever asked writes it when there is time, if it is due
};

// What became of a batch, where that is more than its faults say.
enum class Verdict : std::uint8_t {
  plain,         // in, or out for what the faults say
  repeated,      // it was in already: nothing was changed, and `sequence` is what it got then
  unknown_feed,  // there is no such feed description or kind of record
  unknown_draft,
  draft_exists,     // one of the name was to be made
  other_content,    // its id, or its sender's number, is that of another batch
  out_of_order,     // its sender's number comes before those that are in, and is not known
  missing_batches,  // batches of its sender's count are missing before it
  refused_rows,     // rows can't be used, and too many
  held,             // kept aside until somebody releases or rejects it: `held` is its number
  rejected          // it was held before, and rejected
};

struct ImportOutcome {
  std::vector<engine::base::Fault> faults;  // why nothing went in; none: it did
  feed::ImportReport report;                // also of an import that failed while reading data
  std::vector<std::string> rules;           // files that went in
  std::vector<std::string> feed_descriptions;
  std::vector<std::string> passed_over;  // files of folders that are nothing to import
  Verdict verdict = Verdict::plain;
  std::uint64_t sequence = 0;           // of the batch; 0: there was nothing new to keep
  std::uint64_t held = 0;               // its number where it is held
  std::vector<feed::Finding> findings;  // of guards; none where a held batch came again
  store::FeedNotes noted;               // of its feeds, in the journal as well
  std::optional<engine::base::Fault>
      image_fault;                          // the batch is in; only the next start takes longer
  std::chrono::nanoseconds build_time{0};   // of the snapshot
  std::chrono::nanoseconds append_time{0};  // to the journal, until it was durable

  bool accepted() const { return faults.empty() && verdict != Verdict::held; }
};

struct LastImport {
  std::uint64_t sequence = 0;
  std::string received_at;
  std::string source;
};

class Node {
 public:
  using Change = engine::base::Result<void>;

  // Faults: those of the journal; what the builder says of the data.
  static engine::base::Result<std::unique_ptr<Node>> open(const std::string& folder,
                                                          const NodeOptions& options = {});

  // The newest snapshot; null only where a folder opened with Access::create holds nothing yet.
  std::shared_ptr<const engine::snapshot::Snapshot> snapshot() const { return cell_.pin(); }

  const engine::snapshot::SnapshotCell& cell() const { return cell_; }

  // Of the last batch applied; equal to the snapshot's generation.
  std::uint64_t sequence() const { return last_.sequence; }

  const LastImport& last_import() const { return last_; }

  // Null unless opened with Keep::facts, and after an import that could not be taken back. Changes with the next
  // import or refresh.
  const engine::model::Facts* facts() const { return state_ ? &state_->facts() : nullptr; }

  // As they were written; none where facts() is null.
  std::vector<rules::RuleDocument> rule_documents() const;

  // Requires Access::write or create.
  ImportOutcome import(const ImportRequest& request);

  // Where one is due. Requires Access::write or create.
  Change write_due_image();

  bool is_image_due();

  // The same on a thread of its own, for a writer of many batches, who asks again until it is done.
  // Does nothing while one is under way, or a fold.
  void write_due_image_beside();

  // What became of it, once; nothing while none has come to its end.
  bool is_image_done() const { return image_beside_ != nullptr && image_beside_->is_done(); }

  std::optional<Change> take_image_done();

  // For a writer who has nothing to do: what is made beside is waited for and taken up, and memory
  // that is kept for the next batches goes. All answers stay as they are.
  void come_to_rest();

  // As of sequence(), in the order in which they came first.
  const std::vector<FeedRecord>& feeds() const { return feeds_; }

  // Of its feed descriptions, as of sequence(); null while it holds no data.
  const feed::FeedForms& feed_forms() const { return feed_forms_; }

  // Applies what another process has written since; true when there was something.
  engine::base::Result<bool> refresh();

  // Writes an image of all that is known, whatever was imaged before. Requires Access::write or
  // create, and data. Faults: those of the journal, of store::write_image.
  engine::base::Result<void> write_image();

  // All that is known, in pieces; see State::write_checkpoint. Requires Keep::facts_alone.
  engine::base::Result<std::uint64_t> write_checkpoint(const State::PieceSink& sink) {
    return state_->write_checkpoint(sink);
  }

  // Why the folder's image was of no use when it was opened; nothing where it was, or there is none.
  const std::optional<engine::base::Fault>& image_fault() const { return image_fault_; }

  engine::base::Result<store::Refused> refused_rows(std::uint64_t sequence);

  // Batches that guards hold, or held; nothing given: of every state.
  engine::base::Result<std::vector<store::HeldBatch>> held(std::optional<store::HeldState> state);

  // What imports found in feeds, and what did not go in.
  engine::base::Result<store::FeedNotes> feed_notes() { return journal_->feed_notes(); }

  // By name.
  engine::base::Result<std::vector<store::Draft>> drafts() { return journal_->drafts(); }

  // What is live with the draft put into it, for questions; costs a replay and a build in full, and
  // the facts are read again at the next import. Faults: bad_request, where there is no such draft;
  // contradicting_values, where it does not fit what is live any more.
  engine::base::Result<DraftView> draft_view(const std::string& name);

  // The draft's parts as one batch onto what is live now; the draft is gone then. Faults as
  // draft_view(), and the draft stays. Requires Access::write.
  ImportOutcome publish_draft(const std::string& name, const std::string& by,
                              bool image_at_once = true);

  Change drop_draft(const std::string& name) { return journal_->drop_draft(name); }

  // When it is to be published by whoever writes then (UTC, ISO 8601); empty: not by itself.
  Change schedule_draft(const std::string& name, const std::string& at, const std::string& by) {
    return journal_->schedule_draft({name, {}, {}, {}, {}, at, by, {}});
  }

  // When the next draft is to be published; empty: none is.
  engine::base::Result<std::string> next_draft_at();

  // Publishes the drafts whose time has come, in the order of their times. One that does not fit
  // stays, with the problem, and is not tried again by itself. Requires Access::write or create.
  struct DueDrafts {
    std::vector<std::string> published;  // names
    std::vector<std::string> failed;     // with why
    std::string next;                    // the time of the next; empty: none is scheduled
  };

  engine::base::Result<DueDrafts> publish_due_drafts();

 private:
  Node(std::string folder, const NodeOptions& options)
      : folder_{std::move(folder)},
        keep_{options.keep},
        image_{options.image},
        many_batches_{options.many_batches},
        replay_progress_{options.replay_progress},
        tell_image_done_{options.image_done} {}

  Change load();
  Change replay();
  Change load_anew();
  Change load_checkpoint();
  bool load_image();
  Change publish(std::uint64_t generation);
  Change import_into(const ImportRequest& request, ImportOutcome& outcome);
  Change check_feed(const std::string& feed, ImportOutcome& outcome) const;
  Change check_delivery(const store::Delivery& delivery, ImportOutcome& outcome);
  Change check_held(const store::Delivery& delivery, ImportOutcome& outcome);
  std::vector<engine::base::Fault> share_faults(const feed::ImportReport& report,
                                                const ImportRequest& request) const;
  Change hold(const Gathered& gathered, const ImportRequest& request,
              const store::Delivery& delivery, const feed::Import& import, ImportOutcome& outcome);
  ImportOutcome decide(const HeldDecision& decision, bool image_at_once);
  Change release(const HeldDecision& decision, ImportOutcome& outcome);
  Change check_number(const store::Delivery& delivery, ImportOutcome& outcome);
  Change journal_and_publish(const Gathered& gathered, const ImportRequest& request,
                             const store::Delivery& delivery, const feed::Import& import,
                             ImportOutcome& outcome);
  engine::base::Result<store::NewBatch> draft_batch(const std::string& name);
  Change apply_draft(const std::string& name, const store::NewBatch& batch);
  Change begin_draft(const DraftRequest& draft, ImportOutcome& outcome);
  Change find_draft(const std::string& name, store::DraftUse use, ImportOutcome& outcome);
  ImportOutcome decide_draft(const DraftDecision& decision, bool image_at_once);
  Change keep_draft(const Gathered& gathered, const ImportRequest& request,
                    const feed::Import& import, const ImportOutcome& outcome);
  Change publish_draft_into(const std::string& name, const std::string& by, ImportOutcome& outcome);
  void let_go_of_facts();
  void note_feeds();
  void note_errors(const ImportRequest& request, ImportOutcome& outcome);

  std::string folder_;
  Keep keep_;
  ImageOptions image_;
  bool many_batches_;
  std::function<void(std::uint64_t, std::uint64_t)> replay_progress_;
  std::function<void()> tell_image_done_;
  // Content after the image, and all of it; asked of the journal once.
  std::uint64_t fresh_bytes_ = 0;
  std::uint64_t all_bytes_ = 0;
  bool bytes_known_ = false;
  std::uint64_t imaged_ = 0;  // the newest image of this journal is of this batch; 0: none
  std::optional<engine::base::Fault> image_fault_;  // why the image was passed over
  std::unique_ptr<store::Journal> journal_;
  std::optional<State>
      state_;  // as of last_.sequence; none: to be made from the journal when it is needed
  bool may_undo_ = false;  // the batch at hand can be taken out of it
  LastImport last_;
  std::vector<FeedRecord> feeds_;  // of state_, and kept without it
  feed::FeedForms feed_forms_;     // likewise
  engine::snapshot::SnapshotCell cell_;
  std::unique_ptr<BackgroundImage> image_beside_;  // null: none is under way
};

}  // namespace server::node
