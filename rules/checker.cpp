#include "rules/checker.hpp"

#include "engine/price/choose.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace rules {

namespace model = engine::model;
namespace price = engine::price;
namespace rule = engine::rule;
using engine::base::to_string;
using engine::snapshot::ConditionIndex;
using engine::snapshot::Snapshot;
using model::ConditionRecord;

namespace {

constexpr std::array<std::string_view, 17> comparator_names{
    "rank",          "nearest",           "most_fields",  "dated",           "currency_bound",
    "unit_bound",    "highest_threshold", "newest_start", "newest_document", "lowest_value",
    "highest_value", "flag_set",          "flag_clear",   "document_number", "document_text",
    "record_number", "record_text"};
static_assert(comparator_names.size() ==
              static_cast<std::size_t>(rule::Comparator::record_text) + 1);

constexpr std::array<std::string_view, 5> finding_names{
    "tie", "zero_price", "price_outlives_agreement", "price_precedes_agreement",
    "several_agreements"};
constexpr std::array<std::string_view, 3> importance_names{"error", "warning", "notice"};

// A step's access that reads a table.
struct Use {
  const rule::Step* step = nullptr;
  std::size_t access = 0;
};

class Checker {
 public:
  explicit Checker(const Snapshot& snapshot) : snapshot_{snapshot}, index_{snapshot.conditions()} {
    uses_.resize(index_.table_count());
    for (const auto& procedure : snapshot.procedures()) {
      for (const auto& step : procedure.steps) add_uses(*step.rule);
    }
  }

  std::vector<Finding> run() {
    for (std::uint32_t part = 0; part < index_.part_count(); ++part) {
      const auto keys = index_.part_keys(part);
      for (std::uint32_t key = keys.begin; key < keys.end; ++key) check_key(part, key);
    }
    check_agreements();
    std::ranges::stable_sort(found_, [](const Finding& a, const Finding& b) {
      return std::tie(a.importance, a.kind, a.article, a.document) <
             std::tie(b.importance, b.kind, b.article, b.document);
    });
    return std::move(found_);
  }

 private:
  // An agreement's record as a candidate for its article.
  struct Agreed {
    std::uint32_t article = 0;
    std::uint32_t record = 0;
    std::uint32_t part = 0;
  };

  void add_uses(const rule::Step& step) {
    if (!step.find) return;
    for (std::size_t i = 0; i < step.find->accesses.size(); ++i) {
      uses_[step.find->accesses[i].table.raw()].push_back({&step, i});
    }
  }

  std::string article_of(std::uint32_t part, std::uint32_t key) const {
    const auto& table = index_.table(index_.table_of_part(part));
    if (table.side != engine::snapshot::ArticleSide::article) return "";
    return std::string{snapshot_.article_code(model::ArticleId{index_.key_at(key)})};
  }

  std::string document_of(const ConditionRecord& record) const {
    return record.document.is_none() ? "" : snapshot_.documents()[record.document.raw()].code;
  }

  void add(FindingKind kind, Importance importance, std::string article, std::string document,
           std::string text) {
    found_.push_back({kind, importance, std::move(article), std::move(document), std::move(text)});
  }

  void check_key(std::uint32_t part, std::uint32_t key) {
    const auto records = index_.records_of(key);
    for (std::uint32_t number = records.begin; number < records.end; ++number) {
      check_record(part, key, number);
      // Candidates of one line share currency and reach their thresholds together, so later ones
      // are enough.
      for (std::uint32_t other = number + 1; other < records.end; ++other)
        check_pair(part, key, number, other);
    }
  }

  void check_record(std::uint32_t part, std::uint32_t key, std::uint32_t number) {
    const ConditionRecord& record = index_.record(number);
    const model::ConditionType& type =
        snapshot_.schema().type(index_.table(index_.table_of_part(part)).shape.type);
    const bool on_request =
        (index_.terms(record).flags & model::flag_bit(model::Schema::price_on_request)) != 0;
    if (type.value == model::ValueKind::price && snapshot_.record_value(record) == 0 &&
        !on_request) {
      add(FindingKind::zero_price, Importance::warning, article_of(part, key), document_of(record),
          type.name + " " + snapshot_.record_label(record) + " is a price of zero");
    }
    if (record.document.is_none() || !snapshot_.is_agreement(record.document)) return;
    const model::Document& agreement = snapshot_.documents()[record.document.raw()];
    if (record.valid_to > agreement.validity.to) {
      add(FindingKind::price_outlives_agreement, Importance::notice, article_of(part, key),
          agreement.code,
          "the price (" + snapshot_.record_label(record) + ") holds " + end_text(record.valid_to) +
              ", the agreement " + end_text(agreement.validity.to) +
              "; the price's own dates decide");
    }
    if (record.valid_from < agreement.validity.from) {
      add(FindingKind::price_precedes_agreement, Importance::notice, article_of(part, key),
          agreement.code,
          "the price (" + snapshot_.record_label(record) + ") holds " +
              start_text(record.valid_from) + ", the agreement " +
              start_text(agreement.validity.from) + "; the price's own dates decide");
    }
  }

