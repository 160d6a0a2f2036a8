// Facts that are told twice: each draft goes into model::Facts, and as plain text into an
// oracle::World, so that the oracle can be asked about the same company. One thread.
#pragma once

#include "engine/model/facts.hpp"

#include "tests/oracle/world.hpp"

namespace tests::peers {

class ToldFacts {
 public:
  using Put = engine::base::Result<void>;

  // Both must outlive it.
  ToldFacts(engine::model::Facts& facts, oracle::World& world) : facts_{facts}, world_{world} {}

  const engine::model::Facts& facts() const { return facts_; }

  void begin_batch() { facts_.begin_batch(); }

  // What the facts refuse is not told to the world.
  Put put(const engine::model::CurrencyDraft& draft);
  Put put(const engine::model::ExchangeRateDraft& draft);
  Put put(const engine::model::ArticleGroupDraft& draft);
  Put put(const engine::model::ArticleDraft& draft);
  Put put(const engine::model::ArticleUnitDraft& draft);
  Put put(const engine::model::CustomerGroupDraft& draft);
  Put put(const engine::model::CustomerDraft& draft);
  Put put(const engine::model::DocumentDraft& draft);
  Put put(const engine::model::ListAssignmentDraft& draft);
  Put put(const engine::model::ConditionDraft& draft);

 private:
  oracle::Pairs pairs(std::span<const engine::model::AttributeText> attributes) const;
  std::set<std::string> flags(std::uint32_t bits) const;

  engine::model::Facts& facts_;
  oracle::World& world_;
};

}  // namespace tests::peers
