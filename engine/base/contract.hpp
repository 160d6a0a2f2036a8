// Contracts: our own mistakes stop the process, also in release, before a wrong price can leave it.
// ENSURE is for what neither data nor a caller can bring about; ENSURE_SLOW is the same in debug
// builds only. Bad input is a base::Fault (result.hpp) and a business "no" is a value: neither
// belongs here.
#pragma once

namespace engine::base {

[[noreturn]] void contract_broken(const char* condition, const char* file, int line);

}  // namespace engine::base

#define ENSURE(condition)             \
  ((condition) ? static_cast<void>(0) \
               : ::engine::base::contract_broken(#condition, __FILE__, __LINE__))

#ifdef NDEBUG
#define ENSURE_SLOW(condition) static_cast<void>(0)
#else
#define ENSURE_SLOW(condition) ENSURE(condition)
#endif
