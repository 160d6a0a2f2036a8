#include "rules/check_tie_search.hpp"

#include <algorithm>

namespace rules {

namespace model = engine::model;
namespace price = engine::price;
namespace rule = engine::rule;
using engine::snapshot::ArticleSide;
using engine::snapshot::TableInfo;
using model::ConditionRecord;
using model::Terms;

namespace {

constexpr std::size_t articles_max = 4'096;  // of two keys, that a pair of records is tried with
constexpr std::size_t proofs_max = 24;       // of them, that are asked about
constexpr std::uint32_t beside_max = 2'048;  // records to each side that may beat one of a pair
constexpr std::size_t claims_max = 1'000;    // of two keys

// Records looked at for two keys. A question looks at all of theirs, and tells of each why it lost,
// beside those told so far: so many of them cost as much as a record.
constexpr std::uint64_t effort_max = 8'000'000;
constexpr std::uint64_t effort_of_article = 8;
constexpr std::uint64_t told_beside = 256;

bool is_by_value(const rule::Choice& choice) {
  return choice.by == rule::Comparator::lowest_value ||
         choice.by == rule::Comparator::highest_value;
}

}  // namespace

TieSearch::TieSearch(const CheckContext& context, const Neighbours& neighbours,
                     const ToldPairs& told)
    : context_{context},
      snapshot_{context.snapshot()},
      index_{context.index()},
      told_{told},
      key_pairs_{context, neighbours},
      prover_{context} {}

void TieSearch::meet(std::uint16_t procedure, std::uint16_t step, const Meeting& meeting,
                     std::uint32_t place, Claims& claims) {
  procedure_ = procedure;
  number_ = step;
  step_ = &snapshot_.procedures()[procedure].steps[step];
  find_ = &*step_->rule->find;
  meeting_ = &meeting;
  place_ = place;
  claims_ = &claims;
  choices_ = choices_between(*find_, meeting.access_a, meeting.access_b);
  Rivals rivals{context_, *step_, meeting, *choices_};
  rivals_ = &rivals;
  key_pairs_.each(meeting, [this](std::uint32_t a, std::uint32_t b) { meet_keys(a, b); });
}

void TieSearch::meet_keys(std::uint32_t a, std::uint32_t b) {
  key_a_ = a;
  key_b_ = b;
  effort_ = effort_max;
  claimed_ = 0;
  const std::uint64_t left_out =
      rivals_->each(a, b, [this](std::uint32_t x, std::uint32_t y) { return suspect(x, y); });
  if (left_out > 0) claims_->left_out.push_back({a, b, left_out});
}

// False where the two keys have had what they may have.
bool TieSearch::suspect(std::uint32_t a, std::uint32_t b) {
  if (told_.contains(std::minmax(a, b))) return true;
  if (effort_ == 0 || claimed_ == claims_max) return false;
  return try_articles(a, b);
}

// False where the effort came to its end before the pair was through.
bool TieSearch::try_articles(std::uint32_t a, std::uint32_t b) {
  const std::uint64_t looked_at = std::uint64_t{index_.records_of(key_a_).size()} +
                                  (key_a_ == key_b_ ? 0 : index_.records_of(key_b_).size());
  const std::uint64_t of_question = looked_at + looked_at * looked_at / told_beside;
  std::size_t tried = 0;
  std::size_t proofs = 0;
  bool open = false;
  bool is_tie = false;
  std::uint32_t open_article = 0;
  const auto spend = [this](std::uint64_t effort) { effort_ -= std::min(effort, effort_); };
  each_article([&](std::uint32_t article) {
    if (++tried > articles_max || effort_ == 0) return false;
    spend(effort_of_article);
    const auto computed = is_tied_on(a, b, article);
    if (!computed) return true;
    Suspicion suspicion = suspicion_of(a, b, article, *computed);
    suspicion.questions_max = static_cast<std::size_t>(effort_ / of_question + 1);
    const Proof proof = prover_.prove(suspicion);
    spend(proof.questions * of_question);
    is_tie = proof.verdict == Verdict::tie;
    if (is_tie) claim(a, b, article, std::make_unique<Witness>(proof.witness));
    if (proof.verdict == Verdict::open) {
      open = true;
      open_article = article;
    }
    return !is_tie && ++proofs < proofs_max;
  });
  if (open && !is_tie && effort_ > 0) claim(a, b, open_article, nullptr);
  return is_tie || effort_ > 0;
}

// Articles that both keys are for, until `visit` says that it has seen enough.
template <class Visit>
void TieSearch::each_article(const Visit& visit) const {
  const TableInfo& a = context_.table_of_part(meeting_->part_a);
  const TableInfo& b = context_.table_of_part(meeting_->part_b);
  if (a.side == ArticleSide::article) {
    visit(index_.key_at(key_a_));
  } else if (b.side == ArticleSide::article) {
    visit(index_.key_at(key_b_));
  } else if (a.side == ArticleSide::none && b.side == ArticleSide::none) {
    const auto count = static_cast<std::uint32_t>(snapshot_.articles().codes->size());
    for (std::uint32_t article = 0; article < count && visit(article); ++article) continue;
  } else {
    const bool by_a = a.side == ArticleSide::mapped;
    const auto articles = by_a ? context_.articles_of(a.mapping, index_.key_at(key_a_))
                               : context_.articles_of(b.mapping, index_.key_at(key_b_));
    for (const std::uint32_t article : articles) {
      if (!visit(article)) return;
    }
  }
}

// How far the key is from the article; nothing where the access does not find it for the article.
std::optional<std::uint16_t> TieSearch::distance_to(const TableInfo& table, std::uint32_t key,
                                                    std::uint16_t access,
                                                    std::uint32_t article) const {
  if (table.side == ArticleSide::none) return std::uint16_t{0};
  if (table.side == ArticleSide::article)
    return key == article ? std::optional<std::uint16_t>{0} : std::nullopt;
  for (const auto& own : snapshot_.articles().mappings[table.mapping][article]) {
    if (own.key != key) continue;
    const bool climbs = own.distance == 0 || find_->accesses[access].group_ancestors;
    return climbs ? std::optional{own.distance} : std::nullopt;
  }
  return std::nullopt;
}

Suspicion TieSearch::suspicion_of(std::uint32_t a, std::uint32_t b, std::uint32_t article,
                                  bool computed) const {
  const ConditionRecord& x = index_.record(a);
  const ConditionRecord& y = index_.record(b);
  Suspicion made;
  made.procedure = procedure_;
  made.step = number_;
  made.record_a = a;
  made.record_b = b;
  made.article = article;
  made.validity = rivals_->common(x, y);
  made.meeting = meeting_;
  made.computed = computed;
  if (rivals_->asks(meeting_->access_a)) made.agreement = x.document;
  if (rivals_->asks(meeting_->access_b)) made.agreement = y.document;
  return made;
}

// Nothing where a comparator decides on lines of the article; else whether what the two are worth
// had to be left open.
std::optional<bool> TieSearch::is_tied_on(std::uint32_t a, std::uint32_t b,
                                          std::uint32_t article) const {
  const auto from_a = distance_to(context_.table_of_part(meeting_->part_a), index_.key_at(key_a_),
                                  meeting_->access_a, article);
  const auto from_b = distance_to(context_.table_of_part(meeting_->part_b), index_.key_at(key_b_),
                                  meeting_->access_b, article);
  if (!from_a || !from_b) return std::nullopt;
  const auto line = line_for(a, b, article);
  if (!line) return std::nullopt;
  const Terms& terms_x = index_.terms(index_.record(a));
  const Terms& terms_y = index_.terms(index_.record(b));
  bool computed = terms_x.has_more || terms_y.has_more;
  const bool worth_open = computed || terms_x.currency != terms_y.currency;
  const price::ChoiceContext context{&snapshot_, plan_.parts, find_, choices_, &*line, nullptr};
  const auto far = [](std::uint16_t party, std::uint16_t from) {
    return static_cast<std::uint16_t>(party + from);
  };
  const price::Candidate x{a, 0, key_a_, meeting_->access_a, far(meeting_->distance_a, *from_a), 0};
  const price::Candidate y{b, 0, key_b_, meeting_->access_b, far(meeting_->distance_b, *from_b), 0};
  for (const rule::Choice& choice : *choices_) {
    if (is_by_value(choice) && worth_open) {
      computed = true;
    } else if (price::compare(context, choice, x, y) != 0) {
      return std::nullopt;
    }
  }
  if (!computed && !step_->apply && !answers_differ(a, b, article)) return std::nullopt;
  // What an applied record is worth is seen when it acts, and what comes before it need not shut it
  // out: the engine is asked, the best of all for a while only.
  if (step_->apply) return computed || step_->rule->apply->combine == rule::Combine::best;
  if (is_beaten(a, b, context, x, key_a_) || is_beaten(b, a, context, y, key_b_))
    return std::nullopt;
  return computed && std::ranges::any_of(*choices_, is_by_value);
}

// A line in a unit that both records count in; nothing where there is none.
std::optional<price::Line> TieSearch::line_for(std::uint32_t a, std::uint32_t b,
                                               std::uint32_t article) const {
  price::Line line;
  line.article = model::ArticleId{article};
  line.unit = snapshot_.articles().base_units[article];
  if (find_->any_unit) return line;
  const auto sold_in = snapshot_.articles().units[article];
  for (const std::uint32_t number : {a, b}) {
    const model::UnitId unit = index_.terms(index_.record(number)).unit;
    if (unit.is_none() || unit == snapshot_.articles().base_units[article]) continue;
    const auto own = std::ranges::find(sold_in, unit, &model::ArticleUnit::unit);
    const bool other = line.unit != snapshot_.articles().base_units[article];
    if (own == sold_in.end() || (other && line.unit != unit)) return std::nullopt;
    line.unit = unit;
    line.numerator = own->numerator;
    line.denominator = own->denominator;
  }
  return line;
}

bool TieSearch::answers_differ(std::uint32_t a, std::uint32_t b, std::uint32_t article) const {
  const ConditionRecord& x = index_.record(a);
  const ConditionRecord& y = index_.record(b);
  const Terms& p = index_.terms(x);
  const Terms& q = index_.terms(y);
  const model::UnitId base = snapshot_.articles().base_units[article];
  const auto told = [base](model::UnitId unit) { return unit.is_none() ? base : unit; };
  return snapshot_.record_value(x) != snapshot_.record_value(y) || p.decimals != q.decimals ||
         p.currency != q.currency || told(p.unit) != told(q.unit) || p.price_unit != q.price_unit ||
         p.flags != q.flags;
}

// Whether a third record of the same key counts wherever `number` and the other one do, and comes
// first. Records of a key lie by threshold, then start: one that does is likely to be near, and
// where none is seen the engine is asked.
bool TieSearch::is_beaten(std::uint32_t number, std::uint32_t other,
                          const price::ChoiceContext& context, const price::Candidate& own,
                          std::uint32_t key) const {
  const ConditionRecord& record = index_.record(number);
  const auto both = rivals_->common(record, index_.record(other));
  const Terms& terms = index_.terms(record);
  if (terms.has_more) return false;
  const auto all = index_.records_of(key);
  const std::uint32_t begin = all.begin + std::max(number - all.begin, beside_max) - beside_max;
  const std::uint32_t end = std::min(all.end, number + beside_max);
  for (std::uint32_t third = begin; third < end; ++third) {
    const ConditionRecord& rival = index_.record(third);
    const Terms& its = index_.terms(rival);
    if (third == number || third == other || its.has_more || its.has_window) continue;
    if (its.currency != terms.currency || its.unit != terms.unit) continue;
    if (rival.threshold > record.threshold || rival.document != record.document) continue;
    if (rival.valid_from > both.from || rival.valid_to < both.to) continue;
    if (beats(context, third, own)) return true;
  }
  return false;
}

bool TieSearch::beats(const price::ChoiceContext& context, std::uint32_t third,
                      const price::Candidate& own) const {
  price::Candidate rival = own;
  rival.record = third;
  for (const rule::Choice& choice : *choices_) {
    const int order = price::compare(context, choice, rival, own);
    if (order != 0) return order < 0;
  }
  return false;
}

void TieSearch::claim(std::uint32_t a, std::uint32_t b, std::uint32_t article,
                      std::unique_ptr<Witness> witness) {
  Claim made{a, b, place_, article, key_a_, key_b_, std::move(witness)};
  if (b < a) {
    std::swap(made.record_a, made.record_b);
    std::swap(made.key_a, made.key_b);
  }
  claims_->found.push_back(std::move(made));
  ++claimed_;
}

}  // namespace rules
