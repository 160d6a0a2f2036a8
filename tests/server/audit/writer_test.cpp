// The audit behind its journal: after a crash, with gaps, of another journal, pruned, damaged.
#include "server/audit/keeper.hpp"
#include "server/node/compactor.hpp"
#include "server/store/backup.hpp"

#include "tests/server/audit/audit_fixture.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

namespace {

namespace fs = std::filesystem;
using engine::base::FaultCode;
using server::audit::audit_file;
using server::audit::AuditGap;
using server::audit::AuditQuery;
using server::audit::AuditStore;
using server::audit::AuditWriter;
using server::store::Access;
using tests::AuditedFolder;

AuditQuery of_screws() {
  AuditQuery query;
  query.article = "S-20";
  query.limit = 1'000;
  return query;
}

void send_many(AuditedFolder& company, int first, int last) {
  for (int i = first; i <= last; ++i)
    company.prices("base_price,,S-20," + std::to_string(10 + i) + ",EUR,,B-3,\n");
}

void run_sql(const std::string& file, const char* sql) {
  auto database = server::store::Database::open(file, server::store::OpenMode::write);
  REQUIRE(database);
  if (auto ok = database->run(sql); !ok) FAIL(ok.error().detail);
}

std::string fresh_lines(const std::string& data) {
  fs::remove(audit_file(data));
  tests::bring_audit_up(data);
  return tests::lines_of(tests::asked_of(data, of_screws()));
}

}  // namespace

TEST_CASE("audit writer: goes on where its last line stands, whatever was lost behind it",
          "[server][audit]") {
  AuditedFolder company;
  send_many(company, 1, 5);
  tests::bring_audit_up(company.data);
  const std::string kept = company.folder.path() + "/older.db";
  fs::copy_file(audit_file(company.data), kept);
  send_many(company, 6, 9);
  const std::string whole = company.ask(of_screws());
  CHECK(whole == fresh_lines(company.data));
  fs::copy_file(kept, audit_file(company.data), fs::copy_options::overwrite_existing);
  CHECK(*server::audit::audited_through(company.data) == 6);
  CHECK(company.ask(of_screws()) == whole);
  run_sql(audit_file(company.data),
          "DELETE FROM batch WHERE sequence > 3; DELETE FROM piece WHERE sequence > 3");
  CHECK(company.ask(of_screws()) == whole);
  CHECK(*server::audit::audited_through(company.data) == 10);
}

TEST_CASE("audit writer: killed while it writes, it is complete after the next start",
          "[server][audit]") {
  AuditedFolder company;
  send_many(company, 1, 60);
  const std::string whole = fresh_lines(company.data);
  REQUIRE(std::ranges::count(whole, '\n') == 62);
  for (int round = 0; round < 8; ++round) {
    fs::remove(audit_file(company.data));
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      if (auto writer = AuditWriter::open(company.data)) static_cast<void>(catch_up(*writer));
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds{700 * round});
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK(company.ask(of_screws()) == whole);
  }
}

namespace {

// The contents of the batches up to `to` give way to a checkpoint.
void compact(const std::string& data, std::uint64_t to) {
  server::node::CompactOptions options;
  options.may_drop_to = [to] { return to; };
  server::node::Compactor compactor{data, options};
  REQUIRE(compactor.run(true));
  REQUIRE(compactor.drop());
}

}  // namespace

TEST_CASE("audit writer: batches that the journal no longer has are a gap", "[server][audit]") {
  AuditedFolder company;
  send_many(company, 1, 2);
  tests::bring_audit_up(company.data);
  send_many(company, 3, 7);
  company.node.reset();
  compact(company.data, 6);
  AuditQuery query = of_screws();
  const std::string lines = company.ask(query);
  const auto answer = tests::asked_of(company.data, query);
  REQUIRE(answer.reach.gaps == std::vector{AuditGap{4, 6}});
  CHECK(lines.starts_with(
      "8 changed conditions type=base_price article=S-20 currency=EUR key=B-3: value 16 -> 17\n"
      "7 set conditions type=base_price article=S-20 currency=EUR key=B-3: value  -> 16 (before: "
      "not "
      "known)\n"
      "3 changed"));
  CHECK(answer.changes[1].known_since == answer.changes[1].received_at);
}

