// `netto audit` over a folder, and beside a process that serves it.
#include "tests/http_client/serve_process.hpp"
#include "tests/server/audit/audit_fixture.hpp"
#include "tests/server/cli/netto_run.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

using server::cli::Exit;
using tests::netto_run;

TEST_CASE("netto audit: brings itself up to the last batch and tells it", "[server][cli][audit]") {
  tests::AuditedFolder company;
  company.prices("base_price,,S-20,9.90,EUR,,B-3,\n");
  company.node.reset();
  const auto table = netto_run({"--data", company.data, "audit", "--article", "S-20"});
  CHECK(table.exit == Exit::ok);
  CHECK(table.says("value 9.80 -> 9.90"));
  CHECK(table.says("type=base_price article=S-20 currency=EUR key=B-3"));
  const auto json = netto_run({"--data", company.data, "audit", "--sequence", "2", "--json"});
  CHECK(json.says(R"("old":"9.80","new":"9.90")"));
  const auto none = netto_run({"--data", company.data, "audit", "--article", "S-99"});
  CHECK(none.exit == Exit::ok);
  CHECK(none.says("no change of that is known; the audit begins 20"));
  const auto csv =
      netto_run({"--data", company.data, "--format", "csv", "audit", "--feed", "stock"});
  CHECK(csv.says("on_hand 120"));
}

TEST_CASE("netto audit: mistakes are told, and what is old is forgotten", "[server][cli][audit]") {
  tests::AuditedFolder company;
  CHECK(netto_run({"--data", company.data, "audit"}).exit == Exit::bad_input);
  CHECK(netto_run({"--data", company.data, "audit", "--article", "A", "--from", "x"})
            .complains("is no day or moment"));
  CHECK(netto_run({"--data", company.folder.path() + "/none", "audit", "--article", "A"}).exit ==
        Exit::world_failed);
  const auto pruned = netto_run({"--data", company.data, "audit", "--prune", "30"});
  CHECK(pruned.exit == Exit::ok);
  CHECK(pruned.says("0 batches forgotten that were older than 30 days"));
  tests::write_file(server::audit::audit_file(company.data), std::string(8'192, 'x'));
  const auto damaged = netto_run({"--data", company.data, "audit", "--article", "A"});
  CHECK(damaged.exit == Exit::world_failed);
  CHECK(damaged.complains("delete"));
}

TEST_CASE("netto serve: writes the audit behind, also after it was killed",
          "[server][cli][audit][http]") {
  const char* const binary = std::getenv("NETTO");
  if (binary == nullptr) return;  // the test of a build without the program
  tests::AuditedFolder company;
  company.node.reset();
  const auto told = [](const std::string& url) {
    for (int i = 0; i < 200; ++i) {
      const auto ran = netto_run({"audit", "--article", "S-20", "--url", url, "--json"});
      if (ran.exit == Exit::ok && ran.says(R"("last_sequence":1)")) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    return false;
  };
  const auto serve = [&](const std::vector<std::string>& more) {
    return std::make_unique<tests::ServeProcess>(tests::serve_command(binary, company.data, more),
                                                 company.folder.path() + "/messages");
  };
  const auto url_of = [](auto& process) {
    return "http://127.0.0.1:" + std::to_string(process.port());
  };
  {
    const auto first = serve({});
    CHECK(told(url_of(*first)));
  }  // killed
  std::filesystem::remove(server::audit::audit_file(company.data));
  {
    const auto again = serve({});
    CHECK(told(url_of(*again)));
    const auto unsaid = netto_run({"audit", "--url", url_of(*again)});
    CHECK(unsaid.complains("say what of"));
    CHECK(netto_run({"audit", "--article", "S-20", "--url", url_of(*again)}).out ==
          netto_run({"--data", company.data, "audit", "--article", "S-20"}).out);
    // Beside it the command line reads what is there.
    CHECK(netto_run({"--data", company.data, "audit", "--article", "S-20"}).says("9.80"));
  }
  std::filesystem::remove(server::audit::audit_file(company.data));
  const auto none = serve({"--audit-days", "0"});
  const auto refused = netto_run({"audit", "--article", "S-20", "--url", url_of(*none)});
  CHECK(refused.complains("no_audit"));
}
