#include "engine/base/contract.hpp"
#include "server/node/clock.hpp"
#include "server/node/feed_notes.hpp"
#include "server/node/new_batch.hpp"
#include "server/node/node.hpp"

#include <chrono>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

Node::Change Node::hold(const Gathered& gathered, const ImportRequest& request,
                        const store::Delivery& delivery, const feed::Import& import,
                        ImportOutcome& outcome) {
  store::NewBatch batch = new_batch(request, delivery, gathered, import, outcome.report);
  batch.received_at = utc_now_text();
  batch.found = found_in(request, outcome);
  const auto number = journal_->hold(batch, stored_findings(outcome.findings));
  if (!number) return number.error();
  outcome.held = *number;
  outcome.verdict = Verdict::held;
  outcome.noted.found = std::move(batch.found);
  for (store::FeedFound& found : outcome.noted.found) found.held = *number;
  return {};
}

ImportOutcome Node::decide(const HeldDecision& decision, bool image_at_once) {
  ImportOutcome outcome;
  outcome.held = decision.number;
  const auto done = decision.what == Decide::release
                        ? release(decision, outcome)
                        : journal_->reject({decision.number, utc_now_text(), decision.by});
  if (!done) outcome.faults.push_back(done.error());
  if (outcome.accepted() && outcome.sequence != 0 && image_at_once) {
    if (auto written = write_due_image(); !written) outcome.image_fault = written.error();
  }
  let_go_of_facts();
  return outcome;
}

// The batch as it came, put into what is now: its rows meet the records of this moment.
Node::Change Node::release(const HeldDecision& decision, ImportOutcome& outcome) {
  if (auto ok = load(); !ok) return ok;
  auto held = journal_->held_batch(decision.number);
  if (!held) return held.error();
  if (auto ok = check_number(held->delivery, outcome); !ok) return ok;
  if (outcome.verdict == Verdict::repeated) {
    return Fault{
        FaultCode::contradicting_values, "held batch " + std::to_string(decision.number),
        "it came in meanwhile as batch " + std::to_string(outcome.sequence) + "; reject it"};
  }
  using Watch = std::chrono::steady_clock;
  const auto began = Watch::now();
  held->received_at = utc_now_text();
  held->source += ", held as " + std::to_string(decision.number) + ", released by " + decision.by;
  const auto failed = [this](const Fault& fault) {
    state_.reset();
    return fault;
  };
  const store::Batch next{last_.sequence + 1, held->received_at, held->kind,
                          held->source,       held->content,     held->delivery};
  if (auto ok = state_->apply(next); !ok) {
    return failed({FaultCode::contradicting_values, "held batch " + std::to_string(decision.number),
                   "it does not fit what has come in since: " + ok.error().detail});
  }
  auto snapshot = state_->build(next.sequence, cell_.pin());
  if (!snapshot) return failed(snapshot.error());
  const auto built = Watch::now();
  const auto sequence = journal_->release(*held, {decision.number, held->received_at, decision.by});
  if (!sequence) return failed(sequence.error());
  ENSURE(*sequence == (*snapshot)->generation());
  outcome.build_time = built - began;
  outcome.append_time = Watch::now() - built;
  cell_.publish(*std::move(snapshot));
  note_feeds();
  last_ = {*sequence, held->received_at, held->source};
  outcome.sequence = *sequence;
  return {};
}

Result<std::vector<store::HeldBatch>> Node::held(std::optional<store::HeldState> state) {
  return journal_->held(state);
}

Result<store::Refused> Node::refused_rows(std::uint64_t sequence) {
  return journal_->refused(sequence);
}

}  // namespace server::node
