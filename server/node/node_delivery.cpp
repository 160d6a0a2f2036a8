// Of a batch that its sender names or numbers: whether it is new, was in before, or is neither.
#include "server/feed/canonical.hpp"
#include "server/node/node.hpp"

#include <algorithm>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

Node::Change Node::check_feed(const std::string& feed, ImportOutcome& outcome) const {
  const auto known =
      std::ranges::find(state_->feed_descriptions(), feed, &feed::FeedDescription::name);
  if (known != state_->feed_descriptions().end() || feed::kind_from(feed)) return {};
  outcome.verdict = Verdict::unknown_feed;
  return Fault{FaultCode::bad_feed_description, feed,
               "there is no feed description of this name, and no such kind of record"};
}

// Whether a batch is new, or was in before; a Fault where it is neither.
Node::Change Node::check_delivery(const store::Delivery& delivery, ImportOutcome& outcome) {
  if (auto ok = check_feed(delivery.feed, outcome); !ok) return ok;
  const auto before = journal_->delivered(delivery.feed, delivery.batch_id);
  if (!before) return before.error();
  if (!before->has_value()) {
    if (auto ok = check_held(delivery, outcome); !ok || outcome.verdict != Verdict::plain)
      return ok;
    return check_number(delivery, outcome);
  }
  outcome.sequence = (*before)->sequence;
  const store::Delivery& first = (*before)->delivery;
  const bool same_number =
      !delivery.sender_sequence || delivery.sender_sequence == first.sender_sequence;
  outcome.verdict = first.sent_checksum == delivery.sent_checksum && same_number
                        ? Verdict::repeated
                        : Verdict::other_content;
  if (outcome.verdict == Verdict::repeated) return {};
  return Fault{FaultCode::contradicting_values, delivery.feed,
               "the batch id '" + delivery.batch_id + "' is that of batch " +
                   std::to_string(outcome.sequence) +
                   ", which had other content or another number; another batch needs another id"};
}

// Whether it is one that is held, or was rejected.
Node::Change Node::check_held(const store::Delivery& delivery, ImportOutcome& outcome) {
  const auto known = journal_->held(delivery);
  if (!known) return known.error();
  if (!known->has_value() || (*known)->state == store::HeldState::released) return {};
  const store::HeldBatch& batch = **known;
  const bool is_held = batch.state == store::HeldState::held;
  const bool is_same = batch.delivery.sent_checksum == delivery.sent_checksum &&
                       batch.delivery.sender_sequence == delivery.sender_sequence;
  const bool has_its_id =
      !delivery.batch_id.empty() && batch.delivery.batch_id == delivery.batch_id;
  outcome.held = batch.number;
  if (is_same && is_held) {
    outcome.verdict = Verdict::held;
    return {};
  }
  const std::string name = "held batch " + std::to_string(batch.number);
  if (is_same) {
    outcome.verdict = Verdict::rejected;
    return Fault{FaultCode::contradicting_values, delivery.feed,
                 "this is " + name + ", which " + batch.decided_by + " rejected"};
  }
  if (!is_held && !has_its_id) return {};  // another batch in the place of the rejected one
  outcome.verdict = Verdict::other_content;
  return Fault{FaultCode::contradicting_values, delivery.feed,
               "the batch's id or number is that of " + name +
                   ", which has other content; another batch needs another id, and waits until the "
                   "held one is released or rejected"};
}

// The sender's own count: the first number that a feed gives starts it.
Node::Change Node::check_number(const store::Delivery& delivery, ImportOutcome& outcome) {
  if (!delivery.sender_sequence) return {};
  const auto known = std::ranges::find(state_->feeds(), delivery.feed, &FeedRecord::feed);
  if (known == state_->feeds().end() || !known->sender_sequence) return {};
  const std::uint64_t number = *delivery.sender_sequence;
  const std::uint64_t last = *known->sender_sequence;
  if (number > last) {
    if (number - last == 1) return {};
    outcome.verdict = Verdict::missing_batches;
    const std::string missing = number - last == 2
                                    ? "batch " + std::to_string(last + 1) + " is missing"
                                    : "batches " + std::to_string(last + 1) + " to " +
                                          std::to_string(number - 1) + " are missing";
    return Fault{FaultCode::contradicting_values, delivery.feed,
                 missing + " before " + std::to_string(number) + "; send what is missing first"};
  }
  const auto before = journal_->delivered(delivery.feed, number);
  if (!before) return before.error();
  if (before->has_value() && (*before)->delivery.sent_checksum == delivery.sent_checksum) {
    outcome.sequence = (*before)->sequence;
    outcome.verdict = Verdict::repeated;
    return {};
  }
  outcome.verdict = Verdict::out_of_order;
  return Fault{FaultCode::contradicting_values, delivery.feed,
               "batch " + std::to_string(number) +
                   (before->has_value() ? " had other content" : " comes too late") +
                   ": the last of this feed is " + std::to_string(last)};
}

}  // namespace server::node
