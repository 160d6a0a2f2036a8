#include "tests/crash/parts/sender.hpp"

#include <fmt/core.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tests::crash {

namespace {

constexpr int busy_status = 503;
constexpr std::chrono::milliseconds busy_pause{2};

}  // namespace

Sender::Sender(const Range& range, std::uint64_t seed) : range_{range}, random_{seed} {
  numbers_.fill(1);
}

Batch Sender::next() {
  const std::uint64_t number = ++last_;
  const std::size_t group = range_.kind == Kind::tiers ? 0 : random_() % groups_per_sender;
  return {group, number, fmt::format("{}-{}", range_.sender, number),
          batch_text(range_, group, number), 0};
}

std::optional<Sent> Sender::send(Caller& caller, const Batch& batch) const {
  // Systems that count their batches say the number; the others name them.
  const bool counts = range_.kind == Kind::goods;
  const auto target = "/v1/feeds/" + feed_of(range_) + "/batches?mode=all_or_nothing" +
                      (counts ? "&sequence=" + std::to_string(batch.number) : std::string{});
  const Fields fields = counts ? Fields{} : Fields{{"Idempotency-Key", batch.id}};
  while (true) {
    const auto answer = caller.post(target, "text/csv", batch.text, fields);
    if (!answer) return std::nullopt;
    if (answer->status == busy_status && answer->body.find("\"busy\"") != std::string::npos) {
      std::this_thread::sleep_for(busy_pause);
      continue;
    }
    const auto sequence = number_in(answer->body, "sequence");
    if (answer->status != 200 || !sequence)
      throw std::runtime_error{fmt::format("batch {} was answered with {}: {}", batch.id,
                                           answer->status, answer->body.substr(0, 400))};
    return Sent{*sequence, answer->body.find("\"repeated\":true") != std::string::npos};
  }
}

void Sender::send_until(const std::atomic<bool>& stop, std::uint16_t port) {
  Caller caller{port};
  while (!stop.load()) {
    in_flight_ = next();
    is_sending_.store(true);
    const auto sent = send(caller, *in_flight_);
    is_sending_.store(false);
    if (!sent) return;
    if (sent->repeated)
      throw std::runtime_error{"batch " + in_flight_->id + " was new, and is told to be known"};
    settle(sent->sequence);
  }
}

void Sender::settle(std::uint64_t sequence) {
  in_flight_->sequence = sequence;
  numbers_[in_flight_->group] = in_flight_->number;
  acknowledged_.push_back(*std::move(in_flight_));
  in_flight_.reset();
  count_.fetch_add(1);
}

}  // namespace tests::crash
