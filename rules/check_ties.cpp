#include "rules/check_ties.hpp"

#include "engine/base/parallel.hpp"
#include "engine/price/choose.hpp"
#include "rules/check_proof.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>

namespace rules {

namespace model = engine::model;
namespace price = engine::price;
namespace rule = engine::rule;
using engine::base::Validity;
using engine::snapshot::ArticleSide;
using engine::snapshot::BoundStep;
using engine::snapshot::ConditionIndex;
using engine::snapshot::KeyRange;
using engine::snapshot::Snapshot;
using engine::snapshot::TableInfo;
using model::ConditionRecord;
using model::Terms;

namespace {

constexpr std::size_t articles_max = 4'096;  // of two keys, that a pair of records is tried with
constexpr std::size_t proofs_max = 24;       // of them, that are asked about

// Keys of one mapping that some article has together with a key of another (or the same) one.
using Neighbours = std::map<std::pair<std::uint16_t, std::uint16_t>, NumberLists>;

NumberLists neighbours_of(const Snapshot& snapshot, std::uint16_t a, std::uint16_t b) {
  const auto& mappings = snapshot.articles().mappings;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  const auto articles = static_cast<std::uint32_t>(snapshot.articles().codes->size());
  const auto compact = [&pairs] {
    std::ranges::sort(pairs);
    const auto same = std::ranges::unique(pairs);
    pairs.erase(same.begin(), same.end());
  };
  std::size_t compacted = 1 << 20;
  for (std::uint32_t article = 0; article < articles; ++article) {
    for (const auto& x : mappings[a][article]) {
      for (const auto& y : mappings[b][article]) pairs.emplace_back(x.key, y.key);
    }
    if (pairs.size() < compacted) continue;
    compact();
    compacted = std::max<std::size_t>(1 << 20, 2 * pairs.size());
  }
  return NumberLists{std::move(pairs)};
}

// A pair found, to be told once however often it was met.
struct Claim {
  std::uint32_t record_a = 0;
  std::uint32_t record_b = 0;
  std::uint32_t meeting = 0;  // by its place in the step's
  std::uint32_t article = 0;
  std::uint32_t key_a = 0;
  std::uint32_t key_b = 0;
  std::unique_ptr<Witness> witness;  // null: not proved

  auto order() const { return std::tuple{record_a, record_b, witness == nullptr, meeting}; }
};

using ToldPairs = std::set<std::pair<std::uint32_t, std::uint32_t>>;

// One step's meetings, on one worker.
class TieSearch {
 public:
  TieSearch(const CheckContext& context, const Neighbours& neighbours, const ToldPairs& told)
      : context_{context},
        snapshot_{context.snapshot()},
        index_{context.index()},
        neighbours_{neighbours},
        told_{told},
        prover_{context} {}

  void meet(std::uint16_t procedure, std::uint16_t step, const Meeting& meeting,
            std::uint32_t place, std::vector<Claim>& claims) {
    procedure_ = procedure;
    number_ = step;
    step_ = &snapshot_.procedures()[procedure].steps[step];
    find_ = &*step_->rule->find;
    meeting_ = &meeting;
    place_ = place;
    claims_ = &claims;
    choices_ = choices_between(*find_, meeting.access_a, meeting.access_b);
    table_a_ = &context_.table_of_part(meeting.part_a);
    table_b_ = &context_.table_of_part(meeting.part_b);
    each_key();
  }

 private:
  bool refuses_equal_answers() const { return step_->apply.has_value(); }

