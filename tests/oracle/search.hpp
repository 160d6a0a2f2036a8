// How the oracle finds the records of a step: every record is held against every access of a level,
// by each way in which the customer comes to its key; what is left competes by the step's
// comparators.
#pragma once

#include "tests/oracle/masters.hpp"
#include "tests/oracle/names.hpp"
#include "tests/oracle/rules.hpp"
#include "tests/oracle/state.hpp"
#include "tests/oracle/ways.hpp"

#include <map>
#include <string>
#include <vector>

namespace oracle {

struct Candidate {
  const RecordRow* record = nullptr;
  const AccessRule* access = nullptr;
  int list_rank = 0;
  int distance = 0;
};

using Candidates = std::vector<Candidate>;

struct Search {
  const RecordRow* winner = nullptr;
  bool ambiguous = false;
  bool shut = false;  // an exclusive agreement has no record
  Unknown unknown;    // of a condition, or of what scales are read with
};

// One step's search, on any line of an order. It writes down on a line how long its answer holds.
class Finder {
 public:
  // `active`: the lines on which the step runs, over which scales are counted.
  Finder(const OrderState& order, const StepRule& step, std::vector<const LineState*> active,
         const Running* running = nullptr)
      : order_{order},
        step_{step},
        find_{*step.find},
        active_{std::move(active)},
        running_{running} {}

  // Before a line is searched for: what scales are read with must be known, and where they count over
  // several lines, all that could count bounds how long the answer holds.
  Unknown begin(const LineState& line) const;

  // The one record that the step takes.
  Search search(const LineState& line) const;

  // All that a step which applies may apply, each record once, best first. Conditions are tested when
  // a record's turn comes; only where there are levels they are tested now, too, since a level without
  // a record whose condition is met does not count.
  Candidates to_apply(const LineState& line, Unknown& unknown) const;

  // Whether the conditions of the record and of its document are met.
  Value meets(const LineState& line, const RecordRow& record) const;

  // The record's own value: by its formula, by the tier of its scale, or as it is written.
  Value value_of(const LineState& line, const RecordRow& record) const;

  // Negative where a comes before b by all comparators.
  int compare(const Choices& choices, const LineState& line, const Candidate& a,
              const Candidate& b) const;
  // Negative where a's document and key come first.
  int compare_outside(const LineState& line, const RecordRow& a, const RecordRow& b) const;

 private:
  enum class Thresholds { read, ignored_below, ignored };

  Place place(const LineState& line) const { return {order_, &line, running_, nullptr}; }

  void collect(const LineState& line, int level, Thresholds thresholds, bool test_conditions,
               Candidates& candidates, Unknown& unknown) const;
  void collect_record(const LineState& line, const AccessRule& access, const RecordRow& record,
                      Thresholds thresholds, bool test_conditions, Candidates& candidates,
                      Unknown& unknown) const;
  bool is_beaten(const LineState& line, const RecordRow& record, const Way& way,
                 Thresholds thresholds) const;
  bool currency_fits(const LineState& line, const RecordRow& record) const;
  bool rate_fits(const LineState& line, const RecordRow& record) const;
  bool unit_fits(const LineState& line, const RecordRow& record) const;
  bool scale_fits(const LineState& line, const RecordRow& record, Thresholds thresholds,
                  Unknown& unknown) const;
  Candidates merged(const LineState& line, Candidates candidates, Thresholds thresholds,
                    Unknown& unknown) const;
  Search by_levels(const LineState& line, Thresholds thresholds, const Choices& choose) const;
  Candidate choose(const LineState& line, const Choices& choices, Candidates candidates,
                   bool& ambiguous) const;
  bool same_answer(const LineState& line, const RecordRow& a, const RecordRow& b) const;
  int compare_by(const ChoiceRule& choice, const LineState& line, const Candidate& a,
                 const Candidate& b) const;
  Rational comparable(const LineState& line, const RecordRow& record) const;

  Rational basis_of(const LineState& line, const RecordRow& record, Unknown& unknown) const;
  Rational counted_basis(const LineState& line, const RecordRow& record, Unknown& unknown) const;
  bool counts_with(const LineState& other, const RecordRow& record) const;
  const Candidates& candidates_but_scale(const LineState& line) const;

  const OrderState& order_;
  const StepRule& step_;
  const FindRule& find_;
  std::vector<const LineState*> active_;
  const Running* running_;
  mutable std::map<const LineState*, Candidates> but_scale_;
  mutable std::map<const LineState*, Unknown> but_scale_unknown_;
};

// Whether the record is for another unit than the base unit.
bool is_bound(const ArticleRow& article, const RecordRow& record);

}  // namespace oracle
