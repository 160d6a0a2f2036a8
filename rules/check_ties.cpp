#include "rules/check_ties.hpp"

#include "engine/base/parallel.hpp"
#include "rules/check_tie_search.hpp"

#include <algorithm>
#include <map>

namespace rules {

namespace model = engine::model;
namespace rule = engine::rule;
using engine::snapshot::BoundStep;
using model::ConditionRecord;

namespace {

bool refuses_ties(const BoundStep& step) { return step.rule->find->tie == rule::TiePolicy::refuse; }

std::string documents_text(const CheckContext& context, const Claim& claim) {
  const std::string x = context.document_of(context.index().record(claim.record_a));
  const std::string y = context.document_of(context.index().record(claim.record_b));
  if (x == y || y.empty()) return x;
  return x.empty() ? y : x + " and " + y;
}

void tell(const CheckContext& context, const std::string& step, const Claim& claim,
          FindingSink& sink) {
  const auto& snapshot = context.snapshot();
  const auto& index = context.index();
  const ConditionRecord& x = index.record(claim.record_a);
  const ConditionRecord& y = index.record(claim.record_b);
  const auto name = [&](const ConditionRecord& record, std::uint32_t key) {
    return snapshot.record_label(record) + " (" + context.value_text(record) + " for " +
           context.key_text(index.part_of_key(key), key) + ")";
  };
  std::string text =
      "step '" + step + "': " + name(x, claim.key_a) + " and " + name(y, claim.key_b);
  const std::string documents = documents_text(context, claim);
  if (claim.witness == nullptr) {
    text += " may claim the same lines: no comparator decides, but no question asked met both";
    sink.add(FindingKind::possible_tie,
             std::string{snapshot.article_code(model::ArticleId{claim.article})}, documents,
             std::move(text));
    return;
  }
  text += " claim the same lines " + start_text(std::max(x.valid_from, y.valid_from)) +
          " from quantity " + quantity_text(std::max(x.threshold, y.threshold)) +
          " and no comparator decides";
  sink.add(FindingKind::tie, claim.witness->article, documents, std::move(text), *claim.witness);
}

void tell_left_out(const CheckContext& context, const std::string& step, const LeftOut& left,
                   FindingSink& sink) {
  const auto& index = context.index();
  const auto name = [&](std::uint32_t key) {
    return "'" + context.key_text(index.part_of_key(key), key) + "'";
  };
  const std::string keys =
      left.key_a == left.key_b ? name(left.key_a) : name(left.key_a) + " and " + name(left.key_b);
  sink.add(FindingKind::not_compared, context.article_of(index.part_of_key(left.key_a), left.key_a),
           "",
           "step '" + step + "': of the records of " + keys + " that hold at one time, " +
               std::to_string(left.pairs) + " pairs were left out of the search for ties");
}

// What all workers claim, each pair once, proved where any of them was; of pairs left out, what the
// meeting that left most has left.
void tell_all(const CheckContext& context, const std::string& step, std::vector<Claims>& by_worker,
              ToldPairs& told, FindingSink& sink) {
  std::vector<Claim> all;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> left_out;
  for (Claims& claims : by_worker) {
    for (Claim& claim : claims.found) all.push_back(std::move(claim));
    for (const LeftOut& left : claims.left_out) {
      std::uint64_t& pairs = left_out[std::minmax(left.key_a, left.key_b)];
      pairs = std::max(pairs, left.pairs);
    }
  }
  std::ranges::sort(all, [](const Claim& a, const Claim& b) { return a.order() < b.order(); });
  for (const Claim& claim : all) {
    if (told.emplace(claim.record_a, claim.record_b).second) tell(context, step, claim, sink);
  }
  for (const auto& [keys, pairs] : left_out)
    tell_left_out(context, step, {keys.first, keys.second, pairs}, sink);
}

}  // namespace

void check_ties(const CheckContext& context, FindingSink& sink, Reached& reached) {
  Neighbours neighbours;
  ToldPairs told;
  const auto& procedures = context.snapshot().procedures();
  for (std::uint16_t procedure = 0; procedure < procedures.size(); ++procedure) {
    for (std::uint16_t step = 0; step < procedures[procedure].steps.size(); ++step) {
      const BoundStep& bound = procedures[procedure].steps[step];
      if (!bound.rule->find) continue;
      const auto meetings = meetings_of(context, procedure, step, reached);
      if (!refuses_ties(bound)) continue;
      neighbours.add(context, bound);
      std::vector<Claims> claims(engine::base::worker_count());
      engine::base::parallel_for(meetings.size(), 16,
                                 [&](std::size_t begin, std::size_t end, std::size_t worker) {
                                   TieSearch search{context, neighbours, told};
                                   for (std::size_t i = begin; i < end; ++i)
                                     search.meet(procedure, step, meetings[i],
                                                 static_cast<std::uint32_t>(i), claims[worker]);
                                 });
      tell_all(context, bound.rule->name, claims, told, sink);
    }
  }
}

}  // namespace rules
