// A request as the handlers see it and the response they fill: plain views and one reused buffer,
// free of sockets and of any HTTP library, so that handlers are tested without a connection and
// another front can stand before them. Views are good for the length of the call.
#pragma once

#include "engine/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::http {

struct Request {
  std::string_view method;
  std::string_view target;        // path and query as sent, percent-encoded
  std::string_view content_type;  // empty: none was sent
  std::string_view content_encoding;
  std::string_view if_none_match;
  std::string_view body;
  std::string_view request_id;   // as sent, sane or not; empty: none
  std::string_view traceparent;  // the same
  std::string_view idempotency_key = {};
  std::string_view accept = {};
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";  // of static storage
  std::string_view allow;                              // of a 405, static storage
  std::string etag;                                    // empty: none
  std::string freshness;     // of what a tagged body leaves out; empty: none
  std::string request_id;    // empty: none
  std::string traceparent;   // empty: none
  bool retry_after = false;  // of a 503: worth another try in a second
  std::string body;  // keeps its memory from call to call; to HEAD and with a 304 the front sends
                     // its length alone

  void clear();
};

// What answers requests: one a worker thread.
class Handler {
 public:
  virtual ~Handler() = default;
  // Must not throw; `response` comes with the memory of the last call and anything in it.
  virtual void handle(const Request& request, Response& response) = 0;

  // Called when there has been nothing to do for a while.
  virtual void rest() {}
};

// A target taken apart: "/v1/customers/A%20B/prices/X?quantity=5" has the segments "v1",
// "customers", "A B", "prices", "X". Segments are decoded one by one, so that an encoded slash
// stays part of a code.
struct Target {
  std::string path;  // as sent, without the query
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> parameters;  // in the order of the query

  // The first value; empty where there is none.
  std::string_view parameter(std::string_view name) const;
};

// Faults: bad_request for bad escapes and text that is not UTF-8, too_many parameters.
engine::base::Result<Target> parse_target(std::string_view target);

}  // namespace server::http
