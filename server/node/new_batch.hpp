// What an import that was read makes for the journal: its content, where it came from, and the rows
// that could not be used. Pure; any thread.
#pragma once

#include "server/feed/importer.hpp"
#include "server/node/gather.hpp"
#include "server/node/node.hpp"
#include "server/store/journal.hpp"

#include <cstdint>
#include <string>

namespace server::node {

// For people: the source that the request names, and the paths.
std::string source_of(const ImportRequest& request);

// Of the bytes that were sent: tells a repeat from another batch.
std::int64_t checksum_of(const ImportRequest& request);

// An import after its files were read; `feeds` of its report. Its time is to be set. The content is
// empty where the import brings nothing that could be kept; a delivery counts for its feed whatever
// it brings.
store::NewBatch new_batch(const ImportRequest& request, const store::Delivery& delivery,
                          const Gathered& gathered, const feed::Import& import,
                          const feed::ImportReport& report);

}  // namespace server::node
