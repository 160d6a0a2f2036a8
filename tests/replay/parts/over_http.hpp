// Asks orders of AdventureWorks over HTTP, one request an order, of a server in this process; see
// tests/http_client. What is no answer to the order is told as the outcome of its lines. One thread
// beside the server's.
#pragma once

#include "engine/base/result.hpp"
#include "engine/snapshot/snapshot_cell.hpp"

#include "tests/replay/parts/comparison.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tests {
class Served;
}

namespace tests::replay {

class OverHttp {
 public:
  // Listens from here on. Faults: those of the server.
  static engine::base::Result<std::unique_ptr<OverHttp>> open(
      const engine::snapshot::SnapshotCell& snapshots);
  ~OverHttp();
  OverHttp(const OverHttp&) = delete;
  OverHttp& operator=(const OverHttp&) = delete;

  std::vector<AnsweredLine> ask(const Order& order);

  std::string address() const;

 private:
  explicit OverHttp(std::unique_ptr<Served> served);
  std::unique_ptr<Served> served_;
};

}  // namespace tests::replay
