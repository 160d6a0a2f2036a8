// Writer: the one that writes to a served data folder. It opens the folder, with the write lock
// where it can be had, and keeps its facts, so that a batch is put and not the journal read again;
// batches wait for it in a queue with a limit, one after the other. write() returns when its batch
// is durable and published. Where the lock is held by another process, where the folder may not be
// written to, or where that is wished, it follows: it takes up what others have written and
// refuses to write. run() is the writer's thread; everything else is for any thread. Nobody who
// reads ever waits for it.
#pragma once

#include "engine/base/result.hpp"
#include "server/node/node.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace server::node {

inline constexpr std::size_t write_queue_max = 4;  // batches that wait or are being written
inline constexpr std::chrono::milliseconds follow_interval{
    500};  // how late another process's import may be noticed

enum class Role : std::uint8_t { opening, writing, following, stopped };

// The feeds of one moment; never changed.
struct FeedsNow {
  std::vector<FeedRecord> feeds;
  std::uint64_t sequence = 0;
  feed::FeedForms forms = {};  // of feed descriptions; null while there is no data
};

// What a person should know of.
enum class WriterEvent : std::uint8_t {
  follows,            // nothing is written here, and why
  image_of_no_use,    // the journal was read instead
  image_not_written,  // the next start takes longer
  not_published,      // what is in the journal can't be served
  refresh_failed,     // what another process imported can't be read
  draft_published,    // at its time
  draft_failed,       // its time has come, and it could not be published
};

// A batch that was taken up, whatever became of it.
struct WrittenBatch {
  const ImportRequest& request;
  const engine::base::Result<ImportOutcome>& outcome;
  std::chrono::nanoseconds time;  // from its turn until it was published
};

struct WriterOptions {
  bool follow = false;
  ImageOptions image = {.batches = 10'000};  // small batches are soon replayed
  // After each publication, before anybody is told; from the writer's thread. A Fault: the snapshot
  // can't be served.
  std::function<engine::base::Result<void>(const Node&)> published = {};
  std::function<void(WriterEvent event, const std::string& text)> tell = {};
  std::function<void(const WrittenBatch& batch)> written = {};  // before its sender is told
  std::function<void(bool was_written)> imaged = {};
  std::function<void(std::uint64_t read, std::uint64_t all)> replay_progress = {};
};

class Writer {
 public:
  Writer(std::string folder, WriterOptions options);

  // Opens the folder and serves the queue until `stop`; what still waits then is refused. A Fault:
  // the folder can't be used at all.
  std::optional<engine::base::Fault> run(const std::stop_token& stop);

  Role role() const;

  // Blocks until the batch is in, or is not. Faults: store_unavailable where nothing can be
  // written here, with what to do, too_many where the queue is full; none of them changed anything.
  engine::base::Result<ImportOutcome> write(ImportRequest request);

  std::shared_ptr<const FeedsNow> feeds() const;

  // The last batch of a feed that did not go in, whoever wrote then.
  std::optional<store::FeedError> last_error(const std::string& feed) const;

  // Of the last batch of a feed that guards looked at, likewise; none where it was in order.
  std::vector<feed::Finding> last_findings(const std::string& feed) const;

  // Read beside the writer. To decide about one is to write a request with a decision.
  engine::base::Result<std::vector<store::HeldBatch>> held(
      std::optional<store::HeldState> state) const;

  // By name, read beside the writer. What is to become of one is written: a request with a decision.
  engine::base::Result<std::vector<store::Draft>> drafts() const;

  // Of batch `sequence`, read beside the writer.
  engine::base::Result<store::Refused> refused_rows(std::uint64_t sequence) const;

 private:
  struct Waiting {
    ImportRequest request;
    std::promise<engine::base::Result<ImportOutcome>> done;
  };

  engine::base::Result<std::unique_ptr<Node>> open();
  void serve_queue(const std::stop_token& stop);
  void follow(const std::stop_token& stop);
  void refuse_waiting();
  void note_image();
  void come_to_rest();
  bool is_draft_due() const;
  void publish_due_drafts();
  void note_next_draft();
  engine::base::Result<ImportOutcome> write_now(const ImportRequest& request);
  engine::base::Result<void> publish();
  void read_notes();
  void tell(WriterEvent event, const std::string& text) const;
  engine::base::Fault why_not() const;

  std::string folder_;
  WriterOptions options_;
  std::unique_ptr<Node> node_;       // the writer's thread only
  std::string next_draft_at_;        // the same; UTC; empty: none is scheduled
  std::size_t waited_for_idle_ = 0;  // the same; batches since an image could have been written
  mutable std::mutex mutex_;         // of all below
  std::condition_variable_any wake_;
  Role role_ = Role::opening;
  std::string follows_because_;
  std::deque<Waiting> queue_;
  std::size_t taken_ = 0;  // queued, or being written
  std::shared_ptr<const FeedsNow> feeds_ = std::make_shared<FeedsNow>();
  store::FeedNotes notes_;
};

}  // namespace server::node
