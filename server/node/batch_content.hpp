// What an import puts into the journal: rules documents, feed descriptions, accepted rows, the
// partition that they replace as a whole and what each feed brought, in this order, as one text; and
// what a piece of a checkpoint holds, which also has the schema and what is known of each feed. Before
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
  schema,      // of a checkpoint only, as the next
  feed_record  // see feed_record_text
};

struct Part {
  PartKind kind = PartKind::rows;
  std::string_view name;  // the file it came from, or the feed; empty for rows
  std::string_view content;
};

inline constexpr std::string_view import_kind = "import";  // store::Batch::kind of such a batch

std::string pack(std::span<const Part> parts);

// Views into `content`. Fault: store_corrupt.
engine::base::Result<std::vector<Part>> unpack(std::string_view content);

}  // namespace server::node
