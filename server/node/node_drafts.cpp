// Of Node: drafts - what is prepared beside the journal, asked, and published or dropped.
#include "engine/base/contract.hpp"
#include "server/node/clock.hpp"
#include "server/node/feed_notes.hpp"
#include "server/node/new_batch.hpp"
#include "server/node/node.hpp"

#include <algorithm>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr std::size_t draft_name_size_max = 64;

bool is_draft_name(const std::string& name) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !name.empty() && name.size() <= draft_name_size_max &&
         name.find_first_not_of(allowed) == std::string::npos;
}

}  // namespace

// All parts as the one batch that they are to be.
Result<store::NewBatch> Node::draft_batch(const std::string& name) {
  const auto stored = journal_->draft_parts(name);
  if (!stored) return stored.error();
  store::NewBatch batch;
  batch.kind = import_kind;
  std::vector<Part> parts;
  for (const store::NewBatch& part : *stored) {
    if (part.kind != import_kind) {
      return Fault{FaultCode::unsupported, "draft " + name,
                   "its content '" + part.kind + "' is not known to this version"};
    }
    parts.push_back({PartKind::draft_part, name, part.content});
  }
  batch.received_at = utc_now_text();
  batch.content = pack(parts);
  return batch;
}

Node::Change Node::apply_draft(const std::string& name, const store::NewBatch& batch) {
  const store::Batch next{last_.sequence + 1, batch.received_at, batch.kind,
                          batch.source,       batch.content,     batch.delivery};
  if (auto ok = state_->apply(next); !ok) {
    state_.reset();
    return Fault{FaultCode::contradicting_values, "draft " + name,
                 "it does not fit what is live now: " + ok.error().detail};
  }
  return {};
}

// Whether there is one, as it is to be.
Node::Change Node::find_draft(const std::string& name, store::DraftUse use,
                              ImportOutcome& outcome) {
  if (!is_draft_name(name)) {
    return Fault{FaultCode::bad_request, "draft '" + name + "'",
                 "a draft's name is 1 to 64 letters, digits, '-', '_' and '.'"};
  }
  const auto drafts = journal_->drafts();
  if (!drafts) return drafts.error();
  const bool is_there = std::ranges::find(*drafts, name, &store::Draft::name) != drafts->end();
  if (is_there == (use == store::DraftUse::existing)) return {};
  outcome.verdict = is_there ? Verdict::draft_exists : Verdict::unknown_draft;
  return Fault{FaultCode::bad_request, "draft " + name,
               is_there ? "there is a draft of this name already; add to it, or drop it first"
                        : "there is no draft of this name; netto draft list shows those there are"};
}

// A part is read as what comes after the parts before it.
Node::Change Node::begin_draft(const DraftRequest& draft, ImportOutcome& outcome) {
  if (draft.use == store::DraftUse::existing) {
    const auto batch = draft_batch(draft.name);
    if (!batch) return batch.error();
    if (auto ok = apply_draft(draft.name, *batch); !ok) return ok;
  }
  return draft.feed.empty() ? Change{} : check_feed(draft.feed, outcome);
}

Node::Change Node::keep_draft(const Gathered& gathered, const ImportRequest& request,
                              const feed::Import& import, const ImportOutcome& outcome) {
  store::NewBatch part = new_batch(request, {}, gathered, import, outcome.report);
  if (part.content.empty()) {
    return Fault{FaultCode::file_missing, part.source,
                 "there is nothing here that would change what is live; no draft was kept"};
  }
  // What can be kept can be asked: the same checks as before a batch is live.
  const auto snapshot = state_->build(last_.sequence + 1, nullptr);
  if (!snapshot) return snapshot.error();
  part.received_at = utc_now_text();
  part.found = found_in(request, outcome);
  const DraftRequest& draft = *request.draft;
  return journal_->add_to_draft({draft.name, part.received_at, draft.by, draft.note}, draft.use,
                                part);
}