  void each_key() {
    const KeyRange a = index_.part_keys(meeting_->part_a);
    const KeyRange b = index_.part_keys(meeting_->part_b);
    if (meeting_->same_way) {
      for (std::uint32_t key = a.begin; key < a.end; ++key) meet_keys(key, key);
      if (table_a_->side == ArticleSide::mapped) each_neighbour(a, b);
    } else if (table_a_->side == ArticleSide::none || table_b_->side == ArticleSide::none) {
      for (std::uint32_t x = a.begin; x < a.end; ++x) {
        for (std::uint32_t y = b.begin; y < b.end; ++y) meet_keys(x, y);
      }
    } else if (table_a_->side == ArticleSide::article && table_b_->side == ArticleSide::article) {
      each_common(a, b);
    } else if (table_a_->side == ArticleSide::article) {
      for (std::uint32_t x = a.begin; x < a.end; ++x) {
        for (const auto& key : snapshot_.articles().mappings[table_b_->mapping][index_.key_at(x)])
          meet_found(x, b, key.key);
      }
    } else if (table_b_->side == ArticleSide::article) {
      for (std::uint32_t y = b.begin; y < b.end; ++y) {
        for (const auto& key : snapshot_.articles().mappings[table_a_->mapping][index_.key_at(y)]) {
          const std::uint32_t x = find_key(a, key.key);
          if (x != ConditionIndex::no_key) meet_keys(x, y);
        }
      }
    } else {
      each_neighbour(a, b);
    }
  }

  // The shorter run drives; in the longer one the next key is near.
  void each_common(KeyRange a, KeyRange b) {
    std::uint32_t x = a.begin;
    std::uint32_t y = b.begin;
    const auto seek = [this](std::uint32_t from, std::uint32_t end, std::uint32_t article) {
      std::uint32_t step = 1;
      while (from + step < end && index_.key_at(from + step) < article) {
        from += step;
        step *= 2;
      }
      std::uint32_t high = std::min(from + step + 1, end);
      while (from < high) {
        const std::uint32_t middle = from + (high - from) / 2;
        if (index_.key_at(middle) < article) {
          from = middle + 1;
        } else {
          high = middle;
        }
      }
      return from;
    };
    while (x < a.end && y < b.end) {
      const std::uint32_t key_x = index_.key_at(x);
      const std::uint32_t key_y = index_.key_at(y);
      if (key_x == key_y) {
        meet_keys(x++, y++);
      } else if (key_x < key_y) {
        x = seek(x, a.end, key_y);
      } else {
        y = seek(y, b.end, key_x);
      }
    }
  }

  void each_neighbour(KeyRange a, KeyRange b) {
    const auto& lists = neighbours_.at({table_a_->mapping, table_b_->mapping});
    const bool one_part = meeting_->part_a == meeting_->part_b;
    for (std::uint32_t x = a.begin; x < a.end; ++x) {
      for (const std::uint32_t key : lists[index_.key_at(x)]) {
        if (one_part && meeting_->same_way && key <= index_.key_at(x)) continue;
        meet_found(x, b, key);
      }
    }
  }

  std::uint32_t find_key(KeyRange range, std::uint32_t key) const {
    return range.size() == 0 ? ConditionIndex::no_key : index_.find_key_in_run(range, key);
  }

  void meet_found(std::uint32_t x, KeyRange b, std::uint32_t key) {
    const std::uint32_t y = find_key(b, key);
    if (y != ConditionIndex::no_key) meet_keys(x, y);
  }

  void meet_keys(std::uint32_t a, std::uint32_t b) {
    const KeyRange xs = index_.records_of(a);
    const KeyRange ys = index_.records_of(b);
    key_a_ = a;
    key_b_ = b;
    for (std::uint32_t x = xs.begin; x < xs.end; ++x) {
      const std::uint32_t first = a == b && meeting_->same_way ? x + 1 : ys.begin;
      for (std::uint32_t y = first; y < ys.end; ++y) {
        if (x != y && can_meet(x, y)) suspect(x, y);
      }
    }
  }

