#include "bench/load/driver.hpp"

#include "server/http/listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace bench::load {

using Clock = std::chrono::steady_clock;
using server::http::Descriptor;
using std::chrono::nanoseconds;

namespace {

constexpr std::size_t receive_bytes = std::size_t{256} << 10;
constexpr std::chrono::milliseconds spin_time{1};  // a due request is spun for, not slept for

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error{what}; }

[[noreturn]] void fail_with_reason(const std::string& what) {
  fail(what + ": " + std::system_category().message(errno));
}

Descriptor connected(std::uint16_t port) {
  Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (socket.number() < 0) fail_with_reason("no socket to be had");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail_with_reason("nobody listens on port " + std::to_string(port));
  const int on = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

nanoseconds of_seconds(double seconds) {
  return nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
}

// An answer as it comes in.
class AnswerReader {
 public:
  // Takes bytes in; true when the answer is complete. Nothing may follow it.
  bool take(std::string_view bytes) {
    if (wanted_ != 0) {
      received_ += bytes.size();
    } else if (!read_head(bytes)) {
      return false;
    }
    if (received_ > wanted_) fail("the server answered more than it was asked");
    return received_ == wanted_;
  }

  std::size_t size() const { return wanted_; }

  void restart() {
    head_.clear();
    wanted_ = 0;
    received_ = 0;
  }

 private:
  bool read_head(std::string_view bytes) {
    if (!head_.empty()) bytes = head_ += bytes;
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      if (head_.empty()) head_ = bytes;
      return false;
    }
    if (!bytes.starts_with("HTTP/1.1 200 ")) {
      constexpr std::size_t shown = 300;
      fail("the server answers '" + std::string{bytes.substr(0, bytes.find('\r'))} + "' " +
           std::string{bytes.substr(end + 4, shown)});
    }
    constexpr std::string_view field = "\r\nContent-Length: ";
    const auto at = bytes.find(field);
    std::size_t length = 0;
    if (at < end) std::from_chars(&bytes[at + field.size()], &bytes[end], length);
    wanted_ = end + 4 + length;
    received_ = bytes.size();
    return true;
  }

  std::string head_;        // where it does not come in one piece
  std::size_t wanted_ = 0;  // 0: its head is not complete
  std::size_t received_ = 0;
};

struct Line {
  Descriptor socket;
  bool is_busy = false;
  const Request* request = nullptr;
  std::size_t sent = 0;
  Clock::time_point due;
  AnswerReader answer;
  std::uint64_t answers = 0;
};

// One run over its own connections.
class Run {
 public:
  Run(std::uint16_t port, const Load& load);

  LoadResult finish();

 private:
  void send_due(Clock::time_point now);
  void begin(Line& line, Clock::time_point due);
  void send(Line& line);
  void receive(Line& line);
  void complete(Line& line);
  void wait();
  int patience(Clock::time_point now) const;
  void check_patience(Clock::time_point now);
  void tell(Clock::time_point now);

  bool is_open_loop() const { return load_.rate > 0; }

  Clock::time_point due_at(std::uint64_t number) const {
    return start_ + of_seconds(static_cast<double>(number) / load_.rate);
  }

  const Load& load_;
  Descriptor epoll_;
  std::vector<Line> lines_;
  std::vector<std::size_t> free_;  // a ring: taken in the order in which they became free
  std::size_t free_first_ = 0;
  std::size_t free_count_ = 0;
  std::size_t next_request_ = 0;
  std::uint64_t begun_ = 0;
  std::uint64_t due_count_ = 0;  // open loop: all there will be
  std::size_t busy_ = 0;
  Clock::time_point start_;
  Clock::time_point counted_from_;
  Clock::time_point end_;
  Clock::time_point last_answer_;
  Clock::time_point told_;
  std::vector<char> buffer_;
  LoadResult result_;
};

Run::Run(std::uint16_t port, const Load& load)
    : load_{load}, lines_(load.connections), free_(load.connections), buffer_(receive_bytes) {
  if (load.connections == 0 || load.connections > connections_max || load.seconds > seconds_max)
    fail("a run takes 1 to " + std::to_string(connections_max) + " connections and at most " +
         std::to_string(static_cast<int>(seconds_max)) + " seconds");
  make_room_for_connections(load.connections);
  epoll_ = Descriptor{::epoll_create1(EPOLL_CLOEXEC)};
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    lines_[i].socket = connected(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, lines_[i].socket.number(), &event) != 0)
      fail_with_reason("a connection can't be waited for");
    free_[i] = i;
  }
  free_count_ = lines_.size();
}

LoadResult Run::finish() {
  start_ = Clock::now();
  last_answer_ = start_;
  counted_from_ = start_ + of_seconds(load_.warm_up);
  end_ = counted_from_ + of_seconds(load_.seconds);
  const double whole = load_.warm_up + load_.seconds;
  due_count_ = is_open_loop() ? static_cast<std::uint64_t>(whole * load_.rate) : requests_max;
  const double processor = thread_seconds();
  while (true) {
    const auto now = Clock::now();
    const bool is_over = now >= end_ && (!is_open_loop() || begun_ == due_count_);
    if (is_over && busy_ == 0) break;
    if (!is_over) send_due(now);
    wait();
    check_patience(Clock::now());
  }
  result_.driver_seconds = thread_seconds() - processor;
  result_.seconds = seconds_between(counted_from_, last_answer_);
  for (const auto& line : lines_) result_.per_connection.push_back(line.answers);
  std::ranges::sort(result_.per_connection);
  if (result_.answers == 0) fail("the run was too short for an answer");
  return std::move(result_);
}

