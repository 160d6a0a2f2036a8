#include "server/http/api.hpp"

#include "rules/json_tree.hpp"
#include "server/http/limits.hpp"

#include "tests/catch.hpp"
#include "tests/server/shop_fixture.hpp"

#include <random>
#include <string>

using rules::Json;
using server::http::Request;
using server::http::Response;
using server::http::Service;
using server::http::Worker;

namespace {

// The handlers over the small shop, on the first of February 2026.
struct Shop {
  engine::snapshot::SnapshotCell cell;
  server::ops::Readiness readiness;
  Service service{cell, [] { return *engine::base::civil(2026, 2, 1); },
                  [this] { return readiness; }};
  Worker worker{service};
  Response response;

  explicit Shop(bool loaded = true) {
    if (loaded) cell.publish(tests::small_shop());
  }

  Json ask(const Request& request) {
    worker.handle(request, response);
    INFO(request.method << " " << request.target << " " << request.body << "\n"
                        << response.status << " " << response.body);
    auto read = rules::parse_json(response.body);
    if (!read) FAIL(read.error().detail);
    if (response.status >= 400) {
      CHECK(response.content_type == "application/problem+json");
      CHECK(at(*read, "status") == std::to_string(response.status));
      CHECK_FALSE(at(*read, "detail").empty());
    }
    return *std::move(read);
  }

  Json post(std::string_view target, std::string_view body,
            std::string_view content_type = "application/json") {
    Request request;
    request.method = "POST";
    request.target = target;
    request.content_type = content_type;
    request.body = body;
    return ask(request);
  }

  Json get(std::string_view target, std::string_view if_none_match = "") {
    Request request;
    request.method = "GET";
    request.target = target;
    request.if_none_match = if_none_match;
    return ask(request);
  }

  Json line(std::string_view line) {
    const auto answer = post(
        "/v1/quote", R"({"customer":"C1","channel":"web","lines":[)" + std::string{line} + "]}");
    REQUIRE(response.status == 200);
    return answer.find("lines")->items()[0];
  }

  // The text at a path of names and numbers: "source/document/code"; "(none)" where there is
  // nothing.
  static std::string at(const Json& json, std::string_view path) {
    const Json* node = &json;
    while (!path.empty() && node != nullptr) {
      const auto end = std::min(path.find('/'), path.size());
      const std::string step{path.substr(0, end)};
      path.remove_prefix(std::min(end + 1, path.size()));
      if (node->is(Json::Kind::array)) {
        const auto number = std::stoul(step);
        node = number < node->items().size() ? &node->items()[number] : nullptr;
      } else {
        node = node->find(step);
      }
    }
    if (node == nullptr) return "(none)";
    if (node->is(Json::Kind::null)) return "null";
    if (node->is(Json::Kind::boolean)) return node->boolean() ? "true" : "false";
    return node->text();
  }
};

}  // namespace

TEST_CASE("quote: a priced line says what, where from and how long", "[server]") {
  Shop shop;
  const auto answer = shop.post("/v1/quote", R"({"customer":"C1","channel":"web",
      "lines":[{"id":"x","article":"A1","quantity":12},{"article":"A2","quantity":"50.5"}]})");
  REQUIRE(shop.response.status == 200);
  CHECK(shop.response.content_type == "application/json");
  const auto at = [&](std::string_view path) { return Shop::at(answer, path); };
  CHECK(at("generation") == "7");
  CHECK(at("procedure") == "shop");
  CHECK(at("currency") == "EUR");
  CHECK(at("date") == "2026-02-01");
  CHECK(at("valid_until") == "2026-07-01");
  CHECK(at("lines/0/line") == "1");
  CHECK(at("lines/0/id") == "x");
  CHECK(at("lines/0/article") == "A1");
  CHECK(at("lines/0/name") == "Spanner");
  CHECK(at("lines/0/quantity") == "12");
  CHECK(at("lines/0/unit") == "PCE");
  CHECK(at("lines/0/outcome") == "priced");
  CHECK(at("lines/0/unit_price") == "9.5000");
  CHECK(at("lines/0/price_unit") == "1");
  CHECK(at("lines/0/line_amount") == "114.00");
  CHECK(at("lines/0/components/tax") == "22.80");
  CHECK(at("lines/0/source/type") == "list_price");
  CHECK(at("lines/0/source/record") == "row 2");
  CHECK(at("lines/0/source/document") == "(none)");
  CHECK(at("lines/0/valid_until") == "2026-07-01");
  CHECK(at("lines/0/availability/band") == "many");
  CHECK(at("lines/0/availability/text") == "20 or more");
  CHECK(at("lines/0/availability/schema_org") == "InStock");
  CHECK(at("lines/0/waterfall") == "(none)");
  CHECK(at("lines/1/id") == "(none)");
  CHECK(at("lines/1/price_unit") == "100");
  CHECK(at("lines/1/line_amount") == "118.42");
  CHECK(at("lines/1/valid_until") == "null");
  CHECK(at("totals/line_amount") == "232.42");
  CHECK(at("totals/tax") == "46.48");
}

