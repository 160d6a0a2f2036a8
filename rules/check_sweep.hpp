// Sweeps over validities: what records or prices hold at one moment while a pass goes over all of
// them by start. So records of one key are compared with those that hold beside them, not with all
// of the key. One worker; adding and letting go costs a logarithm of how many hold.
#pragma once

#include "engine/base/date.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace rules {

// Numbers that hold now, in the order in which they came.
class Holding {
 public:
  void clear();
  void add(std::uint32_t number, engine::base::CivilMinutes to);
  // Lets go of what has ended by then; moments must not fall.
  void advance(engine::base::CivilMinutes now);

  std::size_t size() const { return ends_.size(); }

  // The first ones until `visit` returns false; returns for how many it did not.
  template <class Visit>
  std::size_t each(const Visit& visit) const {
    std::size_t visited = 0;
    for (std::uint32_t at = first_; at != nobody; at = links_[at].next) {
      if (!visit(links_[at].number)) break;
      ++visited;
    }
    return visited;
  }

 private:
  static constexpr std::uint32_t nobody = UINT32_MAX;

  struct Link {
    std::uint32_t number = 0;
    std::uint32_t before = nobody;
    std::uint32_t next = nobody;
  };

  std::vector<Link> links_;
  std::vector<std::pair<engine::base::CivilMinutes, std::uint32_t>>
      ends_;  // a heap, first end on top
  std::uint32_t first_ = nobody;
  std::uint32_t last_ = nobody;
};

// Validities that are put in one by one, and whether one of them overlaps another.
class Overlaps {
 public:
  // All starts that will be put in, in any order.
  explicit Overlaps(std::span<const engine::base::CivilMinutes> starts);

  void put(const engine::base::Validity& validity);
  bool any(const engine::base::Validity& with) const;

 private:
  std::vector<engine::base::CivilMinutes> starts_;  // rising
  std::vector<engine::base::CivilMinutes> latest_;  // Fenwick tree over starts: the latest end
};

}  // namespace rules
