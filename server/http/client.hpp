// A question to a running node over HTTP, for the command line. Blocks; one thread. cpp-httplib
// stays in the .cpp.
#pragma once

#include "engine/base/result.hpp"
#include "server/http/limits.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace server::http {

struct ClientAnswer {
  int status = 0;
  std::string body;
};

// What is sent with a POST. The body must outlive the call.
struct ClientBody {
  std::string_view bytes;
  std::string content_type;
  std::string idempotency_key = {};  // empty: none
  std::function<void(std::size_t sent)> progress = {};
};

// `address` is "http://HOST[:PORT]", `path` has its query behind it. Faults: bad_request for another
// kind of address, unsupported for https, store_unavailable where nobody answers: only then may it
// help to ask again.
engine::base::Result<ClientAnswer> get(const std::string& address, const std::string& path);
engine::base::Result<ClientAnswer> post(
    const std::string& address, const std::string& path, const ClientBody& body,
    std::chrono::seconds answer_time = limits::client_answer_time);
engine::base::Result<ClientAnswer> post_json(const std::string& address, const std::string& path,
                                             std::string_view body);
// DELETE.
engine::base::Result<ClientAnswer> remove(const std::string& address, const std::string& path);

// `text` as it may stand in a path or a query: everything but letters, digits and -_.~ as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace server::http