TEST_CASE("quote: exact stock never shows", "[server]") {
  Shop shop;
  shop.line(R"({"article":"A1"})");
  CHECK(shop.response.body.find("25") == std::string::npos);
  CHECK(shop.response.body.find("on_hand") == std::string::npos);
}

TEST_CASE("quote: a line that can't be priced is an outcome and fails no other", "[server]") {
  const auto [line, outcome] = GENERATE(table<std::string, std::string>({
      {R"({"article":"X"})", "unknown_article"},
      {R"({"article":"A1","unit":"PAL"})", "unknown_unit"},
      {R"({"article":"A2","unit":"BOX"})", "unknown_unit"},
      {R"({"article":"A1","agreement":"AG-9"})", "unknown_agreement"},
      {R"({"article":"A1","quantity":"a lot"})", "bad_quantity"},
      {R"({"article":"A1","quantity":""})", "bad_quantity"},
      {R"({"article":"A1","quantity":0.0000001})", "bad_quantity"},
      {R"({"article":"A1","quantity":0})", "zero_quantity"},
      {R"({"article":"A1","quantity":-1})", "negative_quantity"},
      {R"({"article":"A1","quantity":1e30})", "quantity_out_of_range"},
      {R"({"article":"A3"})", "no_price"},
      {R"({"article":"A5"})", "ambiguous"},
      {R"({"article":"A6"})", "price_on_request"},
  }));
  Shop shop;
  const auto answer = shop.post("/v1/quote", R"({"customer":"C1","lines":[{"article":"A/4"},)" +
                                                 line + R"(,{"article":"A/4"}]})");
  REQUIRE(shop.response.status == 200);
  CHECK(Shop::at(answer, "lines/1/outcome") == outcome);
  CHECK(Shop::at(answer, "lines/1/reason").size() > 10);
  for (const char* absent : {"unit_price", "line_amount", "components", "source", "valid_until"}) {
    CHECK(Shop::at(answer, std::string{"lines/1/"} + absent) == "(none)");
  }
  CHECK(Shop::at(answer, "lines/0/outcome") == "priced");
  CHECK(Shop::at(answer, "lines/2/outcome") == "priced");
  CHECK(Shop::at(answer, "totals/line_amount") == "2.00");
}

TEST_CASE("quote: an agreement, another unit, a return", "[server]") {
  Shop shop;
  const auto agreed = shop.line(R"({"article":"A/4","agreement":"AG-1"})");
  CHECK(Shop::at(agreed, "unit_price") == "0.8000");
  CHECK(Shop::at(agreed, "source/document/kind") == "agreement");
  CHECK(Shop::at(agreed, "source/document/code") == "AG-1");
  CHECK(Shop::at(agreed, "name") == "3/4\" \\ pipe");
  const auto box = shop.line(R"({"article":"A1","unit":"BOX"})");
  CHECK(Shop::at(box, "unit") == "BOX");
  CHECK(Shop::at(box, "price_unit_of_measure") == "PCE");
  CHECK(Shop::at(box, "line_amount") == "114.00");
  const auto answer = shop.post(
      "/v1/quote",
      R"({"customer":"C1","document_kind":"return","lines":[{"article":"A1","quantity":-2}]})");
  CHECK(Shop::at(answer, "lines/0/line_amount") == "-20.00");
}

