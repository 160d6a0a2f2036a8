#include "rules/check_records.hpp"

#include "engine/base/parallel.hpp"
#include "rules/check_costs.hpp"
#include "rules/check_families.hpp"

#include <algorithm>

namespace rules {

namespace model = engine::model;
using engine::snapshot::ArticleSide;
using engine::snapshot::ConditionIndex;
using engine::snapshot::KeyRange;
using engine::snapshot::Snapshot;
using model::ConditionRecord;
using model::Terms;

namespace {

constexpr std::size_t members_max = 4'096;  // articles of a key, that a unit is looked for among

// What a record says by itself.
class KeyCheck {
 public:
  KeyCheck(const CheckContext& context, const NeverTrue& never_true, const Costs& costs,
           FindingSink& sink)
      : context_{context},
        snapshot_{context.snapshot()},
        index_{context.index()},
        never_true_{never_true},
        costs_{costs},
        findings_{context, sink},
        families_{context, findings_} {}

  void check(std::uint32_t part, std::uint32_t key) {
    findings_.begin(part, key);
    const KeyRange records = index_.records_of(key);
    for (std::uint32_t number = records.begin; number < records.end; ++number) check_record(number);
    families_.check();
    findings_.end();
  }

 private:
  void check_record(std::uint32_t number) {
    const ConditionRecord& record = index_.record(number);
    const auto* extra = index_.find_extra(number);
    check_condition(number, extra);
    check_unit(number);
    check_document(number);
    if (extra != nullptr && extra->scale != model::nothing_there) {
      check_scale(number, snapshot_.scales()[extra->scale]);
    } else if (extra == nullptr || extra->formula == model::nothing_there) {
      const auto decimals = index_.terms(record).decimals;
      check_price(number, {snapshot_.record_value(record), decimals}, "");
    }
  }

  // A price that counts; `place` says which one of a scale.
  void check_price(std::uint32_t number, const engine::base::Decimal& price,
                   const std::string& place) {
    const ConditionRecord& record = index_.record(number);
    const bool on_request =
        (index_.terms(record).flags & model::flag_bit(model::Schema::price_on_request)) != 0;
    if (!findings_.is_price() || on_request) return;
    const bool is_gift = findings_.type().calculation == model::Calculation::free_goods;
    if (price.mantissa == 0 && !is_gift) {
      findings_.add(FindingKind::zero_price, record,
                    findings_.type().name + " " + snapshot_.record_label(record) + place +
                        " is a price of zero");
    }
    if (context_.table_of_part(findings_.part()).side != ArticleSide::article) return;
    const auto cost = costs_.above(findings_.part(), index_.key_at(findings_.key()), record, price);
    if (cost.left_out > 0) findings_.leave_out(cost.left_out);
    if (!cost.record) return;
    findings_.add(FindingKind::below_cost, record,
                  findings_.type().name + " " + findings_.label(number) + place + " for " +
                      context_.party_text(findings_.part()) + " is below the cost " +
                      findings_.label(*cost.record));
  }

  void check_condition(std::uint32_t number, const model::RecordExtra* extra) {
    if (extra == nullptr || extra->when == model::nothing_there) return;
    const std::string& reason = never_true_.reason(extra->when);
    if (reason.empty()) return;
    findings_.add(FindingKind::never_true, index_.record(number),
                  findings_.type().name + " " + findings_.label(number) + ": the condition \"" +
                      snapshot_.record_texts()[extra->when].text +
                      "\" can never be true: " + reason);
  }

  // A record in a unit counts on lines in that unit, or of articles that have it.
  void check_unit(std::uint32_t number) {
    const model::UnitId unit = index_.terms(index_.record(number)).unit;
    if (unit.is_none() || is_sold_in(unit)) return;
    findings_.add(FindingKind::never_counts, index_.record(number),
                  findings_.type().name + " " + findings_.label(number) + " for " +
                      context_.party_text(findings_.part()) + " is in unit '" +
                      std::string{snapshot_.unit_code(unit)} +
                      "', in which no article of its key is sold");
  }

