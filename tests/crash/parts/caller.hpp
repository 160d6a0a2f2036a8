// Caller: requests to a node that may die at any moment. No answer is an answer, too: nothing. One
// connection, one thread. cpp-httplib stays in the .cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tests::crash {

struct Answer {
  int status = 0;
  std::string body;
};

using Fields = std::vector<std::pair<std::string, std::string>>;

class Caller {
 public:
  explicit Caller(std::uint16_t port);
  ~Caller();
  Caller(Caller&& other) noexcept;
  Caller& operator=(Caller&& other) noexcept;

  std::optional<Answer> get(const std::string& target);
  std::optional<Answer> post(const std::string& target, const std::string& type,
                             const std::string& body, const Fields& fields = {});

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

// The number behind `"name":` in a JSON text; nothing where there is none.
std::optional<std::uint64_t> number_in(const std::string& json, const std::string& name);

}  // namespace tests::crash
