// The listening socket: on the loopback interface only, with a backlog that a burst of callers fits
// into.
#pragma once

#include "engine/base/result.hpp"

#include <cstdint>
#include <string>

namespace server::http {

// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;

  explicit Descriptor(int number) : number_{number} {}

  ~Descriptor();

  Descriptor(Descriptor&& other) noexcept : number_{other.number_} { other.number_ = -1; }

  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

  void close();

 private:
  int number_ = -1;
};

struct Listener {
  Descriptor socket;
  std::uint16_t port = 0;
  std::string host;  // as it stands in an address: "127.0.0.1" or "[::1]"
};

// Port 0 takes any free one. Faults: unsupported, bad_request.
engine::base::Result<Listener> listen_on(const std::string& host, std::uint16_t port);

// How many connections the process may have open at once, below `wanted`: raises the limit of file
// descriptors as far as the machine allows and leaves some for everything else.
std::size_t connections_possible(std::size_t wanted);

}  // namespace server::http
