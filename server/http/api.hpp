// The HTTP interface without the network: a request in, a response out. Routes are listed once,
// here and in openapi.json, and a test holds the two together. Whatever a caller sends is answered;
// nothing throws out of handle(). One Worker a thread, which keeps its buffers, its scratch and its
// pin of the snapshot; the Service is shared. Cost beside pricing: under a microsecond.
#pragma once

#include "engine/base/date.hpp"
#include "engine/price/scratch.hpp"
#include "engine/quote/answer.hpp"
#include "engine/snapshot/snapshot_cell.hpp"
#include "server/audit/keeper.hpp"
#include "server/http/feeds.hpp"
#include "server/http/message.hpp"
#include "server/json/quote_body.hpp"
#include "server/node/draft_views.hpp"
#include "server/node/writer.hpp"
#include "server/ops/freshness.hpp"
#include "server/ops/log.hpp"
#include "server/ops/metrics.hpp"
#include "server/ops/readiness.hpp"
#include "server/ops/request_marks.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace server::http {

// What the answers stand on. Everything in it must outlive the workers and be callable from any
// thread.
struct Service {
  const engine::snapshot::SnapshotCell& snapshots;
  std::function<engine::base::CivilMinutes()>
      now;  // the moment that a question without a date is priced for
  std::function<ops::Readiness()> readiness;
  std::function<std::int64_t()> utc_seconds =
      ops::utc_seconds;                       // since 1970; what ages are told by
  ops::Metrics* metrics = nullptr;            // none: nothing is counted
  ops::Log* log = nullptr;                    // none: nothing is told
  std::chrono::milliseconds slow_request{0};  // told from here on; 0: never
  bool is_every_request_told = false;
  node::Writer* writer = nullptr;  // of the data folder; null: there are no feeds to ask for
  node::DraftViews* draft_views = nullptr;    // likewise; null: no draft can be asked
  const audit::AuditKeeper* audit = nullptr;  // of the data folder; null: there is none to ask
};

struct RouteName {
  std::string_view method;
  std::string_view pattern;  // "/v1/availability/{article}"
};

std::span<const RouteName> route_names();

// What /readyz says: the service's own word, then whether its data is too old.
ops::Readiness readiness_of(const Service& service);

class Worker final : public Handler {
 public:
  explicit Worker(const Service& service);

  void handle(const Request& request, Response& response) override;

  // Lets go of the snapshot, so that an old one can die.
  void rest() override { reader_.let_go(); }  // a draft's is let go of after each request

 private:
  friend struct Routes;

  void finish(const Request& request, std::chrono::nanoseconds time, Response& response);
  void tell(const Request& request, std::chrono::nanoseconds time, const Response& response);
  void count_lines();

  void dispatch(const Request& request, Response& response);
  void quote(const Request& request, const Target& target, Response& response);
  void price(const Request& request, const Target& target, Response& response);
  void availability(const Request& request, const Target& target, Response& response);
  void availability_of_one(const Request& request, const Target& target, Response& response);
  void audit(const Request& request, const Target& target, Response& response);
  void openapi(const Request& request, const Target& target, Response& response);
  void feed_batch(const Request& request, const Target& target, Response& response);
  void feeds(const Request& request, const Target& target, Response& response);
  void feed(const Request& request, const Target& target, Response& response);
  void refused_rows(const Request& request, const Target& target, Response& response);
  void batches(const Request& request, const Target& target, Response& response);
  void release(const Request& request, const Target& target, Response& response);
  void reject(const Request& request, const Target& target, Response& response);
  void documents(const Request& request, const Target& target, Response& response);
  void draft_part(const Request& request, const Target& target, Response& response);
  void drafts(const Request& request, const Target& target, Response& response);
  void draft(const Request& request, const Target& target, Response& response);
  void drop(const Request& request, const Target& target, Response& response);
  void comparison(const Request& request, const Target& target, Response& response);
  void publish(const Request& request, const Target& target, Response& response);
  void unschedule(const Request& request, const Target& target, Response& response);
  void health(const Request& request, const Target& target, Response& response);
  void readiness(const Request& request, const Target& target, Response& response);
  void metrics(const Request& request, const Target& target, Response& response);

  // How fresh that is which the answer rests on; null, and a 503 in the response, where that is too
  // old for any answer.
  const ops::Freshness* freshness(const engine::snapshot::Snapshot& snapshot, ops::RestsOn rests,
                                  Response& response);

  // As of the newest snapshot.
  FeedLimits feed_limits();
  // Null, and a 503 in the response, where there is none.
  node::Writer* writer(Response& response) const;
  const node::Writer* opened(Response& response) const;
  // The newest snapshot; null, and a 503 in the response, before the first one is there.
  const engine::snapshot::Snapshot* snapshot(Response& response);
  // The snapshot that the question is put to: the newest, or that of the draft it names. Null, and a
  // problem in the response, where there is none; never that of live data for a draft.
  const engine::snapshot::Snapshot* asked(const Target& target, Response& response);
  const engine::snapshot::Snapshot* draft_asked(std::string_view name, std::uint64_t live,
                                                Response& response);
  // Says so in the answer, where a draft was asked.
  void mark(const Target& target, Response& response) const;
  engine::base::Result<engine::quote::Question> ask(const engine::snapshot::Snapshot& snapshot,
                                                    engine::quote::Scope scope,
                                                    const ops::Freshness& freshness);
  engine::base::Result<engine::quote::Question> look(const engine::snapshot::Snapshot& snapshot);

  const Service& service_;
  engine::snapshot::SnapshotReader reader_;
  std::optional<node::DraftView> draft_;  // that the question at hand is put to; none: live data
  engine::price::Scratch scratch_;
  engine::quote::Answer answer_;
  json::BodyReader bodies_;
  json::QuoteBody body_;
  ops::FreshnessKept freshness_;
  ops::RequestMarks marks_;
  std::shared_ptr<ops::RequestCounts> counts_;  // this worker's alone; null: nothing is counted
  std::size_t route_ = 0;                       // of the request; beyond all: of none
};

// The OpenAPI 3.1 document.
std::string_view openapi_text();

}  // namespace server::http
