#include "tests/oracle/search.hpp"

#include "tests/oracle/rates.hpp"
#include "tests/oracle/scale.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace oracle {

namespace {

void hold_until(const LineState& line, Minutes until, bool surely = true) {
  line.said->valid_until = std::min(line.said->valid_until, until);
  if (surely) line.said->valid_until_most = std::min(line.said->valid_until_most, until);
}

bool agreement_fits(const OpenLine& line, const AccessRule& access, const RecordRow& record) {
  const DocumentRow* document = document_of(line.world, record);
  const bool of_agreement = document != nullptr && document->kind == "agreement";
  if (access.agreement == "none" && of_agreement) return false;
  if (access.agreement == "allowed" && !of_agreement) return false;
  if (access.agreement == "asked" &&
      (line.agreement.empty() || !of_agreement || document->code != line.agreement))
    return false;
  return !of_agreement || document->customers.empty() ||
         contains(document->customers, line.customer.code);
}

Span validity_of(const OpenLine& line, const RecordRow& record, const Way& way) {
  Span span{std::max(record.validity.from, way.validity.from),
            std::min(record.validity.to, way.validity.to)};
  if (record.promotion.empty()) return span;
  const DocumentRow* promotion = document_of(line.world, record);
  return {std::max(span.from, promotion->validity.from), std::min(span.to, promotion->validity.to)};
}

bool same_key(const RecordRow& a, const RecordRow& b) {
  auto x = a.keys;
  auto y = b.keys;
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  return a.type == b.type && x == y;
}

}  // namespace

bool is_bound(const ArticleRow& article, const RecordRow& record) {
  return !article.code.empty() && !record.unit.empty() && record.unit != article.base_unit;
}

// ---- which records fit
// ----------------------------------------------------------------------------

bool Finder::currency_fits(const LineState& line, const RecordRow& record) const {
  const std::string currency = currency_of(line.open, record);
  return currency.empty() || currency == line.open.currency || find_.any_currency;
}

// A rate that starts later can change the answer, too.
bool Finder::rate_fits(const LineState& line, const RecordRow& record) const {
  const std::string currency = currency_of(line.open, record);
  if (currency.empty() || currency == line.open.currency) return true;
  const auto& own = line.open;
  hold_until(line, rate_until(order_.world, order_.procedure, currency, own.currency, own.date));
  return find_rate(order_.world, order_.procedure, currency, own.currency, own.date).has_value();
}

bool Finder::unit_fits(const LineState& line, const RecordRow& record) const {
  if (!is_bound(line.open.article, record) || record.unit == line.open.unit) return true;
  return find_.any_unit && content_of(line.open.article, record.unit);
}

bool Finder::scale_fits(const LineState& line, const RecordRow& record, Thresholds thresholds,
                        Unknown& unknown) const {
  if (thresholds == Thresholds::ignored) return true;
  const Rational basis = basis_of(line, record, unknown);
  if (record.to_quantity && basis > number(*record.to_quantity)) return false;
  const bool below_is_fine = thresholds == Thresholds::ignored_below;
  if (!below_is_fine && basis < number(record.from_quantity)) return false;
  if (record.scale.empty() || tier_at(scale_of(record), basis)) return true;
  const TierRow first = scale_of(record).tiers.front();
  return below_is_fine && first.from && basis < *first.from;
}

// Whether a record that differs in value, threshold and validity alone beats it by the threshold,
// whatever either is worth: while that one holds, this one's end or start changes no answer.
bool Finder::is_beaten(const LineState& line, const RecordRow& record, const Way& way,
                       Thresholds thresholds) const {
  const std::set<std::string> tell_more{"dated",           "newest_start",  "lowest_value",
                                        "highest_value",   "record_number", "record_text",
                                        "lowest_threshold"};
  const auto first =
      std::find_if(find_.choose.begin(), find_.choose.end(), [&](const ChoiceRule& choice) {
        return choice.by == "highest_threshold" || tell_more.count(choice.by) > 0;
      });
  if (first == find_.choose.end() || first->by != "highest_threshold") return false;
  const auto terms = [](const RecordRow& row) {
    return std::tie(row.agreement, row.promotion, row.currency, row.unit, row.price_unit, row.rank,
                    row.flags_set, row.flags_cleared);
  };
  return std::any_of(order_.world.records.begin(), order_.world.records.end(),
                     [&](const RecordRow& other) {
                       Unknown unknown;
                       return same_key(other, record) && terms(other) == terms(record) &&
                              number(other.from_quantity) > number(record.from_quantity) &&
                              validity_of(line.open, other, way).holds(line.open.date) &&
                              scale_fits(line, other, thresholds, unknown);
                     });
}

