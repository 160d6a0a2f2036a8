#include "server/node/writer.hpp"

#include "server/node/clock.hpp"
#include "server/node/feed_notes.hpp"

#include <malloc.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr std::chrono::milliseconds draft_interval{500};  // how late a draft may be published
constexpr std::chrono::seconds rest_after{5};             // without a batch
constexpr std::size_t image_waits_max = 1'000;  // batches that a due image may wait for a pause

std::string described(const Fault& fault) {
  return fault.where.empty() ? fault.detail : fault.where + ": " + fault.detail;
}

}  // namespace

Writer::Writer(std::string folder, WriterOptions options)
    : folder_{std::move(folder)}, options_{std::move(options)} {}

// ---- the writer's thread
// --------------------------------------------------------------------------

std::optional<Fault> Writer::run(const std::stop_token& stop) {
  auto opened = open();
  if (opened) {
    node_ = *std::move(opened);
    read_notes();
    if (const auto& fault = node_->image_fault())
      tell(WriterEvent::image_of_no_use, described(*fault) + "; the journal was read instead");
  }
  if (node_ && !options_.follow && follows_because_.empty()) publish_due_drafts();
  const auto ready = opened ? publish() : Result<void>{opened.error()};
  if (ready) {
    bool follows = false;
    {
      const std::lock_guard lock{mutex_};
      follows = options_.follow || !follows_because_.empty();
      role_ = follows ? Role::following : Role::writing;
    }
    if (!follows) node_->write_due_image_beside();  // the one that was there may be of no use
    ::malloc_trim(0);                               // what reading took
    follows ? follow(stop) : serve_queue(stop);
  }
  refuse_waiting();
  node_.reset();  // and with it the lock
  if (ready) return std::nullopt;
  return ready.error();
}

// For writing where that can be; else for reading, where that can be.
Result<std::unique_ptr<Node>> Writer::open() {
  NodeOptions reading_options;
  reading_options.replay_progress = options_.replay_progress;
  if (options_.follow) {
    tell(WriterEvent::follows, "what other processes import is answered; nothing is written here");
    return Node::open(folder_, reading_options);
  }
  const auto image_done = [this] {
    { const std::lock_guard lock{mutex_}; }  // whoever is about to wait has seen it, or waits
    wake_.notify_one();
  };
  const NodeOptions writing_options{
      Access::write, Keep::facts, options_.image, options_.replay_progress, true, image_done};
  auto writing = Node::open(folder_, writing_options);
  if (writing || writing.error().code != FaultCode::store_unavailable) return writing;
  auto reading = Node::open(folder_, reading_options);
  if (!reading) return reading;
  tell(WriterEvent::follows, described(writing.error()) + "; nothing is written here");
  const std::lock_guard lock{mutex_};
  follows_because_ = writing.error().detail;
  return reading;
}

void Writer::serve_queue(const std::stop_token& stop) {
  bool is_at_rest = true;
  while (true) {
    std::optional<Waiting> next;
    {
      std::unique_lock lock{mutex_};
      const auto is_waited_for = [this] { return !queue_.empty() || node_->is_image_done(); };
      if (!next_draft_at_.empty()) {
        wake_.wait_for(lock, stop, draft_interval, is_waited_for);
      } else if (is_at_rest) {
        wake_.wait(lock, stop, is_waited_for);
      } else if (!wake_.wait_for(lock, stop, rest_after, is_waited_for)) {
        lock.unlock();
        if (!stop.stop_requested()) come_to_rest();
        is_at_rest = true;
        continue;
      }
      if (stop.stop_requested()) return;
      if (is_draft_due()) {
        lock.unlock();
        publish_due_drafts();
        continue;
      }
      if (queue_.empty() || node_->is_image_done()) {
        lock.unlock();
        note_image();
        continue;
      }
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    is_at_rest = false;
    const auto began = std::chrono::steady_clock::now();
    auto written = write_now(next->request);
    if (options_.written)
      options_.written({next->request, written, std::chrono::steady_clock::now() - began});
    const bool is_in = written && written->accepted() && written->verdict == Verdict::plain;
    bool idle = false;
    {
      const std::lock_guard lock{mutex_};
      --taken_;
      idle = queue_.empty();
    }
    next->done.set_value(std::move(written));
    if (!is_in) continue;
    if (!idle && ++waited_for_idle_ < image_waits_max) continue;
    waited_for_idle_ = 0;
    node_->write_due_image_beside();
  }
}

// The snapshot may be another one, with the same answers.
void Writer::come_to_rest() {
  node_->come_to_rest();
  node_->write_due_image_beside();
  if (auto ok = publish(); !ok) tell(WriterEvent::not_published, described(ok.error()));
}

bool Writer::is_draft_due() const {
  return !next_draft_at_.empty() && next_draft_at_ <= utc_now_text();
}

void Writer::publish_due_drafts() {
  const auto due = node_->publish_due_drafts();
  next_draft_at_ = due ? due->next : std::string{};
  if (!due) return tell(WriterEvent::draft_failed, described(due.error()));
  for (const std::string& failed : due->failed) tell(WriterEvent::draft_failed, failed);
  if (due->published.empty()) return;
  for (const std::string& name : due->published)
    tell(WriterEvent::draft_published, "draft " + name + " is live");
  if (auto ok = publish(); !ok) tell(WriterEvent::not_published, described(ok.error()));
}

void Writer::note_next_draft() {
  if (auto next = node_->next_draft_at()) next_draft_at_ = *std::move(next);
}

void Writer::note_image() {
  const auto imaged = node_->take_image_done();
  if (!imaged) return;
  if (options_.imaged) options_.imaged(imaged->has_value());
  if (!*imaged)
    tell(WriterEvent::image_not_written,
         described(imaged->error()) + "; the data is in, the next start takes longer");
}

Result<ImportOutcome> Writer::write_now(const ImportRequest& request) {
  try {
    ImportOutcome outcome = node_->import(request);
    if (request.draft_decision) note_next_draft();
    {
      const std::lock_guard lock{mutex_};
      take_up(outcome.noted, notes_);
    }
    const bool is_new = outcome.accepted() && outcome.verdict == Verdict::plain;
    if (is_new && outcome.sequence != 0) {
      // The batch is in whatever comes now; the next start would say the same.
      if (auto published = publish(); !published)
        tell(WriterEvent::not_published, described(published.error()));
    }
    return outcome;
  } catch (const std::exception&) {  // no memory for what it wants
    return Fault{FaultCode::store_unavailable, folder_,
                 "there is no room for this batch; send it in smaller ones"};
  }
}

void Writer::follow(const std::stop_token& stop) {
  std::string last_complaint;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock{mutex_};
      wake_.wait_for(lock, stop, follow_interval, [] { return false; });
    }
    if (stop.stop_requested()) return;
    // What can't be read stays out, and the answers stay those of the last good state.
    const auto changed = node_->refresh();
    std::string complaint = changed ? "" : described(changed.error());
    read_notes();  // a batch that is held or turned away changes nothing else
    if (changed && *changed) {
      if (const auto published = publish(); !published) complaint = described(published.error());
    }
    if (!complaint.empty() && complaint != last_complaint)
      tell(WriterEvent::refresh_failed, complaint);
    last_complaint = complaint;
  }
}