  // What can be said without the article.
  bool can_meet(std::uint32_t a, std::uint32_t b) const {
    const ConditionRecord& x = index_.record(a);
    const ConditionRecord& y = index_.record(b);
    const Validity both = common(x, y);
    if (both.from >= both.to) return false;
    const Terms& terms_x = index_.terms(x);
    const Terms& terms_y = index_.terms(y);
    if (!find_->any_currency && !terms_x.currency.is_none() && !terms_y.currency.is_none() &&
        terms_x.currency != terms_y.currency)
      return false;
    if (x.terms == y.terms && !terms_x.has_more && !refuses_equal_answers() &&
        snapshot_.record_value(x) == snapshot_.record_value(y))
      return false;
    if (terms_x.unit == terms_y.unit && find_->basis.empty() && !windows_meet(x, y)) return false;
    if (!fits(x, meeting_->access_a) || !fits(y, meeting_->access_b)) return false;
    const bool asked_twice = asks(meeting_->access_a) && asks(meeting_->access_b);
    if (asked_twice && x.document != y.document) return false;
    if (meeting_->access_a != meeting_->access_b) {
      // Levels decide, unless the earlier record lets the search go on.
      const auto& accesses = find_->accesses;
      if (accesses[meeting_->access_a].level != accesses[meeting_->access_b].level) {
        const auto flag = model::flag_bit(model::Schema::find_next);
        if ((terms_x.flags & flag) == 0) return false;
      }
    }
    return !told_earlier(x, y);
  }

  // Values and documents decide most pairs; they need no article where the terms are the same.
  bool told_earlier(const ConditionRecord& x, const ConditionRecord& y) const {
    return std::ranges::any_of(*choices_, [&](const rule::Choice& choice) {
      if (choice.by == rule::Comparator::newest_start) return x.valid_from != y.valid_from;
      if (choice.by == rule::Comparator::document_number ||
          choice.by == rule::Comparator::document_text)
        return x.document != y.document && distinct(x, y, choice.by);
      return false;
    });
  }

  bool distinct(const ConditionRecord& x, const ConditionRecord& y, rule::Comparator by) const {
    if (x.document.is_none() || y.document.is_none()) return true;
    const auto& a = snapshot_.order_of(x.document);
    const auto& b = snapshot_.order_of(y.document);
    return by == rule::Comparator::document_number ? a.by_number != b.by_number
                                                   : a.by_text != b.by_text;
  }

  Validity common(const ConditionRecord& x, const ConditionRecord& y) const {
    return {std::max({x.valid_from, y.valid_from, meeting_->validity.from}),
            std::min({x.valid_to, y.valid_to, meeting_->validity.to})};
  }

  bool windows_meet(const ConditionRecord& x, const ConditionRecord& y) const {
    const auto below = [this](const ConditionRecord& a, const ConditionRecord& b) {
      return !index_.terms(a).has_window || b.threshold <= index_.extra(a).window_to;
    };
    return below(x, y) && below(y, x);
  }

  bool asks(std::uint16_t access) const {
    return find_->accesses[access].agreement == rule::AgreementUse::asked;
  }

  bool fits(const ConditionRecord& record, std::uint16_t access) const {
    const bool agreed = !record.document.is_none() && snapshot_.is_agreement(record.document);
    switch (find_->accesses[access].agreement) {
      case rule::AgreementUse::any:
        return true;
      case rule::AgreementUse::asked:
      case rule::AgreementUse::allowed:
        return agreed;
      case rule::AgreementUse::none:
        return !agreed;
    }
    return true;
  }

  // Articles that both keys are for, until `visit` says that it has seen enough.
  template <class Visit>
  void each_article(const Visit& visit) const {
    if (table_a_->side == ArticleSide::article) {
      visit(index_.key_at(key_a_));
    } else if (table_b_->side == ArticleSide::article) {
      visit(index_.key_at(key_b_));
    } else if (table_a_->side == ArticleSide::none && table_b_->side == ArticleSide::none) {
      const auto count = static_cast<std::uint32_t>(snapshot_.articles().codes->size());
      for (std::uint32_t article = 0; article < count && visit(article); ++article) continue;
    } else {
      const bool by_a = table_a_->side == ArticleSide::mapped;
      const auto articles = by_a ? context_.articles_of(table_a_->mapping, index_.key_at(key_a_))
                                 : context_.articles_of(table_b_->mapping, index_.key_at(key_b_));
      for (const std::uint32_t article : articles) {
        if (!visit(article)) return;
      }
    }
  }