  static std::string start_text(engine::base::CivilMinutes at) {
    return at.is_open() ? "from ever" : "from " + to_string(at);
  }

  // Validity is half-open inside; people are told the last day that belongs to it.
  static std::string end_text(engine::base::CivilMinutes at) {
    if (at.is_open()) return "for ever";
    const engine::base::CivilMinutes last_day{at.raw() -
                                              engine::base::CivilMinutes::minutes_per_day};
    return at == at.day_start() ? "to " + to_string(last_day) : "before " + to_string(at);
  }

  bool same_candidates(const ConditionRecord& a, const ConditionRecord& b) const {
    const model::Terms& x = index_.terms(a);
    const model::Terms& y = index_.terms(b);
    const bool currencies_meet =
        x.currency.is_none() || y.currency.is_none() || x.currency == y.currency;
    const bool windows_meet = (!x.has_window || b.threshold <= index_.extra(a).window_to) &&
                              (!y.has_window || a.threshold <= index_.extra(b).window_to);
    return currencies_meet && windows_meet && a.validity().overlaps(b.validity());
  }

  bool differ(const ConditionRecord& a, const ConditionRecord& b) const {
    const model::Terms& x = index_.terms(a);
    const model::Terms& y = index_.terms(b);
    return snapshot_.record_value(a) != snapshot_.record_value(b) || x.decimals != y.decimals ||
           x.unit != y.unit || x.price_unit != y.price_unit || x.flags != y.flags;
  }

  void check_pair(std::uint32_t part, std::uint32_t key, std::uint32_t a, std::uint32_t b) {
    const ConditionRecord& x = index_.record(a);
    const ConditionRecord& y = index_.record(b);
    if (!same_candidates(x, y) || !differ(x, y)) return;
    for (const Use& use : uses_[index_.table_of_part(part).raw()]) {
      if (use.step->find->tie != rule::TiePolicy::refuse) continue;
      if (use.step->find->accesses[use.access].agreement == rule::AgreementUse::asked &&
          x.document != y.document)
        continue;
      if (deciding(use, use, {a, part, 0}, {b, part, 0}, index_.key_at(key))) continue;
      const auto from = std::max(x.valid_from, y.valid_from);
      add(FindingKind::tie, Importance::error, article_of(part, key), document_of(x),
          "step '" + use.step->name + "': " + snapshot_.record_label(x) + " and " +
              snapshot_.record_label(y) + " claim the same lines " + start_text(from) +
              " from quantity " +
              engine::base::to_string_short(std::max(x.threshold, y.threshold).decimal()) +
              " and no comparator decides");
      return;
    }
  }

  // A record with its distance from the buyer who sees both.
  struct Side {
    std::uint32_t record = 0;
    std::uint32_t part = 0;
    std::uint16_t distance = 0;
  };

  // The first rule that tells two records apart: the search order, or a comparator.
  std::optional<std::string> deciding(const Use& a, const Use& b, const Side& x, const Side& y,
                                      std::uint32_t article) const {
    const rule::Find& find = *a.step->find;
    if (find.accesses[a.access].level != find.accesses[b.access].level)
      return "the search order of the accesses";
    price::Plan plan;
    plan.parts.resize(2);
    price::Line line;
    line.article = model::ArticleId{article};
    const bool is_article =
        index_.table(index_.table_of_part(x.part)).side == engine::snapshot::ArticleSide::article;
    if (!is_article)
      line.article =
          model::ArticleId{0};  // units can't be compared without an article; none has one there
    const price::ChoiceContext context{&snapshot_, &plan, &find, &line};
    const price::Candidate first{x.record, 0, static_cast<std::uint16_t>(a.access), x.distance, 0};
    const price::Candidate second{y.record, 1, static_cast<std::uint16_t>(b.access), y.distance, 0};
    if (snapshot_.articles().base_units.empty()) return std::nullopt;
    for (const rule::Choice& choice : find.choose) {
      if (price::compare(context, choice, first, second) != 0)
        return std::string{comparator_name(choice.by)};
    }
    return std::nullopt;
  }

