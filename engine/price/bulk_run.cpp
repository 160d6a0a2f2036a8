#include "engine/price/bulk_run.hpp"

#include "engine/price/choose.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace engine::price {

using base::CivilMinutes;
using model::Outcome;
using rule::Comparator;
using snapshot::ArticleSide;
using snapshot::BoundStep;
using snapshot::Snapshot;

namespace {

// What of a line is taken: nothing (0); by the level at hand, with its origin beside it, or by the
// source that the level begins with, which knows the origin; by what came before.
constexpr std::uint8_t here = 1;
constexpr std::uint8_t by_first = 2;
constexpr std::uint8_t shut = 4;

bool finds_prices(const Snapshot& snapshot, const rule::Find& find) {
  return std::ranges::any_of(find.accesses, [&](const rule::Access& access) {
    const auto& schema = snapshot.schema();
    return schema.type(schema.table(access.table).type).value == model::ValueKind::price;
  });
}

}  // namespace

BulkRun::BulkRun(const BulkTerms& terms, const BulkProcedure& procedure,
                 std::span<const BulkArticleKeys> keys)
    : terms_{terms},
      procedure_{procedure},
      snapshot_{*terms.snapshot},
      bound_{snapshot_.procedures()[terms.procedure]},
      keys_{keys},
      formulas_{snapshot_, terms.quantity},
      columns_(bound_.steps.size()),
      tables_(bound_.access_count),
      taken_(lines_at_once),
      active_(lines_at_once),
      hard_(lines_at_once),
      origins_(lines_at_once),
      outcomes_(lines_at_once),
      untils_(terms.asks_until ? lines_at_once : 0),
      unit_prices_(lines_at_once),
      records_(lines_at_once) {
  for (const BulkStep& step : procedure.steps) {
    BulkColumns& columns = columns_[step.number];
    if (step.finds) columns.found.resize(lines_at_once);
    if (!step.computes || step.is_value) continue;
    columns.amount.resize(lines_at_once);
    if (bound_.steps[step.number].exact_needed) columns.exact.resize(lines_at_once);
  }
}

void BulkRun::start(const BulkCustomer& customer, std::uint32_t first) {
  customer_ = &customer;
  first_ = first;
  count_ = 0;
  cursors_.resize(customer.sources.size());
  for (std::size_t i = 0; i < cursors_.size(); ++i) {
    const auto& keys = customer.sources[i].sheet->keys;
    cursors_[i] = static_cast<std::size_t>(std::ranges::lower_bound(keys, first) - keys.begin());
  }
  for (std::size_t i = 0; i < procedure_.steps.size(); ++i) {
    const BoundStep& step = bound_.steps[procedure_.steps[i].number];
    for (std::uint32_t level = customer.steps[i].begin; level < customer.steps[i].end; ++level) {
      for (std::uint32_t access = customer.levels[level].begin; access < customer.levels[level].end;
           ++access) {
        const BulkAccess& own = customer.accesses[access];
        if (own.side == ArticleSide::mapped) fill_table(own, step);
      }
    }
  }
}

void BulkRun::fill_table(const BulkAccess& access, const BoundStep& step) {
  KeyTable& table = tables_[access.table];
  const std::size_t keys = keys_[access.mapping].none + std::size_t{1};
  table.entries.resize(keys);
  table.origins.resize(keys);
  if (terms_.asks_until) table.untils.resize(keys);
  for (const std::uint32_t key : table.used) {
    table.entries[key] = {};
    if (terms_.asks_until) table.untils[key] = {};
  }
  table.used.clear();
  table.has_hard = false;
  for (std::uint32_t i = access.begin; i < access.end; ++i) {
    const BulkSource& source = customer_->sources[i];
    const BulkSheet& sheet = *source.sheet;
    for (std::size_t place = 0; place < sheet.entries.size(); ++place) {
      const BulkEntry& entry = sheet.entries[place];
      const std::uint32_t key = sheet.key_of(place);
      if (key >= keys_[access.mapping].none) continue;  // no article has it
      if (terms_.asks_until) {
        BulkUntil& until = table.untils[key];
        const BulkUntil& own = sheet.untils[place];
        if (entry.record != no_record) until.end = std::min({until.end, own.end, source.until});
        if (own.change < source.until) until.change = std::min(until.change, own.change);
        table.used.push_back(key);
      }
      if (entry.record == no_record) continue;
      const Origin origin{source.part, source.access, source.distance};
      if (table.entries[key].record == no_record) {
        table.entries[key] = entry;
        table.origins[key] = origin;
        table.used.push_back(key);
      } else if (!resolve(step, {}, table.entries[key], table.origins[key], entry, origin)) {
        table.entries[key] = {0, hard_record, 0};
      }
      table.has_hard = table.has_hard || table.entries[key].record == hard_record;
    }
  }
}

