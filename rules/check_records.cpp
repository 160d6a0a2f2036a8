#include "rules/check_records.hpp"

#include "engine/base/parallel.hpp"
#include "engine/base/wide.hpp"
#include "engine/price/choose.hpp"
#include "rules/check_costs.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace rules {

namespace model = engine::model;
namespace price = engine::price;
namespace rule = engine::rule;
using engine::base::BigInt;
using engine::base::CivilMinutes;
using engine::snapshot::ArticleSide;
using engine::snapshot::ConditionIndex;
using engine::snapshot::KeyRange;
using engine::snapshot::Snapshot;
using model::ConditionRecord;
using model::Terms;

namespace {

// Kinds of which a key tells the first one only.
constexpr std::array told_once{FindingKind::rising_ladder, FindingKind::closed_last_tier,
                               FindingKind::validity_gap,  FindingKind::validity_overlap,
                               FindingKind::always_beaten, FindingKind::price_jump};

class KeyCheck {
 public:
  KeyCheck(const CheckContext& context, const NeverTrue& never_true, const Costs& costs,
           FindingSink& sink)
      : context_{context},
        snapshot_{context.snapshot()},
        index_{context.index()},
        never_true_{never_true},
        costs_{costs},
        sink_{sink} {
    plan_.parts.resize(1);
  }

  void check(std::uint32_t part, std::uint32_t key) {
    part_ = part;
    key_ = key;
    type_ = &context_.type_of_part(part);
    const KeyRange records = index_.records_of(key);
    for (std::uint32_t number = records.begin; number < records.end; ++number) check_record(number);
    if (records.size() > 1) check_together(records);
    check_ends(records);
    tell_firsts();
  }

 private:
  struct First {
    std::uint64_t count = 0;
    std::string document;
    std::string text;
  };

  bool is_price() const { return type_->value == model::ValueKind::price; }

  std::string label(std::uint32_t number) const {
    const ConditionRecord& record = index_.record(number);
    return snapshot_.record_label(record) + " (" + context_.value_text(record) + ")";
  }

  void add(FindingKind kind, const ConditionRecord& record, std::string text) {
    sink_.add(kind, context_.article_of(part_, key_), context_.document_of(record),
              std::move(text));
  }

  template <class Text>
  void add_first(FindingKind kind, const ConditionRecord& record, const Text& text) {
    const auto place = std::ranges::find(told_once, kind) - told_once.begin();
    First& first = firsts_[static_cast<std::size_t>(place)];
    if (first.count++ > 0) return;
    first.document = context_.document_of(record);
    first.text = type_->name + " of " + context_.key_text(part_, key_) + ": " + text();
  }

  void tell_firsts() {
    for (std::size_t i = 0; i < told_once.size(); ++i) {
      First& first = firsts_[i];
      if (first.count == 0) continue;
      if (first.count > 1)
        first.text += " (and " + std::to_string(first.count - 1) + " more under this key)";
      sink_.add(told_once[i], context_.article_of(part_, key_), std::move(first.document),
                std::move(first.text));
      first = {};
    }
  }

  void check_record(std::uint32_t number) {
    const ConditionRecord& record = index_.record(number);
    const Terms& terms = index_.terms(record);
    const bool on_request = (terms.flags & model::flag_bit(model::Schema::price_on_request)) != 0;
    const auto* extra = index_.find_extra(number);
    const bool has_own_value = extra == nullptr || (extra->scale == model::nothing_there &&
                                                    extra->formula == model::nothing_there);
    if (is_price() && has_own_value && snapshot_.record_value(record) == 0 && !on_request)
      add(FindingKind::zero_price, record,
          type_->name + " " + snapshot_.record_label(record) + " is a price of zero");
    if (terms.has_more && extra != nullptr && extra->when != model::nothing_there &&
        !never_true_.reason(extra->when).empty())
      add(FindingKind::never_true, record,
          type_->name + " " + label(number) + ": the condition \"" +
              snapshot_.record_texts()[extra->when].text +
              "\" can never be true: " + never_true_.reason(extra->when));
    check_agreement(record);
    check_cost(number);
    if (extra != nullptr && extra->scale != model::nothing_there)
      check_scale(number, snapshot_.scales()[extra->scale]);
  }

