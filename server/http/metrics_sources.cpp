#include "server/http/metrics_sources.hpp"

#include "server/http/api.hpp"
#include "server/http/server.hpp"

#include <string>
#include <utility>
#include <vector>

namespace server::http {

using engine::snapshot::FeedStamp;
using engine::snapshot::Snapshot;
using ops::Families;
using ops::Family;
using prometheus::MetricType;

namespace {

double number(std::uint64_t value) { return static_cast<double>(value); }

void add_data(const Snapshot& snapshot, Families& to) {
  ops::add_gauge(to, "netto_snapshot_generation", "Number of the last batch that answers know.",
                 number(snapshot.generation()));
  ops::add_gauge(to, "netto_snapshot_records", "Prices and other condition records.",
                 number(snapshot.conditions().record_count()));
  ops::add_gauge(to, "netto_snapshot_articles", "Articles.",
                 number(snapshot.articles().base_units.size()));
  ops::add_gauge(to, "netto_snapshot_customers", "Customers.",
                 number(snapshot.customers().parents.size()));
}

void add_feeds(const std::vector<FeedStamp>& stamps, std::int64_t now, Families& to) {
  Family ages{to, MetricType::Gauge, "netto_feed_age_seconds",
              "Time since the feed's last accepted batch."};
  for (const auto& stamp : stamps) {
    if (const auto age = ops::age_of(stamp, now)) ages.add(number(*age), {{"feed", stamp.feed}});
  }
  Family limits{to, MetricType::Gauge, "netto_feed_limit_seconds",
                "Age from which the feed counts as too old."};
  for (const auto& stamp : stamps) {
    if (stamp.limit) limits.add(static_cast<double>(*stamp.limit), {{"feed", stamp.feed}});
  }
  Family fresh{to, MetricType::Gauge, "netto_feed_fresh", "1 while the feed is within its limit."};
  for (const auto& stamp : stamps)
    fresh.add(ops::is_stale(stamp, now) ? 0 : 1, {{"feed", stamp.feed}});
}

void add_service(const Service& service, Families& to) {
  ops::add_gauge(to, "netto_ready", "1 while traffic should come.",
                 readiness_of(service).state == ops::State::ready ? 1 : 0);
  ops::add_counter(to, "netto_publishes_total", "Generations published since the start.",
                   number(service.snapshots.version()));
  if (const auto snapshot = service.snapshots.pin()) {
    add_data(*snapshot, to);
    add_feeds(snapshot->feed_stamps(), service.utc_seconds(), to);
  }
  Family{to, MetricType::Gauge, "netto_build_info", "Always 1."}.add(1,
                                                                     {{"version", NETTO_VERSION}});
  ops::add_process(to);
}

void add_server(const Server& server, Families& to) {
  const auto counts = server.counts();
  ops::add_gauge(to, "netto_http_connections_open", "Connections that are open.",
                 number(counts.connections_open));
  ops::add_counter(to, "netto_http_connections_total", "Connections taken since the start.",
                   number(counts.connections_taken));
  ops::add_counter(to, "netto_http_connections_refused_total",
                   "Connections turned away since all were busy.",
                   number(counts.connections_refused));
  Family refused{to, MetricType::Counter, "netto_http_requests_refused_total",
                 "Requests refused before they were understood, by status."};
  for (const auto& [status, count] : counts.requests_refused)
    refused.add(number(count), {{"status", status == 0 ? "other" : std::to_string(status)}});
}

}  // namespace

void watch_service(const Service& service, ops::Metrics& metrics) {
  std::vector<ops::RouteLabel> routes;
  for (const auto& route : route_names())
    routes.push_back({std::string{route.method}, std::string{route.pattern}});
  metrics.set_routes(std::move(routes));
  metrics.add_source([&service](Families& to) { add_service(service, to); });
}

void watch_server(const Server& server, ops::Metrics& metrics) {
  metrics.add_source([&server](Families& to) { add_server(server, to); });
}

}  // namespace server::http