  // Whether some article of the key is sold in the unit; true where there are too many to look at.
  bool is_sold_in(model::UnitId unit) const {
    const auto& articles = snapshot_.articles();
    const auto is_sold = [&](std::uint32_t article) {
      return articles.base_units[article] == unit ||
             std::ranges::find(articles.units[article], unit, &model::ArticleUnit::unit) !=
                 articles.units[article].end();
    };
    const auto& table = context_.table_of_part(findings_.part());
    const std::uint32_t key = index_.key_at(findings_.key());
    if (table.side == ArticleSide::article) return is_sold(key);
    if (table.side == ArticleSide::none) return true;
    const auto members = context_.articles_of(table.mapping, key);
    return members.empty() || members.size() > members_max || std::ranges::any_of(members, is_sold);
  }

  // The validity of a price list or promotion bounds that of its records.
  void check_document(std::uint32_t number) {
    const ConditionRecord& record = index_.record(number);
    if (record.document.is_none() || snapshot_.is_agreement(record.document))
      return check_agreement(record);
    const model::Document& document = snapshot_.documents()[record.document.raw()];
    if (record.validity().overlaps(document.validity)) return;
    const auto span = [](const engine::base::Validity& validity) {
      return start_text(validity.from) + " " + end_text(validity.to);
    };
    findings_.add(FindingKind::never_counts, record,
                  findings_.type().name + " " + findings_.label(number) + " holds " +
                      span(record.validity()) + ", '" + document.code + "' that it is of holds " +
                      span(document.validity));
  }

  void check_agreement(const ConditionRecord& record) {
    if (record.document.is_none() || !snapshot_.is_agreement(record.document)) return;
    const model::Document& agreement = snapshot_.documents()[record.document.raw()];
    const std::string start = "the price (" + snapshot_.record_label(record) + ") holds ";
    const std::string end = "; the price's own dates decide";
    if (record.valid_to > agreement.validity.to)
      findings_.add(FindingKind::price_outlives_agreement, record,
                    start + end_text(record.valid_to) + ", the agreement " +
                        end_text(agreement.validity.to) + end);
    if (record.valid_from < agreement.validity.from)
      findings_.add(FindingKind::price_precedes_agreement, record,
                    start + start_text(record.valid_from) + ", the agreement " +
                        start_text(agreement.validity.from) + end);
  }

  void check_scale(std::uint32_t number, const model::Scale& scale) {
    if (!findings_.is_price() || scale.kind == model::ScaleKind::package) return;
    for (std::size_t i = 0; i < scale.tiers.size(); ++i) {
      if (scale.tiers[i].flat == 0)
        check_price(number, {scale.tiers[i].rate, scale.decimals},
                    ", tier " + std::to_string(i + 1) + ",");
    }
    for (std::size_t i = 1; i < scale.tiers.size(); ++i) {
      const model::Tier& tier = scale.tiers[i];
      const model::Tier& before = scale.tiers[i - 1];
      if (tier.flat != 0 || before.flat != 0 || tier.rate <= before.rate) continue;
      findings_.add_first(FindingKind::rising_ladder, index_.record(number), [&] {
        return snapshot_.record_label(index_.record(number)) + ": tier " + std::to_string(i + 1) +
               " at " + engine::base::to_string({tier.rate, scale.decimals}) +
               " costs more than tier " + std::to_string(i) + " at " +
               engine::base::to_string({before.rate, scale.decimals});
      });
      return;
    }
  }

  const CheckContext& context_;
  const Snapshot& snapshot_;
  const ConditionIndex& index_;
  const NeverTrue& never_true_;
  const Costs& costs_;
  KeyFindings findings_;
  Families families_;
};

}  // namespace

void check_records(const CheckContext& context, const NeverTrue& never_true, WorkerSinks& sinks) {
  const Costs costs{context};
  const ConditionIndex& index = context.index();
  engine::base::parallel_for(
      index.key_count(), 4'096, [&](std::size_t begin, std::size_t end, std::size_t worker) {
        KeyCheck keys{context, never_true, costs, sinks[worker]};
        auto part = index.part_of_key(static_cast<std::uint32_t>(begin));
        for (auto key = static_cast<std::uint32_t>(begin); key < end; ++key) {
          while (key >= index.part_keys(part).end) ++part;
          keys.check(part, key);
        }
      });
}

}  // namespace rules
