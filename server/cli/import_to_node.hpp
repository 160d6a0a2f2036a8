// import --url: files sent to a running node, rules documents and feed descriptions first, as one
// batch, then each data file as a batch of its feed. A batch has an id made of
// its content unless one is given, so that sending again, by hand or because an answer was lost, is
// harmless. A file larger than a batch may be goes in parts of whole rows, each a batch of its own.
// Stops at the first batch that does not go in. One thread.
#pragma once

#include "server/cli/command.hpp"
#include "server/http/limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace server::cli {

struct NodeImport {
  std::string url;
  std::vector<std::string> paths;
  std::string feed;            // empty: by the names of the files
  std::string batch_id;        // empty: from the content
  bool is_sent_again = false;  // as a new batch, whatever came before
  std::optional<std::uint64_t> sequence;
  bool all_or_nothing = false;
  std::optional<std::string> replace;
  std::uint32_t retry_seconds = 30;
  std::uint64_t part_bytes = http::limits::batch_bytes;
};

void import_to_node(const NodeImport& options, Run& run);

}  // namespace server::cli
