// Csr: lists of T per dense id, packed one after the other (compressed sparse rows). Immutable once
// built.
#pragma once

#include "engine/base/huge_pages.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::snapshot {

template <class T>
class Csr {
 public:
  // The lists must be added in the order of their ids, without gaps.
  void add(std::span<const T> list) {
    items_.insert(items_.end(), list.begin(), list.end());
    begin_.push_back(static_cast<std::uint32_t>(items_.size()));
  }

  std::span<const T> operator[](std::uint32_t id) const {
    return std::span<const T>{items_}.subspan(begin_[id], begin_[id + 1] - begin_[id]);
  }

  // To be called some time before the list is read.
  void prefetch(std::uint32_t id) const { __builtin_prefetch(&begin_[id]); }

  // And after that, what the list holds.
  void prefetch_items(std::uint32_t id) const {
    if (begin_[id] < items_.size()) __builtin_prefetch(&items_[begin_[id]]);
  }

  std::size_t size() const { return begin_.size() - 1; }

  void shrink() {
    items_.shrink_to_fit();
    begin_.shrink_to_fit();
  }

  std::size_t memory_bytes() const {
    return items_.capacity() * sizeof(T) + begin_.capacity() * sizeof(std::uint32_t);
  }

 private:
  base::BigVector<std::uint32_t> begin_{0};
  base::BigVector<T> items_;
};

}  // namespace engine::snapshot
