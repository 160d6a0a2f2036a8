#include "engine/price/bulk_sheets.hpp"

#include "engine/base/parallel.hpp"
#include "engine/price/choose.hpp"
#include "engine/price/record_fit.hpp"

#include <algorithm>

namespace engine::price {

using base::CivilMinutes;
using snapshot::ArticleSide;
using snapshot::BoundStep;
using snapshot::ConditionIndex;
using snapshot::Snapshot;

namespace {

constexpr std::uint32_t keys_at_once = 8'192;

// Reads the keys of one part, one after the other.
class KeyReader {
 public:
  KeyReader(const BulkTerms& terms, std::uint16_t step, std::uint16_t access, std::uint32_t part)
      : terms_{terms},
        snapshot_{*terms.snapshot},
        index_{snapshot_.conditions()},
        procedure_{snapshot_.procedures()[terms.procedure]},
        step_{procedure_.steps[step]},
        rule_{*step_.accesses[access].rule},
        side_{index_.table(rule_.table).side},
        access_{access},
        context_{&snapshot_, &procedure_, &header_, {}} {
    header_.currency = terms.currency;
    plan_.parts.emplace_back().part = part;
    line_.quantity = terms.quantity;
    line_.date = terms.date;
  }

  BulkEntry read(std::uint32_t position, BulkUntil& until) {
    candidates_.clear();
    bool is_hard = false;
    line_.article = {};
    if (side_ == ArticleSide::article) {
      line_.article = model::ArticleId{index_.key_at(position)};
      line_.unit = snapshot_.articles().base_units[line_.article.raw()];
    }
    const snapshot::KeyRange records = index_.records_of(position);
    for (std::uint32_t number = records.begin; number < records.end; ++number)
      is_hard |= !consider(number, position, until);
    if (is_hard) return {0, hard_record, 0};
    if (candidates_.empty()) return {};
    if (candidates_.size() == 1) return entry_of(candidates_.front().record);
    const ChoiceContext choice{&snapshot_, plan_.parts, &*step_.rule->find,
                               nullptr,    &line_,      nullptr};
    const Chosen chosen = choose(choice, candidates_, nullptr);
    if (chosen.ambiguous) return {0, hard_record, 0};
    return entry_of(chosen.candidate.record);
  }

 private:
  // False where what becomes of the record depends on more than the key. Time comes last, as in the
  // evaluator: only a record that fits but for its validity says how long the answer holds.
  bool consider(std::uint32_t number, std::uint32_t position, BulkUntil& until) {
    const model::ConditionRecord& record = index_.record(number);
    const model::Terms& terms = index_.terms(record);
    if (terms.wide || terms.has_more) return false;
    if (line_.article.is_none() && !terms.unit.is_none()) return false;
    if (fit_.rule_out_plain(record, terms, line_) != Loss::won) return true;
    if (!record.document.is_none() && !snapshot_.may_use(record.document, {})) return false;
    if (!fit_.agreement_fits(record.document, line_, rule_)) return true;
    base::Validity validity = record.validity();
    if (!record.document.is_none() && snapshot_.is_dated_promotion(record.document)) {
      const base::Validity& promotion = snapshot_.documents()[record.document.raw()].validity;
      validity.from = std::max(validity.from, promotion.from);
      validity.to = std::min(validity.to, promotion.to);
    }
    if (terms_.date < validity.from) {
      if (validity.from < validity.to) until.change = std::min(until.change, validity.from);
      return true;
    }
    if (terms_.date >= validity.to) return true;
    until.end = std::min(until.end, validity.to);
    candidates_.push_back({number, 0, position, access_, 0, 0});
    return true;
  }

  BulkEntry entry_of(std::uint32_t number) const {
    const model::ConditionRecord& record = index_.record(number);
    const model::Terms& terms = index_.terms(record);
    BulkEntry entry{record.value, number, terms.flags};
    const int missing = step_.value_decimals - terms.decimals;
    if (missing == 0) return entry;
    const bool fits =
        missing <= base::pow10_64_max &&
        !__builtin_mul_overflow(record.value, base::pow10<std::int64_t>(missing), &entry.value);
    if (!fits) return {0, hard_record, 0};
    return entry;
  }

