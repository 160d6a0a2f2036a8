#include "server/feed/freshness.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <system_error>

namespace server::feed {

using engine::snapshot::FeedStamp;

namespace {

bool is_of_stock(Kind kind) {
  return kind == Kind::stock || kind == Kind::receipts || kind == Kind::warehouses;
}

// A feed that is neither described nor canonical any more is taken to bear on prices: too careful
// rather than too bold.
void set_bearing(std::span<const FeedDescription> descriptions, FeedStamp& stamp) {
  const auto described = std::ranges::find_if(descriptions, [&](const FeedDescription& each) {
    return each.name == stamp.feed && !each.is_canonical();
  });
  if (described != descriptions.end()) {
    stamp.bears_on_prices = stamp.bears_on_stock = false;
    for (const RecordRule& rule : described->records)
      (is_of_stock(rule.kind) ? stamp.bears_on_stock : stamp.bears_on_prices) = true;
  } else if (const auto kind = kind_from(stamp.feed)) {
    stamp.bears_on_stock = is_of_stock(*kind);
    stamp.bears_on_prices = !stamp.bears_on_stock;
  }
}

FeedStamp& stamp_of(const std::string& feed, std::vector<FeedStamp>& stamps) {
  const auto found = std::ranges::find(stamps, feed, &FeedStamp::feed);
  if (found != stamps.end()) return *found;
  stamps.push_back({});
  stamps.back().feed = feed;
  return stamps.back();
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  return whole && value >= 0 ? std::optional{value} : std::nullopt;
}

}  // namespace

std::vector<FeedStamp> feed_stamps(std::span<const FeedMoment> moments,
                                   std::span<const FeedDescription> descriptions) {
  std::vector<FeedStamp> stamps;
  for (const FeedMoment& moment : moments) {
    auto& at = stamp_of(moment.feed, stamps).accepted_at;
    at = std::max(at.value_or(moment.accepted_at), moment.accepted_at);
  }
  for (const FeedDescription& description : descriptions) {
    if (!description.freshness) continue;
    FeedStamp& stamp = stamp_of(description.name, stamps);
    stamp.limit = description.freshness->limit;
    stamp.behaviour = description.freshness->behaviour;
    stamp.not_ready_after = description.freshness->not_ready_after;
  }
  for (FeedStamp& stamp : stamps) set_bearing(descriptions, stamp);
  std::ranges::sort(stamps, {}, &FeedStamp::feed);
  return stamps;
}

std::optional<std::int64_t> utc_seconds_of(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00Z";
  if (text.size() != form.size()) return std::nullopt;
  std::array<int, 6> parts{};
  constexpr std::array<std::size_t, 6> begins{0, 5, 8, 11, 14, 17};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = digits(text.substr(begins[i], i == 0 ? 4 : 2));
    if (!part) return std::nullopt;
    parts[i] = *part;
  }
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '0' && text[i] != form[i]) return std::nullopt;
  }
  const std::chrono::year_month_day day{std::chrono::year{parts[0]},
                                        std::chrono::month{static_cast<unsigned>(parts[1])},
                                        std::chrono::day{static_cast<unsigned>(parts[2])}};
  if (!day.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
  const auto days = std::chrono::sys_days{day}.time_since_epoch().count();
  return std::int64_t{days} * 86'400 + std::int64_t{parts[3]} * 3'600 +
         std::int64_t{parts[4]} * 60 + parts[5];
}

}  // namespace server::feed
