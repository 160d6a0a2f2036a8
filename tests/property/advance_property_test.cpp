// Generations made from the one before answer as one that is built anew from what is left, however
// records and stock came to be there; and a generation that somebody still holds goes on saying what
// it said. Over made-up companies with all of the language.
#include "engine/model/masters.hpp"

#include "tests/catch.hpp"
#include "tests/property/made_case.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <thread>

namespace {

namespace model = engine::model;
using engine::quote::Detail;
using engine::snapshot::Snapshot;
using oracle::LineText;
using property::Case;
using property::Draw;

engine::base::Quantity pieces(std::uint64_t count) {
  return engine::base::Quantity::whole(static_cast<std::int64_t>(count));
}

// What changes from step to step, in the engine's facts and in the plain rows beside them.
class Changes {
 public:
  Changes(Case& made, Draw& draw) : facts_{made.engine->facts()}, world_{made.world}, draw_{draw} {
    world_.stock.clear();
    world_.receipts.clear();
    for (const auto& row : made.world.stock) drop_stock(row);
    for (const auto& row : made.world.receipts) drop_receipt(row);
  }

  void step(std::uint64_t changes) {
    facts_.begin_batch();
    std::set<std::uint32_t> touched;  // one change a record and batch
    for (; changes > 0; --changes) {
      switch (draw_.below(5)) {
        case 0:
          remove_some(touched);
          break;
        case 1:
          bring_back(touched);
          break;
        case 2:
          put_stock();
          break;
        default:
          change_some(touched);
      }
    }
  }

  // Records that nobody has put yet: they come as those that were taken away come back.
  void withhold(std::vector<oracle::RecordRow> records) { gone_ = std::move(records); }

  const oracle::World& world() const { return world_; }

 private:
  void remove_some(std::set<std::uint32_t>& touched) {
    if (world_.records.empty()) return;
    const std::size_t at = draw_.below(world_.records.size());
    const oracle::RecordRow row = world_.records[at];
    if (!touched.insert(row.line).second) return;
    const auto removed = oracle::remove_record(row, facts_);
    REQUIRE(removed);
    REQUIRE(*removed);
    world_.records.erase(world_.records.begin() + static_cast<std::ptrdiff_t>(at));
    gone_.push_back(row);
  }

  void bring_back(std::set<std::uint32_t>& touched) {
    if (gone_.empty()) return;
    const std::size_t at = draw_.below(gone_.size());
    const oracle::RecordRow row = gone_[at];
    if (!touched.insert(row.line).second) return;
    REQUIRE(oracle::put_record(row, facts_));
    gone_.erase(gone_.begin() + static_cast<std::ptrdiff_t>(at));
    world_.records.push_back(row);
  }

  // A value that another record of its type has.
  void change_some(std::set<std::uint32_t>& touched) {
    if (world_.records.empty()) return;
    oracle::RecordRow& row = world_.records[draw_.below(world_.records.size())];
    const oracle::RecordRow& other = draw_.of(world_.records);
    if (row.type != other.type || row.value.empty() || other.value.empty()) return;
    if (!touched.insert(row.line).second) return;
    row.value = other.value;
    row.validity.to = std::max(row.validity.to, other.validity.to);
    REQUIRE(oracle::put_record(row, facts_));
  }

  void put_stock() {
    if (world_.warehouses.empty()) return;
    const std::string& article = draw_.of(world_.articles).code;
    const std::string& warehouse = draw_.of(world_.warehouses);
    const auto same = [&](const oracle::StockRow& row) {
      return row.article == article && row.warehouse == warehouse;
    };
    const auto known = std::ranges::find_if(world_.stock, same);
    if (known != world_.stock.end()) return drop_stock(*known), void(world_.stock.erase(known));
    const std::uint64_t count = draw_.below(20);
    REQUIRE(facts_.put(model::StockDraft{article, warehouse, pieces(count), {}}));
    world_.stock.push_back({article, warehouse, std::to_string(count), "0"});
  }

  void drop_stock(const oracle::StockRow& row) {
    REQUIRE(*facts_.remove(model::StockDraft{row.article, row.warehouse, {}, {}}));
  }

  void drop_receipt(const oracle::ReceiptRow& row) {
    REQUIRE(*facts_.remove(model::ReceiptDraft{
        row.article, row.warehouse, row.reference, engine::base::CivilMinutes{row.date}, {}}));
  }

