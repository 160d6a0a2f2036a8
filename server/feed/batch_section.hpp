// The line before each section of a journal batch, "kind NAME rows N [import I] feed FEED" or "names WHAT rows N feed ", and what else stands
// in a section beside its rows: for whoever reads batches (BatchReader, the audit). Part of the
// stored format. Pure; any thread.
#pragma once

#include "server/feed/canonical.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace server::feed {

struct BatchSection {
  Kind kind{};
  std::uint64_t rows = 0;
  std::string feed;
  // Where all facts are told anew: the import that the rows came with; or what names stand here, and
  // no rows of a kind.
  std::optional<std::uint64_t> import = {};
  std::string names = {};
};

// Sections of conditions carry the line of their source in a first column of this name: a record
// without external key is known by it.
inline constexpr std::string_view batch_line_column = "line";

inline bool carries_line(Kind kind) { return kind == Kind::conditions; }

// Nothing where the line is none.
std::optional<BatchSection> section_from(std::string_view line);

// A number with nothing before or behind it.
std::optional<std::uint64_t> batch_number_from(std::string_view text);

}  // namespace server::feed
