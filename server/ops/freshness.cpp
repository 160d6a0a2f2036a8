#include "server/ops/freshness.hpp"

#include "engine/snapshot/snapshot.hpp"
#include "server/json/json_writer.hpp"

#include <algorithm>
#include <chrono>

namespace server::ops {

using engine::snapshot::FeedStamp;
using engine::snapshot::StaleBehaviour;

namespace {

bool is_rested_on(const FeedStamp& stamp, RestsOn rests) {
  return (stamp.bears_on_prices && rests != RestsOn::stock) ||
         (stamp.bears_on_stock && rests != RestsOn::prices);
}

void write_feed(const FeedStamp& stamp, std::int64_t now, json::JsonWriter& json) {
  json.begin_object();
  json.member("feed", stamp.feed);
  json.key("age");
  if (const auto age = age_of(stamp, now)) {
    json.number(*age);
  } else {
    json.null();
  }
  json.key("fresh");
  json.boolean(!is_stale(stamp, now));
  if (stamp.limit) json.member("behaviour", stale_behaviour_name(stamp.behaviour));
  json.end_object();
}

// "stock";age=93000;stale
void append_header(const FeedStamp& stamp, std::int64_t now, std::string& header) {
  if (!header.empty()) header += ", ";
  header.append("\"").append(stamp.feed) += '"';
  if (const auto age = age_of(stamp, now)) header += ";age=" + std::to_string(*age);
  if (is_stale(stamp, now)) header += ";stale";
}

// "The feed 'stock' last brought something 93600 s ago; its limit is 86400 s."
std::string overdue_text(const FeedStamp& stamp, std::int64_t limit, std::int64_t now) {
  const auto age = age_of(stamp, now);
  return "The feed '" + stamp.feed + "' " +
         (age ? "last brought something " + std::to_string(*age) + " s ago"
              : "has not brought anything yet") +
         "; its limit is " + std::to_string(limit) + " s.";
}

void act_on(const FeedStamp& stamp, RestsOn rests, std::int64_t now, Freshness& freshness) {
  freshness.is_stale = true;
  switch (stamp.behaviour) {
    case StaleBehaviour::serve:
      return;
    case StaleBehaviour::flag:
      freshness.is_flagged = true;
      return;
    case StaleBehaviour::price_on_request:
      if (stamp.bears_on_prices && rests != RestsOn::stock) freshness.price_on_request = true;
      if (stamp.bears_on_stock) freshness.stock_unknown = true;
      return;
    case StaleBehaviour::refuse:
      if (freshness.refused.empty()) freshness.refused = overdue_text(stamp, *stamp.limit, now);
      return;
  }
}

bool is_beyond(const FeedStamp& stamp, std::int64_t limit, std::int64_t now) {
  return !stamp.accepted_at || now - *stamp.accepted_at > limit;
}

}  // namespace

std::optional<std::uint64_t> age_of(const FeedStamp& stamp, std::int64_t now) {
  if (!stamp.accepted_at) return std::nullopt;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(now - *stamp.accepted_at, 0));
}

bool is_stale(const FeedStamp& stamp, std::int64_t now) {
  return stamp.limit && is_beyond(stamp, *stamp.limit, now);
}

Freshness freshness_of(std::span<const FeedStamp> stamps, RestsOn rests, std::int64_t now) {
  Freshness freshness;
  json::JsonWriter json{freshness.json};
  bool any = false;
  for (const FeedStamp& stamp : stamps) {
    if (!is_rested_on(stamp, rests)) continue;
    if (!any) json.begin_array();
    any = true;
    write_feed(stamp, now, json);
    append_header(stamp, now, freshness.header);
    if (is_stale(stamp, now)) act_on(stamp, rests, now, freshness);
  }
  if (any) json.end_array();
  return freshness;
}

std::string too_stale_for_traffic(std::span<const FeedStamp> stamps, std::int64_t now) {
  for (const FeedStamp& stamp : stamps) {
    if (stamp.not_ready_after && is_beyond(stamp, *stamp.not_ready_after, now))
      return overdue_text(stamp, *stamp.not_ready_after, now);
  }
  return {};
}

std::int64_t utc_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

const Freshness& FreshnessKept::at(const engine::snapshot::Snapshot& snapshot, RestsOn rests,
                                   std::int64_t now) {
  Kept& kept = kept_[static_cast<std::size_t>(rests)];
  if (kept.moment != now || kept.snapshot != &snapshot ||
      kept.generation != snapshot.generation()) {
    kept = {&snapshot, snapshot.generation(), now,
            freshness_of(snapshot.feed_stamps(), rests, now)};
  }
  return kept.freshness;
}

}  // namespace server::ops