  model::Facts& facts_;
  oracle::World world_;
  Draw& draw_;
  std::vector<oracle::RecordRow> gone_;
};

// A question with what one generation said to it.
struct Held {
  std::shared_ptr<const Snapshot> snapshot;
  engine::quote::Question question;
  std::vector<LineText> said;
};

std::vector<LineText> said_by(const std::shared_ptr<const Snapshot>& snapshot,
                              const engine::quote::Question& question, Detail detail) {
  engine::price::Scratch scratch;
  engine::quote::Answer answer;
  engine::quote::quote(*snapshot, question, detail, scratch, answer);
  return oracle::texts_of(*snapshot, question, answer);
}

// How many plans a generation kept, and how many its questions have to make.
struct PlanCounts {
  std::size_t kept = 0;
  std::size_t made = 0;
};

bool same_part(const engine::price::PlanPart& a, const engine::price::PlanPart& b) {
  return a.part == b.part && a.range.begin == b.range.begin && a.range.end == b.range.end &&
         a.first_key == b.first_key && a.bit == b.bit && a.rank == b.rank &&
         a.validity.from == b.validity.from && a.validity.to == b.validity.to &&
         a.distance == b.distance && a.search == b.search;
}

// Whoever has a kept plan would get the same one made.
void compare_plans(const Snapshot& snapshot, PlanCounts& counts) {
  engine::price::Plan plan;
  engine::price::Header header;
  const auto customers = static_cast<std::uint32_t>(snapshot.customers().parents.size());
  for (std::size_t procedure = 0; procedure < snapshot.procedures().size(); ++procedure) {
    for (std::uint32_t customer = 0; customer < customers; ++customer) {
      header.customer = model::CustomerId{customer};
      const auto kept = snapshot.customer_plans().find(procedure, header.customer, {});
      ++(kept ? counts.kept : counts.made);
      if (!kept) continue;
      engine::price::make_plan(snapshot, snapshot.procedures()[procedure], header, plan);
      const auto made = plan.view();
      REQUIRE(kept->accesses.size() == made.accesses.size());
      for (std::size_t i = 0; i < made.accesses.size(); ++i) {
        const auto& a = kept->accesses[i];
        const auto& b = made.accesses[i];
        REQUIRE(a.mask == b.mask);
        REQUIRE(std::ranges::equal(kept->parts.subspan(a.begin, a.end - a.begin),
                                   made.parts.subspan(b.begin, b.end - b.begin), same_part));
      }
    }
  }
}

// Without how long the answer holds, which may be told shorter by the one than by the other: the plain
// pricer says between which moments.
std::string told(const std::vector<LineText>& lines) {
  std::string text;
  for (LineText line : lines) {
    line.valid_until.clear();
    text += oracle::describe(line) + "\n";
  }
  return text;
}

// An amount of twenty digits and more may be beyond what an answer holds by the decimals of records
// that are gone; a snapshot that is built anew has room for it.
bool is_beyond(const std::vector<LineText>& lines) {
  return std::ranges::any_of(
      lines, [](const LineText& line) { return line.outcome.starts_with("amount_out_of_range"); });
}

void compare(const Case& made, const oracle::World& world, Draw& draw, std::vector<Held>& held) {
  const oracle::Engine fresh{world, made.documents};
  const oracle::Pricer pricer{world, made.rules};
  const auto snapshot = made.engine->share_snapshot();
  for (int i = 0; i < 4; ++i) {
    const oracle::Ask ask = make_ask(made.world, draw, 1 + draw.below(6));
    INFO(describe(ask));
    const auto question = made.engine->question(ask);
    const auto asked_fresh = fresh.question(ask);
    REQUIRE(question.has_value() == asked_fresh.has_value());
    if (!question) continue;
    if (is_beyond(said_by(snapshot, *question, Detail::plain))) continue;
    for (const Detail detail : {Detail::plain, Detail::explained}) {
      const auto said = said_by(snapshot, *question, detail);
      const auto wanted = said_by(fresh.share_snapshot(), *asked_fresh, detail);
      REQUIRE(told(said) == told(wanted));
    }
    const std::string differs = oracle::difference(
        *made.engine, ask, made.engine->answer(*question, Detail::plain), pricer.answer(ask));
    REQUIRE(differs == "");
    held.push_back({snapshot, *question, said_by(snapshot, *question, Detail::plain)});
  }
}

// A case with half of the records; the others are yet to come.
Case half_of(const Case& whole, Draw& draw, std::vector<oracle::RecordRow>& withheld) {
  Case made{whole.seed, whole.documents, whole.rules, whole.world, {}};
  made.world.records.clear();
  for (const oracle::RecordRow& row : whole.world.records)
    (draw.below(2) == 0 ? withheld : made.world.records).push_back(row);
  made.engine.emplace(made.world, made.documents);
  return made;
}

// A fold that is being made, and what was true when it began.
class Beside {
 public:
  Beside(Case& made, const oracle::World& world) : world_{world}, facts_{made.engine->facts()} {
    fold_ = made.engine->begin_fold();
    if (fold_ == nullptr) return;
    facts_ = made.engine->facts().frozen();
    thread_ = std::thread{[this] {
      fold_->make();
      static_cast<void>(fold_->catch_up());
    }};
  }

  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  Beside(Beside&&) = delete;
  Beside& operator=(Beside&&) = delete;

  ~Beside() {
    if (thread_.joinable()) thread_.join();
  }

