#include "tests/oracle/availability.hpp"

#include "tests/oracle/masters.hpp"

#include <algorithm>

namespace oracle {

namespace {

const std::string* field_of(const Ask& ask, const std::string& field) {
  for (const auto& [name, value] : ask.fields) {
    if (name == field) return &value;
  }
  return nullptr;
}

bool has_attribute(const Pairs& attributes, const std::string& field, const Texts& values) {
  return std::any_of(attributes.begin(), attributes.end(), [&](const auto& attribute) {
    return attribute.first == field && contains(values, attribute.second);
  });
}

bool any_group(const Texts& own, const std::vector<GroupRow>& groups, const Texts& wanted) {
  const auto reached = groups_reached(own, groups);
  return std::any_of(reached.begin(), reached.end(),
                     [&](const auto& group) { return contains(wanted, group.first); });
}

class Standing {
 public:
  Standing(const World& world, const Rules& rules, const Ask& ask, const CustomerRow& customer)
      : world_{world}, rules_{rules}, ask_{ask}, customer_{customer} {}

  const BandSetRule* bands_for(const ArticleRow& article) const {
    for (const LookupRule& row : rules_.band_lookup) {
      if (!row_matches(world_, row, ask_, customer_, &article)) continue;
      for (const BandSetRule& set : rules_.band_sets) {
        if (set.name == row.result) return &set;
      }
    }
    return rules_.band_lookup.empty() && rules_.band_sets.size() == 1 ? &rules_.band_sets.front()
                                                                      : nullptr;
  }

  StandingSaid availability(const ArticleRow& article, const Rational& wanted, Minutes date) const {
    const BandSetRule* set = bands_for(article);
    if (set == nullptr) return {};
    Rational available = -number(article.safety_stock);
    for (const StockRow& row : world_.stock) {
      if (row.article == article.code) available += number(row.on_hand) - number(row.reserved);
    }
    StandingSaid said{set->name, set->bands.front().code, false, open_end};
    const std::size_t thresholds = set->bands.size() - (set->last_is_expected ? 1 : 0);
    bool lowest = true;
    for (std::size_t i = 1; i < thresholds; ++i) {
      if (set->bands[i].from > available) continue;
      said.band = set->bands[i].code;
      lowest = false;
    }
    said.covers = available > 0 && available >= wanted;
    if (said.covers) return said;
    said.expected = expected(article, available, wanted, date);
    if (lowest && said.expected != open_end && set->last_is_expected)
      said.band = set->bands.back().code;
    return said;
  }

  // The first date of a receipt by which what is there and what is due together cover the quantity,
  // and are more than nothing. What should have come before the day of the question promises
  // nothing.
  Minutes expected(const ArticleRow& article, const Rational& available, const Rational& wanted,
                   Minutes date) const {
    Minutes first = open_end;
    for (const ReceiptRow& last : world_.receipts) {
      if (last.article != article.code || last.date >= first) continue;
      Rational then = available;
      for (const ReceiptRow& row : world_.receipts) {
        const bool in_time =
            row.date / minutes_a_day >= date / minutes_a_day && row.date <= last.date;
        if (row.article == article.code && in_time) then += number(row.quantity);
      }
      const bool due = last.date / minutes_a_day >= date / minutes_a_day;
      if (due && then > 0 && then >= wanted) first = last.date;
    }
    return first;
  }

 private:
  const World& world_;
  const Rules& rules_;
  const Ask& ask_;
  const CustomerRow& customer_;
};

}  // namespace

bool row_matches(const World& world, const LookupRule& row, const Ask& ask,
                 const CustomerRow& customer, const ArticleRow* article) {
  return std::all_of(row.when.begin(), row.when.end(), [&](const auto& condition) {
    const auto& [field, wanted] = condition;
    if (field == "customer") return contains(wanted, customer.code);
    if (field == "customer_group") return any_group(customer.groups, world.customer_groups, wanted);
    if (article != nullptr && field == "article") return contains(wanted, article->code);
    if (article != nullptr && field == "article_group")
      return any_group(article->groups, world.article_groups, wanted);
    if (const std::string* given = field_of(ask, field)) return contains(wanted, *given);
    if (article != nullptr && has_attribute(article->attributes, field, wanted)) return true;
    return has_attribute(customer.attributes, field, wanted);
  });
}

StandingSaid availability(const World& world, const Rules& rules, const Ask& ask,
                          const CustomerRow& customer, const ArticleRow& article,
                          const Rational& wanted, Minutes date) {
  return Standing{world, rules, ask, customer}.availability(article, wanted, date);
}

}  // namespace oracle
