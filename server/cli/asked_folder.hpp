// A data folder opened for questions: what is live there, or what it would be with a draft. One
// thread; costs a start, with a draft two builds in full.
#pragma once

#include "engine/base/result.hpp"
#include "server/cli/command.hpp"
#include "server/node/node.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace server::cli {

struct AskedFolder {
  std::unique_ptr<node::Node> node;
  std::shared_ptr<const engine::snapshot::Snapshot> snapshot;  // what is asked
  std::shared_ptr<const engine::snapshot::Snapshot> live;      // the same without a draft
  std::uint64_t based_on = 0;                                  // generation of `live`
};

// An empty name: no draft. With one it is told on run.err that nothing here is live. Faults: those of
// Node::open() and Node::draft_view().
engine::base::Result<AskedFolder> open_asked(const std::string& draft, const Run& run);

}  // namespace server::cli
