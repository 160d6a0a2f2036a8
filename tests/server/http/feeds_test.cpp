// Feeds over the API, without a socket: a data folder, its writer, and the handlers before it.
#include "server/http/feeds.hpp"

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
using server::node::Keep;
using server::node::Node;
using server::node::Role;
using server::node::Writer;
using server::node::WriterOptions;

constexpr std::string_view prices_head = "type,customer,article,value,currency,key\r\n";

struct Desk {
  tests::TemporaryFolder folder;
  engine::snapshot::SnapshotCell cell;
  std::optional<Writer> writer;
  std::optional<server::http::Service> service;
  std::optional<server::http::Worker> worker;
  Response response;
  std::jthread thread;

  explicit Desk(bool follow = false, std::string_view description = "") {
    tests::write_small_company(folder.path() + "/files");
    if (!description.empty())
      tests::write_file(folder.path() + "/files/description.json", description);
    {
      auto node = Node::open(folder.path() + "/data", {Access::create, Keep::facts});
      REQUIRE(node);
      server::node::ImportRequest request;
      request.paths = {folder.path() + "/files"};
      REQUIRE((*node)->import(request).accepted());
    }
    serve(follow);
  }

  // Ends what serves the folder, and begins anew.
  void serve(bool follow = false) {
    if (thread.joinable()) {
      thread.request_stop();
      thread.join();
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
    worker.emplace(*service);
    thread = std::jthread{[this](const std::stop_token& stop) { writer->run(stop); }};
    for (int i = 0; i < 1'000 && writer->role() == Role::opening; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }

  std::string ask(const Request& request) {
    worker->handle(request, response);
    INFO(request.target << " " << response.status << " " << response.body);
    if (response.content_type == "application/json" || response.status >= 400)
      CHECK(rules::parse_json(response.body));
    return std::to_string(response.status) + " " + response.body;
  }

  std::string post(std::string_view target, std::string_view rows, std::string_view id = "",
                   std::string_view type = "text/csv") {
    const std::string body =
        (type == "text/csv" ? std::string{prices_head} : "") + std::string{rows};
    Request request;
    request.method = "POST";
    request.target = target;
    request.content_type = type;
    request.body = body;
    request.idempotency_key = id;
    return ask(request);
  }

  std::string get(std::string_view target, std::string_view accept = "") {
    Request request;
    request.method = "GET";
    request.target = target;
    request.accept = accept;
    return ask(request);
  }
};

bool holds(const std::string& text, std::string_view part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

constexpr std::string_view price_of_one = "/v1/customers/K1/prices/S-20";
constexpr std::string_view batches = "/v1/feeds/conditions/batches";

}  // namespace

TEST_CASE("feeds: a batch that was answered is seen by the next question", "[server]") {
  Desk desk;
  CHECK(holds(desk.get(price_of_one), "\"9.80\""));
  const auto taken = desk.post(batches, "base_price,,S-20,8.50,EUR,B-3\r\n");
  CHECK(holds(taken,
              "200 {\"feed\":\"conditions\",\"sequence\":2,\"generation\":2,"
              "\"repeated\":false,\"rows\":{\"read\":1,\"accepted\":1"));
  CHECK(holds(desk.get(price_of_one), "\"8.50\""));
  const auto ndjson = desk.post(
      batches,
      R"({"type":"base_price","article":"S-20","value":"8.25","currency":"EUR","key":"B-3"})"
      "\n",
      "", "application/x-ndjson");
  CHECK(holds(ndjson, "200 "));
  CHECK(holds(desk.get(price_of_one), "\"8.25\""));
}

TEST_CASE("feeds: repeats change nothing, and what does not fit is a conflict", "[server]") {
  Desk desk;
  const std::string_view row = "base_price,,S-20,8.50,EUR,B-3\r\n";
  const std::string_view other = "base_price,,S-20,8.40,EUR,B-3\r\n";
  CHECK(holds(desk.post(batches, row, "A"), "\"sequence\":2"));
  CHECK(holds(desk.post(batches, row, "A"), "\"sequence\":2,\"generation\":2,\"repeated\":true"));
  CHECK(holds(desk.post(batches, other, "A"), "409 "));
  CHECK(holds(desk.response.body, "\"code\":\"other_content\""));
  CHECK(holds(desk.post("/v1/feeds/conditions/batches?sequence=1", row), "\"sequence\":3"));
  CHECK(holds(desk.post("/v1/feeds/conditions/batches?sequence=3", other), "409 "));
  CHECK(holds(desk.response.body, "batch 2 is missing before 3"));
  CHECK(holds(desk.post("/v1/feeds/conditions/batches?sequence=1", row), "\"repeated\":true"));
  CHECK(holds(desk.post("/v1/feeds/conditions/batches?sequence=1", other), "out_of_order"));
}

TEST_CASE("feeds: refused rows are told, kept, and come out to be corrected", "[server]") {
  Desk desk;
  std::string rows;
  for (int i = 0; i < 10; ++i) rows += "base_price,,S-10,8.50,EUR,N-" + std::to_string(i) + "\r\n";
  rows += "base_price,,S-20,8x,EUR,B-4\r\n";
  const auto none = desk.post("/v1/feeds/conditions/batches?mode=all_or_nothing", rows);
  CHECK(holds(none, "422 "));
  CHECK(holds(none, "\"code\":\"refused_rows\""));
  CHECK(holds(none, "\"refused\":[{\"line\":12,\"column\":\"value\",\"value\":\"8x\""));
  CHECK(holds(desk.get(price_of_one), "\"9.80\""));
  CHECK(holds(desk.post(batches, rows), "\"accepted\":10,\"set_aside\":0,\"refused\":1"));
  CHECK(holds(desk.get("/v1/batches/2/refused"), "\"line\":12,\"column\":\"value\""));
  CHECK(holds(desk.get("/v1/batches/2/refused", "text/csv"), "conditions.csv,12,value,8x"));
  CHECK(desk.get("/v1/batches/2/refused?format=as_sent") ==
        "200 " + std::string{prices_head} + "base_price,,S-20,8x,EUR,B-4\r\n");
  CHECK(holds(desk.get("/v1/batches/9/refused"), "unknown_batch"));
  CHECK(holds(desk.get("/v1/batches/2/refused?format=xml"), "422 "));
  CHECK(holds(desk.get("/v1/batches/1/refused?format=as_sent"), "no row of this batch"));
}

TEST_CASE("feeds: what is known of them", "[server]") {
  Desk desk;
  desk.post("/v1/feeds/conditions/batches?sequence=7", "base_price,,S-20,8.50,EUR,B-3\r\n");
  desk.post("/v1/feeds/conditions/batches?sequence=9", "base_price,,S-20,8.50,EUR,B-3\r\n");
  const auto one = desk.get("/v1/feeds/conditions");
  CHECK(holds(one, "\"feed\":\"conditions\",\"sequence\":2,\"sender_sequence\":7,"));
  CHECK(holds(one, "\"age_seconds\":"));
  CHECK(holds(one, "\"all\":{\"read\":5,\"accepted\":5,\"set_aside\":0,\"refused\":0}"));
  CHECK(holds(one, "batch 8 is missing"));
  CHECK(holds(one, "\"limit_seconds\":null,\"behaviour\":null,\"fresh\":true"));
  const auto all = desk.get("/v1/feeds");
  CHECK(holds(all, "],\"descriptions\":[]}"));
  CHECK(holds(all, "200 {\"generation\":2,\"feeds\":["));
  CHECK(holds(all, "\"feed\":\"stock\",\"sequence\":1,\"sender_sequence\":null,"));
  CHECK(holds(desk.get("/v1/feeds/none"), "404 "));
}

TEST_CASE("feeds: what was found and what was turned away is known after a restart", "[server]") {
  Desk desk{false, R"({"feed": "conditions", "guards": {"zero_price": {"then": "flag"}}})"};
  desk.post(batches, "base_price,,S-20,0,EUR,B-3\r\n");
  desk.post("/v1/feeds/conditions/batches?sequence=7", "base_price,,S-20,0,EUR,B-3\r\n");
  desk.post("/v1/feeds/conditions/batches?sequence=9", "base_price,,S-20,0,EUR,B-3\r\n");
  const auto before = desk.get("/v1/feeds/conditions");
  CHECK(holds(before, "\"guard\":\"zero_price\",\"then\":\"flag\",\"records\":1"));
  CHECK(holds(before, "\"last_error\":{\"at\":\""));
  desk.serve();
  const auto after = desk.get("/v1/feeds/conditions");
  CHECK(after.substr(after.find("\"findings\"")) == before.substr(before.find("\"findings\"")));
  CHECK(holds(desk.get("/v1/feeds/stock"), "\"findings\":[],\"last_error\":null"));
}

TEST_CASE("feeds: requests that bring no batch", "[server]") {
  Desk desk;
  CHECK(holds(desk.post("/v1/feeds/none/batches", ""), "404 "));
  CHECK(holds(desk.response.body, "unknown_feed"));
  CHECK(holds(desk.post(batches, "", "", "application/json"), "415 "));
  CHECK(holds(desk.post("/v1/feeds/conditions/batches?mode=some", ""), "422 "));
  CHECK(holds(desk.post("/v1/feeds/conditions/batches?sequence=x", ""),
              "\"parameter\":\"sequence\""));
  CHECK(holds(desk.post("/v1/feeds/conditions/batches?colour=red", ""), "422 "));
  CHECK(holds(desk.post(batches, "", std::string(201, 'x')), "422 "));
  CHECK(holds(desk.post("/v1/feeds/stock/batches", "a,b\r\n"), "422 "));
  CHECK(holds(desk.response.body, "wrong_header"));
  CHECK(desk.writer->feeds()->sequence == 1);
}

TEST_CASE("feeds: a node that follows says where to send a batch", "[server]") {
  Desk desk{true};
  CHECK(holds(desk.post(batches, "base_price,,S-20,8.50,EUR,B-3\r\n"), "409 "));
  CHECK(holds(desk.response.body, "\"code\":\"read_only\""));
  CHECK(holds(desk.get("/v1/feeds"), "\"feed\":\"conditions\""));
}

TEST_CASE("feeds: one beyond its limit says so, and so do the answers that rest on it",
          "[server]") {
  Desk desk;
  {
    desk.thread = {};
    tests::write_file(desk.folder.path() + "/stock.feed.json",
                      R"({"feed": "stock", "freshness": {"limit": "2h", "behaviour": "refuse"}})");
    auto node = Node::open(desk.folder.path() + "/data", {Access::write, Keep::facts});
    REQUIRE(node);
    server::node::ImportRequest request;
    request.paths = {desk.folder.path() + "/stock.feed.json"};
    REQUIRE((*node)->import(request).accepted());
    desk.cell.publish((*node)->snapshot());
  }
  constexpr std::string_view stock = "\"limit_seconds\":7200,\"behaviour\":\"refuse\",\"fresh\":";
  CHECK(holds(desk.get("/v1/feeds"), std::string{stock} + "true"));
  CHECK(holds(desk.get("/v1/availability/S-10"), "200 "));
  desk.service->utc_seconds = [] { return server::ops::utc_seconds() + 7'300; };
  CHECK(holds(desk.get("/v1/feeds/stock"), std::string{stock} + "false"));
  CHECK(holds(desk.get("/v1/availability/S-10"), "503 "));
  CHECK(holds(desk.response.body, "stale_feed"));
}

TEST_CASE("feeds: rows with op delete, and a batch that replaces a partition as a whole",
          "[server]") {
  Desk desk;
  const auto post = [&](std::string_view target, std::string_view body) {
    Request request;
    request.method = "POST";
    request.target = target;
    request.content_type = "text/csv";
    request.body = body;
    return desk.ask(request);
  };
  const auto gone =
      post(batches, "op,type,key\r\ndelete,base_price,B-3\r\ndelete,base_price,B-9\r\n");
  CHECK(holds(gone, "\"removed\":1,\"not_there\":1,"));
  CHECK(holds(desk.get(price_of_one), "\"no_price\""));
  const std::string rows = "type,article,value,currency,key\r\nbase_price,S-20,7.00,EUR,B-3\r\n";
  CHECK(holds(post("/v1/feeds/conditions/batches?mode=replace", rows), "422 "));
  CHECK(holds(post("/v1/feeds/conditions/batches?partition=type:base_price", rows), "422 "));
  CHECK(holds(post("/v1/feeds/conditions/batches?mode=replace&partition=type", rows), "422 "));
  CHECK(holds(post("/v1/feeds/conditions/batches?mode=replace&partition=", rows), "422 "));
  const auto whole =
      post("/v1/feeds/conditions/batches?mode=replace&partition=type:base_price", rows);
  CHECK(holds(whole, "200 "));
  CHECK(holds(whole, "\"vanished\":3,"));
  CHECK(holds(desk.get(price_of_one), "\"7.00\""));
  const auto stock = post("/v1/feeds/stock/batches?mode=replace&partition=",
                          "article,warehouse,on_hand\r\nS-20,HQ,3\r\n");
  CHECK(holds(stock, "\"vanished\":1,"));
  CHECK(holds(post("/v1/feeds/stock/batches?mode=replace&partition=warehouse:HQ",
                   "article,warehouse,on_hand\r\nS-20,HQ,x\r\n"),
              "refused_rows"));
}

TEST_CASE("feeds: a batch that a guard holds waits for a person", "[server]") {
  Desk desk{false,
            R"({"feed": "conditions", "guards": {"zero_price": {"then": "hold"},
                "price_jump": {"up": 50, "then": "flag"}}})"};
  const auto told = desk.post(batches, "base_price,,S-20,19.00,EUR,B-3\r\n");
  CHECK(holds(told, "200 "));
  CHECK(holds(told, "\"guard\":\"price_jump\",\"then\":\"flag\",\"records\":1"));
  CHECK(holds(desk.get("/v1/feeds/conditions"), "\"guard\":\"price_jump\""));
  const auto held = desk.post(batches, "base_price,,S-20,0,EUR,B-3\r\n", "night");
  CHECK(holds(held, "202 {\"feed\":\"conditions\",\"held\":1,\"repeated\":false"));
  CHECK(holds(held, "\"guard\":\"zero_price\",\"then\":\"hold\""));
  CHECK(holds(desk.post(batches, "base_price,,S-20,0,EUR,B-3\r\n", "night"),
              "202 {\"feed\":\"conditions\",\"held\":1,\"repeated\":true}"));
  CHECK(holds(desk.get(price_of_one), "\"19.00\""));
  CHECK(holds(desk.get("/v1/feeds/conditions"), "\"guard\":\"zero_price\""));
  CHECK(holds(desk.get("/v1/batches?state=held"), "\"number\":1,\"state\":\"held\""));
  CHECK(holds(desk.get("/v1/batches?state=lost"), "422 "));
  CHECK(holds(desk.post("/v1/batches/1/release", "", "", "application/json"), "422 "));
  CHECK(holds(desk.post("/v1/batches/7/release?by=anna", "", "", "application/json"), "404 "));
  CHECK(holds(desk.post("/v1/batches/x/reject?by=anna", "", "", "application/json"), "404 "));
  CHECK(holds(desk.post("/v1/batches/1/release?by=anna", "", "", "application/json"),
              "200 {\"held\":1,\"state\":\"released\",\"sequence\":3}"));
  CHECK(holds(desk.get(price_of_one), "\"0.00\""));
  CHECK(holds(desk.get("/v1/batches"), "{\"batches\":[]}"));
  CHECK(holds(desk.get("/v1/batches?state=all"), "\"decided_by\":\"anna\",\"sequence\":3"));
  CHECK(holds(desk.post(batches, "base_price,,S-20,0.0,EUR,B-3\r\n", "day"), "\"held\":2"));
  CHECK(holds(desk.post("/v1/batches/2/reject?by=bo", "", "", "application/json"),
              "200 {\"held\":2,\"state\":\"rejected\",\"sequence\":null}"));
  CHECK(holds(desk.post(batches, "base_price,,S-20,0.0,EUR,B-3\r\n", "day"), "409 "));
}

TEST_CASE("documents over HTTP: all of them are in, or none, and all that is wrong is told",
          "[server][feeds]") {
  Desk desk;
  const auto ask = [&](std::string_view method, std::string_view target, std::string_view body,
                       std::string_view type) {
    Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.content_type = type;
    return desk.ask(request);
  };
  const auto documents = [&](std::string_view body) {
    return ask("POST", "/v1/documents", body, "application/json");
  };
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  const auto described = documents(
      R"({"documents": [{"name": "late.json", "text": "{\"feed\": \"late\", \"files\": \"late_*.csv\", \"records\": [{\"kind\": \"currencies\", \"fields\": {\"code\": \"c\", \"name\": \"n\", \"decimals\": {\"constant\": \"2\"}}}]}"}]})");
  INFO(described);
  CHECK(has(described,
            R"(200 {"documents":["late.json"],"sequence":2,"generation":2,"repeated":false})"));
  CHECK(has(ask("GET", "/v1/feeds", "", ""), R"("feed":"late","files":["late_*.csv"])"));
  const auto wrong = documents(
      R"({"documents": [{"name": "a.json", "text": "{\"procedure\": \"p\", \"steps\": [{\"step\": 7}]}"}, {"name": "b.json", "text": "{\"feed\": \"f\"}"}]})");
  INFO(wrong);
  CHECK(has(wrong, "422 "));
  CHECK(has(wrong, R"("faults":[{"where":"a.json)"));
  CHECK(desk.cell.pin()->generation() == 2);
  for (const std::string_view body :
       {"", "{}", R"({"documents": []})", R"({"documents": [{"name": "a"}]})",
        R"({"documents": [{"name": "a", "text": "{}"}, {"name": "a", "text": "{}"}]})"}) {
    const auto told = documents(body);
    INFO(told);
    CHECK(has(told, body.empty() ? "400 " : "422 "));
  }
  CHECK(has(documents(R"({"documents": [{"name": "a", "text": "{}"}]})"), "422 "));
  CHECK(has(
      documents(
          R"({"documents": [{"name": "late.json", "text": "{\"feed\": \"late\", \"files\": \"late_*.csv\", \"records\": [{\"kind\": \"currencies\", \"fields\": {\"code\": \"c\", \"name\": \"n\", \"decimals\": {\"constant\": \"2\"}}}]}"}]})"),
      R"("sequence":null,"generation":2,"repeated":true})"));
  CHECK(has(ask("POST", "/v1/documents", "{}", "text/csv"), "415 "));
  CHECK(has(ask("POST", "/v1/documents?by=a", "{}", "application/json"), "\"parameter\":\"by\""));
}

TEST_CASE("feeds: descriptions say which files they read, and how those are written", "[server]") {
  Desk desk{false,
            R"json({"feed": "erp", "files": ["erp_*.txt", "x.txt"],
  "format": {"separator": "|", "quote": "none", "row_end": "~\n", "header": false, "columns": ["code"]},
  "records": [{"kind": "article_groups", "fields": {"code": "code"}}]})json"};
  CHECK(holds(desk.get("/v1/feeds"),
              R"("descriptions":[{"feed":"erp","files":["erp_*.txt","x.txt"],"layout":"csv",)"
              R"("header":false,"separator":"|","row_end":"~\u000a","quote":null}])"));
}
