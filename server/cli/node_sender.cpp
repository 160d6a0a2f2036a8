#include "server/cli/node_sender.hpp"

#include "server/cli/remote.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <thread>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr std::chrono::milliseconds first_wait{100};
constexpr std::chrono::milliseconds longest_wait{3'000};

// Nobody answers, or the node can't now; a mistake in the address is not mended by waiting.
bool may_help_again(const Result<http::ClientAnswer>& answer) {
  if (answer) return answer->status == 503;
  return answer.error().code == FaultCode::store_unavailable;
}

}  // namespace

NodeSender::Answer NodeSender::patiently(const std::function<Answer()>& ask) {
  const auto until = std::chrono::steady_clock::now() + patience_;
  auto wait = first_wait;
  bool told = false;
  for (;;) {
    auto answer = ask();
    const auto now = std::chrono::steady_clock::now();
    if (!may_help_again(answer) || now >= until) return answer;
    if (!told) {
      progress_.clear();
      const Fault fault = answer ? fault_of(url_, *answer) : answer.error();
      fmt::print(run_.err, "netto: {}: {}; trying again for {} s\n", fault.where, fault.detail,
                 patience_.count());
      std::fflush(run_.err);
      told = true;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - now);
    std::this_thread::sleep_for(std::min(wait, left));
    wait = std::min(wait * 2, longest_wait);
  }
}

Result<http::ClientAnswer> NodeSender::post(const std::string& path, const http::ClientBody& body) {
  return patiently([&] { return http::post(url_, path, body, http::limits::client_batch_time); });
}

Result<rules::Json> NodeSender::get(const std::string& path) {
  const auto answer = patiently([&] { return http::get(url_, path); });
  if (!answer) return answer.error();
  if (answer->status < 200 || answer->status > 299) return fault_of(url_, *answer);
  auto json = rules::parse_json(answer->body);
  if (json) return json;
  return Fault{json.error().code, url_, "the answer is no JSON: " + json.error().detail};
}

}  // namespace server::cli
