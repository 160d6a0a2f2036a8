// What an import puts into the journal: rules documents, feed descriptions, accepted rows, the
// partition that they replace as a whole and what each feed brought, in this order, as one text; or,
// of a published draft, the contents of its parts, one after the other, each with such parts of its
// own; or a piece of a checkpoint, which also has the schema and what is known of each feed. Before
// each part stands a line "part KIND NAME-BYTES CONTENT-BYTES", so that a person can read it, too.
// Part of the stored format. Pure; any thread.
#pragma once

#include "engine/base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::node {

// In the order in which the parts of one batch are applied.
enum class PartKind : std::uint8_t {
  rules,
  feed_description,
  rows,
  replace,
  feed,
  draft_part,
  schema,      // of a checkpoint only, as the next
  feed_record  // see feed_record_text
};

struct Part {
  PartKind kind = PartKind::rows;
  std::string_view name;  // the file it came from, the feed, or a draft; empty for rows
  std::string_view content;
};

inline constexpr std::string_view import_kind = "import";  // store::Batch::kind of such a batch

std::string pack(std::span<const Part> parts);

// Views into `content`. Fault: store_corrupt.
engine::base::Result<std::vector<Part>> unpack(std::string_view content);

// The same, with the parts of a draft's parts in their place.
engine::base::Result<std::vector<Part>> unpack_all(std::string_view content);

}  // namespace server::node
