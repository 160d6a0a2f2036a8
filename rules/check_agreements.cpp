#include "rules/check_agreements.hpp"

#include "engine/base/parallel.hpp"
#include "engine/price/choose.hpp"
#include "rules/check_sweep.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace rules {

namespace model = engine::model;
namespace price = engine::price;
namespace rule = engine::rule;
using engine::snapshot::ArticleSide;
using engine::snapshot::Snapshot;
using model::ConditionRecord;

namespace {

constexpr std::uint64_t compared_max = 100'000;  // pairs of an article
constexpr std::size_t listed_max = 20;           // agreements and reasons in one text
constexpr std::uint32_t everybody = UINT32_MAX;

// An agreement's record as a candidate for its article.
struct Agreed {
  std::uint32_t article = 0;
  std::uint32_t record = 0;
  std::uint32_t part = 0;
};

std::vector<Agreed> agreed_records(const CheckContext& context) {
  const auto& index = context.index();
  std::vector<Agreed> made;
  for (std::uint32_t part = 0; part < index.part_count(); ++part) {
    if (context.table_of_part(part).side != ArticleSide::article) continue;
    const auto keys = index.part_keys(part);
    for (std::uint32_t key = keys.begin; key < keys.end; ++key) {
      const auto records = index.records_of(key);
      for (std::uint32_t number = records.begin; number < records.end; ++number) {
        const model::DocumentId document = index.record(number).document;
        if (!document.is_none() && context.snapshot().is_agreement(document))
          made.push_back({index.key_at(key), number, part});
      }
    }
  }
  std::ranges::stable_sort(made, {}, &Agreed::article);
  return made;
}

class ArticleAgreements {
 public:
  ArticleAgreements(const CheckContext& context, FindingSink& sink)
      : context_{context}, snapshot_{context.snapshot()}, sink_{sink} {}

  void check(std::span<const Agreed> agreed) {
    agreements_.clear();
    reasons_.clear();
    compared_ = 0;
    left_out_ = 0;
    sweep(agreed);
    const std::string article{snapshot_.article_code(model::ArticleId{agreed.front().article})};
    if (!agreements_.empty()) {
      sink_.add(FindingKind::several_agreements, article, listed(agreements_, " and "),
                "is on several agreements at once; where none is named, " + listed(reasons_, "; "));
    }
    if (left_out_ == 0) return;
    sink_.add(FindingKind::not_compared, article, "",
              std::to_string(left_out_) +
                  " pairs of agreements' records were left out of the comparison, too many hold at "
                  "one time");
  }

 private:
  // By start, each with those that hold beside it; records for two customers can't meet.
  void sweep(std::span<const Agreed> agreed) {
    by_start_.clear();
    for (std::uint32_t i = 0; i < agreed.size(); ++i) by_start_.push_back(i);
    const auto start_of = [&](std::uint32_t i) {
      return context_.index().record(agreed[i].record).valid_from;
    };
    std::ranges::stable_sort(by_start_, {}, start_of);
    holding_.clear();
    for (const std::uint32_t i : by_start_) {
      const std::uint32_t own = customer_of(agreed[i]);
      if (own == everybody) {
        for (auto& [customer, holding] : holding_) meet(agreed, i, holding);
      } else {
        meet(agreed, i, holding_[own]);
        meet(agreed, i, holding_[everybody]);
      }
      holding_[own].add(i, context_.index().record(agreed[i].record).valid_to);
    }
  }

  void meet(std::span<const Agreed> agreed, std::uint32_t i, Holding& holding) {
    holding.advance(context_.index().record(agreed[i].record).valid_from);
    const std::size_t seen = holding.each([&](std::uint32_t other) {
      if (compared_ == compared_max) return false;
      ++compared_;
      compare(agreed[other], agreed[i]);
      return true;
    });
    left_out_ += holding.size() - seen;
  }

  // The customer that the key names, by the topmost of its parents.
  std::uint32_t customer_of(const Agreed& agreed) const {
    const auto& fields = context_.table_of_part(agreed.part).shape.party_fields;
    const auto at = std::ranges::find(fields, model::Schema::customer);
    if (at == fields.end()) return everybody;
    const auto values = context_.index().part_values(agreed.part);
    model::CustomerId customer{values[static_cast<std::size_t>(at - fields.begin())]};
    const auto& parents = snapshot_.customers().parents;
    while (!parents[customer.raw()].is_none()) customer = parents[customer.raw()];
    return customer.raw();
  }

  void compare(const Agreed& a, const Agreed& b) {
    const ConditionRecord& x = context_.index().record(a.record);
    const ConditionRecord& y = context_.index().record(b.record);
    if (x.document == y.document || !same_candidates(context_.index(), x, y)) return;
    if (!share_customers(x.document, y.document)) return;
    agreements_.insert(context_.document_of(x));
    agreements_.insert(context_.document_of(y));
    if (reasons_.size() <= listed_max) reasons_.insert(reason_between(a, b));
  }

