#include "engine/snapshot/article_band_sets.hpp"

#include <algorithm>

namespace engine::snapshot {

namespace {

using BandCondition = std::pair<model::FieldId, std::vector<std::uint32_t>>;
using model::Schema;

bool is_among(const std::vector<std::uint32_t>& ids, std::uint32_t id) {
  return std::ranges::find(ids, id) != ids.end();
}

// No question can give a field of the article's side, but a customer may have it as well.
bool is_articles_own(const Frame& frame, model::FieldId field) {
  if (field == Schema::article || field == Schema::article_group) return true;
  if (frame.schema.field(field).side != model::FieldSide::article) return false;
  const auto& customers = frame.customers.attributes;
  for (std::uint32_t customer = 0; customer < customers.size(); ++customer) {
    for (const model::Attribute& attribute : customers[customer]) {
      if (attribute.field == field) return false;
    }
  }
  return true;
}

bool is_met_by(const Articles& articles, std::uint32_t article, const BandCondition& condition) {
  const auto& [field, ids] = condition;
  if (field == Schema::article) return is_among(ids, article);
  if (field == Schema::article_group) {
    return std::ranges::any_of(articles.groups[article],
                               [&](const Reached& group) { return is_among(ids, group.id); });
  }
  return std::ranges::any_of(articles.attributes[article], [&](const model::Attribute& attribute) {
    return attribute.field == field && is_among(ids, attribute.value.raw());
  });
}

}  // namespace

std::vector<std::uint16_t> article_band_sets(const Frame& frame) {
  for (const BoundLookupRow& row : frame.band_lookup) {
    for (const auto& condition : row.when) {
      if (!is_articles_own(frame, condition.first)) return {};
    }
  }
  std::vector<std::uint16_t> sets(frame.articles.base_units.size(), no_band_set);
  for (std::uint32_t article = 0; article < sets.size(); ++article) {
    const auto row = std::ranges::find_if(frame.band_lookup, [&](const BoundLookupRow& candidate) {
      return std::ranges::all_of(candidate.when, [&](const auto& condition) {
        return is_met_by(frame.articles, article, condition);
      });
    });
    if (row != frame.band_lookup.end()) {
      sets[article] = row->result;
    } else if (frame.band_lookup.empty() && frame.rules->band_sets.size() == 1) {
      sets[article] = 0;
    }
  }
  return sets;
}

}  // namespace engine::snapshot
