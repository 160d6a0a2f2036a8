// Faults of the engine end a benchmark's process, with where and what on the terminal: figures over
// other data than they say are worse than none. One thread.
#pragma once

#include "engine/base/result.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace bench::micro {

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "netto_bench: %s\n", why.c_str());
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing else runs
}

template <class T>
T taken(engine::base::Result<T> result) {
  if (!result) give_up(result.error().where + ": " + result.error().detail);
  return std::move(result).value();
}

inline void put(const engine::base::Result<void>& result) {
  if (!result) give_up(result.error().where + ": " + result.error().detail);
}

}  // namespace bench::micro