TEST_CASE("audit writer: an audit that begins behind a gap says so", "[server][audit]") {
  AuditedFolder company;
  send_many(company, 1, 3);
  company.node.reset();
  compact(company.data, 2);
  CHECK(company.ask(of_screws()) ==
        "4 changed conditions type=base_price article=S-20 currency=EUR key=B-3: value 12 -> 13\n"
        "3 set conditions type=base_price article=S-20 currency=EUR key=B-3: value  -> 12 (before: "
        "not known)\n");
  CHECK(tests::asked_of(company.data, of_screws()).reach.gaps == std::vector{AuditGap{1, 2}});
}

TEST_CASE("audit writer: lines of another journal are dropped, those that fit stay",
          "[server][audit]") {
  AuditedFolder company;
  send_many(company, 1, 3);
  const std::string backup = company.folder.path() + "/backup";
  REQUIRE(server::store::back_up(company.data, backup));
  send_many(company, 4, 6);
  tests::bring_audit_up(company.data);
  company.node.reset();
  // The older journal is put back beside the newer audit.
  fs::copy_file(backup + "/netto.db", company.data + "/netto.db",
                fs::copy_options::overwrite_existing);
  {
    auto writer = AuditWriter::open(company.data);
    REQUIRE(writer);
    CHECK(writer->dropped() == 3);
    CHECK(writer->audited_through() == 4);
  }
  // And the one that went on differently.
  tests::bring_audit_up(company.data);
  auto opened = server::node::Node::open(company.data, {Access::write, server::node::Keep::facts});
  REQUIRE(opened);
  company.node = *std::move(opened);
  send_many(company, 7, 8);
  const std::string kept = company.ask(of_screws());
  CHECK(
      kept.starts_with("6 changed conditions type=base_price article=S-20 currency=EUR key=B-3: "
                       "value 17 -> 18\n5 changed"));
  run_sql(audit_file(company.data), "UPDATE batch SET checksum = 1 WHERE sequence > 3");
  CHECK(company.ask(of_screws()) == kept);
}

