// Connection: one caller's socket with what has been received and not yet answered, and what has
// been answered and not yet taken up. A worker that was woken for it owns it until it parks or
// closes it; only the atomics are for others. No connection ever blocks a thread: receive and send
// take what there is and come back.
#pragma once

#include "server/http/framing.hpp"
#include "server/http/listener.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace server::http {

using Clock = std::chrono::steady_clock;

// What a parked connection waits for.
enum class Wait : std::uint8_t {
  request,  // idle: the first byte of a request
  rest,     // of a request that has begun
  taking,   // that the caller takes up what was sent
  goodbye,  // that the caller has read its refusal and closes
};

enum class Transfer : std::uint8_t { some, all, none, gone };

class Connection {
 public:
  explicit Connection(Descriptor socket) : socket_{std::move(socket)} {}

  int number() const { return socket_.number(); }

  // Appends what has arrived to `received`: all when nothing more was there, some when there may be
  // more, none when there was nothing, gone when the caller has closed or failed.
  Transfer receive(std::string& buffer);

  // Sends head and body after whatever is still unsent; what is not taken up now stays here. all,
  // some or gone.
  Transfer send(std::string_view head, std::string_view body);

  Transfer send_rest() { return send({}, {}); }

  // Of `received`: those of the request that was answered.
  void drop_answered();
  // Memory of an idle connection beyond what it will need again.
  void give_back_memory();

  void shut_sending();
  // Wakes whoever waits for it, to find it gone. Any thread, while the connection is registered.
  void shut();
  // The same for its receiving side alone, so that an answer can still be sent.
  void shut_receiving();

  std::string received;
  Framer framer;
  std::size_t requests = 0;
  std::size_t drained = 0;  // bytes dropped after a refusal
  std::size_t counted = 0;  // of `received`, in the server's sum
  bool is_closing = false;  // after what is unsent
  bool is_refused = false;  // closing, with the caller still sending
  bool was_told_to_continue = false;
  Clock::time_point began;  // the request that is being received

  // Written by the owner before it parks, read by the server's sweep.
  std::atomic<Wait> wait{Wait::request};
  std::atomic<Clock::rep> deadline{Clock::time_point::max().time_since_epoch().count()};
  std::atomic<Clock::rep> idle_since{0};
  std::atomic<bool> is_overdue{false};
  std::atomic<bool> is_parked{false};  // hands the rest over from worker to worker

 private:
  Descriptor socket_;
  std::string unsent_;
  std::size_t sent_ = 0;  // of unsent_
};

}  // namespace server::http