TEST_CASE("quote: explain adds the waterfall and changes nothing else", "[server]") {
  Shop shop;
  const std::string lines =
      R"("lines":[{"article":"A1","quantity":12},{"article":"A/4"},{"article":"A5"},{"article":"A3"}]})";
  const auto plain = shop.post("/v1/quote", R"({"customer":"C1","channel":"web",)" + lines);
  const auto explained =
      shop.post("/v1/quote", R"({"customer":"C1","channel":"web","explain":true,)" + lines);
  const auto at = [&](std::string_view path) { return Shop::at(explained, path); };
  for (const char* same :
       {"lines/0/unit_price", "lines/0/line_amount", "lines/1/line_amount", "totals/tax"}) {
    CHECK(at(same) == Shop::at(plain, same));
  }
  CHECK(at("lines/0/waterfall/0/step") == "price");
  CHECK(at("lines/0/waterfall/0/winner/record") == "row 2");
  CHECK(at("lines/0/waterfall/1/statistical") == "true");
  CHECK(at("lines/0/waterfall/1/winner/document/code") == "O-5");
  CHECK(at("lines/0/waterfall/1/winner/kind") == "percent");
  CHECK(at("lines/0/waterfall/1/winner/value") == "5");
  CHECK(at("lines/0/waterfall/1/winner/from_quantity") == "10");
  CHECK(at("lines/0/waterfall/1/winner/valid_to") == "2026-07-01");
  CHECK(at("lines/0/waterfall/1/winner/key/channel") == "web");
  CHECK(at("lines/0/waterfall/1/winner/key/article") == "A1");
  CHECK(at("lines/0/waterfall/2/amount") == "9.5000");
  CHECK(at("lines/0/waterfall/2/before_rounding") == "(none)");
  CHECK(at("lines/1/waterfall/0/candidates/1/outcome") == "lost");
  CHECK(at("lines/1/waterfall/0/candidates/1/why") == "agreement");
  CHECK(at("lines/1/waterfall/0/candidates/1/document/code") == "AG-1");
  CHECK(at("lines/1/waterfall/1/winner") == "null");
  // Two records claim the line: both lost by the tie, and the step has no amount, not an amount of
  // zero.
  CHECK(at("lines/2/waterfall/0/candidates/0/why") == "tie");
  CHECK(at("lines/2/waterfall/0/candidates/1/why") == "tie");
  CHECK(at("lines/2/waterfall/0/amount") == "(none)");
  CHECK(at("lines/3/waterfall/0/amount") == "(none)");
}

TEST_CASE("quote: ladder adds from which quantity each line costs what, and changes nothing else",
          "[server][ladder]") {
  Shop shop;
  const std::string lines =
      R"("lines":[{"article":"A1","quantity":12},{"article":"A1","unit":"BOX"},{"article":"A3"},{"article":"A9"}]})";
  const auto plain = shop.post("/v1/quote", R"({"customer":"C1","channel":"web",)" + lines);
  const auto told =
      shop.post("/v1/quote", R"({"customer":"C1","channel":"web","ladder":true,)" + lines);
  const auto at = [&](std::string_view path) { return Shop::at(told, path); };
  for (const char* same : {"lines/0/unit_price", "lines/0/line_amount", "totals/tax"})
    CHECK(at(same) == Shop::at(plain, same));
  CHECK(Shop::at(plain, "lines/0/ladder") == "(none)");
  CHECK(at("lines/0/ladder/tiers/0/from") == "1");
  CHECK(at("lines/0/ladder/tiers/0/unit_price") == "10.0000");
  CHECK(at("lines/0/ladder/tiers/0/line_amount") == "10.00");
  CHECK(at("lines/0/ladder/tiers/0/source/type") == "list_price");
  CHECK(at("lines/0/ladder/tiers/1/from") == "10");
  CHECK(at("lines/0/ladder/tiers/1/unit_price") == "9.5000");
  CHECK(at("lines/0/ladder/tiers/1/line_amount") == "95.00");
  CHECK(at("lines/0/ladder/tiers/1/records/0/step") == "offer");
  CHECK(at("lines/0/ladder/tiers/1/records/0/document/code") == "O-5");
  CHECK(at("lines/0/ladder/tiers/2/from") == "(none)");
  CHECK(at("lines/0/ladder/valid_until") == "2026-07-01");
  CHECK(at("lines/1/ladder/tiers/0/from") == "1");  // twelve pieces: the offer's from the start
  CHECK(at("lines/1/ladder/tiers/0/line_amount") == "114.00");
  CHECK(at("lines/2/ladder/tiers/0/outcome") == "no_price");
  CHECK(at("lines/2/ladder/tiers/0/reason") == at("lines/2/reason"));
  CHECK(at("lines/3/outcome") == "unknown_article");
  CHECK(at("lines/3/ladder") == "(none)");
  const auto one = shop.get("/v1/customers/C1/prices/A1?channel=web&quantity=3&ladder=true");
  CHECK(Shop::at(one, "unit_price") == "10.0000");
  CHECK(Shop::at(one, "ladder/tiers/1/from") == "10");
  const auto without = shop.get("/v1/customers/C1/prices/A1?channel=web&quantity=3");
  CHECK(Shop::at(without, "ladder") == "(none)");
}

