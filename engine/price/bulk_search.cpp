#include "engine/price/bulk_search.hpp"

#include "engine/price/choose.hpp"

#include <algorithm>
#include <array>

namespace engine::price {

using base::CivilMinutes;
using rule::Comparator;
using snapshot::ArticleSide;
using snapshot::BoundStep;
using snapshot::Snapshot;

namespace {

bool finds_prices(const Snapshot& snapshot, const rule::Find& find) {
  return std::ranges::any_of(find.accesses, [&](const rule::Access& access) {
    const auto& schema = snapshot.schema();
    return schema.type(schema.table(access.table).type).value == model::ValueKind::price;
  });
}

}  // namespace

BulkSearch::BulkSearch(const BulkTerms& terms, const BulkProcedure& procedure,
                       std::span<const BulkArticleKeys> keys, std::uint32_t lines)
    : taken(lines),
      hard(lines),
      untils(terms.asks_until ? lines : 0),
      terms_{terms},
      procedure_{procedure},
      snapshot_{*terms.snapshot},
      bound_{snapshot_.procedures()[terms.procedure]},
      keys_{keys},
      tables_(bound_.access_count),
      origins_(lines) {}

void BulkSearch::start(const BulkCustomer& customer, std::uint32_t first) {
  customer_ = &customer;
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

void BulkSearch::fill_table(const BulkAccess& access, const BoundStep& step) {
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

void BulkSearch::find(const BoundStep& bound, const BulkLevel& levels, BulkColumns& columns,
                      std::uint32_t first, std::uint32_t count) {
  first_ = first;
  count_ = count;
  finding_ = &columns;
  is_laid_ = false;
  for (std::uint32_t i = levels.begin; i < levels.end; ++i) {
    const BulkLevel& level = customer_->levels[i];
    if (level.begin == level.end) continue;
    first_access_ = &customer_->accesses[level.begin];
    for (std::uint32_t access = level.begin; access < level.end; ++access)
      lay(bound, customer_->accesses[access], access == level.begin);
    if (i + 1 == levels.end) break;
    const std::span lines{taken.data(), count_};  // a byte's store may be to any member
    for (std::uint8_t& line : lines) line = line == 0 ? std::uint8_t{0} : shut;
  }
  clear_unlaid();
}

// What no source lays over has no record. A source that covers all lines does that by the way.
void BulkSearch::clear_unlaid() {
  if (is_laid_) return;
  std::fill_n(finding_->found.begin(), count_, BulkEntry{});
  is_laid_ = true;
}

void BulkSearch::lay(const BoundStep& step, const BulkAccess& access, bool is_first) {
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

void BulkSearch::lay_dense(const BoundStep& step, const BulkSource& source, bool is_first) {
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
  std::uint8_t* lines_taken = taken.data() + from;
  if (terms_.asks_until) {
    for (std::uint32_t i = 0; i < lines; ++i) {
      const BulkUntil& until = sheet.untils[begin - sheet.first + i];
      if (lines_taken[i] != shut)
        hold(from + i, until, entries[i].record != no_record, source.until);
    }
  }
  if (!is_first) {
    for (std::uint32_t i = 0; i < lines; ++i) {
      if (lines_taken[i] != shut && entries[i].record != no_record)
        offer(step, from + i, entries[i], origin);
    }
    return;
  }
  std::uint8_t* lines_hard = hard.data() + from;
  for (std::uint32_t i = 0; i < lines; ++i) {
    if (lines_taken[i] != 0) continue;
    const BulkEntry entry = entries[i];
    found[i] = entry;
    lines_taken[i] = entry.record == no_record ? std::uint8_t{0} : by_first;
    if (entry.record == hard_record) lines_hard[i] = 1;
  }
}

void BulkSearch::lay_sparse(const BoundStep& step, const BulkSource& source) {
  const BulkSheet& sheet = *source.sheet;
  std::size_t& cursor = cursors_[static_cast<std::size_t>(&source - customer_->sources.data())];
  const Origin origin{source.part, source.access, source.distance};
  const std::size_t keys = sheet.keys.size();
  for (; cursor < keys; ++cursor) {
    const std::uint32_t line = sheet.keys[cursor] - first_;
    if (line >= count_) break;
    if (taken[line] == shut) continue;
    const BulkEntry& entry = sheet.entries[cursor];
    if (terms_.asks_until)
      hold(line, sheet.untils[cursor], entry.record != no_record, source.until);
    if (entry.record != no_record) offer(step, line, entry, origin);
  }
}

void BulkSearch::lay_single(const BoundStep& step, const BulkSource& source) {
  const BulkEntry& entry = source.sheet->entries.front();
  const Origin origin{source.part, source.access, source.distance};
  for (std::uint32_t line = 0; line < count_; ++line) {
    if (taken[line] == shut) continue;
    if (terms_.asks_until)
      hold(line, source.sheet->untils.front(), entry.record != no_record, source.until);
    if (entry.record != no_record) offer(step, line, entry, origin);
  }
}

void BulkSearch::lay_keys(const BoundStep& step, const BulkAccess& access, bool is_first) {
  const KeyTable& table = tables_[access.table];
  const BulkArticleKeys& own = keys_[access.mapping];
  const std::uint32_t* keys = own.keys.data() + first_;
  const bool offers = !is_first || terms_.asks_until;
  const std::uint32_t none = own.none;
  const std::uint32_t count = count_;
  BulkEntry* found = finding_->found.data();
  std::uint8_t* lines_taken = taken.data();
  for (std::uint32_t line = 0; line < count; ++line) {
    const std::uint32_t key = keys[line];
    if (lines_taken[line] == shut) continue;
    if (offers || key == BulkArticleKeys::several) {
      if (key != none) offer_keys(step, access, line);
      continue;
    }
    const BulkEntry entry = table.entries[key];
    found[line] = entry;
    lines_taken[line] = entry.record == no_record ? std::uint8_t{0} : by_first;
    if (entry.record == hard_record) hard[line] = 1;
  }
}

// Every article has at most one key, and no key is for the evaluator to decide.
bool BulkSearch::is_simple(const BulkAccess& access) const {
  return !terms_.asks_until && keys_[access.mapping].is_single && !tables_[access.table].has_hard;
}

void BulkSearch::lay_simple_keys(const BulkAccess& access) {
  const BulkEntry* entries = tables_[access.table].entries.data();
  const BulkArticleKeys& own = keys_[access.mapping];
  const std::uint32_t* keys = own.keys.data() + first_;
  const std::uint32_t none = own.none;
  const std::uint32_t count = count_;
  BulkEntry* found = finding_->found.data();
  std::uint8_t* lines_taken = taken.data();  // a byte's store may be to any member
  for (std::uint32_t line = 0; line < count; ++line) {
    const bool is_shut = lines_taken[line] != 0;
    const BulkEntry entry = entries[is_shut ? none : keys[line]];
    found[line] = entry;
    lines_taken[line] = is_shut ? shut : entry.record == no_record ? std::uint8_t{0} : by_first;
  }
  is_laid_ = true;
}

// Where the winner of a line, so far in this level, comes from.
BulkSearch::Origin BulkSearch::origin_of(std::uint32_t line) const {
  if (taken[line] == here) return origins_[line];
  if (first_access_->side == ArticleSide::mapped)
    return tables_[first_access_->table].origins[keys_[first_access_->mapping].keys[first_ + line]];
  const BulkSource& source = customer_->sources[first_access_->begin];
  return {source.part, source.access, source.distance};
}

void BulkSearch::offer_keys(const BoundStep& step, const BulkAccess& access, std::uint32_t line) {
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

void BulkSearch::offer(const BoundStep& step, std::uint32_t line, const BulkEntry& entry,
                       const Origin& origin) {
  BulkEntry& best = finding_->found[line];
  if (taken[line] == 0) {
    best = entry;
    origins_[line] = origin;
  } else {
    const model::ArticleId article{first_ + line};
    origins_[line] = origin_of(line);
    if (!resolve(step, article, best, origins_[line], entry, origin)) best = {0, hard_record, 0};
  }
  taken[line] = here;
  hard[line] |= best.record == hard_record ? 1 : 0;
}

// Leaves the better one in `best`; false where that can't be said here.
bool BulkSearch::resolve(const BoundStep& step, model::ArticleId article, BulkEntry& best,
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
    const ChoiceContext context{&snapshot_, customer_->plan.parts, &find, nullptr, &line, nullptr};
    const Chosen chosen = choose(context, two, nullptr);
    if (chosen.ambiguous) return false;
    const Candidate& winner = chosen.candidate;
    const bool is_best = winner.record == best.record && winner.part == origin.part &&
                         winner.access == origin.access && winner.distance == origin.distance;
    order = is_best ? -1 : 1;
  }
  if (order > 0) {
    best = other;
    origin = other_origin;
  }
  return true;
}

void BulkSearch::hold(std::uint32_t line, const BulkUntil& until, bool is_found,
                      CivilMinutes reached) {
  CivilMinutes& holds = untils[line];
  if (is_found) holds = std::min({holds, until.end, reached});
  if (until.change < reached) holds = std::min(holds, until.change);
}

}  // namespace engine::price