BulkPrices BulkRun::run(std::uint32_t count) {
  first_ += count_;
  count_ = count;
  std::fill_n(outcomes_.begin(), count, Outcome::priced);
  std::fill_n(hard_.begin(), count, std::uint8_t{0});
  if (terms_.asks_until) std::fill_n(untils_.begin(), count, CivilMinutes::latest());
  all_priced_ = true;
  for (std::size_t i = 0; i < procedure_.steps.size(); ++i) {
    const BulkStep& step = procedure_.steps[i];
    const BoundStep& bound = bound_.steps[step.number];
    set_active(step);
    if (bound.guards) {
      if (bound.rule->guard->action != rule::GuardAction::refuse) continue;
      for (std::uint32_t line = 0; line < count; ++line) {
        if (taken_[line] == 0) outcomes_[line] = Outcome::refused;
      }
      all_priced_ = false;
      continue;
    }
    if (step.finds) find(step, customer_->steps[i]);
    if (step.computes && !step.is_value) compute(step);
  }
  return prices();
}

// Lines where the step does not run are shut.
void BulkRun::set_active(const BulkStep& step) {
  const snapshot::BoundFormula& when = bound_.steps[step.number].when;
  if (!step.same_when) {
    all_active_ = all_priced_ && when.code.empty();
    if (!all_active_) {
      for (std::uint32_t line = 0; line < count_; ++line)
        active_[line] = outcomes_[line] == Outcome::priced ? 1 : 0;
    }
    if (!when.code.empty()) test(when);
  }
  if (all_active_) {
    std::fill_n(taken_.begin(), count_, std::uint8_t{0});
  } else {
    for (std::uint32_t line = 0; line < count_; ++line)
      taken_[line] = active_[line] != 0 ? std::uint8_t{0} : shut;
  }
}

// Leaves the lines active on which the condition is met. Most ask for a flag of a record.
void BulkRun::test(const snapshot::BoundFormula& when) {
  const snapshot::BoundInstruction& one = when.code.front();
  if (when.code.size() == 1 && one.op == rule::Op::record_flag) {
    const BulkEntry* found = columns_[one.step].found.data();
    for (std::uint32_t line = 0; line < count_; ++line)
      active_[line] = static_cast<std::uint8_t>(
          active_[line] & static_cast<std::uint8_t>((found[line].flags & one.flags) != 0 ? 1 : 0));
    return;
  }
  for (std::uint32_t offset = 0; offset < count_; offset += BulkFormulas::lines_at_once) {
    const std::uint32_t lines = std::min(BulkFormulas::lines_at_once, count_ - offset);
    formulas_.start(procedure_, columns_, offset, lines, hard_.data());
    const std::int64_t* met = formulas_.run(when.code);
    for (std::uint32_t i = 0; i < lines; ++i) {
      if (met[i] == 0) active_[offset + i] = 0;
    }
  }
}

void BulkRun::find(const BulkStep& step, const BulkLevel& levels) {
  const BoundStep& bound = bound_.steps[step.number];
  finding_ = &columns_[step.number];
  is_laid_ = false;
  for (std::uint32_t i = levels.begin; i < levels.end; ++i) {
    const BulkLevel& level = customer_->levels[i];
    if (level.begin == level.end) continue;
    first_access_ = &customer_->accesses[level.begin];
    for (std::uint32_t access = level.begin; access < level.end; ++access)
      lay(bound, customer_->accesses[access], access == level.begin);
    if (i + 1 == levels.end) break;
    for (std::uint32_t line = 0; line < count_; ++line)
      taken_[line] = taken_[line] == 0 ? std::uint8_t{0} : shut;
  }
  clear_unlaid();
  if (bound.rule->find->required) close_unfound(*finding_);
}

// What no source lays over has no record. A source that covers all lines does that by the way.
void BulkRun::clear_unlaid() {
  if (is_laid_) return;
  std::fill_n(finding_->found.begin(), count_, BulkEntry{});
  is_laid_ = true;
}

