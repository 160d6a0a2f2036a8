// The engine with a world put into it: the same rows that the oracle reads, as drafts to
// model::Facts, with rules compiled from the same JSON texts. And what tests compare: the engine's
// answer against the oracle's.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/quote/answer.hpp"
#include "engine/quote/question.hpp"
#include "engine/snapshot/fold.hpp"
#include "engine/snapshot/snapshot.hpp"

#include "tests/oracle/pricer.hpp"
#include "tests/oracle/world.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace oracle {

// All rows, masters before what refers to them, as one batch - or as several: `batch_ends` is asked
// behind each row. Faults name the row. Fields, types and accesses must be declared in the facts'
// schema.
using BatchEnds = std::function<bool()>;
std::vector<engine::base::Fault> put_world(const World& world, engine::model::Facts& facts,
                                           const BatchEnds& batch_ends = {});

engine::base::Result<void> put_record(const RecordRow& row, engine::model::Facts& facts);
engine::base::Result<bool> remove_record(const RecordRow& row, engine::model::Facts& facts);

// Compiles the rules into the facts' schema; std::runtime_error with all faults where they are
// refused.
std::shared_ptr<const engine::rule::RuleSet> compile_rules(std::span<const std::string> rules,
                                                           engine::model::Facts& facts);

class Engine {
 public:
  // std::runtime_error with the fault where a row or a document is refused.
  Engine(const World& world, std::span<const std::string> rules);
  // The same after another batch: what `world` says of a code or record replaces what `before`
  // said.
  Engine(const World& before, const World& world, std::span<const std::string> rules,
         const BatchEnds& batch_ends = {});

  // With the compiler's texts already in the facts.
  Engine(engine::model::Facts facts, std::span<const std::string> rules);

  const engine::snapshot::Snapshot& snapshot() const { return *snapshot_; }

  std::shared_ptr<const engine::snapshot::Snapshot> share_snapshot() const { return snapshot_; }

  const engine::model::Facts& facts() const { return facts_; }

  // To change them; advance() makes answers of it.
  engine::model::Facts& facts() { return facts_; }

  // The next generation; returns whether it was made from the one before.
  bool advance();

  // Of the newest generation; null where nothing was laid over its store.
  std::unique_ptr<engine::snapshot::Fold> begin_fold();
  // Whether the generation stands on the fold's store now.
  bool take_fold(engine::snapshot::Fold& fold);

  engine::base::Result<engine::quote::Question> question(const Ask& ask) const;

  // Requires a question that resolves.
  engine::quote::Answer answer(const Ask& ask,
                               engine::quote::Detail detail = engine::quote::Detail::plain) const;
  engine::quote::Answer answer(const engine::quote::Question& question,
                               engine::quote::Detail detail) const;

 private:
  void build(std::uint64_t generation);

  engine::model::Facts facts_;
  std::shared_ptr<const engine::rule::RuleSet> rules_;
  std::shared_ptr<const engine::snapshot::Snapshot> snapshot_;
};

// One line of an engine's answer as plain text and numbers, whatever ids that engine uses.
struct LineText {
  std::string outcome;     // with its reason, and with notes
  std::string unit_price;  // without trailing zeros
  std::string unit;
  std::uint32_t price_unit = 1;
  std::string line_amount;
  std::vector<std::string> components;
  std::string source;  // document and record
  std::string valid_until;
  std::string band;
  std::string expected;

  friend bool operator==(const LineText&, const LineText&) = default;
};

std::vector<LineText> texts_of(const engine::snapshot::Snapshot& snapshot,
                               const engine::quote::Question& question,
                               const engine::quote::Answer& answer);
std::string describe(const LineText& line);

// What the answer says of the whole order: its amounts, adjustments, free lines. Records
// without a key of their own are told by their document alone, since rows are no property of facts.
std::string order_text(const engine::snapshot::Snapshot& snapshot,
                       const engine::quote::Question& question,
                       const engine::quote::Answer& answer);

Rational rational(const engine::price::Amount& amount);

// Empty where both say the same of every line; else what differs, line by line. An explained answer
// is compared step by step, too.
std::string difference(const Engine& engine, const Ask& ask, const engine::quote::Answer& answer,
                       const Said& said);

std::string describe(const Ask& ask);

}  // namespace oracle
