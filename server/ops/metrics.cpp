#include "server/ops/metrics.hpp"

#include "engine/base/contract.hpp"

#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>

namespace server::ops {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

constexpr double seconds_of_bound = 1e-6;  // bounds are microseconds
constexpr double seconds_of_time = 1e-9;

constexpr std::array<std::string_view, 3> result_names{"accepted", "refused", "held"};

double number(std::uint64_t value) { return static_cast<double>(value); }

// The sum of several workers' times.
struct SummedTimes {
  std::array<std::uint64_t, answer_bounds_us.size() + 1> below{};
  std::uint64_t nanoseconds = 0;

  void add(const Times& times) {
    for (std::size_t i = 0; i < below.size(); ++i) below[i] += times.below[i].value();
    nanoseconds += times.nanoseconds.value();
  }

  // Cumulative, as the format wants it.
  ClientMetric::Histogram histogram() const {
    ClientMetric::Histogram made;
    for (std::size_t i = 0; i < below.size(); ++i) {
      made.sample_count += below[i];
      made.bucket.push_back({made.sample_count, i < answer_bounds_us.size()
                                                    ? answer_bounds_us[i] * seconds_of_bound
                                                    : std::numeric_limits<double>::infinity()});
    }
    made.sample_sum = number(nanoseconds) * seconds_of_time;
    return made;
  }
};

void add_histogram(MetricFamily& family, const SummedTimes& times, Labels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.histogram = times.histogram();
  family.metric.push_back(std::move(metric));
}

MetricFamily histogram_family(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Histogram, {}};
}

// What several workers counted.
struct SummedRoute {
  std::array<std::uint64_t, counted_statuses.size()> statuses{};
  SummedTimes times;
};

SummedRoute sum_of(const std::vector<std::shared_ptr<const RequestCounts>>& workers,
                   std::size_t route) {
  SummedRoute sum;
  for (const auto& worker : workers) {
    const auto& counts = worker->routes[route];
    for (std::size_t i = 0; i < sum.statuses.size(); ++i)
      sum.statuses[i] += counts.statuses[i].value();
    sum.times.add(counts.times);
  }
  return sum;
}

std::string status_text(std::size_t place) {
  return counted_statuses[place] == 0 ? "other" : std::to_string(counted_statuses[place]);
}

}  // namespace

// ---- families
// -------------------------------------------------------------------------------------

Family::Family(Families& to, MetricType type, std::string name, std::string help)
    : to_{to}, at_{to.size()} {
  to_.push_back({std::move(name), std::move(help), type, {}});
}

