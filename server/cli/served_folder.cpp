#include "server/cli/served_folder.hpp"

#include "server/cli/command.hpp"
#include "server/cli/report.hpp"

#include <fmt/core.h>

#include <array>
#include <string_view>

namespace server::cli {

using engine::base::Fault;

namespace {

struct EventName {
  std::string_view name;
  ops::Level level;
};

EventName name_of(node::WriterEvent event) {
  switch (event) {
    case node::WriterEvent::follows:
      return {"following", ops::Level::info};
    case node::WriterEvent::image_of_no_use:
      return {"image_of_no_use", ops::Level::warning};
    case node::WriterEvent::image_not_written:
      return {"image_not_written", ops::Level::warning};
    case node::WriterEvent::not_published:
      return {"not_published", ops::Level::error};
    case node::WriterEvent::draft_published:
      return {"draft_published", ops::Level::info};
    case node::WriterEvent::draft_failed:
      return {"draft_failed", ops::Level::error};
    case node::WriterEvent::refresh_failed:
      break;
  }
  return {"refresh_failed", ops::Level::error};
}

}  // namespace

void ServedFolder::compact(const node::CompactOptions& options, std::chrono::milliseconds interval,
                           const std::stop_token& stop) const {
  node::Compactor{folder_, options}.watch(
      interval, [this] { return writer_.role() == node::Role::writing; },
      [this](const engine::base::Result<node::Compacted>& done) { note(done); }, stop);
}

void ServedFolder::note(const engine::base::Result<node::Compacted>& done) const {
  watch_.metrics.count_compaction(done.has_value());
  if (!done) {
    watch_.log.event(ops::Level::warning, "compaction", describe(done.error()));
    return;
  }
  watch_.log.event(ops::Level::info, "compaction",
                   fmt::format("checkpoint of batch {}: {} bytes in the place of {}",
                               done->sequence, grouped(done->bytes), grouped(done->bytes_before)),
                   {{"sequence", done->sequence},
                    {"bytes", done->bytes},
                    {"bytes_before", done->bytes_before},
                    {"ms", static_cast<std::uint64_t>(done->time.count())}});
}

engine::base::CivilMinutes ServedFolder::now() const {
  const std::lock_guard lock{mutex_};
  return clock_.now();
}

ops::Readiness ServedFolder::readiness() const {
  // A node that is ready takes batches, too.
  if (cell_.version() != 0 && writer_.role() != node::Role::opening) return {};
  const auto all = batches_all_.load();
  return {ops::State::loading,
          all == 0 ? "The data folder is being read."
                   : "The data folder is being read: " + std::to_string(batches_read_.load()) +
                         " of " + std::to_string(all) + " batches.",
          batches_read_.load(), all};
}

node::WriterOptions ServedFolder::writer_options(bool follow) {
  node::WriterOptions made;
  made.follow = follow;
  made.published = [this](const node::Node& node) { return publish(node); };
  made.tell = [this](node::WriterEvent event, const std::string& text) {
    const auto [name, level] = name_of(event);
    watch_.log.event(level, name, text);
    if (event == node::WriterEvent::draft_published) draft_views_.let_go();
  };
  made.written = [this](const node::WrittenBatch& batch) { note(batch); };
  made.imaged = [this](bool was_written) { watch_.metrics.count_image(was_written); };
  made.replay_progress = [this](std::uint64_t read, std::uint64_t all) {
    batches_read_.store(read);
    batches_all_.store(all);
  };
  return made;
}

engine::base::Result<void> ServedFolder::publish(const node::Node& node) {
  const auto snapshot = node.snapshot();
  const auto clock = node::Clock::in(node::time_zone_of(*snapshot));
  if (!clock) return clock.error();
  {
    const std::lock_guard lock{mutex_};
    clock_ = *clock;
  }
  const bool is_first = cell_.version() == 0;
  cell_.publish(snapshot);
  if (is_first || writer_.role() == node::Role::following)
    tell_generation(*snapshot, is_first ? "ready" : "publish");
  return {};
}

void ServedFolder::tell_generation(const engine::snapshot::Snapshot& snapshot,
                                   std::string_view event) const {
  const std::uint64_t articles = snapshot.articles().base_units.size();
  const std::uint64_t customers = snapshot.customers().parents.size();
  const std::uint64_t records = snapshot.conditions().record_count();
  watch_.log.event(
      ops::Level::info, event,
      fmt::format("generation {}: {} articles, {} customers, {} prices and other records",
                  snapshot.generation(), grouped(articles), grouped(customers), grouped(records)),
      {{"generation", snapshot.generation()},
       {"articles", articles},
       {"customers", customers},
       {"records", records}});
}

void ServedFolder::note_findings(const node::ImportOutcome& outcome,
                                 const std::string& feed) const {
  const bool held = outcome.verdict == node::Verdict::held;
  for (const feed::Finding& found : outcome.findings) {
    const std::string batch = held ? fmt::format("held batch {}", outcome.held)
                                   : fmt::format("batch {}", outcome.sequence);
    watch_.log.event(ops::Level::warning, "guard", batch + ": " + feed::describe(found),
                     {{"feed", feed},
                      {"guard", feed::guard_name(found.guard)},
                      {"then", feed::guard_action_name(found.then)},
                      {"records", found.records},
                      {held ? "held" : "sequence", held ? outcome.held : outcome.sequence}});
  }
}

void ServedFolder::note_decision(const node::WrittenBatch& batch) const {
  const node::HeldDecision& decision = *batch.request.decision;
  const auto& outcome = batch.outcome;
  if (!outcome.has_value() || !outcome->accepted()) {
    const Fault& fault = outcome.has_value() ? outcome->faults.front() : outcome.error();
    watch_.log.event(ops::Level::warning, "held_batch", describe(fault),
                     {{"held", decision.number}});
    return;
  }
  const bool released = decision.what == node::Decide::release;
  watch_.log.event(
      ops::Level::info, "held_batch",
      fmt::format("held batch {} {} by {}", decision.number, released ? "released" : "rejected",
                  decision.by),
      {{"held", decision.number}, {"sequence", outcome->sequence}, {"by", decision.by}});
}

void ServedFolder::note_draft(const node::WrittenBatch& batch) const {
  const node::ImportRequest& request = batch.request;
  const bool is_part = request.draft.has_value();
  const std::string& name = is_part ? request.draft->name : request.draft_decision->name;
  const auto& outcome = batch.outcome;
  if (!outcome.has_value() || !outcome->accepted()) {
    const Fault& fault = outcome.has_value() ? outcome->faults.front() : outcome.error();
    watch_.log.event(ops::Level::warning, "draft", describe(fault), {{"draft", name}});
    return;
  }
  constexpr std::array<std::string_view, 3> steps{"published", "given a time", "dropped"};
  std::string_view done = "given a part";
  if (!is_part) done = steps[static_cast<std::size_t>(request.draft_decision->step)];
  if (!is_part && request.draft_decision->step == node::DraftStep::schedule &&
      request.draft_decision->at.empty())
    done = "no longer given a time";
  const std::string& by = is_part ? request.draft->by : request.draft_decision->by;
  watch_.log.event(ops::Level::info, "draft", fmt::format("draft {} is {}", name, done),
                   {{"draft", name}, {"sequence", outcome->sequence}, {"by", by}});
}

// A line a batch for those who ask for it: small ones are many a second. One that did not go in
// is told to everybody.
void ServedFolder::note(const node::WrittenBatch& batch) const {
  const std::string& feed = batch.request.delivery.feed;
  const auto& outcome = batch.outcome;
  const bool accepted = outcome.has_value() && outcome->accepted();
  if (accepted && outcome->verdict == node::Verdict::repeated) return;
  if (batch.request.decision) return note_decision(batch);
  if (batch.request.draft || batch.request.draft_decision) return note_draft(batch);
  const bool held = outcome.has_value() && outcome->verdict == node::Verdict::held;
  if (held && outcome->findings.empty()) return;  // it came again
  if (outcome.has_value()) note_findings(*outcome, feed);
  node::RowCounts rows;
  if (outcome.has_value()) {
    for (const node::FeedPart& part : node::feed_parts(outcome->report)) {
      rows.accepted += part.rows.accepted;
      rows.refused += part.rows.refused;
    }
  }
  using ops::BatchResult;
  const auto result =
      accepted ? BatchResult::accepted : (held ? BatchResult::held : BatchResult::refused);
  // What a caller makes up must not become a series of figures of its own.
  const bool is_known = !outcome.has_value() || outcome->verdict != node::Verdict::unknown_feed;
  watch_.metrics.count_batch(is_known ? feed : "unknown", result, accepted ? rows.accepted : 0,
                             rows.refused);
  if (held) return;
  if (accepted) {
    watch_.metrics.count_publish(outcome->build_time);
    watch_.metrics.count_append(outcome->append_time);
    watch_.log.event(ops::Level::debug, "batch",
                     fmt::format("batch {} of {}: {} rows, {} refused", outcome->sequence, feed,
                                 grouped(rows.accepted), grouped(rows.refused)),
                     {{"feed", feed},
                      {"sequence", outcome->sequence},
                      {"rows", rows.accepted},
                      {"refused", rows.refused}});
    return;
  }
  const Fault& fault = outcome.has_value() ? outcome->faults.front() : outcome.error();
  watch_.log.event(ops::Level::warning, "batch_refused", describe(fault), {{"feed", feed}});
}

}  // namespace server::cli