void Run::send_due(Clock::time_point now) {
  while (free_count_ > 0 && begun_ < due_count_) {
    const auto due = is_open_loop() ? due_at(begun_) : now;
    if (due > now) return;
    auto& line = lines_[free_[free_first_]];
    free_first_ = (free_first_ + 1) % free_.size();
    --free_count_;
    begin(line, due);
  }
}

void Run::begin(Line& line, Clock::time_point due) {
  line.request = &load_.set->requests[next_request_];
  next_request_ = next_request_ + 1 == load_.set->requests.size() ? 0 : next_request_ + 1;
  line.sent = 0;
  line.due = due;
  line.is_busy = true;
  line.answer.restart();
  ++begun_;
  ++busy_;
  send(line);
}

// A request is far smaller than what a socket takes; where it does not take it all at once the
// thread waits with it.
void Run::send(Line& line) {
  const std::string_view text = line.request->text;
  while (line.sent < text.size()) {
    const auto count = ::send(line.socket.number(), text.data() + line.sent,
                              text.size() - line.sent, MSG_NOSIGNAL);
    if (count <= 0) fail_with_reason("a connection ended while a request was sent");
    line.sent += static_cast<std::size_t>(count);
  }
}

void Run::receive(Line& line) {
  const auto count = ::recv(line.socket.number(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0 || !line.is_busy) fail("the server ended a connection of the run");
  if (line.answer.take({buffer_.data(), static_cast<std::size_t>(count)})) complete(line);
}

void Run::complete(Line& line) {
  const auto now = Clock::now();
  --busy_;
  line.is_busy = false;
  // Open loop counts what was due in the time, saturation what was answered in it.
  const auto moment = is_open_loop() ? line.due : now;
  if (moment >= counted_from_ && (is_open_loop() || now <= end_)) {
    ++result_.answers;
    ++line.answers;
    result_.lines += line.request->lines;
    result_.bytes += line.answer.size();
    result_.latency.add(std::chrono::duration_cast<nanoseconds>(now - line.due).count());
    last_answer_ = now;
  }
  if (!is_open_loop()) {
    if (now < end_) begin(line, now);
    return;
  }
  free_[(free_first_ + free_count_) % free_.size()] =
      static_cast<std::size_t>(&line - lines_.data());
  ++free_count_;
  send_due(now);
}

void Run::wait() {
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()),
                                 patience(Clock::now()));
  for (int i = 0; i < count; ++i) receive(lines_[events[static_cast<std::size_t>(i)].data.u64]);
}

// In milliseconds.
int Run::patience(Clock::time_point now) const {
  constexpr int longest = 100;
  if (!is_open_loop() || free_count_ == 0 || begun_ == due_count_) return longest;
  const auto left = due_at(begun_) - now;
  if (left <= spin_time) return 0;
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(left - spin_time);
  return static_cast<int>(std::min<std::int64_t>(longest, whole.count()));
}

void Run::check_patience(Clock::time_point now) {
  if (now - told_ < std::chrono::milliseconds{250}) return;
  tell(now);
  for (const auto& line : lines_) {
    // From when it was sent at the earliest: what waited for a connection is late, not lost.
    if (line.is_busy && now - std::max(line.due, last_answer_) > answer_time)
      fail("the server did not answer within " + std::to_string(answer_time.count()) + " s");
  }
}

void Run::tell(Clock::time_point now) {
  told_ = now;
  if (load_.tell)
    load_.tell(std::min(1.0, seconds_between(start_, now) / seconds_between(start_, end_)));
}

}  // namespace

LoadResult Driver::run(const Load& load) const { return Run{port_, load}.finish(); }

std::string Driver::ask(const std::string& request) const {
  const auto socket = connected(port_);
  std::string text;
  AnswerReader answer;
  if (::send(socket.number(), request.data(), request.size(), MSG_NOSIGNAL) < 0)
    fail_with_reason("a connection ended while a request was sent");
  std::array<char, 65'536> buffer{};
  bool is_complete = false;
  while (!is_complete) {
    const auto count = ::recv(socket.number(), buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    const std::string_view bytes{buffer.data(), static_cast<std::size_t>(count)};
    text += bytes;
    is_complete = answer.take(bytes);
  }
  if (!is_complete || text.empty()) fail("the server ended a connection without an answer");
  return text.substr(text.find("\r\n\r\n") + 4);
}

IdleConnections::IdleConnections(std::uint16_t port, std::size_t count) {
  make_room_for_connections(count);
  for (std::size_t i = 0; i < count; ++i) sockets_.push_back(connected(port));
}

IdleConnections::~IdleConnections() = default;

std::size_t IdleConnections::open_count() const {
  std::size_t count = 0;
  for (const auto& socket : sockets_) {
    char byte = 0;
    const auto got = ::recv(socket.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    count += got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 1U : 0U;
  }
  return count;
}

void make_room_for_connections(std::size_t count) {
  constexpr rlim_t others = 64;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = static_cast<rlim_t>(count) + others;
  if (limit.rlim_cur >= needed) return;
  limit.rlim_cur = needed;
  if (needed > limit.rlim_max || ::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    fail("this process may not have " + std::to_string(needed) +
         " files open: raise the limit (ulimit -n)");
  }
}

}  // namespace bench::load