  // How far the key is from the article; nothing where it is not the article's.
  static std::optional<std::uint16_t> distance_to(const Snapshot& snapshot, const TableInfo& table,
                                                  std::uint32_t key, std::uint32_t article) {
    if (table.side == ArticleSide::none) return std::uint16_t{0};
    if (table.side == ArticleSide::article)
      return key == article ? std::optional<std::uint16_t>{0} : std::nullopt;
    for (const auto& own : snapshot.articles().mappings[table.mapping][article]) {
      if (own.key == key) return own.distance;
    }
    return std::nullopt;
  }

  void suspect(std::uint32_t a, std::uint32_t b) {
    if (told_.contains(std::minmax(a, b))) return;
    std::size_t tried = 0;
    std::size_t proofs = 0;
    bool open = false;
    bool is_tie = false;
    std::uint32_t open_article = 0;
    each_article([&](std::uint32_t article) {
      if (++tried > articles_max) return false;
      const auto computed = is_tied_on(a, b, article);
      if (!computed) return true;
      Suspicion suspicion = suspicion_of(a, b, article, *computed);
      const Proof proof = prover_.prove(suspicion);
      is_tie = proof.verdict == Verdict::tie;
      if (is_tie) claim(a, b, article, std::make_unique<Witness>(proof.witness));
      if (proof.verdict == Verdict::open) {
        open = true;
        open_article = article;
      }
      return !is_tie && ++proofs < proofs_max;
    });
    if (open && !is_tie) claim(a, b, open_article, nullptr);
  }

  Suspicion suspicion_of(std::uint32_t a, std::uint32_t b, std::uint32_t article,
                         bool computed) const {
    const ConditionRecord& x = index_.record(a);
    const ConditionRecord& y = index_.record(b);
    Suspicion made{procedure_, number_, a, b, article, common(x, y), meeting_, {}, computed};
    if (asks(meeting_->access_a)) made.agreement = x.document;
    if (asks(meeting_->access_b)) made.agreement = y.document;
    return made;
  }

  // Nothing where a comparator decides on lines of the article; else whether what the two are worth
  // had to be left open.
  std::optional<bool> is_tied_on(std::uint32_t a, std::uint32_t b, std::uint32_t article) {
    const auto from_a = distance_to(snapshot_, *table_a_, index_.key_at(key_a_), article);
    const auto from_b = distance_to(snapshot_, *table_b_, index_.key_at(key_b_), article);
    if (!from_a || !from_b) return std::nullopt;
    const auto climbs = [this](std::uint16_t access, std::uint16_t distance) {
      return distance == 0 || find_->accesses[access].group_ancestors;
    };
    if (!climbs(meeting_->access_a, *from_a) || !climbs(meeting_->access_b, *from_b))
      return std::nullopt;
    const auto line = line_for(a, b, article);
    if (!line) return std::nullopt;
    const Terms& terms_x = index_.terms(index_.record(a));
    const Terms& terms_y = index_.terms(index_.record(b));
    bool computed = terms_x.has_more || terms_y.has_more;
    const bool worth_open = computed || terms_x.currency != terms_y.currency;
    const price::ChoiceContext context{&snapshot_, &plan_, find_, choices_, &*line, nullptr};
    const price::Candidate x{a, 0, key_a_, meeting_->access_a, far(meeting_->distance_a, *from_a),
                             0};
    const price::Candidate y{b, 0, key_b_, meeting_->access_b, far(meeting_->distance_b, *from_b),
                             0};
    for (const rule::Choice& choice : *choices_) {
      const bool by_value = choice.by == rule::Comparator::lowest_value ||
                            choice.by == rule::Comparator::highest_value;
      if (by_value && worth_open) {
        computed = true;
      } else if (price::compare(context, choice, x, y) != 0) {
        return std::nullopt;
      }
    }
    if (!computed && !refuses_equal_answers() && !answers_differ(a, b, article))
      return std::nullopt;
    if (is_beaten(a, b, context, x, key_a_) || is_beaten(b, a, context, y, key_b_))
      return std::nullopt;
    return computed && std::ranges::any_of(*choices_, [](const rule::Choice& choice) {
             return choice.by == rule::Comparator::lowest_value ||
                    choice.by == rule::Comparator::highest_value;
           });
  }