void BulkRun::lay(const BoundStep& step, const BulkAccess& access, bool is_first) {
  if (access.side == ArticleSide::mapped && is_first && !is_laid_ && is_simple(access))
    return lay_simple_keys(access);
  clear_unlaid();
  if (access.side == ArticleSide::mapped) return lay_keys(step, access, is_first);
  for (std::uint32_t i = access.begin; i < access.end; ++i) {
    const BulkSource& source = customer_->sources[i];
    if (access.side == ArticleSide::none) {
      lay_single(step, source);
    } else if (source.sheet->is_dense) {
      lay_dense(step, source, is_first && i == access.begin);
    } else {
      lay_sparse(step, source);
    }
  }
}

void BulkRun::lay_dense(const BoundStep& step, const BulkSource& source, bool is_first) {
  const BulkSheet& sheet = *source.sheet;
  const std::uint64_t sheet_end = std::uint64_t{sheet.first} + sheet.entries.size();
  const std::uint64_t begin = std::max(sheet.first, first_);
  const std::uint64_t end = std::min<std::uint64_t>(sheet_end, std::uint64_t{first_} + count_);
  if (begin >= end) return;
  const BulkEntry* entries = sheet.entries.data() + (begin - sheet.first);
  const auto from = static_cast<std::uint32_t>(begin - first_);
  const auto lines = static_cast<std::uint32_t>(end - begin);
  const Origin origin{source.part, source.access, source.distance};
  BulkEntry* found = finding_->found.data() + from;
  std::uint8_t* taken = taken_.data() + from;
  if (terms_.asks_until) {
    for (std::uint32_t i = 0; i < lines; ++i) {
      const BulkUntil& until = sheet.untils[begin - sheet.first + i];
      if (taken[i] != shut) hold(from + i, until, entries[i].record != no_record, source.until);
    }
  }
  if (!is_first) {
    for (std::uint32_t i = 0; i < lines; ++i) {
      if (taken[i] != shut && entries[i].record != no_record)
        offer(step, from + i, entries[i], origin);
    }
    return;
  }
  for (std::uint32_t i = 0; i < lines; ++i) {
    if (taken[i] != 0) continue;
    found[i] = entries[i];
    taken[i] = entries[i].record == no_record ? std::uint8_t{0} : by_first;
    hard_[from + i] |= entries[i].record == hard_record ? 1 : 0;
  }
}

void BulkRun::lay_sparse(const BoundStep& step, const BulkSource& source) {
  const BulkSheet& sheet = *source.sheet;
  std::size_t& cursor = cursors_[static_cast<std::size_t>(&source - customer_->sources.data())];
  const Origin origin{source.part, source.access, source.distance};
  const std::size_t keys = sheet.keys.size();
  for (; cursor < keys; ++cursor) {
    const std::uint32_t line = sheet.keys[cursor] - first_;
    if (line >= count_) break;
    if (taken_[line] == shut) continue;
    const BulkEntry& entry = sheet.entries[cursor];
    if (terms_.asks_until)
      hold(line, sheet.untils[cursor], entry.record != no_record, source.until);
    if (entry.record != no_record) offer(step, line, entry, origin);
  }
}

void BulkRun::lay_single(const BoundStep& step, const BulkSource& source) {
  const BulkEntry& entry = source.sheet->entries.front();
  const Origin origin{source.part, source.access, source.distance};
  for (std::uint32_t line = 0; line < count_; ++line) {
    if (taken_[line] == shut) continue;
    if (terms_.asks_until)
      hold(line, source.sheet->untils.front(), entry.record != no_record, source.until);
    if (entry.record != no_record) offer(step, line, entry, origin);
  }
}

void BulkRun::lay_keys(const BoundStep& step, const BulkAccess& access, bool is_first) {
  const KeyTable& table = tables_[access.table];
  const BulkArticleKeys& own = keys_[access.mapping];
  const std::uint32_t* keys = own.keys.data() + first_;
  const bool offers = !is_first || terms_.asks_until;
  for (std::uint32_t line = 0; line < count_; ++line) {
    const std::uint32_t key = keys[line];
    if (taken_[line] == shut) continue;
    if (offers || key == BulkArticleKeys::several) {
      if (key != own.none) offer_keys(step, access, line);
      continue;
    }
    const BulkEntry& entry = table.entries[key];
    finding_->found[line] = entry;
    taken_[line] = entry.record == no_record ? std::uint8_t{0} : by_first;
    hard_[line] |= entry.record == hard_record ? 1 : 0;
  }
}