TEST_CASE("quote: who or what is unknown to the whole question is a 422 that names it",
          "[server]") {
  struct Case {
    std::string body;
    std::string code;
    std::string pointer;
  };

  const auto wrong = GENERATE(values<Case>({
      {R"({"customer":"C9","lines":[]})", "unknown_customer", "/customer"},
      {R"({"lines":[]})", "missing_value", "/customer"},
      {R"({"customer":"C2","lines":[]})", "missing_value", "/currency"},
      {R"({"customer":"C1","currency":"QQQ","lines":[]})", "unknown_currency", "/currency"},
      {R"({"customer":"C1","attributes":{"colour":"red"},"lines":[]})", "unknown_field",
       "/attributes/colour"},
      {R"({"customer":"C1","attributes":{"a/b":"red"},"lines":[]})", "unknown_field",
       "/attributes/a~1b"},
      {R"({"customer":"C1","attributes":{"size":"big"},"lines":[]})", "bad_number",
       "/attributes/size"},
      {R"({"customer":"C1","attributes":{"size":0.1234567},"lines":[]})", "out_of_range",
       "/attributes/size"},
      {R"({"customer":"C1","lines":[{"article":"A1"},{"article":"A1","attributes":{"size":true}}]})",
       "bad_number", "/lines/1/attributes/size"},
      {R"({"customer":"C1","lines":[{"article":"A1","attributes":{"a/b":"x"}}]})", "unknown_field",
       "/lines/0/attributes/a~1b"},
      {R"({"customer":"C1","colour":"red","lines":[]})", "unknown_field", "/colour"},
      {R"({"customer":"C1","lines":[{"article":"A1","price":1}]})", "unknown_field",
       "/lines/0/price"},
      {R"({"customer":"C1","date":"2026-02-30","lines":[]})", "bad_date", "/date"},
      {R"({"customer":"C1"})", "missing_value", "/lines"},
  }));
  Shop shop;
  const auto problem = shop.post("/v1/quote", wrong.body);
  CHECK(shop.response.status == 422);
  CHECK(Shop::at(problem, "code") == wrong.code);
  CHECK(Shop::at(problem, "pointer") == wrong.pointer);
  CHECK(Shop::at(problem, "type") == "urn:netto:problem:" + wrong.code);
}

TEST_CASE("quote: a line's own field takes the place of the question's", "[server]") {
  Shop shop;
  const auto answer = shop.post("/v1/quote", R"({"customer":"C1","channel":"web","lines":[
      {"article":"A1","quantity":10},
      {"article":"A1","quantity":10,"attributes":{"channel":"phone","size":2.5}}]})");
  REQUIRE(shop.response.status == 200);
  const auto lines = answer.find("lines")->items();
  CHECK(Shop::at(lines[0], "unit_price") == "9.5000");
  CHECK(Shop::at(lines[1], "unit_price") == "10.0000");
}

TEST_CASE("price: a declared field is a parameter of the address, and must be what it is",
          "[server]") {
  Shop shop;
  shop.get("/v1/customers/C1/prices/A1?size=2.5");
  CHECK(shop.response.status == 200);
  const auto wrong = shop.get("/v1/customers/C1/prices/A1?size=big");
  CHECK(shop.response.status == 422);
  CHECK(Shop::at(wrong, "parameter") == "size");
  CHECK(Shop::at(wrong, "code") == "bad_number");
}

TEST_CASE("quote: bodies that are no JSON, no JSON by name, or too large", "[server]") {
  Shop shop;
  CHECK(Shop::at(shop.post("/v1/quote", "{"), "code") == "bad_json");
  CHECK(shop.response.status == 400);
  CHECK(Shop::at(shop.post("/v1/quote", ""), "code") == "bad_json");
  shop.post("/v1/quote", "customer=C1", "application/x-www-form-urlencoded");
  CHECK(shop.response.status == 415);
  shop.post("/v1/quote", R"({"customer":"C1","lines":[]})", "Application/JSON; charset=utf-8");
  CHECK(shop.response.status == 200);
  shop.post("/v1/quote", R"({"customer":"C1","lines":[]})", "");
  CHECK(shop.response.status == 200);
  shop.post("/v1/quote", std::string(server::http::limits::body_bytes + 1, ' '));
  CHECK(shop.response.status == 413);
  Request compressed;
  compressed.method = "POST";
  compressed.target = "/v1/quote";
  compressed.content_encoding = "gzip";
  shop.ask(compressed);
  CHECK(shop.response.status == 415);
}

