// Asks orders of AdventureWorks over HTTP: a server of the real kind in this process, on any free
// port, and a client of another make that talks to it through the loopback interface, one request
// an order. One thread beside the server's.
#pragma once

#include "engine/base/result.hpp"
#include "engine/snapshot/snapshot_cell.hpp"

#include "tests/replay/parts/comparison.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

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
  struct Inner;
  explicit OverHttp(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tests::replay