Result<DraftView> Node::draft_view(const std::string& name) {
  const auto batch = draft_batch(name);
  if (!batch) return batch.error();
  if (auto ok = load(); !ok) return ok.error();
  auto live = cell_.pin();
  if (live != nullptr && live->generation() != last_.sequence) {  // more has come since
    if (auto ok = publish(last_.sequence); !ok) return ok.error();
    live = cell_.pin();
  }
  if (auto ok = apply_draft(name, *batch); !ok) return ok.error();
  auto snapshot = state_->build(last_.sequence + 1, nullptr);
  state_.reset();
  if (!snapshot) return snapshot.error();
  return DraftView{*std::move(snapshot), last_.sequence, std::move(live)};
}

ImportOutcome Node::decide_draft(const DraftDecision& decision, bool image_at_once) {
  ImportOutcome outcome;
  auto done = find_draft(decision.name, store::DraftUse::existing, outcome);
  if (done && decision.step == DraftStep::publish)
    return publish_draft(decision.name, decision.by, image_at_once);
  if (done) {
    done = decision.step == DraftStep::drop
               ? drop_draft(decision.name)
               : schedule_draft(decision.name, decision.at, decision.by);
  }
  if (!done) outcome.faults.push_back(done.error());
  return outcome;
}

ImportOutcome Node::publish_draft(const std::string& name, const std::string& by,
                                  bool image_at_once) {
  ImportOutcome outcome;
  if (auto ok = publish_draft_into(name, by, outcome); !ok) {
    outcome.faults.push_back(ok.error());
    state_.reset();
  } else if (many_batches_) {
    write_due_image_beside();
  } else if (!image_at_once) {
    // Whoever asked writes it.
  } else if (auto written = write_due_image(); !written) {
    outcome.image_fault = written.error();
  }
  let_go_of_facts();
  return outcome;
}

Node::Change Node::publish_draft_into(const std::string& name, const std::string& by,
                                      ImportOutcome& outcome) {
  if (auto ok = load(); !ok) return ok;
  auto batch = draft_batch(name);
  if (!batch) return batch.error();
  batch->source = "draft " + name + ", published by " + by;
  if (auto ok = apply_draft(name, *batch); !ok) return ok;
  auto snapshot = state_->build(last_.sequence + 1, cell_.pin());
  if (!snapshot) return snapshot.error();
  const auto sequence = journal_->publish_draft(name, *batch);
  if (!sequence) return sequence.error();
  ENSURE(*sequence == (*snapshot)->generation());
  bytes_known_ = false;
  cell_.publish(*std::move(snapshot));
  note_feeds();
  last_ = {*sequence, batch->received_at, batch->source};
  outcome.sequence = *sequence;
  return {};
}

Result<std::string> Node::next_draft_at() {
  const auto drafts = journal_->drafts();
  if (!drafts) return drafts.error();
  std::string next;
  for (const store::Draft& draft : *drafts) {
    const bool is_sooner = next.empty() || draft.publish_at < next;
    if (!draft.publish_at.empty() && is_sooner) next = draft.publish_at;
  }
  return next;
}

Result<Node::DueDrafts> Node::publish_due_drafts() {
  DueDrafts due;
  auto drafts = journal_->drafts();
  if (!drafts) return drafts.error();
  std::erase_if(*drafts, [](const store::Draft& draft) { return draft.publish_at.empty(); });
  std::ranges::sort(*drafts, {}, &store::Draft::publish_at);
  const std::string now = utc_now_text();
  for (store::Draft& draft : *drafts) {
    if (draft.publish_at > now) {
      due.next = draft.publish_at;
      break;
    }
    const auto outcome = publish_draft(draft.name, draft.scheduled_by + " for " + draft.publish_at);
    if (outcome.accepted()) {
      due.published.push_back(draft.name);
      continue;
    }
    const Fault& fault = outcome.faults.front();
    draft.problem = "could not be published at " + draft.publish_at + ": " + fault.detail;
    draft.publish_at.clear();
    due.failed.push_back("draft " + draft.name + " " + draft.problem);
    if (auto ok = journal_->schedule_draft(draft); !ok) return ok.error();
  }
  return due;
}

}  // namespace server::node
