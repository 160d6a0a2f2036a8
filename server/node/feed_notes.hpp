// What an import leaves to be known of its feeds: what guards found in the last batch of each, and the last one that did
// not go in. Kept by the journal, and in memory by whoever serves; no state follows from it. A batch
// that names its feed is of that one; an import of files, of those that its files are of. Plain
// values; any thread.
#pragma once

#include "server/node/node.hpp"
#include "server/store/journal.hpp"

#include <string>
#include <vector>

namespace server::node {

std::vector<store::HeldFinding> stored_findings(const std::vector<feed::Finding>& findings);

// A guard that this version does not know is left out.
std::vector<feed::Finding> findings_of(const std::vector<store::HeldFinding>& stored);

// Of each feed of a batch that goes in or is held; without findings where guards found nothing.
std::vector<store::FeedFound> found_in(const ImportRequest& request, const ImportOutcome& outcome);

// Why a batch did not go in, the last fault of each feed; a fault of no feed is left out.
std::vector<store::FeedError> errors_in(const ImportRequest& request, const ImportOutcome& outcome,
                                        const std::string& at);

// `news` takes the place of what was known of its feeds; at most noted_feeds_max are kept.
void take_up(const store::FeedNotes& news, store::FeedNotes& known);

}  // namespace server::node
