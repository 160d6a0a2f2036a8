#include "rules/check_sweep.hpp"

#include <algorithm>
#include <functional>

namespace rules {

using engine::base::CivilMinutes;
using engine::base::Validity;

void Holding::clear() {
  links_.clear();
  ends_.clear();
  first_ = nobody;
  last_ = nobody;
}

void Holding::add(std::uint32_t number, CivilMinutes to) {
  const auto place = static_cast<std::uint32_t>(links_.size());
  links_.push_back({number, last_, nobody});
  if (last_ == nobody) {
    first_ = place;
  } else {
    links_[last_].next = place;
  }
  last_ = place;
  ends_.emplace_back(to, place);
  std::ranges::push_heap(ends_, std::greater<>{});
}

void Holding::advance(CivilMinutes now) {
  while (!ends_.empty() && ends_.front().first <= now) {
    const Link& gone = links_[ends_.front().second];
    (gone.before == nobody ? first_ : links_[gone.before].next) = gone.next;
    (gone.next == nobody ? last_ : links_[gone.next].before) = gone.before;
    std::ranges::pop_heap(ends_, std::greater<>{});
    ends_.pop_back();
  }
}

Overlaps::Overlaps(std::span<const CivilMinutes> starts) : starts_(starts.begin(), starts.end()) {
  std::ranges::sort(starts_);
  const auto same = std::ranges::unique(starts_);
  starts_.erase(same.begin(), same.end());
  latest_.assign(starts_.size() + 1, CivilMinutes::earliest());
}

void Overlaps::put(const Validity& validity) {
  const auto place = std::ranges::lower_bound(starts_, validity.from) - starts_.begin();
  for (auto at = static_cast<std::size_t>(place) + 1; at < latest_.size(); at += at & (~at + 1))
    latest_[at] = std::max(latest_[at], validity.to);
}

bool Overlaps::any(const Validity& with) const {
  CivilMinutes latest = CivilMinutes::earliest();
  const auto before = std::ranges::lower_bound(starts_, with.to) - starts_.begin();
  for (auto at = static_cast<std::size_t>(before); at > 0; at -= at & (~at + 1))
    latest = std::max(latest, latest_[at]);
  return latest > with.from;
}

}  // namespace rules
