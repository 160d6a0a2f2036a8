// Proof of a tie: a question that meets both records, put to the engine, which has to refuse it as
// ambiguous. Where the first question does not - another record beats both on that day, or for that
// quantity - the borders of all records it looked at, and the quantities that conditions on the way
// name, say which other days and quantities there are to ask, until none is left: then there is no
// tie. So what is told reproduces, and nothing is told that does not. One worker; some ten
// microseconds a question.
#pragma once

#include "engine/quote/answer.hpp"
#include "engine/quote/question.hpp"
#include "engine/rule/named_quantities.hpp"
#include "rules/check_suspicion.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace rules {

enum class Verdict : std::uint8_t {
  tie,
  no_tie,  // every question that could meet it was asked
  open,    // there are more questions than may be asked
};

struct Proof {
  Verdict verdict = Verdict::no_tie;
  Witness witness;  // of a tie
  std::size_t questions = 0;
};

class Prover {
 public:
  // The context must outlive it.
  explicit Prover(const CheckContext& context) : context_{context} {}

  Proof prove(const Suspicion& suspicion);

 private:
  enum class Told : std::uint8_t { tie, other, never };  // never: whatever day or quantity

  struct Borders {
    std::set<engine::base::CivilMinutes> days;
    std::set<std::int64_t> quantities;  // mantissas, in the unit ordered
    std::int64_t least = 0;
    std::int64_t most = INT64_MAX;
    std::size_t named = 0;  // quantities that conditions name
  };

  std::vector<std::uint32_t> customers(const Suspicion& suspicion) const;
  std::vector<std::string> currencies(const Suspicion& suspicion, std::uint32_t customer) const;
  std::vector<engine::model::UnitId> units(const Suspicion& suspicion) const;
  Verdict ask_all(const Suspicion& suspicion, Witness witness, engine::model::UnitId unit,
                  std::size_t tries_max, Witness& found);
  Told ask(const Suspicion& suspicion, const Witness& witness, engine::base::CivilMinutes day);
  bool is_told(const Suspicion& suspicion) const;
  std::optional<Borders> first_borders(const Suspicion& suspicion,
                                       engine::model::UnitId unit) const;
  void take_borders(const Suspicion& suspicion, engine::model::UnitId unit, Borders& borders) const;
  void take_named(const Suspicion& suspicion, engine::model::UnitId unit, Borders& borders) const;
  std::vector<engine::rule::NamedQuantity> named_by_steps(const Suspicion& suspicion) const;
  std::vector<engine::rule::NamedQuantity> named_by_record(std::uint32_t record) const;
  bool is_bound(const engine::model::Terms& terms, std::uint32_t article) const;

  const CheckContext& context_;
  engine::price::Scratch scratch_;
  engine::quote::Answer answer_;
  std::uint32_t customer_ = 0;  // who asks
  std::size_t asked_ = 0;       // about this suspicion
};

}  // namespace rules
