// Conversation: what one worker does with the connections it is woken for, one at a time: receives,
// answers every complete request in order, refuses what can't be framed or comes too late, and parks
// or closes. One thread; table and counts are shared.
#pragma once

#include "server/http/connection_table.hpp"
#include "server/http/framing.hpp"
#include "server/http/protocol.hpp"
#include "server/http/server.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace server::http {

// Requests that were refused before a handler saw them, by status. Any thread.
class RefusalCounts {
 public:
  void add(int status);

  // Statuses that there were any of.
  std::vector<std::pair<int, std::uint64_t>> by_status() const;

 private:
  // The last stands for any other.
  static constexpr std::array<int, 11> statuses{400, 408, 411, 413, 414, 417,
                                                431, 501, 503, 505, 0};

  std::array<std::atomic<std::uint64_t>, statuses.size()> counts_{};
};

class Conversation {
 public:
  // All must outlive it. While `is_leaving`, the answer to a request is the connection's last.
  Conversation(Handler& handler, ConnectionTable& connections, RefusalCounts& refused,
               const ServerOptions& options, const std::atomic<bool>& is_leaving)
      : protocol_{handler},
        connections_{connections},
        refused_{refused},
        options_{options},
        is_leaving_{is_leaving} {}

  // One that ConnectionTable::next() gave; not to be touched afterwards.
  void go_on(Connection& connection);

 private:
  void serve(Connection& connection);
  bool go_on_sending(Connection& connection);
  void receive(Connection& connection);
  bool answer_complete(Connection& connection);
  void refuse(Connection& connection, const Refusal& refusal);
  void finish(Connection& connection);
  void drop_rest(Connection& connection);

  Protocol protocol_;
  std::string buffer_;
  ConnectionTable& connections_;
  RefusalCounts& refused_;
  const ServerOptions& options_;
  const std::atomic<bool>& is_leaving_;
};

}  // namespace server::http