  void check_agreement(const ConditionRecord& record) {
    if (record.document.is_none() || !snapshot_.is_agreement(record.document)) return;
    const model::Document& agreement = snapshot_.documents()[record.document.raw()];
    const std::string start = "the price (" + snapshot_.record_label(record) + ") holds ";
    const std::string end = "; the price's own dates decide";
    if (record.valid_to > agreement.validity.to)
      add(FindingKind::price_outlives_agreement, record,
          start + end_text(record.valid_to) + ", the agreement " + end_text(agreement.validity.to) +
              end);
    if (record.valid_from < agreement.validity.from)
      add(FindingKind::price_precedes_agreement, record,
          start + start_text(record.valid_from) + ", the agreement " +
              start_text(agreement.validity.from) + end);
  }

  void check_cost(std::uint32_t number) {
    if (!is_price() || context_.table_of_part(part_).side != ArticleSide::article) return;
    const ConditionRecord& record = index_.record(number);
    const bool on_request =
        (index_.terms(record).flags & model::flag_bit(model::Schema::price_on_request)) != 0;
    const auto cost = on_request ? std::nullopt : costs_.above(part_, index_.key_at(key_), record);
    if (!cost) return;
    add(FindingKind::below_cost, record,
        type_->name + " " + label(number) + " for " + context_.party_text(part_) +
            " is below the cost " + label(*cost));
  }

  void check_scale(std::uint32_t number, const model::Scale& scale) {
    if (!is_price() || scale.kind == model::ScaleKind::package) return;
    for (std::size_t i = 1; i < scale.tiers.size(); ++i) {
      const model::Tier& tier = scale.tiers[i];
      const model::Tier& before = scale.tiers[i - 1];
      if (tier.flat != 0 || before.flat != 0 || tier.rate <= before.rate) continue;
      add_first(FindingKind::rising_ladder, index_.record(number), [&] {
        return snapshot_.record_label(index_.record(number)) + ": tier " + std::to_string(i + 1) +
               " at " + engine::base::to_string({tier.rate, scale.decimals}) +
               " costs more than tier " + std::to_string(i) + " at " +
               engine::base::to_string({before.rate, scale.decimals});
      });
      return;
    }
  }

  // Records that share all but threshold, validity and value.
  auto family(const ConditionRecord& record) const {
    const Terms& terms = index_.terms(record);
    return std::tuple{terms.currency, terms.unit, record.document};
  }

  bool is_plain(const ConditionRecord& record) const { return !index_.terms(record).has_more; }

  // a's value less b's, at a common number of decimals and for one price unit.
  BigInt difference(const ConditionRecord& a, const ConditionRecord& b) const {
    return scaled(a, b) - scaled(b, a);
  }

  BigInt scaled(const ConditionRecord& own, const ConditionRecord& other) const {
    const Terms& its = index_.terms(other);
    BigInt made{engine::base::Int256{snapshot_.record_value(own)}};
    made *= its.price_unit;
    for (int i = index_.terms(own).decimals; i < its.decimals; ++i) made *= 10;
    return made;
  }

  void check_together(KeyRange records) {
    order_.clear();
    for (std::uint32_t number = records.begin; number < records.end; ++number)
      order_.push_back(number);
    std::ranges::sort(order_, [this](std::uint32_t a, std::uint32_t b) {
      const ConditionRecord& x = index_.record(a);
      const ConditionRecord& y = index_.record(b);
      return std::tuple{family(x), x.threshold, x.valid_from, a} <
             std::tuple{family(y), y.threshold, y.valid_from, b};
    });
    for (std::size_t begin = 0; begin < order_.size();) {
      std::size_t end = begin + 1;
      while (end < order_.size() && family(at(end)) == family(at(begin))) ++end;
      check_family(begin, end);
      begin = end;
    }
  }

