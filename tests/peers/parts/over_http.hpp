// Asks a question over HTTP, of a server in this process; see tests/http_client. Outcomes, amounts
// and totals come back, which is what is compared. One thread beside the server's.
#pragma once

#include "engine/base/result.hpp"
#include "engine/snapshot/snapshot_cell.hpp"

#include "tests/peers/parts/question_maker.hpp"
#include "tests/peers/parts/reply.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tests {
class Served;
}

namespace tests::peers {

class OverHttp {
 public:
  // Listens from the first question on.
  explicit OverHttp(const std::shared_ptr<const engine::snapshot::Snapshot>& snapshot);
  ~OverHttp();
  OverHttp(const OverHttp&) = delete;
  OverHttp& operator=(const OverHttp&) = delete;

  // Faults: no answer, or one that is none.
  engine::base::Result<Reply> ask(const AskedQuestion& question);

 private:
  engine::snapshot::SnapshotCell cell_;
  std::unique_ptr<Served> served_;  // null until the first question
};

// What the two ways of asking say differently; empty: nothing.
std::string http_difference(const std::vector<Reply>& in_process, const std::vector<Reply>& http);

}  // namespace tests::peers
