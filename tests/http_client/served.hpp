// Snapshots served over HTTP for tests: a server of the real kind in this process, on any free port,
// and a client of another make that talks to it through the loopback interface. The server has
// threads of its own; questions are put from one thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/snapshot/snapshot_cell.hpp"
#include "rules/json_tree.hpp"

#include <memory>
#include <string>

namespace tests {

class Served {
 public:
  // Listens from here on; the cell must outlive it. Faults: those of the server.
  static engine::base::Result<std::unique_ptr<Served>> open(
      const engine::snapshot::SnapshotCell& snapshots);
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  // The answer to a quote. Faults: no answer, one of another status than 200 (in `where`), or one
  // that is no JSON.
  engine::base::Result<rules::Json> quote(const std::string& body);

  std::string address() const;

 private:
  struct Inner;
  explicit Served(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace tests
