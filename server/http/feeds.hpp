// Feeds over HTTP: batches in, what is known of each feed and what was refused out. A batch is
// answered when it is durable and the next question on any connection sees it; its caller's worker
// waits for that. What comes in twice is told and changes nothing. Any thread; needs no snapshot.
#pragma once

#include "engine/snapshot/feed_stamp.hpp"
#include "server/http/message.hpp"
#include "server/node/writer.hpp"

#include <cstdint>
#include <span>

namespace server::http {

inline constexpr std::size_t refused_told_max = 100;  // rows in an answer; all by their own address
inline constexpr std::size_t batch_id_bytes = 200;    // of an Idempotency-Key

// What answers know of feeds' limits, and the moment that ages are told by; UTC seconds since 1970.
struct FeedLimits {
  std::span<const engine::snapshot::FeedStamp> stamps;
  std::int64_t now = 0;
};

// POST /v1/feeds/{feed}/batches
void post_batch(node::Writer& writer, const Request& request, const Target& target,
                Response& response);
// GET /v1/feeds
void list_feeds(const node::Writer& writer, const FeedLimits& limits, Response& response);
// GET /v1/feeds/{feed}
void show_feed(const node::Writer& writer, const FeedLimits& limits, const Target& target,
               Response& response);
// GET /v1/batches/{sequence}/refused
void list_refused(const node::Writer& writer, const Request& request, const Target& target,
                  Response& response);

}  // namespace server::http
