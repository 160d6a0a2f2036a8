// Protocol: HTTP/1.1 itself, by cpp-httplib, which stays in the .cpp. A framed request goes in, the
// handler is asked, the status line and header fields come out; the body is sent from the handler's
// own buffer, without a copy. cpp-httplib's server loop (a thread a connection, eleven system calls
// a request) is not used; its reading of request lines and fields and its writing of response heads
// is. One thread. Cost: about 4 us.
#pragma once

#include "server/http/framing.hpp"
#include "server/http/message.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace server::http {

class Protocol {
 public:
  explicit Protocol(Handler& handler);
  ~Protocol();
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;

  enum class After { keep, close };

  // The answer is head() and body() until the next call. `wanted` close tells the caller so in the
  // answer.
  After answer(std::string_view request_head, std::string_view request_body, After wanted);

  std::string_view head() const;
  std::string_view body() const;

 private:
  class Inner;
  std::unique_ptr<Inner> inner_;
};

// A whole response for a request that can't be answered, after which the connection is closed.
std::string refusal_text(const Refusal& refusal);

}  // namespace server::http