// Every article has at most one key, and no key is for the evaluator to decide.
bool BulkRun::is_simple(const BulkAccess& access) const {
  return !terms_.asks_until && keys_[access.mapping].is_single && !tables_[access.table].has_hard;
}

void BulkRun::lay_simple_keys(const BulkAccess& access) {
  const BulkEntry* entries = tables_[access.table].entries.data();
  const BulkArticleKeys& own = keys_[access.mapping];
  const std::uint32_t* keys = own.keys.data() + first_;
  BulkEntry* found = finding_->found.data();
  for (std::uint32_t line = 0; line < count_; ++line) {
    const bool is_shut = taken_[line] != 0;
    const BulkEntry& entry = entries[is_shut ? own.none : keys[line]];
    found[line] = entry;
    taken_[line] = is_shut ? shut : entry.record == no_record ? std::uint8_t{0} : by_first;
  }
  is_laid_ = true;
}

// Where the winner of a line, so far in this level, comes from.
BulkRun::Origin BulkRun::origin_of(std::uint32_t line) const {
  if (taken_[line] == here) return origins_[line];
  if (first_access_->side == ArticleSide::mapped)
    return tables_[first_access_->table].origins[keys_[first_access_->mapping].keys[first_ + line]];
  const BulkSource& source = customer_->sources[first_access_->begin];
  return {source.part, source.access, source.distance};
}

void BulkRun::offer_keys(const BoundStep& step, const BulkAccess& access, std::uint32_t line) {
  const KeyTable& table = tables_[access.table];
  for (const snapshot::ArticleKey& key :
       snapshot_.articles().mappings[access.mapping][first_ + line]) {
    if (key.distance > 0 && !access.ancestors) continue;
    const BulkEntry& entry = table.entries[key.key];
    if (terms_.asks_until)
      hold(line, table.untils[key.key], entry.record != no_record, CivilMinutes::latest());
    if (entry.record == no_record) continue;
    Origin origin = table.origins[key.key];
    origin.distance = static_cast<std::uint16_t>(origin.distance + key.distance);
    offer(step, line, entry, origin);
  }
}

void BulkRun::offer(const BoundStep& step, std::uint32_t line, const BulkEntry& entry,
                    const Origin& origin) {
  BulkEntry& best = finding_->found[line];
  if (taken_[line] == 0) {
    best = entry;
    origins_[line] = origin;
  } else {
    const model::ArticleId article{first_ + line};
    origins_[line] = origin_of(line);
    if (!resolve(step, article, best, origins_[line], entry, origin)) best = {0, hard_record, 0};
  }
  taken_[line] = here;
  hard_[line] |= best.record == hard_record ? 1 : 0;
}

// Leaves the better one in `best`; false where that can't be said here.
bool BulkRun::resolve(const BoundStep& step, model::ArticleId article, BulkEntry& best,
                      Origin& origin, const BulkEntry& other, const Origin& other_origin) const {
  if (best.record == hard_record || other.record == hard_record) return false;
  const rule::Find& find = *step.rule->find;
  const Comparator first = find.choose.empty() ? Comparator::rank : find.choose.front().by;
  const auto& parts = customer_->plan.parts;
  std::int64_t order = 0;  // what the first comparator says at a glance
  if (first == Comparator::rank && !find.choose.empty()) {
    order = std::int64_t{parts[origin.part].rank} - parts[other_origin.part].rank;
  } else if ((first == Comparator::highest_value || first == Comparator::lowest_value) &&
             best.value != other.value && !finds_prices(snapshot_, find)) {
    order = (best.value < other.value) == (first == Comparator::lowest_value) ? -1 : 1;
  }
  if (order == 0) {
    Line line;
    line.article = article;
    line.quantity = terms_.quantity;
    line.date = terms_.date;
    if (!article.is_none()) line.unit = snapshot_.articles().base_units[article.raw()];
    std::array<Candidate, 2> two{
        Candidate{best.record, origin.part, 0, origin.access, origin.distance, 0},
        Candidate{other.record, other_origin.part, 0, other_origin.access, other_origin.distance,
                  0}};
    const ChoiceContext context{&snapshot_, &customer_->plan, &find, nullptr, &line, nullptr};
    const Chosen chosen = choose(context, two, nullptr);
    if (chosen.ambiguous) return false;
    const Candidate& taken = chosen.candidate;
    const bool is_best = taken.record == best.record && taken.part == origin.part &&
                         taken.access == origin.access && taken.distance == origin.distance;
    order = is_best ? -1 : 1;
  }
  if (order > 0) {
    best = other;
    origin = other_origin;
  }
  return true;
}

