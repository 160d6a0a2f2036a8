#include "server/http/listener.hpp"

#include "server/http/limits.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

Fault failed(const std::string& place) {
  const int error = errno;
  if (error == EADDRINUSE)
    return Fault{FaultCode::bad_request, place, "another program listens there already"};
  return Fault{FaultCode::bad_request, place,
               "can't listen there: " + std::system_category().message(error)};
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Address address_of(bool is_ipv6, std::uint16_t port) {
  Address address;
  if (is_ipv6) {
    sockaddr_in6 wanted{};
    wanted.sin6_family = AF_INET6;
    wanted.sin6_port = htons(port);
    wanted.sin6_addr = in6addr_loopback;
    std::memcpy(&address.storage, &wanted, sizeof wanted);
    address.size = sizeof wanted;
  } else {
    sockaddr_in wanted{};
    wanted.sin_family = AF_INET;
    wanted.sin_port = htons(port);
    wanted.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::memcpy(&address.storage, &wanted, sizeof wanted);
    address.size = sizeof wanted;
  }
  return address;
}

std::uint16_t port_of(int socket, bool is_ipv6) {
  Address address;
  address.size = sizeof address.storage;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0)
    return 0;
  if (is_ipv6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
}

}  // namespace

Descriptor::~Descriptor() { close(); }

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

void Descriptor::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Result<Listener> listen_on(const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host == "::1";
  if (!is_ipv6 && host != "127.0.0.1" && host != "localhost") {
    return Fault{FaultCode::unsupported, host,
                 "only the loopback addresses 127.0.0.1 and ::1 are listened on, since callers are "
                 "not asked for keys"};
  }
  Listener listener{{}, 0, is_ipv6 ? "[::1]" : "127.0.0.1"};
  const auto place = listener.host + ":" + std::to_string(port);
  const int family = is_ipv6 ? AF_INET6 : AF_INET;
  listener.socket = Descriptor{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int socket = listener.socket.number();
  if (socket < 0) return failed(place);
  // So that a restart need not wait for the last connections of the run before.
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto address = address_of(is_ipv6, port);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0)
    return failed(place);
  if (::listen(socket, limits::listen_backlog) != 0) return failed(place);
  listener.port = port_of(socket, is_ipv6);
  return listener;
}

std::size_t connections_possible(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const auto needed = static_cast<rlim_t>(wanted + limits::descriptors_kept_free);
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  const auto room = static_cast<std::size_t>(limit.rlim_cur);
  return std::min(wanted,
                  room > limits::descriptors_kept_free ? room - limits::descriptors_kept_free : 1);
}

}  // namespace server::http
