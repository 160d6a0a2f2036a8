// BulkSearch: what a customer's sheets say of consecutive articles, laid over them in columns, level
// by level. The rules of the search are those of block_search.hpp: the first level with a candidate
// wins, candidates of one level are chosen among, a tie is left to the evaluator. One worker's.
#pragma once

#include "engine/price/bulk_customer.hpp"
#include "engine/price/bulk_formula.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::price {

class BulkSearch {
 public:
  // What of a line is taken: nothing (0); by the level at hand, with its origin beside it, or by the
  // source that the level begins with, which knows the origin; by what came before.
  static constexpr std::uint8_t here = 1;
  static constexpr std::uint8_t by_first = 2;
  static constexpr std::uint8_t shut = 4;

  BulkSearch(const BulkTerms& terms, const BulkProcedure& procedure,
             std::span<const BulkArticleKeys> keys, std::uint32_t lines);

  // The customer's articles from `first` on, rising, until the next call of this.
  void start(const BulkCustomer& customer, std::uint32_t first);

  // Of the `count` articles from `first` on, those that are not shut: what the step finds, into
  // `columns`.
  void find(const snapshot::BoundStep& bound, const BulkLevel& levels, BulkColumns& columns,
            std::uint32_t first, std::uint32_t count);

  // By line. Whoever searches says beforehand which are shut.
  std::vector<std::uint8_t> taken;
  std::vector<std::uint8_t> hard;          // to be priced by the evaluator
  std::vector<base::CivilMinutes> untils;  // how long the line holds; empty unless asked for

 private:
  struct Origin {
    std::uint32_t part = 0;  // index into the plan's parts
    std::uint16_t access = 0;
    std::uint16_t distance = 0;
  };

  // What an access with a mapped article side says, by article key.
  struct KeyTable {
    std::vector<BulkEntry> entries;
    std::vector<Origin> origins;
    std::vector<BulkUntil> untils;
    std::vector<std::uint32_t> used;
    bool has_hard = false;
  };

  void fill_table(const BulkAccess& access, const snapshot::BoundStep& step);
  void lay(const snapshot::BoundStep& step, const BulkAccess& access, bool is_first);
  void lay_dense(const snapshot::BoundStep& step, const BulkSource& source, bool is_first);
  void lay_sparse(const snapshot::BoundStep& step, const BulkSource& source);
  void lay_keys(const snapshot::BoundStep& step, const BulkAccess& access, bool is_first);
  void lay_single(const snapshot::BoundStep& step, const BulkSource& source);
  bool is_simple(const BulkAccess& access) const;
  void lay_simple_keys(const BulkAccess& access);
  void clear_unlaid();
  void offer_keys(const snapshot::BoundStep& step, const BulkAccess& access, std::uint32_t line);
  void offer(const snapshot::BoundStep& step, std::uint32_t line, const BulkEntry& entry,
             const Origin& origin);
  Origin origin_of(std::uint32_t line) const;
  bool resolve(const snapshot::BoundStep& step, model::ArticleId article, BulkEntry& best,
               Origin& origin, const BulkEntry& other, const Origin& other_origin) const;
  void hold(std::uint32_t line, const BulkUntil& until, bool is_found, base::CivilMinutes reached);

  const BulkTerms& terms_;
  const BulkProcedure& procedure_;
  const snapshot::Snapshot& snapshot_;
  const snapshot::BoundProcedure& bound_;
  std::span<const BulkArticleKeys> keys_;
  const BulkCustomer* customer_ = nullptr;
  std::uint32_t first_ = 0;
  std::uint32_t count_ = 0;
  std::vector<KeyTable> tables_;      // by access
  std::vector<std::size_t> cursors_;  // by source: the next entry of a sparse sheet
  std::vector<Origin> origins_;       // by line, where a level has several sources
  BulkColumns* finding_ = nullptr;
  const BulkAccess* first_access_ = nullptr;  // of the level at hand
  bool is_laid_ = true;                       // every line of `finding_` says something
};

}  // namespace engine::price