void BulkRun::hold(std::uint32_t line, const BulkUntil& until, bool is_found,
                   CivilMinutes reached) {
  CivilMinutes& holds = untils_[line];
  if (is_found) holds = std::min({holds, until.end, reached});
  if (until.change < reached) holds = std::min(holds, until.change);
}

void BulkRun::close_unfound(const BulkColumns& columns) {
  constexpr std::uint32_t on_request = model::flag_bit(model::Schema::price_on_request);
  std::uint32_t flags = 0;
  for (std::uint32_t line = 0; line < count_; ++line) flags |= columns.found[line].flags;
  if ((flags & on_request) == 0 && std::memchr(taken_.data(), 0, count_) == nullptr) return;
  for (std::uint32_t line = 0; line < count_; ++line) {
    const BulkEntry& found = columns.found[line];
    if (found.record != no_record && (found.flags & on_request) == 0) continue;
    // Shut from the start: the step does not run here, or the line is closed already.
    if (found.record == no_record && taken_[line] == shut) continue;
    outcomes_[line] = found.record == no_record ? Outcome::no_price : Outcome::price_on_request;
    all_priced_ = false;
  }
}

void BulkRun::compute(const BulkStep& step) {
  BulkColumns& columns = columns_[step.number];
  for (std::uint32_t offset = 0; offset < count_; offset += BulkFormulas::lines_at_once) {
    const std::uint32_t lines = std::min(BulkFormulas::lines_at_once, count_ - offset);
    formulas_.start(procedure_, columns_, offset, lines, hard_.data());
    const auto store = [&](const std::int64_t* from, std::vector<std::int64_t>& to) {
      if (all_active_) {
        std::copy_n(from, lines, to.data() + offset);
        return;
      }
      for (std::uint32_t i = 0; i < lines; ++i)
        to[offset + i] = active_[offset + i] != 0 ? from[i] : 0;
    };
    const std::int64_t* exact = formulas_.run(procedure_.exact[step.number]);
    if (!columns.exact.empty()) store(exact, columns.exact);
    store(formulas_.run(procedure_.rounding[step.number]), columns.amount);
  }
}

// Lines that are not as simple as that, by the evaluator.
void BulkRun::price_hard() {
  hard_lines_.clear();
  if (std::memchr(hard_.data(), 1, count_) == nullptr) return;
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (hard_[i] == 0) continue;
    Line& line = hard_lines_.emplace_back();
    line.article = model::ArticleId{first_ + i};
    line.quantity = terms_.quantity;
    line.unit = snapshot_.articles().base_units[line.article.raw()];
    line.date = terms_.date;
  }
  static_assert(lines_at_once <= base::limits::lines_parallel_from);
  const Task task{&snapshot_, terms_.procedure, customer_->header, hard_lines_, true};
  evaluate(task, scratch_, hard_priced_);
  for (std::size_t i = 0; i < hard_lines_.size(); ++i) {
    const PricedLine& priced = hard_priced_.lines[i];
    const std::uint32_t line = hard_lines_[i].article.raw() - first_;
    outcomes_[line] = priced.outcome;
    unit_prices_[line] = static_cast<std::int64_t>(priced.unit_price.mantissa);
    records_[line] = priced.record;
    if (terms_.asks_until) untils_[line] = priced.valid_until;
  }
}

BulkPrices BulkRun::prices() {
  const rule::AnswerShape& answer = bound_.rule->answer;
  const BulkColumns& price = columns_[answer.unit_price];
  const auto& source = columns_[answer.price_step].found;
  if (terms_.asks_records) {
    for (std::uint32_t i = 0; i < count_; ++i) records_[i] = source[i].record;
  }
  if (procedure_.is_value[answer.unit_price]) {
    for (std::uint32_t i = 0; i < count_; ++i) unit_prices_[i] = price.found[i].value;
  } else {
    std::copy_n(price.amount.begin(), count_, unit_prices_.begin());
  }
  price_hard();
  BulkPrices made;
  made.first_article = first_;
  made.outcomes = std::span{outcomes_}.first(count_);
  made.unit_prices = std::span{unit_prices_}.first(count_);
  if (terms_.asks_records) made.records = std::span{records_}.first(count_);
  if (terms_.asks_until) made.untils = std::span{untils_}.first(count_);
  return made;
}

}  // namespace engine::price