  const ConditionRecord& at(std::size_t place) const { return index_.record(order_[place]); }

  void check_family(std::size_t begin, std::size_t end) {
    for (std::size_t first = begin; first < end;) {
      std::size_t last = first + 1;
      while (last < end && at(last).threshold == at(first).threshold) ++last;
      check_validities(first, last);
      first = last;
    }
    if (is_price()) check_ladder(begin, end);
  }

  // One threshold, by start.
  void check_validities(std::size_t begin, std::size_t end) {
    std::size_t latest = begin;  // of those before, the one that ends last
    for (std::size_t i = begin + 1; i < end; ++i) {
      if (at(i).valid_from > at(latest).valid_to) {
        add_first(FindingKind::validity_gap, at(i), [&] {
          return "after " + label(order_[latest]) + " " + end_text(at(latest).valid_to) +
                 " nothing holds until " + label(order_[i]) + " " + start_text(at(i).valid_from);
        });
      }
      if (at(i).valid_from >= at(latest).valid_to) check_jump(latest, i);
      for (std::size_t j = begin; j < i; ++j) {
        if (at(j).valid_to > at(i).valid_from) check_overlap(j, i);
      }
      if (at(i).valid_to > at(latest).valid_to) latest = i;
    }
  }

  void check_jump(std::size_t before, std::size_t after) {
    const auto limit = context_.options().jump_percent;
    if (!limit || !is_price() || !is_plain(at(before)) || !is_plain(at(after))) return;
    const BigInt change = difference(at(after), at(before));
    const BigInt old = scaled(at(before), at(after));
    if (abs(change) * 100 <= abs(old) * *limit) return;
    add_first(FindingKind::price_jump, at(after), [&] {
      return "from " + label(order_[before]) + " to " + label(order_[after]) + " " +
             start_text(at(after).valid_from) + " is a jump of more than " +
             std::to_string(*limit) + " %";
    });
  }

  // Two records of one threshold whose validities overlap: which one counts, and by what.
  void check_overlap(std::size_t a, std::size_t b) {
    const auto decided = decided_by_all(order_[a], order_[b]);
    if (!decided) return;
    const auto [order, comparator] = *decided;
    const std::size_t winner = order < 0 ? a : b;
    const std::size_t loser = order < 0 ? b : a;
    const auto tell = [&](std::string_view what) {
      return label(order_[loser]) + std::string{what} + label(order_[winner]) + ": '" +
             std::string{comparator_name(comparator)} + "' decides";
    };
    const bool contained =
        at(winner).valid_from <= at(loser).valid_from && at(winner).valid_to >= at(loser).valid_to;
    if (contained && is_plain(at(winner)) && !index_.terms(at(winner)).has_window) {
      add_first(FindingKind::always_beaten, at(loser), [&] { return tell(" never wins beside "); });
    } else if (!same_value(at(a), at(b))) {
      add_first(FindingKind::validity_overlap, at(b),
                [&] { return tell(" overlaps and gives way to "); });
    }
  }

  bool same_value(const ConditionRecord& a, const ConditionRecord& b) const {
    return is_plain(a) && is_plain(b) && difference(a, b) == 0;
  }

  struct Decided {
    int order = 0;
    rule::Comparator comparator = rule::Comparator::rank;
  };

  // What all steps that read the key agree on; nothing where there is none, or some does not
  // decide, or takes more than one record.
  std::optional<Decided> decided_by_all(std::uint32_t a, std::uint32_t b) {
    std::optional<Decided> made;
    const auto& uses = context_.uses_of(index_.table_of_part(part_));
    for (const TableUse& use : uses) {
      const auto& step = context_.step(use);
      const rule::Find& find = *step.rule->find;
      if (step.apply || find.merge || !find.find_next.empty()) return std::nullopt;
      const auto own = decided_by(use, find, a, b);
      if (!own || (made && (made->order < 0) != (own->order < 0))) return std::nullopt;
      made = own;
    }
    return made;
  }

