#include "rules/check_agreements.hpp"

#include "engine/base/parallel.hpp"
#include "engine/price/choose.hpp"

#include <algorithm>
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
    std::set<std::string> agreements;
    std::set<std::string> reasons;
    for (std::size_t i = 0; i < agreed.size(); ++i) {
      for (std::size_t j = i + 1; j < agreed.size(); ++j) {
        const ConditionRecord& x = context_.index().record(agreed[i].record);
        const ConditionRecord& y = context_.index().record(agreed[j].record);
        if (x.document == y.document || !same_candidates(context_.index(), x, y)) continue;
        agreements.insert(context_.document_of(x));
        agreements.insert(context_.document_of(y));
        reasons.insert(reason_between(agreed[i], agreed[j]));
      }
    }
    if (agreements.empty()) return;
    std::string documents;
    for (const std::string& code : agreements)
      documents += (documents.empty() ? "" : " and ") + code;
    std::string text = "is on several agreements at once; where none is named, ";
    for (bool first = true; const std::string& reason : reasons) {
      text += (first ? "" : "; ") + reason;
      first = false;
    }
    sink_.add(FindingKind::several_agreements,
              std::string{snapshot_.article_code(model::ArticleId{agreed.front().article})},
              std::move(documents), std::move(text));
  }

 private:
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
    const price::ChoiceContext context{&snapshot_, &plan, &find, nullptr, &line, nullptr};
    const price::Candidate first{x.record, 0, 0, a.access, near_x, 0};
    const price::Candidate second{y.record, 1, 0, b.access, near_y, 0};
    for (const rule::Choice& choice : find.choose) {
      if (price::compare(context, choice, first, second) != 0)
        return std::string{comparator_name(choice.by)};
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