  const BulkTerms& terms_;
  const Snapshot& snapshot_;
  const ConditionIndex& index_;
  const snapshot::BoundProcedure& procedure_;
  const BoundStep& step_;
  const rule::Access& rule_;
  ArticleSide side_;
  std::uint16_t access_;
  Header header_;
  Plan plan_;
  Line line_;
  detail::RunContext context_;  // read by what follows, from its making on
  detail::OpenLines lines_{context_};
  AmountColumn basis_;
  detail::RecordFit fit_{lines_, basis_};
  std::vector<Candidate> candidates_;
};

}  // namespace

const BulkSheet* BulkSheets::sheet(std::uint16_t step, std::uint16_t access, std::uint32_t part) {
  static_assert(base::limits::steps_per_procedure <= 1U << 16U &&
                base::limits::accesses_per_step <= 1U << 16U);
  const std::uint64_t key = std::uint64_t{step} << 48U | std::uint64_t{access} << 32U | part;
  auto& known = sheets_[key];
  if (known == nullptr) {
    known = std::make_unique<BulkSheet>();
    wanted_.push_back({known.get(), step, access, part});
  }
  return known.get();
}

void BulkSheets::make_room(const Wanted& wanted) {
  const ConditionIndex& index = terms_.snapshot->conditions();
  const snapshot::KeyRange range = index.part_keys(wanted.part);
  BulkSheet& sheet = *wanted.sheet;
  sheet.first = index.key_at(range.begin);
  const std::uint32_t span = index.key_at(range.end - 1) - sheet.first + 1;
  sheet.is_dense = span / 2 < range.size();
  const std::size_t entries = sheet.is_dense ? span : range.size();
  if (!sheet.is_dense) sheet.keys.resize(entries);
  sheet.entries.resize(entries);
  if (terms_.asks_until) sheet.untils.resize(entries);
  entry_count_ += entries;
}

void BulkSheets::fill(const Wanted& wanted, std::uint32_t begin, std::uint32_t end) const {
  const ConditionIndex& index = terms_.snapshot->conditions();
  const snapshot::KeyRange range = index.part_keys(wanted.part);
  BulkSheet& sheet = *wanted.sheet;
  KeyReader reader{terms_, wanted.step, wanted.access, wanted.part};
  for (std::uint32_t i = begin; i < end; ++i) {
    const std::uint32_t position = range.begin + i;
    const std::uint32_t key = index.key_at(position);
    const std::size_t entry = sheet.is_dense ? key - sheet.first : i;
    if (!sheet.is_dense) sheet.keys[entry] = key;
    BulkUntil until;
    sheet.entries[entry] = reader.read(position, until);
    if (terms_.asks_until) sheet.untils[entry] = until;
  }
}

void BulkSheets::fill() {
  struct Piece {
    const Wanted* wanted;
    std::uint32_t begin, end;
  };

  const ConditionIndex& index = terms_.snapshot->conditions();
  std::vector<Piece> pieces;
  for (const Wanted& wanted : wanted_) {
    make_room(wanted);
    const std::uint32_t keys = index.part_keys(wanted.part).size();
    for (std::uint32_t begin = 0; begin < keys; begin += keys_at_once)
      pieces.push_back({&wanted, begin, std::min(keys, begin + keys_at_once)});
  }
  base::parallel_for(pieces.size(), 4, [&](std::size_t from, std::size_t to, std::size_t) {
    for (std::size_t i = from; i < to; ++i) fill(*pieces[i].wanted, pieces[i].begin, pieces[i].end);
  });
  wanted_.clear();
}

void BulkSheets::clear() {
  sheets_.clear();
  wanted_.clear();
  entry_count_ = 0;
}

}  // namespace engine::price
