// Where a ladder may have its borders: quantities at which a record or a step can begin or cease to
// act. More of them than there are changes do no harm but cost time. Pure.
#pragma once

#include "engine/price/line.hpp"
#include "engine/price/priced.hpp"
#include "engine/rule/named_quantities.hpp"

#include <cstdint>
#include <set>
#include <vector>

namespace engine::quote {

class LadderBorders {
 public:
  // For ordered quantities of `line`'s unit without sign, up to `most`. The line's own quantity
  // does not matter. `snapshot` must outlive it.
  LadderBorders(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
                const price::Line& line, base::Quantity most);

  // Those of the records that a run looked at.
  void take(const price::LineTrace& trace);
  void take(base::Quantity quantity);

  // The next one, which is rising from call to call; what is taken below it is behind already.
  bool empty() const { return ahead_.empty(); }

  base::Quantity next();

 private:
  void take_record(const snapshot::BoundStep& step, std::uint32_t record);
  void take_scale(const model::Scale& scale, const model::Terms& terms);
  void take_text(std::uint32_t text, const model::RecordExtra* own);
  void take_formula(const rule::Formula& formula, const model::RecordExtra* own);
  void reaches(base::Quantity bound, const model::Terms& terms);
  void exceeds(base::Quantity bound, const model::Terms& terms);
  void add(const base::Int256& mantissa);

  const snapshot::Snapshot& snapshot_;
  const snapshot::BoundProcedure& procedure_;
  price::Line one_;  // one ordered unit
  base::Quantity most_;
  std::set<std::int64_t> ahead_;
  std::int64_t passed_ = 0;
  std::set<std::uint32_t> seen_;  // records
};

}  // namespace engine::quote