  void check_agreements() {
    std::vector<Agreed> agreed;
    for (std::uint32_t part = 0; part < index_.part_count(); ++part) {
      if (index_.table(index_.table_of_part(part)).side != engine::snapshot::ArticleSide::article)
        continue;
      const auto keys = index_.part_keys(part);
      for (std::uint32_t key = keys.begin; key < keys.end; ++key) {
        const auto records = index_.records_of(key);
        for (std::uint32_t number = records.begin; number < records.end; ++number) {
          const model::DocumentId document = index_.record(number).document;
          if (!document.is_none() && snapshot_.is_agreement(document))
            agreed.push_back({index_.key_at(key), number, part});
        }
      }
    }
    std::ranges::stable_sort(agreed, {}, &Agreed::article);
    for (std::size_t begin = 0; begin < agreed.size();) {
      std::size_t end = begin + 1;
      while (end < agreed.size() && agreed[end].article == agreed[begin].article) ++end;
      check_article(std::span{agreed}.subspan(begin, end - begin));
      begin = end;
    }
  }

  // One finding an article: which agreements it is on at one time, and what decides between them.
  void check_article(std::span<const Agreed> agreed) {
    std::set<std::string> agreements;
    std::set<std::string> reasons;
    for (std::size_t i = 0; i < agreed.size(); ++i) {
      for (std::size_t j = i + 1; j < agreed.size(); ++j) {
        const ConditionRecord& x = index_.record(agreed[i].record);
        const ConditionRecord& y = index_.record(agreed[j].record);
        if (x.document == y.document || !same_candidates(x, y)) continue;
        agreements.insert(document_of(x));
        agreements.insert(document_of(y));
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
    add(FindingKind::several_agreements, Importance::notice,
        std::string{snapshot_.article_code(model::ArticleId{agreed.front().article})}, documents,
        text);
  }

  std::string key_text(std::uint32_t part) const {
    const auto& shape = index_.table(index_.table_of_part(part)).shape;
    std::string text;
    for (std::size_t i = 0; i < shape.party_fields.size(); ++i) {
      text += (text.empty() ? "" : ", ") +
              std::string{snapshot_.code_of(snapshot_.schema().field(shape.party_fields[i]),
                                            index_.part_values(part)[i])};
    }
    return text.empty() ? "everybody" : text;
  }

  // Distances as a buyer sees them who reaches both parts: one of a lower group also reaches the
  // groups above it.
  std::pair<std::uint16_t, std::uint16_t> distances(std::uint32_t a, std::uint32_t b) const {
    const auto& shape = index_.table(index_.table_of_part(a)).shape;
    const auto at = std::ranges::find(shape.party_fields, model::Schema::customer_group);
    if (at == shape.party_fields.end() || index_.table_of_part(a) != index_.table_of_part(b))
      return {0, 0};
    const auto field = static_cast<std::size_t>(at - shape.party_fields.begin());
    const model::CustomerGroupId x{index_.part_values(a)[field]};
    const model::CustomerGroupId y{index_.part_values(b)[field]};
    if (const auto up = snapshot_.group_distance(x, y)) return {std::uint16_t{0}, *up};
    if (const auto up = snapshot_.group_distance(y, x)) return {*up, std::uint16_t{0}};
    return {0, 0};
  }

  std::string reason_between(const Agreed& a, const Agreed& b) const {
    const std::string both = a.part == b.part ? " among prices for " + key_text(a.part)
                                              : " between prices for " + key_text(a.part) +
                                                    " and for " + key_text(b.part);
    for (const Use& use : uses_[index_.table_of_part(a.part).raw()]) {
      if (use.step->find->accesses[use.access].agreement == rule::AgreementUse::asked) continue;
      for (const Use& other : uses_[index_.table_of_part(b.part).raw()]) {
        if (other.step != use.step ||
            use.step->find->accesses[other.access].agreement == rule::AgreementUse::asked)
          continue;
        const auto [x, y] = distances(a.part, b.part);
        const auto rule_text =
            deciding(use, other, {a.record, a.part, x}, {b.record, b.part, y}, a.article);
        return rule_text ? "'" + *rule_text + "' decides" + both : "nothing decides" + both;
      }
    }
    return "no access reads both" + both;
  }

  const Snapshot& snapshot_;
  const ConditionIndex& index_;
  std::vector<std::vector<Use>> uses_;  // by table
  std::vector<Finding> found_;
};

}  // namespace

std::string_view finding_name(FindingKind kind) {
  return finding_names[static_cast<std::size_t>(kind)];
}

std::string_view importance_name(Importance importance) {
  return importance_names[static_cast<std::size_t>(importance)];
}

std::string_view comparator_name(rule::Comparator comparator) {
  return comparator_names[static_cast<std::size_t>(comparator)];
}

std::vector<Finding> check(const Snapshot& snapshot) { return Checker{snapshot}.run(); }

}  // namespace rules
