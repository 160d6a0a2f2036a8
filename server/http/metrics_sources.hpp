// What is looked up at a scrape: the snapshot, the ages of feeds, readiness, connections. Beside
// what is counted (server/ops/metrics.hpp), so that nothing of it costs a request anything.
#pragma once

#include "server/ops/metrics.hpp"

namespace server::http {

struct Service;
class Server;

// Names the routes and looks at what the service answers from, at every scrape. The service must
// outlive the metrics' last scrape.
void watch_service(const Service& service, ops::Metrics& metrics);

// The same for a server's connections.
void watch_server(const Server& server, ops::Metrics& metrics);

}  // namespace server::http
