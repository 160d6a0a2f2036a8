// A question to a running node over HTTP, for the command line. Blocks; one thread. cpp-httplib
// stays in the .cpp.
#pragma once

#include "engine/base/result.hpp"

#include <string>
#include <string_view>

namespace server::http {

struct ClientAnswer {
  int status = 0;
  std::string body;
};

// `address` is "http://HOST[:PORT]". Faults: bad_request for another kind of address, unsupported
// for https, file_unreadable where nobody answers.
engine::base::Result<ClientAnswer> post_json(const std::string& address, const std::string& path,
                                             std::string_view body);

// The same, without a body.
engine::base::Result<ClientAnswer> get(const std::string& address, const std::string& path);

}  // namespace server::http