void Finder::collect_record(const LineState& line, const AccessRule& access,
                            const RecordRow& record, Thresholds thresholds, bool test_conditions,
                            Candidates& candidates, Unknown& unknown) const {
  const auto ways = ways_to_record(line.open, access, record);
  if (ways.empty() || !agreement_fits(line.open, access, record)) return;
  if (!find_.merge && (!currency_fits(line, record) || !unit_fits(line, record) ||
                       !scale_fits(line, record, thresholds, unknown)))
    return;
  for (const Way& way : ways) {
    const Span span = validity_of(line.open, record, way);
    if (span.from >= span.to || line.open.date >= span.to) continue;
    if (test_conditions) {
      // What can't be told yet may close the line when the record begins to hold.
      const Value met = meets(line, record);
      const bool is_open = line.open.date < span.from && met.unknown.any();
      if (line.open.date >= span.from) unknown.add(met.unknown);
      if (met.number == 0 && !is_open) continue;
    }
    const bool surely = (test_conditions || meets(line, record).number != 0) &&
                        !is_beaten(line, record, way, thresholds);
    if (line.open.date < span.from) {
      hold_until(line, span.from, surely);
      continue;
    }
    hold_until(line, span.to, surely);
    if (!find_.merge && !rate_fits(line, record)) continue;
    candidates.push_back({&record, &access, way.rank, way.distance});
  }
}

void Finder::collect(const LineState& line, int level, Thresholds thresholds, bool test_conditions,
                     Candidates& candidates, Unknown& unknown) const {
  for (const AccessRule& access : find_.accesses) {
    if (access.level != level) continue;
    for (const RecordRow& record : order_.world.records)
      collect_record(line, access, record, thresholds, test_conditions, candidates, unknown);
  }
}

// ---- one record
// -----------------------------------------------------------------------------------

Unknown Finder::begin(const LineState& line) const {
  Unknown unknown;
  if (!find_.basis.empty()) unknown = evaluate_at(find_.basis, place(line)).unknown;
  const bool by_candidates = find_.counted != "line" && find_.counted != "order";
  if (unknown.any() || !by_candidates) return unknown;
  candidates_but_scale(line);
  return but_scale_unknown_[&line];
}

Search Finder::search(const LineState& line) const {
  Search found = by_levels(line, Thresholds::read, find_.choose);
  if (found.winner != nullptr || found.ambiguous || found.shut || found.unknown.any() ||
      find_.below_lowest.empty())
    return found;
  const Value below = evaluate_at(find_.below_lowest, place(line));
  found.unknown.add(below.unknown);
  if (below.number == 0 || found.unknown.any()) return found;
  Choices lowest_first{{"lowest_threshold", ""}};
  lowest_first.insert(lowest_first.end(), find_.choose.begin(), find_.choose.end());
  return by_levels(line, Thresholds::ignored_below, lowest_first);
}

Search Finder::by_levels(const LineState& line, Thresholds thresholds,
                         const Choices& choices) const {
  std::set<int> levels;
  for (const AccessRule& access : find_.accesses) levels.insert(access.level);
  Search found;
  Candidates winners;
  for (const int level : levels) {
    Candidates candidates;
    collect(line, level, thresholds, true, candidates, found.unknown);
    if (find_.merge) candidates = merged(line, candidates, thresholds, found.unknown);
    if (!candidates.empty()) {
      const Candidate winner = choose(line, choices, candidates, found.ambiguous);
      if (found.ambiguous) return found;
      winners.push_back(winner);
      if (!find_.looks_further || !has_flag(line.open, *winner.record, "find_next")) break;
      continue;
    }
    const bool exclusive = std::any_of(
        find_.accesses.begin(), find_.accesses.end(),
        [&](const AccessRule& access) { return access.level == level && access.exclusive; });
    if (exclusive && !line.open.agreement.empty()) {
      found.shut = winners.empty();
      break;
    }
  }
  if (winners.size() == 1) found.winner = winners.front().record;
  if (winners.size() > 1) {
    const Candidate best = choose(line, find_.find_next, winners, found.ambiguous);
    found.winner = found.ambiguous ? nullptr : best.record;
  }
  return found;
}

// Lists come in the order of their rank, then of their codes; what an earlier one has is not taken
// from a later one. What is left then meets currency, unit and scale.
Candidates Finder::merged(const LineState& line, Candidates candidates, Thresholds thresholds,
                          Unknown& unknown) const {
  using Slot = std::tuple<std::string, std::string, Rational>;
  using ListPlace = std::pair<int, std::string>;
  std::map<ListPlace, Candidates> lists;
  for (const Candidate& candidate : candidates)
    lists[{candidate.list_rank, *key_of(*candidate.record, "price_list")}].push_back(candidate);
  std::set<Slot> filled;
  Candidates left;
  for (const auto& [list, own] : lists) {
    const DocumentRow* document = document_of(order_.world, *own.front().record);
    if (document->refuses_merge && !filled.empty()) continue;
    std::set<Slot> here;
    for (const Candidate& candidate : own) {
      const RecordRow& record = *candidate.record;
      const Slot slot{record.unit, currency_of(line.open, record), number(record.from_quantity)};
      if (filled.contains(slot)) continue;
      here.insert(slot);
      if (currency_fits(line, record) && unit_fits(line, record) &&
          scale_fits(line, record, thresholds, unknown) && rate_fits(line, record))
        left.push_back(candidate);
    }
    filled.insert(here.begin(), here.end());
    if (document->refuses_merge) break;
  }
  return left;
}

