#include "server/http/client.hpp"

#include "server/http/limits.hpp"

#include <httplib.h>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

// "http://host:port" without what may follow it.
Result<std::string> host_of(const std::string& address) {
  constexpr std::string_view scheme = "http://";
  if (address.starts_with("https://")) {
    return Fault{FaultCode::unsupported, address, "a node is asked over http, on the same machine"};
  }
  auto host = address.substr(address.starts_with(scheme) ? scheme.size() : 0);
  host.resize(std::min(host.find('/'), host.size()));
  const auto colon = host.rfind(':');
  const auto port =
      colon == std::string::npos || host.ends_with(']') ? "80" : host.substr(colon + 1);
  const bool has_port = !port.empty() && port.size() <= 5 &&
                        port.find_first_not_of("0123456789") == std::string::npos;
  if (host.empty() || colon == 0 || !has_port) {
    return Fault{FaultCode::bad_request, address,
                 "is not an address such as http://127.0.0.1:8080"};
  }
  return std::string{scheme} + host;
}

// What `send` gets of a client of that address.
template <class Send>
Result<ClientAnswer> asked(const std::string& address, const Send& send) {
  const auto host = host_of(address);
  if (!host) return host.error();
  httplib::Client client{*host};
  client.set_connection_timeout(limits::client_connect_time);
  client.set_read_timeout(limits::client_answer_time);
  client.set_tcp_nodelay(true);
  const auto answer = send(client);
  if (!answer) {
    return Fault{FaultCode::file_unreadable, address,
                 "no node answers there: " + httplib::to_string(answer.error())};
  }
  return ClientAnswer{answer->status, answer->body};
}

}  // namespace

Result<ClientAnswer> post_json(const std::string& address, const std::string& path,
                               std::string_view body) {
  return asked(address, [&](httplib::Client& client) {
    return client.Post(path, body.data(), body.size(), "application/json");
  });
}

Result<ClientAnswer> get(const std::string& address, const std::string& path) {
  return asked(address, [&](httplib::Client& client) { return client.Get(path); });
}

}  // namespace server::http
