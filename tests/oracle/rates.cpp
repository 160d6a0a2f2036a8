#include "tests/oracle/rates.hpp"

#include <algorithm>
#include <vector>

namespace oracle {

namespace {

// What two currencies are converted by: a row, as it stands or turned over, or two rows; those that
// there are, and whether that is all of it.
struct Conversion {
  std::vector<const RateRow*> rows;
  std::optional<Rational> factor;
};

Conversion direct(const World& world, const std::string& kind, const std::string& from,
                  const std::string& to, Minutes at) {
  const RateRow* newest = nullptr;
  for (const RateRow& row : world.rates) {
    if (row.from != from || row.to != to || row.kind != kind || row.start > at) continue;
    if (newest == nullptr || row.start > newest->start) newest = &row;
  }
  if (newest == nullptr) return {};
  return {{newest}, number(newest->rate) / newest->per};
}

Conversion either_way(const World& world, const std::string& kind, const std::string& from,
                      const std::string& to, Minutes at) {
  if (from == to) return {{}, Rational{1}};
  Conversion own = direct(world, kind, from, to, at);
  if (own.factor) return own;
  Conversion turned = direct(world, kind, to, from, at);
  if (turned.factor) turned.factor = Rational{1 / *turned.factor};
  return turned;
}

Conversion convert(const World& world, const ProcedureRule& procedure, const std::string& from,
                   const std::string& to, Minutes at) {
  const std::string& kind = procedure.rate_kind;
  Conversion own = either_way(world, kind, from, to, at);
  const std::string& through = procedure.rates_through;
  if (own.factor || through.empty()) return own;
  Conversion first = either_way(world, kind, from, through, at);
  const Conversion second = either_way(world, kind, through, to, at);
  first.rows.insert(first.rows.end(), second.rows.begin(), second.rows.end());
  if (!first.factor || !second.factor) return {first.rows, std::nullopt};
  return {first.rows, *first.factor * *second.factor};
}

}  // namespace

std::optional<Rational> find_rate(const World& world, const ProcedureRule& procedure,
                                  const std::string& from, const std::string& to, Minutes at) {
  return convert(world, procedure, from, to, at).factor;
}

Minutes rate_until(const World& world, const ProcedureRule& procedure, const std::string& from,
                   const std::string& to, Minutes at) {
  const auto now = convert(world, procedure, from, to, at).rows;
  Minutes until = open_end;
  for (const RateRow& row : world.rates) {
    if (row.start > at && convert(world, procedure, from, to, row.start).rows != now)
      until = std::min(until, row.start);
  }
  return until;
}

}  // namespace oracle
