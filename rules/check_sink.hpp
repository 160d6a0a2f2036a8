// Where the workers of a check put what they find: each has a sink of its own, and what all of them
// have kept and counted is joined at the end. Of each kind only the first `kept_max` findings in
// the order of the report are kept, whichever worker finds them first; so the report does not
// depend on how the work was shared out. Memory: at most twice that for each kind and worker.
#pragma once

#include "rules/checker.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace rules {

// The order of the report.
bool reported_before(const Finding& a, const Finding& b);

class FindingSink {
 public:
  explicit FindingSink(std::size_t kept_max) : kept_max_{kept_max} {}

  void add(FindingKind kind, std::string article, std::string document, std::string text,
           std::optional<Witness> witness = std::nullopt);
  // Takes over what the other one holds.
  void join(FindingSink&& other);
  CheckReport report() &&;

 private:
  void keep(Finding&& finding);
  void cut(std::vector<Finding>& kept) const;

  std::size_t kept_max_;
  std::array<std::vector<Finding>, finding_kind_count> kept_;
  std::array<std::uint64_t, finding_kind_count> totals_{};
};

// A sink for each worker of base::parallel_for.
class WorkerSinks {
 public:
  explicit WorkerSinks(std::size_t kept_max);

  FindingSink& operator[](std::size_t worker) { return sinks_[worker]; }

  CheckReport report() &&;

 private:
  std::vector<FindingSink> sinks_;
};

}  // namespace rules
