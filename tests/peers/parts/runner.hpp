// Runs cases: facts, rules and questions made from each by its system's mapping, priced by the
// functions that the HTTP routes call, and compared. What a mapping does not say is never passed
// over: a case with a key that nothing reads is `not expressible`, with the key. With a seed every
// case that passes is run once more, mutated (see mutation.hpp), its facts put in another order: it
// has to pass again. One thread.
#pragma once

#include "engine/base/result.hpp"
#include "rules/json_tree.hpp"

#include "tests/peers/parts/mapping.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tests::peers {

enum class Standing : std::uint8_t { passed, failed, not_expressible };

struct CaseResult {
  std::string id;
  std::string system;
  Standing standing = Standing::passed;
  std::string why;  // what was expected and got, or what can't be expressed
  bool over_http = false;
  // What its mutation changed; nothing where it was not run mutated.
  bool shuffled = false;
  bool renamed = false;
  bool shifted = false;
  bool scaled = false;
  std::size_t by_oracle = 0;  // times that it was priced with other numbers, against the oracle
};

struct Options {
  std::string folder;          // of mappings and procedures
  std::size_t over_http = 20;  // the first that passes of so many systems is asked over HTTP, too
  std::set<std::string> later_topics{"availability",  "reservation", "atp",   "delivery_date",
                                     "blanket_order", "agreement",   "coupon"};
  std::optional<std::uint64_t> mutate;  // the seed
};

// Faults: the file can't be read. A line that is no case is a failed one.
engine::base::Result<std::vector<CaseResult>> run_file(const std::string& file,
                                                       const Options& options);

struct Counts {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t not_expressible = 0;
};

// How many cases were mutated in which way; the others were left alone.
struct Mutated {
  std::size_t shuffled = 0;
  std::size_t renamed = 0;
  std::size_t shifted = 0;
  std::size_t scaled = 0;
  std::size_t by_oracle = 0;  // times, not cases
};

Mutated count_mutated(const std::vector<CaseResult>& results);
Counts count(const std::vector<CaseResult>& results);
std::map<std::string, Counts> count_by_system(const std::vector<CaseResult>& results);
std::string to_text(const Counts& counts);
std::string to_text(const Mutated& mutated);

}  // namespace tests::peers
