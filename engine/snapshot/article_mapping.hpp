// Which keys of each mapping an article reaches: combinations of its own values, of its groups and
// their ancestors, nearest first. Used by SnapshotBuilder.
#pragma once

#include "engine/model/condition_store.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <span>

namespace engine::snapshot {

// Fills articles.mappings; `articles` must have its groups and attributes already.
void map_articles(std::span<const model::ArticleMapping> mappings, Articles& articles);

}  // namespace engine::snapshot