TEST_CASE("audit writer: a backup takes the audit along, and is put right where it is ahead",
          "[server][audit]") {
  AuditedFolder company;
  send_many(company, 1, 3);
  const std::string lines = company.ask(of_screws());
  send_many(company, 4, 4);
  const std::string to = company.folder.path() + "/backup";
  const auto backup = server::store::back_up(company.data, to);
  REQUIRE(backup);
  CHECK_FALSE(backup->audit_fault);
  CHECK(tests::lines_of(tests::asked_of(to, of_screws())) == lines);
  tests::bring_audit_up(to);
  CHECK(tests::lines_of(tests::asked_of(to, of_screws())) == company.ask(of_screws()));
  tests::write_file(audit_file(company.data), std::string(8'192, 'x'));
  const auto without = server::store::back_up(company.data, company.folder.path() + "/second");
  REQUIRE(without);
  REQUIRE(without->audit_fault);
  CHECK_FALSE(fs::exists(company.folder.path() + "/second/audit.db"));
}

TEST_CASE("audit writer: a prune drops what is older, never the newest line", "[server][audit]") {
  AuditedFolder company;
  send_many(company, 1, 6);
  tests::bring_audit_up(company.data);
  run_sql(audit_file(company.data),
          "UPDATE batch SET received_at = '2020-01-0' || sequence || 'T00:00:00Z'");
  auto writer = AuditWriter::open(company.data);
  REQUIRE(writer);
  CHECK(*writer->prune("2020-01-01T00:00:00Z", 100) == 0);
  CHECK(*writer->prune("2020-01-04T00:00:00Z", 2) == 2);
  CHECK(*writer->prune("2020-01-04T00:00:00Z", 2) == 1);
  CHECK(*writer->prune("2020-01-04T00:00:00Z", 2) == 0);
  auto answer = tests::asked_of(company.data, of_screws());
  CHECK(answer.reach.first == 4);
  CHECK(answer.reach.since == "2020-01-04T00:00:00Z");
  CHECK(tests::line_of(answer.changes.back()) ==
        "4 set conditions type=base_price article=S-20 currency=EUR key=B-3: value  -> 13 (before: "
        "not known)\n");
  CHECK(answer.changes.back().known_since == "2020-01-04T00:00:00Z");
  CHECK(*writer->prune("2030-01-01T00:00:00Z", 100) == 3);
  answer = tests::asked_of(company.data, of_screws());
  CHECK(answer.reach.first == 7);
  CHECK(answer.reach.last == 7);
  CHECK(writer->audited_through() == 7);
}

TEST_CASE("audit writer: a damaged audit says how to renew it", "[server][audit]") {
  AuditedFolder company;
  tests::write_file(audit_file(company.data), std::string(8'192, 'x'));
  const auto writer = AuditWriter::open(company.data);
  REQUIRE_FALSE(writer);
  CHECK(writer.error().where == audit_file(company.data));
  CHECK(writer.error().detail.find("delete") != std::string::npos);
  fs::remove(audit_file(company.data));
  tests::bring_audit_up(company.data);
  run_sql(audit_file(company.data), "UPDATE piece SET content = x'7a00'");
  const auto answer = server::audit::ask(company.data, of_screws());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == FaultCode::store_corrupt);
  CHECK(answer.error().detail.find("delete the file") != std::string::npos);
}

TEST_CASE("audit keeper: follows the journal, tells what fails once, and goes on",
          "[server][audit]") {
  AuditedFolder company;
  fs::create_directory(audit_file(company.data));  // nothing can be written there
  std::vector<server::audit::KeeperEvent> events;
  server::audit::KeeperOptions options;
  options.interval = std::chrono::milliseconds{5};
  options.tell = [&events](auto event, const std::string&) { events.push_back(event); };
  const auto run_until = [&](server::audit::AuditKeeper& keeper, const auto& is_done) {
    std::jthread thread{[&keeper](const std::stop_token& stop) { keeper.run(stop); }};
    for (int i = 0; i < 2'000 && !is_done(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return is_done();
  };
  server::audit::AuditKeeper keeper{company.data, options};
  bool was_failing = false;
  CHECK(run_until(keeper, [&] {
    if (!was_failing && keeper.is_failing()) fs::remove(audit_file(company.data));
    was_failing |= keeper.is_failing();
    return keeper.audited_through() == 1 && !keeper.is_failing();
  }));
  CHECK(events == std::vector{server::audit::KeeperEvent::not_written,
                              server::audit::KeeperEvent::written_again});
  send_many(company, 1, 3);
  CHECK(run_until(keeper, [&] { return keeper.audited_through() == 4; }));
  CHECK(keeper.ask(of_screws())->changes.size() == 5);
  CHECK(events.size() == 2);
  {
    std::jthread thread{[&keeper](const std::stop_token& stop) { keeper.run(stop); }};
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    fs::remove(audit_file(company.data));  // it is made again
    for (int i = 0; i < 2'000 && !fs::exists(audit_file(company.data)); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    send_many(company, 4, 4);
    for (int i = 0; i < 2'000 && keeper.audited_through() != 5; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  CHECK(keeper.ask(of_screws())->changes.size() == 6);
  options.kept_days = 0;
  server::audit::AuditKeeper none{company.folder.path(), options};
  CHECK_FALSE(none.is_waited_for());
  CHECK(none.ask(of_screws()).error().code == FaultCode::file_missing);
}
