#include "engine/base/contract.hpp"

#include <cstdio>
#include <cstdlib>

namespace engine::base {

void contract_broken(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "netto: broken contract: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace engine::base