  // Whether some customer may call off both.
  bool share_customers(model::DocumentId a, model::DocumentId b) const {
    const auto& of_a = snapshot_.documents()[a.raw()].customers;
    const auto& of_b = snapshot_.documents()[b.raw()].customers;
    if (of_a.empty() || of_b.empty()) return true;
    return std::ranges::any_of(of_a, [&](model::CustomerId customer) {
      return std::ranges::find(of_b, customer) != of_b.end();
    });
  }

  static std::string listed(const std::set<std::string>& texts, std::string_view between) {
    std::string made;
    std::size_t count = 0;
    for (const std::string& text : texts) {
      if (count++ == listed_max)
        return made.append(between) + "more (" + std::to_string(texts.size()) + " or more in all)";
      made.append(made.empty() ? "" : between).append(text);
    }
    return made;
  }

  // The first rule that tells two records apart: the search order, or a comparator.
  std::optional<std::string> deciding(const TableUse& a, const TableUse& b, const Agreed& x,
                                      const Agreed& y) const {
    const rule::Find& find = *context_.step(a).rule->find;
    if (find.accesses[a.access].level != find.accesses[b.access].level)
      return "the search order of the accesses";
    price::Plan plan;
    plan.parts.resize(2);
    price::Line line;
    line.article = model::ArticleId{x.article};
    const auto [near_x, near_y] = distances(x.part, y.part);
    const price::ChoiceContext context{&snapshot_, plan.parts, &find, nullptr, &line, nullptr};
    const price::Candidate first{x.record, 0, 0, a.access, near_x, 0};
    const price::Candidate second{y.record, 1, 0, b.access, near_y, 0};
    for (const rule::Choice& choice : find.choose) {
      if (price::compare(context, choice, first, second) != 0)
        return std::string{rule::comparator_name(choice.by)};
    }
    return std::nullopt;
  }

  // Distances as a buyer sees them who reaches both parts: one of a lower group also reaches the
  // groups above it.
  std::pair<std::uint16_t, std::uint16_t> distances(std::uint32_t a, std::uint32_t b) const {
    const auto& index = context_.index();
    const auto& shape = context_.table_of_part(a).shape;
    const auto at = std::ranges::find(shape.party_fields, model::Schema::customer_group);
    if (at == shape.party_fields.end() || index.table_of_part(a) != index.table_of_part(b))
      return {0, 0};
    const auto field = static_cast<std::size_t>(at - shape.party_fields.begin());
    const model::CustomerGroupId x{index.part_values(a)[field]};
    const model::CustomerGroupId y{index.part_values(b)[field]};
    if (const auto up = snapshot_.group_distance(x, y)) return {std::uint16_t{0}, *up};
    if (const auto up = snapshot_.group_distance(y, x)) return {*up, std::uint16_t{0}};
    return {0, 0};
  }

  std::string reason_between(const Agreed& a, const Agreed& b) const {
    const std::string both = a.part == b.part
                                 ? " among prices for " + context_.party_text(a.part)
                                 : " between prices for " + context_.party_text(a.part) +
                                       " and for " + context_.party_text(b.part);
    const auto& index = context_.index();
    for (const TableUse& use : context_.uses_of(index.table_of_part(a.part))) {
      if (context_.access(use).agreement == rule::AgreementUse::asked) continue;
      for (const TableUse& other : context_.uses_of(index.table_of_part(b.part))) {
        if (other.procedure != use.procedure || other.step != use.step ||
            context_.access(other).agreement == rule::AgreementUse::asked)
          continue;
        const auto rule_text = deciding(use, other, a, b);
        return rule_text ? "'" + *rule_text + "' decides" + both : "nothing decides" + both;
      }
    }
    return "no access reads both" + both;
  }

  const CheckContext& context_;
  const Snapshot& snapshot_;
  FindingSink& sink_;
  std::vector<std::uint32_t> by_start_;
  std::map<std::uint32_t, Holding> holding_;  // by customer
  std::set<std::string> agreements_;
  std::set<std::string> reasons_;
  std::uint64_t compared_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace

void check_agreements(const CheckContext& context, WorkerSinks& sinks) {
  const std::vector<Agreed> agreed = agreed_records(context);
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < agreed.size(); ++i) {
    if (i == 0 || agreed[i].article != agreed[i - 1].article) begins.push_back(i);
  }
  begins.push_back(agreed.size());
  engine::base::parallel_for(
      begins.size() - 1, 64, [&](std::size_t begin, std::size_t end, std::size_t worker) {
        ArticleAgreements articles{context, sinks[worker]};
        for (std::size_t i = begin; i < end; ++i)
          articles.check(std::span{agreed}.subspan(begins[i], begins[i + 1] - begins[i]));
      });
}

}  // namespace rules
