// ConditionIndexBuilder: sorts the condition rows of the facts into a ConditionIndex and makes the
// article mappings: for every table whose article side is not the plain article, which of its keys
// each article reaches. Used by SnapshotBuilder only. Cost: linear in rows, and a sort within each
// part, in parallel.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/snapshot/condition_index.hpp"
#include "engine/snapshot/csr.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace engine::snapshot {

class ConditionIndexBuilder {
 public:
  // `articles` must have its groups and attributes already; its mappings are filled here.
  ConditionIndexBuilder(const model::Facts& facts, Articles& articles);

  ConditionIndex build();

 private:
  // Combinations of article-side values that occur in records, each with its key.
  struct Mapping {
    std::vector<model::FieldId> fields;
    std::map<std::vector<std::uint32_t>, std::uint32_t> keys;
  };

  struct Row {
    std::uint32_t article_key = 0;
    std::uint32_t row = 0;
  };

  void describe_table(model::TableId id);
  std::uint16_t mapping_of(const std::vector<model::FieldId>& fields);
  void add_table(model::TableId id);
  std::uint32_t intern_part(model::TableId id, std::span<const std::uint32_t> values);
  void place_part(std::uint32_t number);
  std::uint32_t article_key(const TableInfo& info, std::span<const std::uint32_t> values);
  void append_part(const model::TableRows& rows, std::span<Row> sorted, ArticleSide side,
                   Part& part);
  KeySearch search_of(ArticleSide side, KeyRange keys) const;
  std::uint16_t terms_in_document(const model::ConditionRecord& record);
  void fill_slots();
  void fill_signatures();
  void map_articles();
  void map_article(std::uint32_t article, const Mapping& mapping,
                   std::vector<ArticleKey>& keys) const;

  const model::Facts& facts_;
  Articles& articles_;
  ConditionIndex made_;
  std::vector<Mapping> mappings_;
  std::vector<bool> refuses_discounts_;  // by document
  std::map<std::uint16_t, std::uint16_t>
      without_discounts_;  // terms to their twins that are not discountable
};

}  // namespace engine::snapshot
