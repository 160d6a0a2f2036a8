// BigVector: a vector for tables that are read at random. From a few megabytes on its memory asks
// for huge pages, since a read of a table on small ones often waits for the page table first; where
// the system has none to give, it is ordinary memory. Otherwise a std::vector.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

namespace engine::base {

inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;
inline constexpr std::size_t huge_pages_from = 2 * huge_page_bytes;  // less is left to the heap

template <class T>
class HugePageAllocator {
 public:
  using value_type = T;

  HugePageAllocator() = default;

  template <class U>
  HugePageAllocator(const HugePageAllocator<U>& /*other*/) {}  // NOLINT: as allocators convert

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (count > (PTRDIFF_MAX / sizeof(T))) throw std::bad_array_new_length();
    if (bytes < huge_pages_from) return static_cast<T*>(::operator new(bytes));
    const std::size_t whole = (bytes + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
    void* memory = std::aligned_alloc(huge_page_bytes, whole);
    if (memory == nullptr) throw std::bad_alloc();
    // Advice only: refused, the memory is as good as any.
    static_cast<void>(::madvise(memory, whole, MADV_HUGEPAGE));
    return static_cast<T*>(memory);
  }

  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < huge_pages_from) return ::operator delete(memory);
    std::free(memory);
  }

  friend bool operator==(const HugePageAllocator& /*a*/, const HugePageAllocator& /*b*/) {
    return true;
  }
};

template <class T>
using BigVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace engine::base
