// What all parts of a check share: the snapshot, which accesses read which table, which articles
// stand behind a key, and the words in which places and times are told. Immutable once made, but
// for the count of questions asked; any worker may read it.
#pragma once

#include "rules/checker.hpp"

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace rules {

// An access that reads a table.
struct TableUse {
  std::uint16_t procedure = 0;
  std::uint16_t step = 0;
  std::uint16_t access = 0;
};

// Lists of numbers per dense number: articles by key, keys by key.
class NumberLists {
 public:
  // Pairs of (list, number), in any order; each pair once is kept.
  explicit NumberLists(std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs = {});

  std::span<const std::uint32_t> operator[](std::uint32_t list) const;

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> items_;
};

class CheckContext {
 public:
  CheckContext(const engine::snapshot::Snapshot& snapshot, const CheckOptions& options);

  const engine::snapshot::Snapshot& snapshot() const { return snapshot_; }

  const engine::snapshot::ConditionIndex& index() const { return index_; }

  const CheckOptions& options() const { return options_; }

  const std::vector<TableUse>& uses_of(engine::model::TableId table) const {
    return uses_[table.raw()];
  }

  const engine::snapshot::BoundStep& step(const TableUse& use) const {
    return snapshot_.procedures()[use.procedure].steps[use.step];
  }

  const engine::rule::Access& access(const TableUse& use) const {
    return step(use).rule->find->accesses[use.access];
  }

  const engine::snapshot::TableInfo& table_of_part(std::uint32_t part) const {
    return index_.table(index_.table_of_part(part));
  }

  const engine::model::ConditionType& type_of_part(std::uint32_t part) const {
    return snapshot_.schema().type(table_of_part(part).shape.type);
  }

  // Articles that reach a key of a mapped table.
  std::span<const std::uint32_t> articles_of(std::uint16_t mapping, std::uint32_t key) const {
    return articles_of_key_[mapping][key];
  }

  // What a record text compiled to; null of none.
  const engine::rule::Formula* formula_of(std::uint32_t text) const;
  // Code of the article that the key is for; empty where it is for none, or several.
  std::string article_of(std::uint32_t part, std::uint32_t position) const;
  std::string document_of(const engine::model::ConditionRecord& record) const;
  // "customer K1, article_group PIPES": the whole key of a record.
  std::string key_text(std::uint32_t part, std::uint32_t position) const;
  // The party side alone, codes only: "K1"; "everybody" where there is none.
  std::string party_text(std::uint32_t part) const;
  // "12.50 EUR".
  std::string value_text(const engine::model::ConditionRecord& record) const;

  // Takes one from the questions there are left; false where there is none.
  bool may_ask() const { return asked_.fetch_add(1) < options_.questions_max; }

 private:
  const engine::snapshot::Snapshot& snapshot_;
  const engine::snapshot::ConditionIndex& index_;
  const CheckOptions& options_;
  std::vector<std::vector<TableUse>> uses_;  // by table
  std::vector<NumberLists> articles_of_key_;
  mutable std::atomic<std::size_t> asked_{0};
};

// "from 2026-01-01", "from ever".
std::string start_text(engine::base::CivilMinutes at);
// Validity is half-open inside; people are told the last day that belongs to it.
std::string end_text(engine::base::CivilMinutes at);
std::string quantity_text(engine::base::Quantity quantity);
// "1 record", "2 records".
std::string counted_text(std::uint64_t count, std::string_view noun);

// Whether both may be candidates of one line, as far as currency, window and validity say.
bool same_candidates(const engine::snapshot::ConditionIndex& index,
                     const engine::model::ConditionRecord& a,
                     const engine::model::ConditionRecord& b);

}  // namespace rules