  bool has_begun() const { return fold_ != nullptr; }

  bool take(Case& made) {
    thread_.join();
    return made.engine->take_fold(*fold_);
  }

  // The copy of the facts, on the store that was made.
  void compare_copy(const Case& made, Draw& draw, std::vector<Held>& held) {
    facts_.found_on(fold_->store());
    Case copy;
    copy.documents = made.documents;
    copy.rules = made.rules;
    copy.world = world_;
    copy.engine.emplace(facts_, made.documents);
    compare(copy, world_, draw, held);
  }

 private:
  oracle::World world_;
  model::Facts facts_;
  std::unique_ptr<engine::snapshot::Fold> fold_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("property: a store made beside while changes go on answers as one made at once",
          "[property]") {
  std::size_t begun = 0;
  std::size_t taken = 0;
  PlanCounts plans;
  property::each_case(20'261'128, 120, property::Language::any, [&](Case& whole) {
    Draw draw{whole.seed ^ 96U};
    std::vector<oracle::RecordRow> withheld;
    Case made = half_of(whole, draw, withheld);
    Changes changes{made, draw};
    changes.withhold(std::move(withheld));
    std::vector<Held> held;
    std::unique_ptr<Beside> beside;
    for (std::uint64_t left = 3 + draw.below(6); left > 0; --left) {
      changes.step(draw.below(12));
      made.engine->advance();
      if (beside != nullptr && draw.below(2) == 0) {
        taken += beside->take(made) ? 1 : 0;
        beside->compare_copy(made, draw, held);
        beside.reset();
      } else if (beside == nullptr) {
        beside = std::make_unique<Beside>(made, changes.world());
        if (!beside->has_begun()) beside.reset();
        begun += beside == nullptr ? 0 : 1;
      }
      compare_plans(made.engine->snapshot(), plans);
      compare(made, changes.world(), draw, held);
    }
    for (const Held& one : held)
      REQUIRE(said_by(one.snapshot, one.question, Detail::plain) == one.said);
  });
  WARN(taken << " of " << begun << " stores made beside were taken");
  CHECK((begun < 20 || taken * 4 > begun));
}

TEST_CASE("property: generations made from the one before answer as those built anew",
          "[property]") {
  std::size_t steps = 0;
  std::size_t advanced = 0;
  property::each_case(20'261'125, 250, property::Language::any, [&](Case& made) {
    Draw draw{made.seed ^ 99U};
    Changes changes{made, draw};
    std::vector<Held> held;
    for (std::uint64_t left = 1 + draw.below(6); left > 0; --left) {
      changes.step(draw.below(12));
      ++steps;
      advanced += made.engine->advance() ? 1 : 0;
      compare(made, changes.world(), draw, held);
    }
    for (const Held& one : held)
      REQUIRE(said_by(one.snapshot, one.question, Detail::plain) == one.said);
  });
  WARN(advanced << " of " << steps << " generations were made from the one before");
  REQUIRE(advanced * 4 > steps * 3);
}

TEST_CASE("property: records under parts that come late are found, and kept plans are those made",
          "[property]") {
  PlanCounts plans;
  property::each_case(20'261'127, 150, property::Language::any, [&](Case& whole) {
    Draw draw{whole.seed ^ 97U};
    std::vector<oracle::RecordRow> withheld;
    Case made = half_of(whole, draw, withheld);
    Changes changes{made, draw};
    changes.withhold(std::move(withheld));
    std::vector<Held> held;
    for (std::uint64_t left = 1 + draw.below(6); left > 0; --left) {
      changes.step(draw.below(12));
      made.engine->advance();
      compare_plans(made.engine->snapshot(), plans);
      compare(made, changes.world(), draw, held);
    }
    for (const Held& one : held)
      REQUIRE(said_by(one.snapshot, one.question, Detail::plain) == one.said);
  });
  WARN(plans.kept << " customers' plans were kept, " << plans.made << " had to be made");
  if (property::cases_or(150) < 150) return;
  CHECK(plans.kept > 100);
  CHECK(plans.made > 100);
}

TEST_CASE("property: where the room behind a store ends, it is made anew and there is room again",
          "[property]") {
  property::each_case(20'261'126, 3, property::Language::plain, [&](Case& made) {
    Draw draw{made.seed ^ 98U};
    Changes changes{made, draw};
    std::vector<Held> held;
    int anew = 0;
    int step = 0;
    for (; step < 500 || (anew < 2 && step < 20'000); ++step) {  // the room is for some thousands
      changes.step(30);
      anew += made.engine->advance() ? 0 : 1;
      if (step >= 500 || step % 100 != 99) continue;
      compare(made, changes.world(), draw, held);
    }
    compare(made, changes.world(), draw, held);
    CHECK(anew >= 2);
    CHECK(anew * 20 < step);
    for (const Held& one : held)
      REQUIRE(said_by(one.snapshot, one.question, Detail::plain) == one.said);
  });
}