  static std::uint16_t far(std::uint16_t party, std::uint16_t article) {
    return static_cast<std::uint16_t>(party + article);
  }

  // A line in a unit that both records count in; nothing where there is none.
  std::optional<price::Line> line_for(std::uint32_t a, std::uint32_t b,
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

  bool answers_differ(std::uint32_t a, std::uint32_t b, std::uint32_t article) const {
    const ConditionRecord& x = index_.record(a);
    const ConditionRecord& y = index_.record(b);
    const Terms& p = index_.terms(x);
    const Terms& q = index_.terms(y);
    const model::UnitId base = snapshot_.articles().base_units[article];
    const auto told = [base](model::UnitId unit) { return unit.is_none() ? base : unit; };
    return snapshot_.record_value(x) != snapshot_.record_value(y) || p.decimals != q.decimals ||
           p.currency != q.currency || told(p.unit) != told(q.unit) ||
           p.price_unit != q.price_unit || p.flags != q.flags;
  }

  // Whether a third record of the same key counts wherever `number` and the other one do, and comes
  // first.
  bool is_beaten(std::uint32_t number, std::uint32_t other, const price::ChoiceContext& context,
                 const price::Candidate& own, std::uint32_t key) const {
    const ConditionRecord& record = index_.record(number);
    const ConditionRecord& beside = index_.record(other);
    const Validity both = common(record, beside);
    const Terms& terms = index_.terms(record);
    const KeyRange all = index_.records_of(key);
    for (std::uint32_t third = all.begin; third < all.end; ++third) {
      const ConditionRecord& rival = index_.record(third);
      const Terms& its = index_.terms(rival);
      if (third == number || third == other || its.has_more || its.has_window) continue;
      if (its.currency != terms.currency || its.unit != terms.unit) continue;
      if (rival.threshold > record.threshold || rival.document != record.document) continue;
      if (rival.valid_from > both.from || rival.valid_to < both.to) continue;
      if (!terms.has_more && beats(context, third, own)) return true;
    }
    return false;
  }

  bool beats(const price::ChoiceContext& context, std::uint32_t third,
             const price::Candidate& own) const {
    price::Candidate rival = own;
    rival.record = third;
    for (const rule::Choice& choice : *choices_) {
      const int order = price::compare(context, choice, rival, own);
      if (order != 0) return order < 0;
    }
    return false;
  }

  void claim(std::uint32_t a, std::uint32_t b, std::uint32_t article,
             std::unique_ptr<Witness> witness) {
    Claim made{a, b, place_, article, key_a_, key_b_, std::move(witness)};
    if (b < a) {
      std::swap(made.record_a, made.record_b);
      std::swap(made.key_a, made.key_b);
    }
    claims_->push_back(std::move(made));
  }

  const CheckContext& context_;
  const Snapshot& snapshot_;
  const ConditionIndex& index_;
  const Neighbours& neighbours_;
  const ToldPairs& told_;
  Prover prover_;
  price::Plan plan_{{price::PlanPart{}}, {}, {}, 0};
  std::uint16_t procedure_ = 0;
  std::uint16_t number_ = 0;
  const BoundStep* step_ = nullptr;
  const rule::Find* find_ = nullptr;
  const std::vector<rule::Choice>* choices_ = nullptr;
  const Meeting* meeting_ = nullptr;
  std::uint32_t place_ = 0;
  std::vector<Claim>* claims_ = nullptr;
  const TableInfo* table_a_ = nullptr;
  const TableInfo* table_b_ = nullptr;
  std::uint32_t key_a_ = 0;
  std::uint32_t key_b_ = 0;
};

bool refuses_ties(const BoundStep& step) {
  if (step.rule->find->tie != rule::TiePolicy::refuse) return false;
  return !step.rule->apply || step.rule->apply->combine == rule::Combine::first;
}

void add_neighbours(const CheckContext& context, const BoundStep& step, Neighbours& neighbours) {
  for (const auto& a : step.rule->find->accesses) {
    for (const auto& b : step.rule->find->accesses) {
      const TableInfo& x = context.index().table(a.table);
      const TableInfo& y = context.index().table(b.table);
      if (x.side != ArticleSide::mapped || y.side != ArticleSide::mapped) continue;
      if (neighbours.contains({x.mapping, y.mapping})) continue;
      neighbours.emplace(std::pair{x.mapping, y.mapping},
                         neighbours_of(context.snapshot(), x.mapping, y.mapping));
    }
  }
}

std::string documents_text(const CheckContext& context, const Claim& claim) {
  const std::string x = context.document_of(context.index().record(claim.record_a));
  const std::string y = context.document_of(context.index().record(claim.record_b));
  if (x == y || y.empty()) return x;
  return x.empty() ? y : x + " and " + y;
}

void tell(const CheckContext& context, const std::string& step, const Claim& claim,
          FindingSink& sink) {
  const auto& snapshot = context.snapshot();
  const auto& index = context.index();
  const ConditionRecord& x = index.record(claim.record_a);
  const ConditionRecord& y = index.record(claim.record_b);
  const auto name = [&](const ConditionRecord& record, std::uint32_t key) {
    return snapshot.record_label(record) + " (" + context.value_text(record) + " for " +
           context.key_text(index.part_of_key(key), key) + ")";
  };
  std::string text =
      "step '" + step + "': " + name(x, claim.key_a) + " and " + name(y, claim.key_b);
  const std::string documents = documents_text(context, claim);
  if (claim.witness == nullptr) {
    text += " may claim the same lines: no comparator decides, but no question asked met both";
    sink.add(FindingKind::possible_tie,
             std::string{snapshot.article_code(model::ArticleId{claim.article})}, documents,
             std::move(text));
    return;
  }
  text += " claim the same lines " + start_text(std::max(x.valid_from, y.valid_from)) +
          " from quantity " + quantity_text(std::max(x.threshold, y.threshold)) +
          " and no comparator decides";
  sink.add(FindingKind::tie, claim.witness->article, documents, std::move(text), *claim.witness);
}

// The claims of all workers, each pair once, proved where any of them was.
void tell_all(const CheckContext& context, const std::string& step,
              std::vector<std::vector<Claim>>& by_worker, ToldPairs& told, FindingSink& sink) {
  std::vector<Claim> all;
  for (auto& claims : by_worker) {
    for (Claim& claim : claims) all.push_back(std::move(claim));
  }
  std::ranges::sort(all, [](const Claim& a, const Claim& b) { return a.order() < b.order(); });
  for (const Claim& claim : all) {
    if (told.emplace(claim.record_a, claim.record_b).second) tell(context, step, claim, sink);
  }
}

}  // namespace

void check_ties(const CheckContext& context, FindingSink& sink, std::vector<bool>& reached) {
  Neighbours neighbours;
  ToldPairs told;
  const auto& procedures = context.snapshot().procedures();
  for (std::uint16_t procedure = 0; procedure < procedures.size(); ++procedure) {
    for (std::uint16_t step = 0; step < procedures[procedure].steps.size(); ++step) {
      const BoundStep& bound = procedures[procedure].steps[step];
      if (!bound.rule->find) continue;
      const auto meetings = meetings_of(context, bound, reached);
      if (!refuses_ties(bound)) continue;
      add_neighbours(context, bound, neighbours);
      std::vector<std::vector<Claim>> claims(engine::base::worker_count());
      engine::base::parallel_for(meetings.size(), 16,
                                 [&](std::size_t begin, std::size_t end, std::size_t worker) {
                                   TieSearch search{context, neighbours, told};
                                   for (std::size_t i = begin; i < end; ++i)
                                     search.meet(procedure, step, meetings[i],
                                                 static_cast<std::uint32_t>(i), claims[worker]);
                                 });
      tell_all(context, bound.rule->name, claims, told, sink);
    }
  }
}

}  // namespace rules
