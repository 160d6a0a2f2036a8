// GET /v1/audit, without a socket.
#include "rules/json_tree.hpp"
#include "server/audit/keeper.hpp"
#include "server/http/api.hpp"

#include "tests/server/audit/audit_fixture.hpp"

namespace {

struct AuditDesk {
  tests::AuditedFolder company;
  engine::snapshot::SnapshotCell cell;
  server::audit::AuditKeeper keeper;
  server::http::Service service{cell, [] { return *engine::base::civil(2026, 2, 1); },
                                [] { return server::ops::Readiness{}; }};
  std::optional<server::http::Worker> worker;
  server::http::Response response;

  explicit AuditDesk(std::uint32_t kept_days = 400) : keeper{company.data, {kept_days}} {
    service.audit = &keeper;
    worker.emplace(service);
  }

  std::string get(const std::string& target) {
    server::http::Request request;
    request.method = "GET";
    request.target = target;
    worker->handle(request, response);
    CHECK(rules::parse_json(response.body));
    return std::to_string(response.status) + " " + response.body;
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("GET /v1/audit: changes with who, when, old and new value", "[server][http][audit]") {
  AuditDesk desk;
  desk.company.send("conditions", "type,article,value,currency,key\nbase_price,S-20,9.9,EUR,B-3\n",
                    "", "night 7");
  CHECK(has(desk.get("/v1/audit?article=S-20"), "404 "));
  CHECK(has(desk.response.body, "no_audit"));
  tests::bring_audit_up(desk.company.data);
  const std::string all = desk.get("/v1/audit?article=S-20&document=");
  CHECK(has(all, "200 {\"first_sequence\":1,\"last_sequence\":2,"));
  CHECK(has(all, R"("batch_id":"night 7")"));
  CHECK(has(
      all,
      R"("what":"changed","record":{"type":"base_price","article":"S-20","currency":"EUR","key":"B-3"},"old_known":true,"columns":[{"column":"value","old":"9.80","new":"9.9"}])"));
  CHECK(has(all, R"("what":"new")"));
  const std::string one = desk.get("/v1/audit?article=S-20&limit=1");
  CHECK(has(one, R"("more":true)"));
  CHECK_FALSE(has(one, R"("what":"new")"));
  CHECK(has(desk.get("/v1/audit?customer=K1"), "Karlsson"));
  CHECK(has(desk.get("/v1/audit?sequence=2&feed=conditions"), "9.9"));
  CHECK(has(desk.get("/v1/audit?sequence=2&feed=stock"), R"("changes":[])"));
  CHECK(has(desk.get("/v1/audit?article=S-20&from=2999-01-01"), R"("changes":[])"));
}

TEST_CASE("GET /v1/audit: what can't be asked is told by its parameter", "[server][http][audit]") {
  AuditDesk desk;
  tests::bring_audit_up(desk.company.data);
  for (const char* const wrong :
       {"", "?limit=0&article=A", "?limit=x&article=A", "?sequence=1x", "?article=A&from=soon",
        "?article=A&to=2026-02-30", "?color=red"}) {
    CAPTURE(wrong);
    const std::string told = desk.get(std::string{"/v1/audit"} + wrong);
    CHECK(has(told, "422 "));
    CHECK(has(told, R"("parameter":)"));
  }
  tests::write_file(server::audit::audit_file(desk.company.data), std::string(8'192, 'x'));
  const std::string damaged = desk.get("/v1/audit?article=S-20");
  CHECK(has(damaged, "503 "));
  CHECK(has(damaged, "delete"));
  AuditDesk none{0};
  CHECK(has(none.get("/v1/audit?article=S-20"), "--audit-days 0"));
}
