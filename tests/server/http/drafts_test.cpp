// Drafts over the API, without a socket: a data folder, its writer, and the handlers before it.
#include "server/http/drafts.hpp"

#include "rules/json_tree.hpp"
#include "server/http/api.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace {

using server::http::Request;
using server::http::Response;
using server::node::Access;
using server::node::DraftViews;
using server::node::Keep;
using server::node::Node;
using server::node::Role;
using server::node::Writer;
using server::node::WriterOptions;

struct DraftDesk {
  tests::TemporaryFolder folder;
  engine::snapshot::SnapshotCell cell;
  std::optional<Writer> writer;
  std::optional<DraftViews> views;
  std::optional<server::http::Service> service;
  std::optional<server::http::Worker> worker;
  Response response;
  std::jthread thread;

  explicit DraftDesk(bool follow = false, const server::node::DraftViewOptions& asking = {
                                              std::chrono::seconds{60}, {}}) {
    tests::write_small_company(folder.path() + "/files");
    {
      auto node = Node::open(folder.path() + "/data", {Access::create, Keep::facts});
      REQUIRE(node);
      server::node::ImportRequest request;
      request.paths = {folder.path() + "/files"};
      REQUIRE((*node)->import(request).accepted());
    }
    WriterOptions options;
    options.follow = follow;
    options.published = [this](const Node& node) -> engine::base::Result<void> {
      cell.publish(node.snapshot());
      return {};
    };
    writer.emplace(folder.path() + "/data", options);
    service.emplace(server::http::Service{cell, [] { return *engine::base::civil(2026, 2, 1); },
                                          [] { return server::ops::Readiness{}; }});
    service->writer = &*writer;
    views.emplace(folder.path() + "/data", asking);
    service->draft_views = &*views;
    worker.emplace(*service);
    thread = std::jthread{[this](const std::stop_token& stop) { writer->run(stop); }};
    for (int i = 0; i < 1'000 && writer->role() == Role::opening; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }

  std::string ask(std::string_view method, std::string_view target, std::string_view body = "",
                  std::string_view type = "") {
    Request request;
    request.method = method;
    request.target = target;
    request.content_type = type;
    request.body = body;
    worker->handle(request, response);
    INFO(target << " " << response.status << " " << response.body);
    CHECK(rules::parse_json(response.body));
    return std::to_string(response.status) + " " + response.body;
  }

  std::string get(std::string_view target) { return ask("GET", target); }

  std::string post(std::string_view target) { return ask("POST", target); }

  // Of conditions.
  std::string part(std::string_view target, std::string_view rows) {
    const std::string body = "type,article,value,currency,key\r\n" + std::string{rows};
    return ask("POST", target, body, "text/csv");
  }
};

bool draft_says(const std::string& text, std::string_view part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

constexpr std::string_view live_price = "/v1/customers/K1/prices/S-20";
constexpr std::string_view new_spring =
    "/v1/drafts/spring/parts?feed=conditions&use=create&by=anna&note=list+of+1+April";

}  // namespace

TEST_CASE("drafts over HTTP: a running node takes one, and publishes it as one batch",
          "[server][drafts]") {
  DraftDesk desk;
  CHECK(draft_says(desk.get("/v1/drafts"), "200 {\"drafts\":[]}"));
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"),
                   "200 {\"draft\":\"spring\",\"rows\":{\"read\":1,\"accepted\":1"));
  CHECK(draft_says(desk.get(live_price), "\"9.80\""));
  CHECK(draft_says(
      desk.part("/v1/drafts/spring/parts?feed=conditions", "base_price,S-20,6.50,EUR,B-3\r\n"),
      "200 "));
  const auto shown = desk.get("/v1/drafts/spring");
  CHECK(draft_says(shown, "\"created_by\":\"anna\""));
  CHECK(draft_says(shown, "\"publish_at\":null"));
  CHECK(draft_says(shown, "\"source\":\"POST conditions\""));
  CHECK(draft_says(desk.post("/v1/drafts/spring/publish"), "422 "));
  CHECK(draft_says(desk.post("/v1/drafts/spring/publish?by=bo"),
                   "200 {\"draft\":\"spring\",\"state\":\"published\",\"sequence\":2}"));
  CHECK(draft_says(desk.get(live_price), "\"6.50\""));
  CHECK(draft_says(desk.get("/v1/drafts/spring"), "404 "));
  CHECK(draft_says(desk.post("/v1/drafts/spring/publish?by=bo"), "unknown_draft"));
  // Feeds go on as before.
  CHECK(draft_says(desk.part("/v1/feeds/conditions/batches", "base_price,S-20,6.00,EUR,B-3\r\n"),
                   "\"sequence\":3"));
}

