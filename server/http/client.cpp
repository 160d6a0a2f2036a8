#include "server/http/client.hpp"

#include "server/http/limits.hpp"

#include <fmt/core.h>
#include <httplib.h>

#include <algorithm>

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

// What came back, or that nothing did.
Result<ClientAnswer> answer_of(const std::string& address, const httplib::Result& answer) {
  if (answer) return ClientAnswer{answer->status, answer->body};
  return Fault{FaultCode::store_unavailable, address,
               "no node answers there: " + httplib::to_string(answer.error())};
}

void set_times(httplib::Client& client, std::chrono::seconds answer_time) {
  client.set_connection_timeout(limits::client_connect_time);
  client.set_read_timeout(answer_time);
  client.set_write_timeout(limits::client_answer_time);
  client.set_tcp_nodelay(true);
}

constexpr std::size_t sent_at_a_time = 256U << 10;  // bytes between two calls of `progress`

}  // namespace

Result<ClientAnswer> get(const std::string& address, const std::string& path) {
  const auto host = host_of(address);
  if (!host) return host.error();
  httplib::Client client{*host};
  set_times(client, limits::client_answer_time);
  return answer_of(address, client.Get(path));
}

Result<ClientAnswer> post(const std::string& address, const std::string& path,
                          const ClientBody& body, std::chrono::seconds answer_time) {
  const auto host = host_of(address);
  if (!host) return host.error();
  httplib::Client client{*host};
  set_times(client, answer_time);
  httplib::Headers headers;
  if (!body.idempotency_key.empty()) headers.emplace("Idempotency-Key", body.idempotency_key);
  if (body.bytes.empty()) {
    return answer_of(address, client.Post(path, headers, "", 0, body.content_type));
  }
  const auto provide = [&body](std::size_t from, std::size_t size, httplib::DataSink& sink) {
    const auto part = body.bytes.substr(from, std::min(size, sent_at_a_time));
    if (body.progress) body.progress(from);
    return sink.write(part.data(), part.size());
  };
  return answer_of(address,
                   client.Post(path, headers, body.bytes.size(), provide, body.content_type));
}

Result<ClientAnswer> post_json(const std::string& address, const std::string& path,
                               std::string_view body) {
  return post(address, path, {body, "application/json"});
}

Result<ClientAnswer> remove(const std::string& address, const std::string& path) {
  const auto host = host_of(address);
  if (!host) return host.error();
  httplib::Client client{*host};
  set_times(client, limits::client_answer_time);
  return answer_of(address, client.Delete(path));
}

std::string percent_encoded(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      made += c;
    } else {
      made += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return made;
}

}  // namespace server::http
