#include "engine/price/bulk_customer.hpp"

#include <algorithm>

namespace engine::price {

using snapshot::Snapshot;

std::vector<BulkArticleKeys> bulk_article_keys(const Snapshot& snapshot) {
  std::vector<BulkArticleKeys> made;
  for (const auto& mapping : snapshot.articles().mappings) {
    BulkArticleKeys& own = made.emplace_back();
    const auto count = static_cast<std::uint32_t>(mapping.size());
    own.keys.resize(count);
    for (std::uint32_t article = 0; article < count; ++article) {
      for (const snapshot::ArticleKey& key : mapping[article])
        own.none = std::max(own.none, key.key + 1);
    }
    own.is_single = true;
    for (std::uint32_t article = 0; article < count; ++article) {
      const auto keys = mapping[article];
      const bool is_one = keys.size() == 1 && keys.front().distance == 0;
      own.keys[article] = keys.empty() ? own.none
                          : is_one     ? keys.front().key
                                       : BulkArticleKeys::several;
      own.is_single = own.is_single && own.keys[article] != BulkArticleKeys::several;
    }
  }
  return made;
}

BulkCustomer prepare_customer(const BulkTerms& terms, const BulkProcedure& procedure,
                              const Header& header) {
  const Snapshot& snapshot = *terms.snapshot;
  const snapshot::BoundProcedure& bound = snapshot.procedures()[terms.procedure];
  BulkCustomer made;
  made.header = &header;
  make_plan(snapshot, bound, header, made.plan);
  for (const BulkStep& step : procedure.steps) {
    BulkLevel& levels = made.steps.emplace_back();
    levels.begin = static_cast<std::uint32_t>(made.levels.size());
    const auto& accesses = bound.steps[step.number].accesses;
    for (std::size_t i = 0; step.finds && i < accesses.size(); ++i) {
      const rule::Access& rule = *accesses[i].rule;
      if (i == 0 || rule.level != accesses[i - 1].rule->level) {
        const auto next = static_cast<std::uint32_t>(made.accesses.size());
        made.levels.push_back({next, next});
      }
      if (rule.agreement == rule::AgreementUse::asked) continue;  // a list's lines name none
      const AccessPlan& plan = made.plan.view().of(0, bound.steps[step.number], i);
      const auto& table = snapshot.conditions().table(rule.table);
      BulkAccess access;
      access.begin = static_cast<std::uint32_t>(made.sources.size());
      access.table = static_cast<std::uint16_t>(bound.steps[step.number].first_access + i);
      access.mapping = table.mapping;
      access.side = table.side;
      access.ancestors = rule.group_ancestors;
      for (std::uint32_t part = plan.begin; part < plan.end; ++part) {
        const PlanPart& reached = made.plan.parts[part];
        if (terms.asks_until && reached.validity.from > terms.date) made.is_general = true;
        if (!reached.validity.contains(terms.date)) continue;
        made.sources.push_back(
            {nullptr, reached.validity.to, part, static_cast<std::uint16_t>(i), reached.distance});
      }
      access.end = static_cast<std::uint32_t>(made.sources.size());
      if (access.begin == access.end) continue;
      made.accesses.push_back(access);
      made.levels.back().end = static_cast<std::uint32_t>(made.accesses.size());
    }
    levels.end = static_cast<std::uint32_t>(made.levels.size());
  }
  made.plan.wanted = {};
  made.plan.accesses = {};
  return made;
}

void want_sheets(BulkCustomer& customer, const BulkProcedure& procedure, BulkSheets& sheets) {
  for (std::size_t step = 0; step < procedure.steps.size(); ++step) {
    for (std::uint32_t level = customer.steps[step].begin; level < customer.steps[step].end;
         ++level) {
      for (std::uint32_t access = customer.levels[level].begin; access < customer.levels[level].end;
           ++access) {
        const BulkAccess& own = customer.accesses[access];
        for (std::uint32_t i = own.begin; i < own.end; ++i) {
          BulkSource& source = customer.sources[i];
          source.sheet = sheets.sheet(procedure.steps[step].number, source.access,
                                      customer.plan.parts[source.part].part);
        }
      }
    }
  }
}

}  // namespace engine::price