// ---- records to apply
// -----------------------------------------------------------------------------

Candidates Finder::to_apply(const LineState& line, Unknown& unknown) const {
  std::set<int> levels;
  for (const AccessRule& access : find_.accesses) levels.insert(access.level);
  Candidates all;
  for (const int level : levels) {
    collect(line, level, Thresholds::read, levels.size() > 1, all, unknown);
    if (!all.empty()) break;
  }
  const auto before = [&](const Candidate& a, const Candidate& b) {
    const int by_choice = compare(find_.choose, line, a, b);
    return by_choice != 0 ? by_choice < 0 : compare_outside(line, *a.record, *b.record) < 0;
  };
  std::stable_sort(all.begin(), all.end(), before);
  Candidates once;
  for (const Candidate& candidate : all) {
    const bool known = std::any_of(once.begin(), once.end(), [&](const Candidate& other) {
      return other.record == candidate.record;
    });
    if (!known) once.push_back(candidate);
  }
  return once;
}

// ---- what a record says
// ---------------------------------------------------------------------------

Value Finder::meets(const LineState& line, const RecordRow& record) const {
  Value met{1, {}};
  const auto test = [&](const std::string& text) {
    if (text.empty() || met.number == 0) return;
    const Value own = evaluate_own(text, record, find_, place(line));
    met.unknown.add(own.unknown);
    if (own.number == 0) met.number = 0;
  };
  test(record.when);
  if (const DocumentRow* document = document_of(order_.world, record)) test(document->when);
  return met;
}

Value Finder::value_of(const LineState& line, const RecordRow& record) const {
  if (!record.formula.empty()) {
    Value made = evaluate_own(record.formula, record, find_, place(line));
    made.number = rounded(made.number, find_.formula_value.decimals, find_.formula_value.mode);
    if (order_.rules.types.at(record.type).value == "percent") made.number /= 100;
    return made;
  }
  if (record.scale.empty()) return {written_value(line.open, record), {}};
  Value made;
  const OwnScale scale = scale_of(record);
  const auto tier = tier_at(scale, basis_of(line, record, made.unknown));
  made.number = scale.tiers[tier.value_or(0)].rate;
  if (order_.rules.types.at(record.type).value == "percent") made.number /= 100;
  return made;
}

// ---- what scales are read with
// --------------------------------------------------------------------

Rational Finder::basis_of(const LineState& line, const RecordRow& record, Unknown& unknown) const {
  if (find_.counted != "line") return counted_basis(line, record, unknown);
  if (find_.basis.empty())
    return abs(Rational{line.open.quantity * units_of_record(line.open, record)});
  const Value basis = evaluate_at(find_.basis, place(line));
  unknown.add(basis.unknown);
  return abs(basis.number);
}

Rational Finder::counted_basis(const LineState& line, const RecordRow& record,
                               Unknown& unknown) const {
  Rational sum;
  for (const LineState* other : active_) {
    if (!other->is_priced() || !counts_with(*other, record)) continue;
    if (find_.basis.empty()) {
      sum += other->open.quantity * other->open.content;
    } else {
      const Value own = evaluate_at(find_.basis, place(*other));
      unknown.add(own.unknown);
      sum += own.number;
    }
  }
  if (find_.basis.empty()) sum *= units_of_record(line.open, record) / line.open.content;
  return abs(sum);
}

bool Finder::counts_with(const LineState& other, const RecordRow& record) const {
  if (find_.counted == "order") return true;
  const Candidates& own = candidates_but_scale(other);
  return std::any_of(own.begin(), own.end(), [&](const Candidate& candidate) {
    if (find_.counted == "record") return candidate.record == &record;
    if (find_.counted == "key") return same_key(*candidate.record, record);
    return document_of(order_.world, *candidate.record) == document_of(order_.world, record);
  });
}

const Candidates& Finder::candidates_but_scale(const LineState& line) const {
  const auto known = but_scale_.find(&line);
  if (known != but_scale_.end()) return known->second;
  Candidates& made = but_scale_[&line];
  Unknown& unknown = but_scale_unknown_[&line];
  for (const AccessRule& access : find_.accesses) {
    for (const RecordRow& record : order_.world.records)
      collect_record(line, access, record, Thresholds::ignored, true, made, unknown);
  }
  return made;
}

}  // namespace oracle
