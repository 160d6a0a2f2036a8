#include "server/http/conversation.hpp"

#include <algorithm>
#include <exception>

namespace server::http {

namespace {

constexpr auto never = Clock::time_point::max().time_since_epoch().count();

}  // namespace

void RefusalCounts::add(int status) {
  const auto found = std::ranges::find(statuses, status);
  const auto place = std::min(found, statuses.end() - 1) - statuses.begin();
  counts_[static_cast<std::size_t>(place)].fetch_add(1);
}

std::vector<std::pair<int, std::uint64_t>> RefusalCounts::by_status() const {
  std::vector<std::pair<int, std::uint64_t>> some;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (const auto count = counts_[i].load(); count != 0) some.emplace_back(statuses[i], count);
  }
  return some;
}

void Conversation::go_on(Connection& connection) {
  try {
    serve(connection);
  } catch (const std::exception&) {
    // No memory for what it wants; nothing throws once it is parked again.
    connections_.close(connection);
  }
}

void Conversation::serve(Connection& connection) {
  connection.deadline.store(never);
  switch (connection.wait.load()) {
    case Wait::goodbye:
      return drop_rest(connection);
    case Wait::taking:
      if (go_on_sending(connection)) receive(connection);
      return;
    case Wait::request:
    case Wait::rest:
      return receive(connection);
  }
}

// True when everything is sent and the connection goes on.
bool Conversation::go_on_sending(Connection& connection) {
  switch (connection.send_rest()) {
    case Transfer::gone:
      connections_.close(connection);
      return false;
    case Transfer::some:
    case Transfer::none:
      connections_.park(connection, Wait::taking);
      return false;
    case Transfer::all:
      break;
  }
  if (!connection.is_closing) return true;
  finish(connection);
  return false;
}

void Conversation::receive(Connection& connection) {
  const bool was_empty = connection.received.empty();
  const auto transfer = connection.receive(buffer_);
  if (was_empty && !connection.received.empty()) connection.began = Clock::now();
  connections_.count_buffered(connection);
  // What a caller sent before it closed its side is answered all the same.
  if (!answer_complete(connection)) return;
  if (transfer == Transfer::gone) {
    if (!connection.is_overdue.load() || connection.received.empty())
      return connections_.close(connection);
    return refuse(connection,
                  {408, "too_slow",
                   "The request did not arrive within " +
                       std::to_string(options_.request_time.count()) + " ms (request_time)."});
  }
  if (connection.framer.awaits_continue() && !connection.was_told_to_continue) {
    connection.was_told_to_continue = true;
    if (connection.send("HTTP/1.1 100 Continue\r\n\r\n", {}) == Transfer::gone)
      return connections_.close(connection);
  }
  connections_.park(connection, connection.received.empty() ? Wait::request : Wait::rest);
}

// Answers every complete request that has been received; false when the connection was parked or
// closed on the way.
bool Conversation::answer_complete(Connection& connection) {
  while (!connection.received.empty()) {
    const auto state = connection.framer.look(connection.received);
    if (state == Framer::State::refused) {
      refuse(connection, connection.framer.refusal());
      return false;
    }
    if (state == Framer::State::incomplete) {
      if (connections_.buffered() <= limits::buffered_bytes) return true;
      refuse(connection,
             {503, "busy", "Too much is being received from all callers; try again in a moment."});
      return false;
    }
    const bool last =
        is_leaving_.load() || ++connection.requests >= limits::requests_per_connection;
    const auto after = protocol_.answer(connection.framer.head(connection.received),
                                        connection.framer.body(connection.received),
                                        last ? Protocol::After::close : Protocol::After::keep);
    connection.is_closing = after == Protocol::After::close;
    connection.drop_answered();
    connection.began = Clock::now();
    connections_.count_buffered(connection);
    const auto transfer = connection.send(protocol_.head(), protocol_.body());
    if (transfer != Transfer::all || connection.is_closing) {
      if (transfer == Transfer::gone) {
        connections_.close(connection);
      } else if (transfer == Transfer::some) {
        connections_.park(connection, Wait::taking);
      } else {
        finish(connection);
      }
      return false;
    }
  }
  return true;
}

void Conversation::refuse(Connection& connection, const Refusal& refusal) {
  refused_.add(refusal.status);
  connection.is_closing = true;
  connection.is_refused = true;
  connection.received.clear();
  connections_.count_buffered(connection);
  switch (connection.send(refusal_text(refusal), {})) {
    case Transfer::all:
      return finish(connection);
    case Transfer::gone:
      return connections_.close(connection);
    default:
      return connections_.park(connection, Wait::taking);
  }
}

// The last answer is sent. Closing at once with bytes unread would reset the connection, and the
// caller would not see its refusal: so the rest is read and dropped for a while.
void Conversation::finish(Connection& connection) {
  if (!connection.is_refused) return connections_.close(connection);
  connection.shut_sending();
  connection.began = Clock::now();
  connections_.park(connection, Wait::goodbye);
}

void Conversation::drop_rest(Connection& connection) {
  const auto transfer = connection.receive(buffer_);
  connection.drained += connection.received.size();
  connection.received.clear();
  if (transfer == Transfer::gone || connection.drained > limits::refused_bytes_drained)
    return connections_.close(connection);
  connections_.park(connection, Wait::goodbye);
}

}  // namespace server::http
