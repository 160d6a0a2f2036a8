// Feeds over HTTP: batches in, what is known of each feed and what was refused out. A batch is
// answered when it is durable and the next question on any connection sees it; its caller's worker
// waits for that. What comes in twice is told and changes nothing. Any thread; needs no snapshot.
#pragma once

#include "server/http/message.hpp"
#include "server/node/writer.hpp"

namespace server::http {

inline constexpr std::size_t refused_told_max = 100;  // rows in an answer; all by their own address
inline constexpr std::size_t batch_id_bytes = 200;    // of an Idempotency-Key

// POST /v1/feeds/{feed}/batches
void post_batch(node::Writer& writer, const Request& request, const Target& target,
                Response& response);
// GET /v1/feeds
void list_feeds(const node::Writer& writer, Response& response);
// GET /v1/feeds/{feed}
void show_feed(const node::Writer& writer, const Target& target, Response& response);
// GET /v1/batches/{sequence}/refused
void list_refused(const node::Writer& writer, const Request& request, const Target& target,
                  Response& response);

}  // namespace server::http
