// The search for ties under one step: rivals of keys that meet, tried on the articles that the keys
// are for, and put to the engine. Bounded: a pair of keys takes so much effort, and so many ties of
// it are told; how many pairs were left out is told, too. One worker; see check_proof.hpp for what
// a question costs.
#pragma once

#include "engine/price/choose.hpp"
#include "rules/check_key_pairs.hpp"
#include "rules/check_proof.hpp"
#include "rules/check_rivals.hpp"

#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace rules {

// A pair found, to be told once however often it was met.
struct Claim {
  std::uint32_t record_a = 0;
  std::uint32_t record_b = 0;
  std::uint32_t meeting = 0;  // by its place in the step's
  std::uint32_t article = 0;
  std::uint32_t key_a = 0;
  std::uint32_t key_b = 0;
  std::unique_ptr<Witness> witness;  // null: not proved

  auto order() const { return std::tuple{record_a, record_b, witness == nullptr, meeting}; }
};

// Pairs of records of two keys that hold at one time and were not tried.
struct LeftOut {
  std::uint32_t key_a = 0;
  std::uint32_t key_b = 0;
  std::uint64_t pairs = 0;
};

// What one worker finds.
struct Claims {
  std::vector<Claim> found;
  std::vector<LeftOut> left_out;
};

using ToldPairs = std::set<std::pair<std::uint32_t, std::uint32_t>>;

class TieSearch {
 public:
  // All must outlive it. Pairs that are told already are passed over.
  TieSearch(const CheckContext& context, const Neighbours& neighbours, const ToldPairs& told);

  // `place` of the meeting among those of the step.
  void meet(std::uint16_t procedure, std::uint16_t step, const Meeting& meeting,
            std::uint32_t place, Claims& claims);

 private:
  void meet_keys(std::uint32_t a, std::uint32_t b);
  bool suspect(std::uint32_t a, std::uint32_t b);
  bool try_articles(std::uint32_t a, std::uint32_t b);
  template <class Visit>
  void each_article(const Visit& visit) const;
  Suspicion suspicion_of(std::uint32_t a, std::uint32_t b, std::uint32_t article,
                         bool computed) const;
  std::optional<bool> is_tied_on(std::uint32_t a, std::uint32_t b, std::uint32_t article) const;
  std::optional<std::uint16_t> distance_to(const engine::snapshot::TableInfo& table,
                                           std::uint32_t key, std::uint16_t access,
                                           std::uint32_t article) const;
  std::optional<engine::price::Line> line_for(std::uint32_t a, std::uint32_t b,
                                              std::uint32_t article) const;
  bool answers_differ(std::uint32_t a, std::uint32_t b, std::uint32_t article) const;
  bool is_beaten(std::uint32_t number, std::uint32_t other,
                 const engine::price::ChoiceContext& context, const engine::price::Candidate& own,
                 std::uint32_t key) const;
  bool beats(const engine::price::ChoiceContext& context, std::uint32_t third,
             const engine::price::Candidate& own) const;
  void claim(std::uint32_t a, std::uint32_t b, std::uint32_t article,
             std::unique_ptr<Witness> witness);

  const CheckContext& context_;
  const engine::snapshot::Snapshot& snapshot_;
  const engine::snapshot::ConditionIndex& index_;
  const ToldPairs& told_;
  KeyPairs key_pairs_;
  Prover prover_;
  engine::price::Plan plan_{{engine::price::PlanPart{}}, {}, 0, {}};
  std::uint16_t procedure_ = 0;
  std::uint16_t number_ = 0;
  const engine::snapshot::BoundStep* step_ = nullptr;
  const engine::rule::Find* find_ = nullptr;
  const std::vector<engine::rule::Choice>* choices_ = nullptr;
  const Meeting* meeting_ = nullptr;
  Rivals* rivals_ = nullptr;
  std::uint32_t place_ = 0;
  Claims* claims_ = nullptr;
  std::uint32_t key_a_ = 0;
  std::uint32_t key_b_ = 0;
  std::uint64_t effort_ = 0;  // that is left for the two keys
  std::size_t claimed_ = 0;   // of the two keys
};

}  // namespace rules
