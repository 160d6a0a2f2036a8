// Pile: a list of plain values that is written without a look at its room. `make_room` says before
// a loop how much may come; then `add` is a store and a count, where a vector would check, and
// often call, for each of them. Places are kept and used again. Not shared between threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace engine::base {

template <class T>
class Pile {
 public:
  Pile() = default;

  Pile(const Pile& other) : places_{std::make_unique<T[]>(other.count_)}, room_{other.count_} {
    std::copy_n(other.places_.get(), room_, places_.get());
    count_ = room_;
  }

  Pile(Pile&&) noexcept = default;

  Pile& operator=(const Pile& other) { return *this = Pile{other}; }

  Pile& operator=(Pile&&) noexcept = default;

  ~Pile() = default;

  void clear() { count_ = 0; }

  void make_room(std::size_t more) {
    if (count_ + more > room_) grow(more);
  }

  // Both require room.
  void add(const T& one) { places_[count_++] = one; }

  T& next() { return places_[count_++]; }  // holds what it held before

  // The last one moves to its place.
  void drop(T* one) { *one = places_[--count_]; }

  // As many places as there is room for, holding what they held before.
  void spread(std::size_t count) { count_ = count; }

  bool empty() const { return count_ == 0; }

  std::size_t size() const { return count_; }

  T* begin() { return places_.get(); }

  T* end() { return places_.get() + count_; }

  std::span<T> all() { return {begin(), count_}; }

  void take(const std::vector<T>& others) {
    clear();
    make_room(others.size());
    for (const T& one : others) add(one);
  }

 private:
  [[gnu::noinline]] void grow(std::size_t more) {
    const std::size_t room = 2 * room_ + more;
    auto places = std::make_unique<T[]>(room);
    std::copy(begin(), end(), places.get());
    places_ = std::move(places);
    room_ = room;
  }

  std::unique_ptr<T[]> places_;
  std::size_t room_ = 0;
  std::size_t count_ = 0;
};

}  // namespace engine::base
