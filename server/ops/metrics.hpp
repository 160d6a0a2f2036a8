// Metrics: everything that is counted, put together when somebody scrapes. Workers count for
// themselves (request_counts.hpp) and the counts of those that have gone stay, so no counter ever
// goes back. What happens seldom - a batch, a publish, an image - is counted under a lock. What can
// be looked up (generation, connections, memory) is asked for at the scrape. Any thread. Cost of a
// scrape: about 100 us; of a request, nothing.
#pragma once

#include "server/ops/request_counts.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::ops {

using Families = std::vector<prometheus::MetricFamily>;

enum class BatchResult : std::uint8_t { accepted, refused, held };

struct RouteLabel {
  std::string method;
  std::string route;  // as openapi.json names it
};

class Metrics final : public prometheus::Collectable {
 public:
  // The labels of the routes, by the number that workers count them under; what fits none of them is
  // counted under the number after the last. At most routes_max - 1.
  void set_routes(std::vector<RouteLabel> routes);

  // For one worker, which alone writes to it.
  std::shared_ptr<RequestCounts> add_worker();

  // Called at every scrape, on its thread; what it refers to must outlive this.
  void add_source(std::function<void(Families&)> source);

  void count_batch(std::string_view feed, BatchResult result, std::uint64_t rows_accepted,
                   std::uint64_t rows_refused);
  void count_publish(std::chrono::nanoseconds time);
  void count_append(std::chrono::nanoseconds time);  // to the journal, until it was durable
  void count_image(bool was_written);
  void count_compaction(bool was_done);

  std::vector<prometheus::MetricFamily> Collect() const override;

  // The text format, version 0.0.4.
  std::string text() const;

 private:
  struct FeedCounts {
    std::array<std::uint64_t, 3> batches{};  // by BatchResult
    std::uint64_t rows_accepted = 0;
    std::uint64_t rows_refused = 0;
  };

  void collect_requests(Families& families) const;
  void collect_data(Families& families) const;

  mutable std::mutex mutex_;  // of all that follows
  std::vector<RouteLabel> routes_;
  std::vector<std::shared_ptr<const RequestCounts>> workers_;
  std::vector<std::function<void(Families&)>> sources_;
  std::map<std::string, FeedCounts, std::less<>> feeds_;
  Times publishes_;
  Times appends_;
  std::uint64_t images_written_ = 0;
  std::uint64_t images_failed_ = 0;
  std::uint64_t compactions_done_ = 0;
  std::uint64_t compactions_failed_ = 0;
};

inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

// ---- for sources -----------------------------------------------------------------------------

using Labels = std::vector<prometheus::ClientMetric::Label>;

// A family of gauges or counters, to which values are added.
class Family {
 public:
  Family(Families& to, prometheus::MetricType type, std::string name, std::string help);
  void add(double value, Labels labels = {});

 private:
  Families& to_;
  std::size_t at_;
};

void add_gauge(Families& to, std::string name, std::string help, double value);
void add_counter(Families& to, std::string name, std::string help, double value);

// Resident memory, open files, start time: the names that every Prometheus client gives them.
void add_process(Families& to);

}  // namespace server::ops