TEST_CASE("drafts over HTTP: one that is dropped, or refused, leaves nothing", "[server][drafts]") {
  DraftDesk desk;
  CHECK(draft_says(
      desk.part("/v1/drafts/spring/parts?feed=conditions", "base_price,S-20,7,EUR,B-3\r\n"),
      "unknown_draft"));
  CHECK(
      draft_says(desk.part("/v1/drafts/spring/parts?feed=prises&use=create", ""), "unknown_feed"));
  CHECK(draft_says(desk.part("/v1/drafts/a%20b/parts?feed=conditions&use=create", ""), "422 "));
  CHECK(draft_says(desk.part("/v1/drafts/spring/parts?use=create", ""), "\"parameter\":\"feed\""));
  CHECK(draft_says(desk.part("/v1/drafts/spring/parts?feed=conditions&use=make", ""),
                   "\"parameter\":\"use\""));
  CHECK(draft_says(desk.part("/v1/drafts/spring/parts?feed=conditions&by=anna", ""),
                   "\"parameter\":\"use\""));
  CHECK(draft_says(desk.part("/v1/drafts/spring/parts?feed=conditions&use=create&partition=", ""),
                   "\"parameter\":\"partition\""));
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,cheap,EUR,B-3\r\n"), "refused_rows"));
  CHECK(draft_says(desk.ask("POST", new_spring, "x", "text/plain"), "415 "));
  CHECK(draft_says(desk.get("/v1/drafts"), "200 {\"drafts\":[]}"));
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"), "200 "));
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"), "draft_exists"));
  CHECK(draft_says(desk.ask("PUT", "/v1/drafts/spring"), "405 "));
  CHECK(desk.response.allow == "GET, HEAD, DELETE");
  CHECK(draft_says(desk.ask("DELETE", "/v1/drafts/spring?by=anna"), "\"state\":\"dropped\""));
  CHECK(draft_says(desk.ask("DELETE", "/v1/drafts/spring"), "404 "));
  CHECK(draft_says(desk.get(live_price), "\"9.80\""));
  CHECK(desk.writer->feeds()->sequence == 1);
}

TEST_CASE("drafts over HTTP: a part may be a document", "[server][drafts]") {
  DraftDesk desk;
  constexpr std::string_view to_rules = "/v1/drafts/rules/parts?use=create";
  constexpr std::string_view description =
      R"({"feed": "conditions", "guards": {"zero_price": {"then": "hold"}}})";
  CHECK(draft_says(desk.ask("POST", to_rules, "{}", "application/json"), "422 "));
  CHECK(draft_says(desk.ask("POST", to_rules, "{", "application/json"), "422 "));
  CHECK(draft_says(
      desk.ask("POST", "/v1/drafts/rules/parts?use=create&feed=x", description, "application/json"),
      "\"parameter\":\"feed\""));
  CHECK(draft_says(desk.ask("POST", to_rules, description, "application/json"), "200 "));
  CHECK(draft_says(desk.post("/v1/drafts/rules/publish?by=anna"), "\"sequence\":2"));
  CHECK(draft_says(desk.part("/v1/feeds/conditions/batches", "base_price,S-20,0,EUR,B-3\r\n"),
                   "202 "));  // the guard is live
}

TEST_CASE("drafts over HTTP: what guards found in a part stays with it", "[server][drafts]") {
  DraftDesk desk;
  REQUIRE(
      draft_says(desk.ask("POST", "/v1/drafts/rules/parts?use=create",
                          R"({"feed": "conditions", "guards": {"zero_price": {"then": "hold"}}})",
                          "application/json"),
                 "200 "));
  REQUIRE(draft_says(desk.post("/v1/drafts/rules/publish?by=anna"), "\"sequence\":2"));
  CHECK(draft_says(desk.part("/v1/drafts/spring/parts?use=create&feed=conditions",
                             "base_price,S-20,9.00,EUR,B-3\r\n"),
                   "200 "));
  CHECK(draft_says(
      desk.part("/v1/drafts/spring/parts?use=add&feed=conditions", "base_price,S-20,0,EUR,B-3\r\n"),
      "\"guard\":\"zero_price\""));
  const auto shown = desk.get("/v1/drafts/spring");
  CHECK(draft_says(shown, "\"findings\":[]},{"));
  CHECK(draft_says(shown,
                   "\"findings\":[{\"feed\":\"conditions\",\"guard\":\"zero_price\",\"then\":"
                   "\"hold\",\"records\":1,\"detail\":\"1 price is zero"));
}

