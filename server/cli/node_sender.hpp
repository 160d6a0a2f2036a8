// NodeSender: requests to a running node that are put again, for a while, where it does not answer or
// says that it can't now: while it starts, or while its queue is full. Only for requests that may be
// repeated: a GET, or a batch with an id. Waits between tries, longer each time. One thread.
#pragma once

#include "engine/base/result.hpp"
#include "rules/json_tree.hpp"
#include "server/cli/command.hpp"
#include "server/cli/progress.hpp"
#include "server/http/client.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace server::cli {

class NodeSender {
 public:
  // Run and progress must outlive it; waiting is told on run.err.
  NodeSender(std::string url, std::chrono::seconds patience, Run& run, Progress& progress)
      : url_{std::move(url)}, patience_{patience}, run_{run}, progress_{progress} {}

  // The last answer, whatever its status; a Fault where there was none.
  engine::base::Result<http::ClientAnswer> post(const std::string& path,
                                                const http::ClientBody& body);
  // The body of a 2xx answer; else a Fault, see fault_of().
  engine::base::Result<rules::Json> get(const std::string& path);

  const std::string& url() const { return url_; }

 private:
  using Answer = engine::base::Result<http::ClientAnswer>;

  Answer patiently(const std::function<Answer()>& ask);

  std::string url_;
  std::chrono::seconds patience_;
  Run& run_;
  Progress& progress_;
};

}  // namespace server::cli
