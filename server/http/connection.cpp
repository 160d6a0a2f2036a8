#include "server/http/connection.hpp"

#include "server/http/limits.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace server::http {

namespace {

bool is_only_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Transfer Connection::receive(std::string& buffer) {
  buffer.resize(limits::receive_bytes);
  const auto count = ::recv(number(), buffer.data(), buffer.size(), 0);
  if (count < 0) return is_only_later(errno) ? Transfer::none : Transfer::gone;
  if (count == 0) return Transfer::gone;
  received.append(buffer, 0, static_cast<std::size_t>(count));
  return static_cast<std::size_t>(count) == buffer.size() ? Transfer::some : Transfer::all;
}

Transfer Connection::send(std::string_view head, std::string_view body) {
  std::array<iovec, 3> parts{};
  std::size_t count = 0;
  const auto add = [&](std::string_view part) {
    // sendmsg() does not write to what it sends, but its interface is older than const.
    if (!part.empty()) parts[count++] = {const_cast<char*>(part.data()), part.size()};
  };
  add(std::string_view{unsent_}.substr(sent_));
  add(head);
  add(body);
  std::size_t taken = 0;
  if (count > 0) {
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const auto result = ::sendmsg(number(), &message, MSG_NOSIGNAL);
    if (result < 0 && !is_only_later(errno)) return Transfer::gone;
    taken = result < 0 ? 0 : static_cast<std::size_t>(result);
  }
  const auto old = std::min(taken, unsent_.size() - sent_);
  sent_ += old;
  taken -= old;
  if (sent_ == unsent_.size()) {
    unsent_.clear();
    sent_ = 0;
  }
  const auto of_head = std::min(taken, head.size());
  unsent_ += head.substr(of_head);
  unsent_ += body.substr(taken - of_head);
  return unsent_.empty() ? Transfer::all : Transfer::some;
}

void Connection::drop_answered() {
  if (framer.size() == received.size()) {
    received.clear();
  } else {
    received.erase(0, framer.size());
  }
  framer.restart();
  was_told_to_continue = false;
}

void Connection::give_back_memory() {
  if (received.empty() && received.capacity() > limits::buffer_kept_bytes)
    std::string{}.swap(received);
  if (unsent_.empty() && unsent_.capacity() > limits::buffer_kept_bytes)
    std::string{}.swap(unsent_);
}

void Connection::shut_sending() { ::shutdown(number(), SHUT_WR); }

void Connection::shut() { ::shutdown(number(), SHUT_RDWR); }

void Connection::shut_receiving() { ::shutdown(number(), SHUT_RD); }

}  // namespace server::http