void Family::add(double value, Labels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  auto& family = to_[at_];
  (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
}

void add_gauge(Families& to, std::string name, std::string help, double value) {
  Family{to, MetricType::Gauge, std::move(name), std::move(help)}.add(value);
}

void add_counter(Families& to, std::string name, std::string help, double value) {
  Family{to, MetricType::Counter, std::move(name), std::move(help)}.add(value);
}

// ---- counting
// -------------------------------------------------------------------------------------

void Metrics::set_routes(std::vector<RouteLabel> routes) {
  ENSURE(routes.size() < routes_max);
  const std::lock_guard lock{mutex_};
  routes_ = std::move(routes);
}

std::shared_ptr<RequestCounts> Metrics::add_worker() {
  auto counts = std::make_shared<RequestCounts>();
  const std::lock_guard lock{mutex_};
  workers_.push_back(counts);
  return counts;
}

void Metrics::add_source(std::function<void(Families&)> source) {
  const std::lock_guard lock{mutex_};
  sources_.push_back(std::move(source));
}

void Metrics::count_batch(std::string_view feed, BatchResult result, std::uint64_t rows_accepted,
                          std::uint64_t rows_refused) {
  const std::lock_guard lock{mutex_};
  auto found = feeds_.find(feed);
  if (found == feeds_.end()) found = feeds_.emplace(std::string{feed}, FeedCounts{}).first;
  ++found->second.batches[static_cast<std::size_t>(result)];
  found->second.rows_accepted += rows_accepted;
  found->second.rows_refused += rows_refused;
}

void Metrics::count_publish(std::chrono::nanoseconds time) {
  const std::lock_guard lock{mutex_};
  publishes_.add(time);
}

void Metrics::count_append(std::chrono::nanoseconds time) {
  const std::lock_guard lock{mutex_};
  appends_.add(time);
}

void Metrics::count_image(bool was_written) {
  const std::lock_guard lock{mutex_};
  ++(was_written ? images_written_ : images_failed_);
}

void Metrics::count_compaction(bool was_done) {
  const std::lock_guard lock{mutex_};
  ++(was_done ? compactions_done_ : compactions_failed_);
}

// ---- scraping
// -------------------------------------------------------------------------------------

void Metrics::collect_requests(Families& families) const {
  auto answers = histogram_family("netto_http_request_duration_seconds",
                                  "Time from a whole request to its whole answer, by route.");
  Family requests{families, MetricType::Counter, "netto_http_requests_total",
                  "Requests answered, by route and status."};
  for (std::size_t route = 0; route <= routes_.size(); ++route) {
    const SummedRoute sum = sum_of(workers_, route);
    const bool known = route < routes_.size();
    const Labels labels{{"method", known ? routes_[route].method : "other"},
                        {"route", known ? routes_[route].route : "other"}};
    for (std::size_t i = 0; i < sum.statuses.size(); ++i) {
      if (sum.statuses[i] == 0) continue;
      auto with_status = labels;
      with_status.push_back({"status", status_text(i)});
      requests.add(number(sum.statuses[i]), std::move(with_status));
    }
    add_histogram(answers, sum.times, labels);
  }
  families.push_back(std::move(answers));
  std::uint64_t begun = 0;
  std::uint64_t ended = 0;
  std::uint64_t stale = 0;
  std::array<std::uint64_t, engine::model::outcome_names.size()> outcomes{};
  for (const auto& worker : workers_) {
    ended +=
        worker->ended.value();  // before what has begun, so that the difference is never below 0
    begun += worker->begun.value();
    stale += worker->stale.value();
    for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += worker->outcomes[i].value();
  }
  add_gauge(families, "netto_http_requests_in_flight",
            "Requests that are being answered, this too.", number(begun - std::min(begun, ended)));
  add_counter(families, "netto_stale_answers_total",
              "Answers that rested on a feed beyond its limit.", number(stale));
  Family lines{families, MetricType::Counter, "netto_lines_total",
               "Lines of quotes and prices answered, by outcome."};
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    lines.add(number(outcomes[i]), {{"outcome", std::string{engine::model::outcome_names[i]}}});
}

void Metrics::collect_data(Families& families) const {
  Family batches{families, MetricType::Counter, "netto_feed_batches_total",
                 "Batches that came in, by feed and what became of them."};
  for (const auto& [feed, counts] : feeds_) {
    for (std::size_t i = 0; i < result_names.size(); ++i)
      batches.add(number(counts.batches[i]),
                  {{"feed", feed}, {"result", std::string{result_names[i]}}});
  }
  Family rows{families, MetricType::Counter, "netto_feed_rows_total",
              "Rows of batches, by feed and what became of them."};
  for (const auto& [feed, counts] : feeds_) {
    rows.add(number(counts.rows_accepted), {{"feed", feed}, {"result", "accepted"}});
    rows.add(number(counts.rows_refused), {{"feed", feed}, {"result", "refused"}});
  }
  const auto times = [&](std::string name, std::string help, const Times& counted) {
    SummedTimes sum;
    sum.add(counted);
    families.push_back(histogram_family(std::move(name), std::move(help)));
    add_histogram(families.back(), sum, {});
  };
  times("netto_publish_duration_seconds", "Time to build and publish a generation.", publishes_);
  times("netto_journal_append_duration_seconds", "Time until a batch was durable.", appends_);
  Family images{families, MetricType::Counter, "netto_images_total",
                "Images of the journal, by whether they could be written."};
  images.add(number(images_written_), {{"result", "written"}});
  images.add(number(images_failed_), {{"result", "failed"}});
  Family compactions{
      families, MetricType::Counter, "netto_compactions_total",
      "Checkpoints that the journal's batches gave way to, by whether they counted."};
  compactions.add(number(compactions_done_), {{"result", "done"}});
  compactions.add(number(compactions_failed_), {{"result", "failed"}});
}

std::vector<MetricFamily> Metrics::Collect() const {
  Families families;
  const std::lock_guard lock{mutex_};
  collect_requests(families);
  collect_data(families);
  for (const auto& source : sources_) source(families);
  return families;
}

std::string Metrics::text() const {
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, Collect());
  return std::move(out).str();
}

}  // namespace server::ops