void Writer::refuse_waiting() {
  const std::lock_guard lock{mutex_};
  role_ = Role::stopped;
  for (Waiting& waiting : queue_) waiting.done.set_value(why_not());
  taken_ -= queue_.size();
  queue_.clear();
}

Result<void> Writer::publish() {
  if (options_.published) {
    if (auto ok = options_.published(*node_); !ok) return ok;
  }
  auto now =
      std::make_shared<FeedsNow>(FeedsNow{node_->feeds(), node_->sequence(), node_->feed_forms()});
  const std::lock_guard lock{mutex_};
  feeds_ = std::move(now);
  return {};
}

// For people: without them everything else goes on.
void Writer::read_notes() {
  auto notes = node_->feed_notes();
  if (!notes) return;
  const std::lock_guard lock{mutex_};
  notes_ = *std::move(notes);
}

void Writer::tell(WriterEvent event, const std::string& text) const {
  if (options_.tell) options_.tell(event, text);
}

// ---- any thread
// -----------------------------------------------------------------------------------

Role Writer::role() const {
  const std::lock_guard lock{mutex_};
  return role_;
}

Fault Writer::why_not() const {
  switch (role_) {
    case Role::opening:
      return {FaultCode::store_unavailable, "", "the data folder is being read; try again"};
    case Role::stopped:
      return {FaultCode::store_unavailable, "", "the node is stopping; nothing was changed"};
    case Role::writing:
    case Role::following:
      break;
  }
  return {FaultCode::unsupported, "",
          "this node follows its data folder and does not write" +
              (follows_because_.empty() ? std::string{} : " (" + follows_because_ + ")") +
              "; send the batch to the node that writes, or start this one without --follow"};
}

Result<ImportOutcome> Writer::write(ImportRequest request) {
  request.image_at_once = false;
  std::future<Result<ImportOutcome>> done;
  {
    const std::lock_guard lock{mutex_};
    if (role_ != Role::writing) return why_not();
    if (taken_ >= write_queue_max) {
      return Fault{FaultCode::too_many, "",
                   "at most " + std::to_string(write_queue_max) +
                       " batches wait to be written (write_queue_max); try again in a moment"};
    }
    ++taken_;
    queue_.push_back({std::move(request), {}});
    done = queue_.back().done.get_future();
  }
  wake_.notify_one();
  return done.get();
}

std::shared_ptr<const FeedsNow> Writer::feeds() const {
  const std::lock_guard lock{mutex_};
  return feeds_;
}

std::optional<store::FeedError> Writer::last_error(const std::string& feed) const {
  const std::lock_guard lock{mutex_};
  const auto known = std::ranges::find(notes_.errors, feed, &store::FeedError::feed);
  return known == notes_.errors.end() ? std::nullopt : std::optional{*known};
}

std::vector<feed::Finding> Writer::last_findings(const std::string& feed) const {
  const std::lock_guard lock{mutex_};
  const auto known = std::ranges::find(notes_.found, feed, &store::FeedFound::feed);
  return known == notes_.found.end() ? std::vector<feed::Finding>{} : findings_of(known->findings);
}

Result<std::vector<store::HeldBatch>> Writer::held(std::optional<store::HeldState> state) const {
  const auto journal = store::open_journal(folder_, Access::read);
  if (!journal) return journal.error();
  return (*journal)->held(state);
}

Result<std::vector<store::Draft>> Writer::drafts() const {
  const auto journal = store::open_journal(folder_, Access::read);
  if (!journal) return journal.error();
  return (*journal)->drafts();
}

Result<store::Refused> Writer::refused_rows(std::uint64_t sequence) const {
  const auto journal = store::open_journal(folder_, Access::read);
  if (!journal) return journal.error();
  return (*journal)->refused(sequence);
}

}  // namespace server::node
