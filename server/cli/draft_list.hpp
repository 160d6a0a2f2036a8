// The drafts there are, as a table: the same of a data folder and of a running node. One thread.
#pragma once

#include "server/cli/command.hpp"
#include "server/store/journal.hpp"

#include <span>

namespace server::cli {

void write_drafts(std::span<const store::Draft> drafts, Run& run);

}  // namespace server::cli
