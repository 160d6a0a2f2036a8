#include "engine/snapshot/article_mapping.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace engine::snapshot {

using model::FieldId;
using model::Schema;

namespace {

// Every combination of the article's values that some record stands under. Articles have few groups
// and one value per attribute, so the product stays small.
void map_article(const Articles& articles, std::uint32_t article,
                 const model::ArticleMapping& mapping, std::vector<ArticleKey>& keys) {
  struct Partial {
    std::vector<std::uint32_t> values;
    std::uint16_t distance = 0;
  };

  std::vector<Partial> partials(1);
  for (const FieldId field : mapping.fields) {
    std::vector<Partial> extended;
    const auto extend = [&](std::uint32_t value, std::uint16_t distance) {
      for (const Partial& partial : partials) {
        extended.push_back(partial);
        extended.back().values.push_back(value);
        extended.back().distance = static_cast<std::uint16_t>(partial.distance + distance);
      }
    };
    if (field == Schema::article) {
      extend(article, 0);
    } else if (field == Schema::article_group) {
      for (const Reached& group : articles.groups[article]) extend(group.id, group.distance);
    } else {
      for (const model::Attribute& attribute : articles.attributes[article]) {
        if (attribute.field == field) extend(attribute.value.raw(), 0);
      }
    }
    partials = std::move(extended);
  }
  for (const Partial& partial : partials) {
    const auto found = mapping.numbers.find(partial.values);
    if (found != mapping.numbers.end()) keys.push_back({found->second, partial.distance});
  }
  std::ranges::stable_sort(keys, {}, &ArticleKey::distance);
}

}  // namespace

void map_articles(std::span<const model::ArticleMapping> mappings, Articles& articles) {
  const auto count = static_cast<std::uint32_t>(articles.codes->size());
  std::vector<ArticleKey> keys;
  for (const model::ArticleMapping& mapping : mappings) {
    Csr<ArticleKey>& lists = articles.mappings.emplace_back();
    for (std::uint32_t article = 0; article < count; ++article) {
      keys.clear();
      map_article(articles, article, mapping, keys);
      lists.add(keys);
    }
    lists.shrink();
  }
}

}  // namespace engine::snapshot