TEST_CASE("quote: an empty basket has a total of nothing", "[server]") {
  Shop shop;
  const auto answer = shop.post("/v1/quote", R"({"customer":"C1","lines":[]})");
  CHECK(shop.response.status == 200);
  CHECK(answer.find("lines")->items().empty());
  CHECK(Shop::at(answer, "totals/line_amount") == "0.00");
}

TEST_CASE("price: one article by its address", "[server]") {
  Shop shop;
  const auto price = shop.get("/v1/customers/C1/prices/A%2F4?quantity=3");
  REQUIRE(shop.response.status == 200);
  CHECK(Shop::at(price, "line_amount") == "3.00");
  CHECK(Shop::at(price, "customer") == "C1");
  CHECK(Shop::at(price, "article") == "A/4");
  CHECK(Shop::at(price, "date") == "(none)");
  CHECK(Shop::at(shop.get("/v1/customers/C1/prices/A1?date=2026-08-01&channel=web&quantity=12"),
                 "date") == "2026-08-01");
  CHECK(Shop::at(shop.get("/v1/customers/C1/prices/A1?quantity=12&channel=web"), "unit_price") ==
        "9.5000");
  CHECK(Shop::at(shop.get("/v1/customers/C1/prices/A3"), "outcome") == "no_price");
  CHECK(shop.response.status == 200);
}

TEST_CASE("price: unknown things in an address", "[server]") {
  Shop shop;
  CHECK(Shop::at(shop.get("/v1/customers/C1/prices/X"), "code") == "unknown_article");
  CHECK(shop.response.status == 404);
  CHECK(Shop::at(shop.get("/v1/customers/C9/prices/A1"), "parameter") == "customer");
  CHECK(shop.response.status == 422);
  CHECK(Shop::at(shop.get("/v1/customers/C1/prices/A1?currency=QQQ"), "parameter") == "currency");
  CHECK(Shop::at(shop.get("/v1/customers/C1/prices/A1?colour=red"), "parameter") == "colour");
  CHECK(Shop::at(shop.get("/v1/customers/C1/prices/A1?date=soon"), "parameter") == "date");
  CHECK(Shop::at(shop.get("/v1/customers/C1/prices/A1?date=2026-01-01&date=2026-01-02"), "code") ==
        "duplicate_key");
  shop.get("/v1/customers/C1/prices/%zz");
  CHECK(shop.response.status == 400);
  shop.get("/v1/customers/C1/prices/%ff");
  CHECK(shop.response.status == 400);
}

TEST_CASE("price: the tag is the same while the answer is, and differs as soon as it differs",
          "[server]") {
  Shop shop;
  const char* const target = "/v1/customers/C1/prices/A1?quantity=12&channel=web";
  shop.get(target);
  const auto tag = shop.response.etag;
  CHECK(tag.size() > 10);
  shop.get(target, tag);
  CHECK(shop.response.status == 304);
  shop.get(target, "W/" + tag);
  CHECK(shop.response.status == 304);
  shop.get("/v1/customers/C1/prices/A1?quantity=13&channel=web", tag);
  CHECK(shop.response.status == 200);
  shop.cell.publish(tests::small_shop(8));
  shop.get(target, tag);
  CHECK(shop.response.status == 200);
  CHECK(shop.response.etag != tag);
  shop.get("/healthz");
  CHECK(shop.response.etag.empty());
}

