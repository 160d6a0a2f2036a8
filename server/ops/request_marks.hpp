// What a request is known by in logs and answers: its id, the caller's own where that is sane, else
// made here; and the W3C trace context that it came with, carried through as it is. Texts of
// callers are taken up only where they fit a narrow alphabet, so that they can stand in a header
// and a log line. One object a worker thread. Cost: under 50 ns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace server::ops {

inline constexpr std::size_t request_id_bytes = 128;

// 1 to 128 letters, digits and . _ : / + = @ -.
bool is_request_id(std::string_view text);

// "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01": lower case, neither id all zeros. Of a
// later version only what is said here is looked at.
bool is_traceparent(std::string_view text);

class RequestMarks {
 public:
  RequestMarks();

  // The caller's id, or a new one: "4f1d09c27b6a3e58-1f".
  void id_for(std::string_view given, std::string& out);

 private:
  std::string prefix_;  // of this worker, random
  std::uint64_t last_ = 0;
};

}  // namespace server::ops
