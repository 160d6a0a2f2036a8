#include "server/cli/asked_folder.hpp"

#include <fmt/core.h>

#include <utility>

namespace server::cli {

engine::base::Result<AskedFolder> open_asked(const std::string& draft, const Run& run) {
  const auto keep = draft.empty() ? node::Keep::snapshot_only : node::Keep::facts;
  auto node = node::Node::open(run.data, {node::Access::read, keep});
  if (!node) return node.error();
  AskedFolder asked;
  asked.node = *std::move(node);
  asked.live = asked.node->snapshot();
  asked.snapshot = asked.live;
  asked.based_on = asked.live->generation();
  if (draft.empty()) return asked;
  auto view = asked.node->draft_view(draft);
  if (!view) return view.error();
  asked.snapshot = std::move(view->snapshot);
  asked.live = std::move(view->live);
  asked.based_on = view->based_on;
  fmt::print(run.err, "netto: from draft {} on generation {}, not live\n", draft, asked.based_on);
  return asked;
}

}  // namespace server::cli
