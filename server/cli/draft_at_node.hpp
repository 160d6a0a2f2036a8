// netto draft --url: the same at a running node, over /v1/drafts. Files go one after the other, each as
// a part of its own. Where one is refused a draft that was to be made of them is dropped again; of one
// that they were added to those before it stay, and that is told. One thread.
#pragma once

#include "server/cli/command.hpp"
#include "server/store/journal.hpp"

#include <string>
#include <vector>

namespace server::cli {

struct DraftOptions {
  std::string name;
  std::vector<std::string> paths;
  std::string replace;
  std::string by;
  std::string note;
  std::string at;
  std::string url;
};

void keep_in_draft_at_node(const DraftOptions& options, store::DraftUse use, Run& run);
void list_drafts_at_node(const DraftOptions& options, Run& run);
void publish_draft_at_node(const DraftOptions& options, Run& run);
void unschedule_draft_at_node(const DraftOptions& options, Run& run);
void drop_draft_at_node(const DraftOptions& options, Run& run);

}  // namespace server::cli
