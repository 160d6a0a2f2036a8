// The set of bands that each article is shown by, where that follows from the article alone: where
// the look-up asks for nothing but articles, their groups and fields that only articles have. Made
// once, with the snapshot; else a line finds its set row by row (avail/band.hpp).
#pragma once

#include "engine/snapshot/frame.hpp"

#include <cstdint>
#include <vector>

namespace engine::snapshot {

inline constexpr std::uint16_t no_band_set = UINT16_MAX;

// By article; empty where it takes more than the article. Requires masters and band look-up.
std::vector<std::uint16_t> article_band_sets(const Frame& frame);

}  // namespace engine::snapshot
