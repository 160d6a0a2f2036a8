// BulkCustomer: what a price list has to know of one customer - the parts that the customer reaches,
// step by step, level by level, with the sheet of each. Made once per customer, read by any worker.
#pragma once

#include "engine/price/bulk_procedure.hpp"
#include "engine/price/bulk_sheets.hpp"
#include "engine/price/plan.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::price {

// The article side of keys that are no articles: where an article has no more than one, and that at
// distance 0, it stands in a column. Of all articles; made once a list.
struct BulkArticleKeys {
  static constexpr std::uint32_t several = UINT32_MAX;  // look into the snapshot's mapping

  std::vector<std::uint32_t> keys;  // by article; `none`, where it has none
  std::uint32_t none = 0;           // one past the largest key
  bool is_single = false;           // no article has `several`
};

std::vector<BulkArticleKeys> bulk_article_keys(const snapshot::Snapshot& snapshot);

// A part that the customer reaches by an access.
struct BulkSource {
  const BulkSheet* sheet = nullptr;
  base::CivilMinutes until = base::CivilMinutes::latest();  // the part is reached
  std::uint32_t part = 0;                                   // index into the plan's parts
  std::uint16_t access = 0;
  std::uint16_t distance = 0;
};

// Sources of one access, which stand together.
struct BulkAccess {
  std::uint32_t begin = 0;  // into BulkCustomer::sources
  std::uint32_t end = 0;
  std::uint16_t table = 0;  // of mapped sides: number among all accesses
  std::uint16_t mapping = 0;
  snapshot::ArticleSide side = snapshot::ArticleSide::none;
  bool ancestors = true;
};

struct BulkLevel {
  std::uint32_t begin = 0;  // into BulkCustomer::accesses
  std::uint32_t end = 0;
};

struct BulkCustomer {
  const Header* header = nullptr;
  Plan plan;
  std::vector<BulkSource> sources;
  std::vector<BulkAccess> accesses;  // only those that reach something
  std::vector<BulkLevel> levels;
  std::vector<BulkLevel> steps;  // by BulkProcedure::steps: ranges of levels
  // The evaluator has to price this one: a part is reached only later, and it is asked how long
  // prices hold.
  bool is_general = false;
};

// `sheets` is to be filled between want_sheets() and the first list.
BulkCustomer prepare_customer(const BulkTerms& terms, const BulkProcedure& procedure,
                              const Header& header);
// Asks for the customer's sheets. One thread.
void want_sheets(BulkCustomer& customer, const BulkProcedure& procedure, BulkSheets& sheets);

}  // namespace engine::price