TEST_CASE("drafts over HTTP: a time given while the node runs is noticed at once",
          "[server][drafts]") {
  DraftDesk desk;
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"), "200 "));
  CHECK(draft_says(desk.post("/v1/drafts/spring/publish?by=anna&at=tomorrow"),
                   "\"parameter\":\"at\""));
  CHECK(draft_says(desk.post("/v1/drafts/spring/publish?by=anna&at="), "\"parameter\":\"at\""));
  CHECK(draft_says(desk.post("/v1/drafts/spring/publish?by=anna&at=2999-01-01T00:00:00Z"),
                   "\"state\":\"scheduled\",\"sequence\":null"));
  CHECK(draft_says(desk.get("/v1/drafts/spring"), "\"publish_at\":\"2999-01-01T00:00:00Z\""));
  CHECK(draft_says(desk.post("/v1/drafts/spring/unschedule?by=anna"), "\"state\":\"waiting\""));
  CHECK(draft_says(desk.get("/v1/drafts/spring"), "\"publish_at\":null"));
  CHECK(draft_says(desk.get(live_price), "\"9.80\""));
  CHECK(draft_says(desk.post("/v1/drafts/spring/publish?by=anna&at=2020-01-01T00:00:00Z"), "200 "));
  for (int i = 0; i < 1'000 && desk.writer->feeds()->sequence < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  CHECK(draft_says(desk.get(live_price), "\"7.00\""));
}

TEST_CASE("drafts over HTTP: a node that follows says where drafts are taken", "[server][drafts]") {
  DraftDesk desk{true};
  const auto refused = desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n");
  CHECK(draft_says(refused, "409 "));
  CHECK(draft_says(refused, "read_only"));
  CHECK(draft_says(desk.get("/v1/drafts"), "200 {\"drafts\":[]}"));
}

TEST_CASE("drafts over HTTP: a question names the draft it is put to, and so does its answer",
          "[server][drafts]") {
  DraftDesk desk;
  const std::string draft_price = std::string{live_price} + "?draft=spring";
  constexpr std::string_view basket = R"({"customer":"K1","lines":[{"article":"S-20"}]})";
  CHECK(draft_says(desk.get(draft_price), "404 "));
  CHECK(draft_says(desk.get(draft_price), "unknown_draft"));
  CHECK(draft_says(desk.get(std::string{live_price} + "?draft="), "unknown_draft"));
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"), "200 "));
  const auto asked = desk.get(draft_price);
  CHECK(draft_says(asked, "200 {\"draft\":{\"name\":\"spring\",\"based_on\":1},"));
  CHECK(draft_says(asked, "\"7.00\""));
  const auto draft_tag = desk.response.etag;
  const auto live = desk.get(live_price);
  CHECK(draft_says(live, "\"9.80\""));
  CHECK_FALSE(draft_says(live, "draft"));
  CHECK(desk.response.etag != draft_tag);
  const auto quoted = desk.ask("POST", "/v1/quote?draft=spring", basket, "application/json");
  CHECK(draft_says(quoted, "200 {\"draft\":{\"name\":\"spring\",\"based_on\":1},"));
  CHECK(draft_says(quoted, "\"7.00\""));
  for (const std::string_view target :
       {"/v1/availability/S-20?draft=spring", "/v1/availability/S-20?draft=autumn"})
    CHECK(
        draft_says(desk.get(target), target.ends_with("spring") ? "{\"draft\":" : "unknown_draft"));
  constexpr std::string_view articles = R"({"articles":[{"article":"S-20"}]})";
  CHECK(draft_says(desk.ask("POST", "/v1/availability?draft=spring", articles, "application/json"),
                   "{\"draft\":"));
  // What is answered by the draft is what is answered after it is published.
  const auto after_mark = quoted.substr(quoted.find("},") + 2);
  CHECK(draft_says(desk.post("/v1/drafts/spring/publish?by=bo"), "200 "));
  CHECK(draft_says(desk.ask("POST", "/v1/quote", basket, "application/json"), after_mark));
  CHECK(draft_says(desk.get(draft_price), "unknown_draft"));
}

TEST_CASE("drafts over HTTP: what a draft changes in price lists is told, and no more than asked",
          "[server][drafts]") {
  DraftDesk desk;
  const std::string compare = "/v1/drafts/spring/compare?date=2026-03-01";
  CHECK(draft_says(desk.get(compare + "&all=true"), "unknown_draft"));
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"), "200 "));
  const auto all = desk.get(compare + "&all=true");
  CHECK(draft_says(all, R"(200 {"draft":{"name":"spring","based_on":1},"date":"2026-03-01")"));
  CHECK(draft_says(all, R"("changes":[{"customer":"K1","article":"S-20","change":"cheaper",)"
                        R"("percent":"-28.57","live":{"outcome":"priced","unit_price":"9.80")"));
  CHECK(draft_says(all, R"("left_out":0,"totals":{"same":1,"dearer":0,"cheaper":1,)"));
  const auto none = desk.get(compare + "&customer=K1&limit=0");
  CHECK(draft_says(none, R"("changes":[],"left_out":1,)"));
  CHECK(draft_says(none, R"("largest_fall":{"customer":"K1","article":"S-20")"));
  CHECK(
      draft_says(desk.get(compare + "&customer=K1&article=S-10"), R"("changes":[],"left_out":0)"));
  CHECK(draft_says(desk.get(compare + "&customer=K1&article_group=S&article=S-20"),
                   R"("cheaper":1)"));
  for (const std::string wrong :
       {"", "&customer=K1&all=true", "&customer=K9", "&group=X", "&customer=K1&article=S-99",
        "&customer=K1&limit=10001", "&customer=K1&quantity=0", "&customer=K1&colour=red"}) {
    INFO(wrong);
    CHECK(draft_says(desk.get(compare + wrong), "422 "));
  }
  // Live data moves on: the comparison stays that of one moment, and says of which.
  const auto moved =
      desk.ask("POST", "/v1/feeds/conditions/batches",
               "type,article,value,currency,key\r\nbase_price,S-20,20.00,EUR,B-3\r\n", "text/csv");
  CHECK(draft_says(moved, "200 "));
  const auto later = desk.get(compare + "&all=true");
  CHECK(draft_says(later, desk.cell.pin()->generation() == 2 && draft_says(later, "\"based_on\":1")
                              ? "\"unit_price\":\"9.80\""
                              : "\"unit_price\":\"20.00\""));
}

TEST_CASE("drafts over HTTP: a draft that was changed is never answered as it was before",
          "[server][drafts]") {
  DraftDesk desk{false, {std::chrono::seconds{60}, std::chrono::hours{1}}};
  const std::string draft_price = std::string{live_price} + "?draft=spring";
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"), "200 "));
  CHECK(draft_says(desk.get(draft_price), "\"7.00\""));
  CHECK(draft_says(
      desk.part("/v1/drafts/spring/parts?feed=conditions", "base_price,S-20,6,EUR,B-3\r\n"),
      "200 "));
  CHECK(draft_says(desk.get(draft_price), "\"6.00\""));
  CHECK(draft_says(desk.ask("DELETE", "/v1/drafts/spring"), "200 "));
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,5.00,EUR,B-3\r\n"), "200 "));
  CHECK(draft_says(desk.get(draft_price), "\"5.00\""));
  // Live data that moves on is seen after a while, and until then the answer says what it is based on.
  CHECK(draft_says(desk.part("/v1/feeds/conditions/batches", "base_price,S-20,9.00,EUR,B-3\r\n"),
                   "200 "));
  CHECK(draft_says(desk.get(draft_price), "\"based_on\":1}"));
}

TEST_CASE("drafts over HTTP: live data that moved on is taken up", "[server][drafts]") {
  DraftDesk desk{false, {std::chrono::seconds{60}, std::chrono::milliseconds{0}}};
  const std::string draft_price = std::string{live_price} + "?draft=spring";
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"), "200 "));
  CHECK(draft_says(desk.get(draft_price), "\"based_on\":1}"));
  CHECK(draft_says(desk.part("/v1/feeds/conditions/batches", "base_price,S-20,9.00,EUR,B-3\r\n"),
                   "200 "));
  std::string answer;
  for (int i = 0; i < 1'000 && answer.find("\"based_on\":2}") == std::string::npos; ++i) {
    answer = desk.get(draft_price);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  CHECK(draft_says(answer, "\"based_on\":2}"));
  CHECK(draft_says(answer, "\"7.00\""));
}

TEST_CASE("drafts over HTTP: who does not wait for a draft to be read is told to come again",
          "[server][drafts]") {
  DraftDesk desk{false, {std::chrono::milliseconds{0}, std::chrono::hours{1}}};
  const std::string draft_price = std::string{live_price} + "?draft=spring";
  CHECK(draft_says(desk.part(new_spring, "base_price,S-20,7.00,EUR,B-3\r\n"), "200 "));
  auto answer = desk.get(draft_price);
  CHECK(draft_says(answer, "503 "));
  CHECK(draft_says(answer, "draft_not_ready"));
  CHECK(desk.response.retry_after);
  for (int i = 0; i < 1'000 && !answer.starts_with("200 "); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    answer = desk.get(draft_price);
  }
  CHECK(draft_says(answer, "\"7.00\""));
}
