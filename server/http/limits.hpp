// Every named maximum of the HTTP front in one place. What exceeds one is told to the caller with
// the limit's name, and costs the others nothing; limits on what a question may hold stand in
// engine/base/limits.hpp.
#pragma once

#include <chrono>
#include <cstddef>

namespace server::http::limits {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr std::size_t body_bytes = 1U << 20;     // 413 beyond
inline constexpr std::size_t batch_bytes = 128U << 20;  // of a batch of a feed; 413 beyond
inline constexpr std::size_t chunked_overhead =
    2;  // times what its body may have that a chunked body may take with its framing
inline constexpr std::size_t target_bytes = 8'000;      // path and query; 414 beyond
inline constexpr std::size_t header_bytes = 16U << 10;  // request line and all fields; 431 beyond
inline constexpr std::size_t header_fields = 100;       // 431 beyond
inline constexpr std::size_t query_parameters = 64;
inline constexpr std::size_t compared_prices =
    20'000'000;                                       // of a draft's comparison; about two seconds
inline constexpr std::size_t compared_rows = 10'000;  // told of it
inline constexpr std::size_t connections = 4'096;     // then the longest idle one is let go, or 503
inline constexpr std::size_t descriptors_kept_free =
    64;  // of the process's file descriptors, for everything else
inline constexpr std::size_t buffered_bytes =
    256U << 20;  // of unfinished requests of all connections; 503 beyond
inline constexpr std::size_t requests_per_connection = 1'000'000;
inline constexpr std::size_t receive_bytes = 64U << 10;  // taken from a connection at a time
inline constexpr int listen_backlog = 1'024;
inline constexpr std::size_t workers = 64;
inline constexpr std::size_t buffer_kept_bytes =
    16U << 10;  // of an idle connection; larger ones are given back
inline constexpr std::size_t refused_bytes_drained =
    8U << 20;  // read and dropped so that a refusal can be read

inline constexpr seconds idle_time{
    60};  // of a connection between requests; earlier where others wait for a place
inline constexpr seconds request_time{5};  // from a request's first byte to its last; 408 beyond
inline constexpr seconds batch_time{60};   // the same, of a batch of a feed
inline constexpr seconds write_time{5};    // for a caller to take up what is sent
inline constexpr seconds refused_time{2};  // to read a refusal before the connection is closed
inline constexpr seconds drain_time{5};    // for requests in progress when the server stops
inline constexpr seconds client_connect_time{2};
inline constexpr seconds client_answer_time{30};
inline constexpr seconds client_batch_time{600};    // the same, of a batch: others may be before it
inline constexpr milliseconds sweep_interval{250};  // how late any of these may be noticed
inline constexpr milliseconds worker_idle_time{
    1'000};  // after which a worker lets go of its snapshot

static_assert(target_bytes < header_bytes);
static_assert(body_bytes < batch_bytes && batch_bytes < buffered_bytes);
static_assert(target_bytes <=
              8'192 - 64);  // cpp-httplib refuses request lines beyond 8 KiB by itself
static_assert(buffer_kept_bytes >= header_bytes);
static_assert(sweep_interval < request_time && sweep_interval < idle_time);

}  // namespace server::http::limits