TEST_CASE("availability: bands for many articles and for one", "[server]") {
  Shop shop;
  const auto answer =
      shop.post("/v1/availability", R"({"articles":[{"article":"A1","quantity":2,"unit":"BOX"},
      {"id":"i","article":"A2"},{"article":"A3","quantity":40},{"article":"X"},{"article":"A1","quantity":"x"}],
      "language":"sv-FI"})");
  REQUIRE(shop.response.status == 200);
  const auto at = [&](std::string_view path) { return Shop::at(answer, path); };
  CHECK(at("generation") == "7");
  CHECK(at("articles/0/outcome") == "known");
  CHECK(at("articles/0/availability/band") == "many");
  CHECK(at("articles/1/id") == "i");
  CHECK(at("articles/1/availability/text") == "få kvar");
  CHECK(at("articles/2/availability/band") == "expected");
  CHECK(at("articles/2/availability/text") == "expected 2026-03-12");
  CHECK(at("articles/2/availability/expected") == "2026-03-12");
  CHECK(at("articles/3/outcome") == "unknown_article");
  CHECK(at("articles/4/outcome") == "bad_quantity");

  CHECK(Shop::at(shop.get("/v1/availability/A2?customer=C1"), "availability/band") == "few");
  shop.get("/v1/availability/X");
  CHECK(shop.response.status == 404);
  CHECK(Shop::at(shop.get("/v1/availability/A2?customer=C9"), "parameter") == "customer");
  CHECK(Shop::at(shop.get("/v1/availability/A2?colour=red"), "parameter") == "colour");
  CHECK(Shop::at(shop.post("/v1/availability", R"({"articles":[],"customer":"C9"})"), "pointer") ==
        "/customer");
  CHECK(Shop::at(shop.post("/v1/availability", R"({"articles":[],"attributes":{"c":"x"}})"),
                 "pointer") == "/attributes/c");
}

TEST_CASE("routes: what is not there, and what is there by another method", "[server]") {
  Shop shop;
  for (const char* target :
       {"/", "/v1", "/v1/quote/", "/v1/quotes", "/v1/customers/C1/prices/",
        "/v1/customers//prices/A1", "/v1/customers/C1/prices/A/4", "/openapi.json/x"}) {
    INFO(target);
    CHECK(Shop::at(shop.get(target), "code") == "unknown_route");
    CHECK(shop.response.status == 404);
  }
  CHECK(Shop::at(shop.get("/v1/quote"), "code") == "wrong_method");
  CHECK(shop.response.status == 405);
  CHECK(shop.response.allow == "POST");
  shop.post("/healthz", "");
  CHECK(shop.response.allow == "GET, HEAD");
  Request head;
  head.method = "HEAD";
  head.target = "/healthz";
  shop.ask(head);
  CHECK(shop.response.status == 200);
  Request odd;
  odd.method = "BREW";
  odd.target = "/healthz";
  shop.ask(odd);
  CHECK(shop.response.status == 405);
}

TEST_CASE("readiness: 503 with the reason until there is data", "[server]") {
  Shop shop{false};
  shop.readiness = {server::ops::State::loading, "the journal is being read", 40, 120};
  const auto loading = shop.get("/readyz");
  CHECK(Shop::at(loading, "detail") == "the journal is being read");
  CHECK(Shop::at(loading, "code") == "not_ready");
  CHECK(Shop::at(loading, "state") == "loading");
  CHECK(Shop::at(loading, "batches_read") == "40");
  CHECK(Shop::at(loading, "batches_all") == "120");
  CHECK(shop.response.status == 503);
  CHECK(shop.response.retry_after);
  shop.get("/healthz");
  CHECK(shop.response.status == 200);
  shop.post("/v1/quote", R"({"customer":"C1","lines":[]})");
  CHECK(shop.response.status == 503);
  shop.get("/v1/customers/C1/prices/A1");
  CHECK(shop.response.status == 503);
  shop.readiness = {};
  shop.get("/readyz");
  CHECK(shop.response.status == 503);
  shop.cell.publish(tests::small_shop());
  CHECK(Shop::at(shop.get("/readyz"), "generation") == "7");
  CHECK(shop.response.status == 200);
}

TEST_CASE("handlers: whatever is sent is answered with JSON and a status", "[server][property]") {
  Shop shop;
  std::mt19937 random{11};
  const std::string body = R"({"customer":"C1","channel":"web","date":"2026-02-01","explain":true,
      "lines":[{"article":"A1","quantity":12},{"article":"A2","quantity":"50.5"},{"article":"A/4","agreement":"AG-1"}]})";
  const std::string targets[] = {"/v1/quote",
                                 "/v1/customers/C1/prices/A1?quantity=2&date=2026-01-01",
                                 "/v1/availability/A1", "/v1/availability"};
  for (int round = 0; round < 4'000; ++round) {
    std::string text = body;
    std::string target = targets[random() % 4];
    for (int changes = 0; changes < 2; ++changes) {
      text[random() % text.size()] = static_cast<char>(random() % 96 + 32);
      if (random() % 3 == 0)
        target[random() % target.size()] = static_cast<char>(random() % 96 + 32);
    }
    Request request;
    request.method = random() % 2 == 0 ? "POST" : "GET";
    request.target = target;
    request.body = text;
    shop.ask(request);
    REQUIRE(shop.response.status >= 200);
    REQUIRE(shop.response.status != 500);
  }
}
