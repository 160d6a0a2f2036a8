#include "tests/crash/parts/caller.hpp"

#include <httplib.h>

#include <charconv>

namespace tests::crash {

namespace {

constexpr time_t answer_seconds_max = 60;

std::optional<Answer> answer_of(const httplib::Result& result) {
  if (!result) return std::nullopt;
  return Answer{result->status, result->body};
}

}  // namespace

struct Caller::Inner {
  explicit Inner(std::uint16_t port) : client{"127.0.0.1", port} {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_read_timeout(answer_seconds_max, 0);
    client.set_write_timeout(answer_seconds_max, 0);
  }

  httplib::Client client;
};

Caller::Caller(std::uint16_t port) : inner_{std::make_unique<Inner>(port)} {}

Caller::~Caller() = default;
Caller::Caller(Caller&& other) noexcept = default;
Caller& Caller::operator=(Caller&& other) noexcept = default;

std::optional<Answer> Caller::get(const std::string& target) {
  return answer_of(inner_->client.Get(target.c_str()));
}

std::optional<Answer> Caller::post(const std::string& target, const std::string& type,
                                   const std::string& body, const Fields& fields) {
  httplib::Headers headers;
  for (const auto& [name, value] : fields) headers.emplace(name, value);
  return answer_of(inner_->client.Post(target.c_str(), headers, body, type.c_str()));
}

std::optional<std::uint64_t> number_in(const std::string& json, const std::string& name) {
  const std::string sought = "\"" + name + "\":";
  const auto at = json.find(sought);
  if (at == std::string::npos) return std::nullopt;
  std::uint64_t number = 0;
  const char* const from = json.data() + at + sought.size();
  const auto read = std::from_chars(from, json.data() + json.size(), number);
  return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

}  // namespace tests::crash