  std::optional<Decided> decided_by(const TableUse& use, const rule::Find& find, std::uint32_t a,
                                    std::uint32_t b) {
    if (snapshot_.articles().base_units.empty()) return std::nullopt;
    price::Line line;
    const auto& table = context_.table_of_part(part_);
    line.article = model::ArticleId{table.side == ArticleSide::article ? index_.key_at(key_) : 0};
    const price::ChoiceContext context{&snapshot_, &plan_, &find, nullptr, &line, nullptr};
    const price::Candidate x{a, 0, key_, use.access, 0, 0};
    const price::Candidate y{b, 0, key_, use.access, 0, 0};
    for (const rule::Choice& choice : find.choose) {
      const bool by_value = choice.by == rule::Comparator::lowest_value ||
                            choice.by == rule::Comparator::highest_value;
      if (by_value && (!is_plain(index_.record(a)) || !is_plain(index_.record(b))))
        return std::nullopt;
      const int order = price::compare(context, choice, x, y);
      if (order != 0) return Decided{order, choice.by};
    }
    return std::nullopt;
  }

  // Of records that hold at one time, a higher threshold should not cost more a unit.
  void check_ladder(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t j = i; j-- > begin;) {
        if (at(j).threshold == at(i).threshold || !at(j).validity().overlaps(at(i).validity()))
          continue;
        if (is_plain(at(i)) && is_plain(at(j)) && difference(at(i), at(j)) > 0) {
          add_first(FindingKind::rising_ladder, at(i), [&] {
            return label(order_[i]) + " from " + quantity_text(at(i).threshold) +
                   " costs more than " + label(order_[j]) + " from " +
                   quantity_text(at(j).threshold);
          });
        }
        break;  // only the next lower step of the ladder
      }
    }
  }

  // Windows and scales that end, with nothing above.
  void check_ends(KeyRange records) {
    if (!is_price()) return;
    for (std::uint32_t number = records.begin; number < records.end; ++number) {
      const auto end = end_of(number);
      if (!end) continue;
      const ConditionRecord& record = index_.record(number);
      bool goes_on = false;
      for (std::uint32_t other = records.begin; other < records.end && !goes_on; ++other) {
        if (other == number || family(index_.record(other)) != family(record)) continue;
        const auto its = end_of(other);
        goes_on =
            index_.record(other).validity().overlaps(record.validity()) && (!its || *its > *end);
      }
      if (goes_on) continue;
      add_first(FindingKind::closed_last_tier, record, [&] {
        return label(number) + " ends at quantity " + quantity_text(*end) +
               "; above that there is no price under this key";
      });
    }
  }

  // The largest quantity that the record counts for; nothing where it is open above.
  std::optional<engine::base::Quantity> end_of(std::uint32_t number) const {
    const ConditionRecord& record = index_.record(number);
    const auto* extra = index_.find_extra(number);
    if (extra == nullptr) return std::nullopt;
    if (index_.terms(record).has_window) return extra->window_to;
    if (extra->scale == model::nothing_there) return std::nullopt;
    const model::Scale& scale = snapshot_.scales()[extra->scale];
    if (!scale.upper_bounds || scale.open_above || scale.tiers.empty()) return std::nullopt;
    return scale.tiers.back().bound;
  }

  const CheckContext& context_;
  const Snapshot& snapshot_;
  const ConditionIndex& index_;
  const NeverTrue& never_true_;
  const Costs& costs_;
  FindingSink& sink_;
  price::Plan plan_;
  std::uint32_t part_ = 0;
  std::uint32_t key_ = 0;
  const model::ConditionType* type_ = nullptr;
  std::vector<std::uint32_t> order_;
  std::array<First, told_once.size()> firsts_;
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
