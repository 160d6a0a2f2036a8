// Sender: one system that sends batches, one after the other, to a node that may die, and remembers
// what it was told. What was not answered stays in flight: it may be in, whole, or not at all. Sent
// again with the same id it goes in once. Its batches come from its own seed. send() is one
// thread's; everything else is for when that thread has ended.
#pragma once

#include "tests/crash/parts/caller.hpp"
#include "tests/crash/parts/shop.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace tests::crash {

struct Batch {
  std::size_t group = 0;
  std::uint64_t number = 0;  // what all its records say, and what the sender counts by
  std::string id;
  std::string text;
  std::uint64_t sequence = 0;  // the node's; 0: not told yet
};

struct Sent {
  std::uint64_t sequence = 0;
  bool repeated = false;
};

class Sender {
 public:
  Sender(const Range& range, std::uint64_t seed);

  const Range& range() const { return range_; }

  // Sends until `stop`, or until nobody answers. Throws std::runtime_error for an answer that is
  // neither yes nor "busy".
  void send_until(const std::atomic<bool>& stop, std::uint16_t port);

  // Once more; nothing where nobody answers.
  std::optional<Sent> send(Caller& caller, const Batch& batch) const;

  const std::optional<Batch>& in_flight() const { return in_flight_; }

  // Of the last send_until(), in their order.
  const std::vector<Batch>& acknowledged() const { return acknowledged_; }

  // What the group's records say, as far as acknowledged.
  std::uint64_t number(std::size_t group) const { return numbers_[group]; }

  // What was in flight is in, under that sequence.
  void settle(std::uint64_t sequence);

  // What was acknowledged is no longer needed.
  void forget() { acknowledged_.clear(); }

  // Any thread: whether a batch is under way, and how many were acknowledged.
  bool is_sending() const { return is_sending_.load(); }

  std::uint64_t count() const { return count_.load(); }

 private:
  Batch next();

  Range range_;
  std::mt19937_64 random_;
  std::uint64_t last_ = 1;  // the shop begins with it
  std::array<std::uint64_t, groups_per_sender> numbers_;
  std::optional<Batch> in_flight_;
  std::vector<Batch> acknowledged_;
  std::atomic<bool> is_sending_{false};
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace tests::crash
