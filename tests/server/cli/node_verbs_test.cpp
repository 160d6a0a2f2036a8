// The verbs that talk to a running node, at a `netto serve` that is a process of its own: import,
// feeds, refused, held, release and reject with --url.
#include "server/store/journal.hpp"

#include "tests/catch.hpp"
#include "tests/http_client/serve_process.hpp"
#include "tests/server/cli/netto_run.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

using server::cli::Exit;
using tests::netto_run;
using tests::Ran;
using tests::write_file;

constexpr std::string_view guards =
    R"({"feed": "conditions", "guards": {"price_jump": {"up": 50, "down": 50, "then": "hold"}}})";

// A feed with names and ways of its own: semicolons, no header.
constexpr std::string_view own_feed = R"json({
  "feed": "erp_prices",
  "files": "export_*.txt",
  "format": {"separator": ";", "header": false, "columns": ["key", "article", "price"]},
  "records": [{"kind": "conditions", "fields": {
    "type": {"constant": "base_price"}, "key": "key", "article": "article", "value": "price",
    "currency": {"constant": "EUR"}}}]
}
)json";

const char* binary() {
  const char* named = std::getenv("NETTO");
  if (named == nullptr) WARN("skipped: NETTO does not name the binary");
  return named;
}

// The small company, served.
class CompanyNode {
 public:
  explicit CompanyNode(const std::vector<std::string>& more = {}) {
    const std::string files = folder_.path() + "/files";
    tests::write_small_company(files);
    write_file(files + "/guards.json", guards);
    write_file(files + "/own.json", own_feed);
    REQUIRE(netto_run({"--data", data(), "import", files}).exit == Exit::ok);
    process_ = serve(data(), more);
    url_ = "http://127.0.0.1:" + std::to_string(process_->port());
    REQUIRE(becomes_ready());
  }

  std::string data() const { return folder_.path() + "/data"; }

  const std::string& url() const { return url_; }

  std::string file(const std::string& name, std::string_view text) const {
    write_file(folder_.path() + "/" + name, text);
    return folder_.path() + "/" + name;
  }

  std::string folder(const std::string& name) const {
    std::filesystem::create_directory(folder_.path() + "/" + name);
    return folder_.path() + "/" + name;
  }

  // At this node, and never patient with it.
  Ran at(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--url", url_});
    if (arguments.front() == "import") arguments.insert(arguments.end(), {"--retry", "0"});
    return netto_run(arguments);
  }

  std::unique_ptr<tests::ServeProcess> serve(const std::string& data,
                                             const std::vector<std::string>& more) const {
    return std::make_unique<tests::ServeProcess>(tests::serve_command(binary(), data, more),
                                                 folder_.path() + "/messages");
  }

  tests::ServeProcess& process() { return *process_; }

 private:
  bool becomes_ready() const {
    for (int i = 0; i < 500; ++i) {
      if (at({"feeds"}).exit == Exit::ok) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  tests::TemporaryFolder folder_;
  std::unique_ptr<tests::ServeProcess> process_;
  std::string url_;
};

constexpr std::string_view head = "type,article,value,currency,key\n";

std::string prices(int count, const std::string& value = "9.80") {
  std::string text{head};
  for (int i = 0; i < count; ++i)
    text += "base_price,S-20," + value + ",EUR,N-" + std::to_string(i) + "\n";
  return text;
}

std::uint64_t batches_in(const std::string& data) {
  const auto journal = server::store::open_journal(data, server::store::Access::read);
  REQUIRE(journal);
  return (*journal)->last_sequence().value();
}

}  // namespace

TEST_CASE("import --url: a file goes in as a batch, and again it changes nothing", "[http]") {
  if (binary() == nullptr) return;
  const CompanyNode node;
  const auto file = node.file("conditions.csv", prices(3));
  const Ran first = node.at({"import", file});
  INFO(first.out << first.err);
  CHECK(first.exit == Exit::ok);
  CHECK(first.says("result  imported\n"));
  CHECK(first.says("conditions      2     3         3          0        0"));
  CHECK(batches_in(node.data()) == 2);

  const Ran second = node.at({"import", file});
  INFO(second.out << second.err);
  CHECK(second.exit == Exit::ok);
  CHECK(second.says("was in already; nothing was changed"));
  CHECK(batches_in(node.data()) == 2);

  // What came in between stays, and that is told.
  CHECK(node.at({"import", node.file("conditions.csv", prices(3, "9.90"))}).exit == Exit::ok);
  const auto again = node.file("conditions.csv", prices(3));
  const Ran third = node.at({"import", again});
  INFO(third.out << third.err);
  CHECK(third.exit == Exit::findings);
  CHECK(third.complains("older than batch 3 of this feed"));
  CHECK(batches_in(node.data()) == 3);
  CHECK(node.at({"import", again, "--again"}).exit == Exit::ok);
  CHECK(batches_in(node.data()) == 4);
}

TEST_CASE("import --url: refused rows are told, and come back as they were sent", "[http]") {
  if (binary() == nullptr) return;
  const CompanyNode node;
  const auto file = node.file("conditions.csv", prices(11) + "base_price,S-99,1.00,EUR,BAD\n");
  const Ran none = node.at({"import", file, "--all-or-nothing"});
  INFO(none.out << none.err);
  CHECK(none.exit == Exit::bad_input);
  CHECK(none.says("not imported; nothing was changed"));
  CHECK(none.says("conditions.csv:13  article  'S-99'"));
  CHECK(none.complains("(refused_share)"));

  const Ran sent = node.at({"import", file});
  INFO(sent.out << sent.err);
  CHECK(sent.exit == Exit::findings);
  CHECK(sent.says("conditions.csv:13  article  'S-99'"));
  CHECK(sent.says("netto refused 2 --as-sent --url " + node.url()));

  const std::string as_sent = "type,article,value,currency,key\r\nbase_price,S-99,1.00,EUR,BAD\r\n";
  for (const bool remote : {true, false}) {
    INFO((remote ? "from the node" : "from the folder"));
    const auto refused = [&](std::vector<std::string> more) {
      more.insert(more.begin(), {"refused", "2"});
      if (remote) return node.at(more);
      more.insert(more.begin(), {"--data", node.data()});
      return netto_run(more);
    };
    CHECK(refused({}).says("conditions.csv:13  article  'S-99'  unknown_article"));
    CHECK(refused({"--csv"}).says("file,line,column,value,code,reason,row\r\nconditions.csv,13,"));
    CHECK(refused({"--json"}).says("\"line\":13,\"column\":\"article\""));
    CHECK(refused({"--as-sent"}).out == as_sent);
    CHECK(refused({"--as-sent", "--file", "conditions.csv"}).out == as_sent);
    CHECK(refused({"--as-sent", "--file", "stock.csv"}).exit == Exit::bad_input);
    CHECK(refused({"--file", "stock.csv"}).complains("goes with --as-sent"));
  }
  CHECK(node.at({"refused", "1"}).says("no row of batch 1 was refused"));
  CHECK(node.at({"refused", "9"}).exit == Exit::bad_input);
  const Ran nothing = netto_run({"--data", node.data(), "refused", "9"});
  CHECK(nothing.exit == Exit::bad_input);
  CHECK(nothing.complains("there is no batch 9; the last one is 2"));
}

TEST_CASE(
    "import --url: what is large goes in parts of whole rows, and lines are those of the file",
    "[http]") {
  if (binary() == nullptr) return;
  const CompanyNode node;
  // 40 rows of about 33 bytes; the one that is refused is among more than ten.
  auto text = prices(39);
  text += "base_price,S-99,1.00,EUR,BAD\n";
  const auto file = node.file("conditions.csv", text);
  const Ran whole = node.at({"import", file, "--part-size", "800", "--all-or-nothing"});
  INFO(whole.out << whole.err);
  CHECK(whole.exit == Exit::bad_input);
  CHECK(whole.complains("--all-or-nothing wants the file to be one batch"));
  CHECK(batches_in(node.data()) == 1);

  const Ran sent = node.at({"import", file, "--part-size", "800", "--batch-id", "night-1"});
  INFO(sent.out << sent.err);
  CHECK(sent.exit == Exit::findings);
  CHECK(sent.says("\nconditions.csv (1 of 2)  conditions      2 "));
  CHECK(sent.says("conditions.csv:41  article  'S-99'"));
  CHECK(batches_in(node.data()) == 3);
  CHECK(node.at({"import", file, "--part-size", "800", "--batch-id", "night-1"})
            .says("was in already; nothing was changed"));
  const Ran conflict = node.at({"import", node.file("conditions.csv", prices(39, "9.90")),
                                "--part-size", "800", "--batch-id", "night-1"});
  CHECK(conflict.exit == Exit::bad_input);
  CHECK(conflict.complains("night-1-1-of-2"));
  CHECK(conflict.says("not sent"));
  CHECK(batches_in(node.data()) == 3);
}

TEST_CASE("import --url: feeds go by the names of files, and masters first", "[http]") {
  if (binary() == nullptr) return;
  const CompanyNode node;
  const auto price = node.file("conditions.csv", std::string{head} + "base_price,S-30,1,EUR,\n");
  const auto article = node.file("articles.csv", "code,base_unit\nS-30,PCE\n");
  const auto own = node.file("export_1.txt", "E-1;S-30;0.95\nE-2;S-20;9.95\n");
  const Ran sent = node.at({"import", own, price, article, "--part-size", "15"});
  INFO(sent.out << sent.err);
  CHECK(sent.exit == Exit::bad_input);  // no room for header and row
  CHECK(sent.complains("line 2"));
  const Ran ran = node.at({"import", own, price, article});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.says("export_1.txt"));
  CHECK(ran.says("erp_prices"));
  CHECK(node.at({"import", own, "--again", "--part-size", "15"}).says("export_1.txt (2 of 2)"));

  std::filesystem::create_directory(node.data() + "/empty");
  CHECK(node.at({"import", node.data() + "/empty"}).complains("no file that a feed of the node"));
  const Ran unknown = node.at({"import", node.file("other.txt", "x\n")});
  CHECK(unknown.exit == Exit::bad_input);
  CHECK(unknown.complains("--feed NAME says what it holds"));
  CHECK(node.at({"import", price, "--feed", "none"}).complains("no feed description 'none'"));
  CHECK(node.at({"import", "-"}).complains("--feed NAME says what standard input holds"));
  CHECK(node.at({"import", price, article, "--sequence", "1"}).complains("goes with one file"));
  CHECK(node.at({"import", price, "--batch-id", "a\r\nb"}).complains("--batch-id"));
  CHECK(netto_run({"import", price, "--sequence", "1"}).exit == Exit::bad_input);
}

TEST_CASE(
    "import --url: rules and feed descriptions go first, and change nothing where they are wrong",
    "[http]") {
  if (binary() == nullptr) return;
  const CompanyNode node;
  const std::string folder = node.folder("delivery");
  write_file(folder + "/base.json", tests::base_price_rules);  // is in already
  const Ran again = node.at({"import", folder + "/base.json"});
  INFO(again.out << again.err);
  CHECK(again.exit == Exit::ok);
  CHECK(again.says("was in already"));
  CHECK(batches_in(node.data()) == 1);
  // A description and a file that it alone can read, from one folder.
  write_file(folder + "/late.json",
             R"({"feed": "late_prices", "files": "late_*.txt", "format": {"separator": "|"},
                 "records": [{"kind": "conditions", "fields": {"type": {"constant": "base_price"},
                   "key": "id", "article": "item", "value": "net", "currency": {"constant": "EUR"}}}]})");
  write_file(folder + "/late_1.txt", "id|item|net\nL-1|S-20|7.25\n");
  write_file(folder + "/notes.json", R"({"author": "anna"})");
  const Ran sent = node.at({"import", folder});
  INFO(sent.out << sent.err);
  CHECK(sent.exit == Exit::ok);
  CHECK(sent.says("late.json"));
  CHECK(sent.says("late_prices"));
  CHECK(sent.says("notes.json"));  // passed over
  CHECK(batches_in(node.data()) == 3);
  // Rules that can't be used, and a file beside them: neither is in.
  const auto wrong = node.file("wrong.json", R"({"procedure": "base", "steps": [{"step": 7}]})");
  const auto price = node.file("conditions.csv", prices(5));
  const Ran refused = node.at({"import", wrong, price});
  INFO(refused.out << refused.err);
  CHECK(refused.exit == Exit::bad_input);
  CHECK(refused.complains("wrong.json"));
  CHECK(refused.complains("/steps/0"));
  CHECK(batches_in(node.data()) == 3);
}

TEST_CASE("draft --url: a draft of several files is kept whole or not at all", "[http]") {
  if (binary() == nullptr) return;
  const CompanyNode node;
  CHECK(node.at({"draft", "list"}).says("there is no draft"));
  const auto good = node.file("conditions.csv", prices(5));
  const auto wrong = node.file("wrong.json", R"({"procedure": "base", "steps": [{"step": 7}]})");
  const Ran refused = node.at({"draft", "create", "spring", good, wrong});
  INFO(refused.out << refused.err);
  CHECK(refused.exit == Exit::bad_input);
  CHECK(refused.complains("draft spring was dropped again"));
  CHECK(node.at({"draft", "list"}).says("there is no draft"));
  CHECK(node.at({"draft", "create", "spring", good, "--by", "anna"}).exit == Exit::ok);
  const Ran added = node.at({"draft", "add", "spring", good, wrong});
  INFO(added.err);
  CHECK(added.complains("1 of 2 files are in draft spring"));
  const Ran list = node.at({"draft", "list"});
  INFO(list.out);
  CHECK(list.says("anna"));
  CHECK(list.says("created"));
  CHECK(node.at({"draft", "list", "--format", "csv"}).says("spring,"));
  CHECK(node.at({"draft", "list", "--format", "json"}).says(R"("name":"spring")"));
  const Ran compared = node.at({"draft", "compare", "spring", "--all"});
  INFO(compared.out << compared.err);
  CHECK(compared.exit == Exit::ok);
  CHECK(compared.says("customers with a change"));
  CHECK(node.at({"draft", "compare", "summer", "--all"}).exit == Exit::bad_input);
}

TEST_CASE("import --url: the sender's count and a partition are handed on", "[http]") {
  if (binary() == nullptr) return;
  const CompanyNode node;
  CHECK(node.at({"import", node.file("conditions.csv", prices(1)), "--sequence", "7"}).exit ==
        Exit::ok);
  const Ran gap = node.at({"import", node.file("conditions.csv", prices(2)), "--sequence", "9"});
  CHECK(gap.exit == Exit::bad_input);
  CHECK(gap.complains("batch 8 is missing before 9"));
  const auto stock = node.file("stock.csv", "article,warehouse,on_hand\nS-20,HQ,5\n");
  const Ran all = node.at({"import", stock, "--replace", "warehouse:HQ"});
  INFO(all.out << all.err);
  CHECK(all.exit == Exit::ok);
  CHECK(all.says("vanished  1\n"));
  const Ran feeds = node.at({"feeds"});
  INFO(feeds.out);
  CHECK(feeds.says("conditions"));
  CHECK(feeds.says("batch 8 is missing"));
  const Ran json = node.at({"feeds", "--json"});
  CHECK(json.says(R"("feed":"conditions","sequence":2,"sender_sequence":7,)"));
  const Ran local = netto_run({"--data", node.data(), "feeds", "--json"});
  INFO(local.out << local.err);
  CHECK(local.exit == Exit::ok);
  CHECK(local.says(R"("feed":"conditions","sequence":2,"sender_sequence":7,)"));
}

TEST_CASE("held, release, reject --url: a batch waits at the node until somebody decides",
          "[http]") {
  if (binary() == nullptr) return;
  const CompanyNode node;
  CHECK(node.at({"held"}).out == "no batch is held\n");
  const auto jump = std::string{head} + "base_price,S-20,98.00,EUR,B-3\n";
  const Ran held = node.at({"import", node.file("conditions.csv", jump)});
  INFO(held.out << held.err);
  CHECK(held.exit == Exit::findings);
  CHECK(held.says("held until somebody releases it"));
  CHECK(held.says("price_jump"));
  CHECK(batches_in(node.data()) == 1);
  CHECK(node.at({"held"}).says("price_jump: 1 price jumps"));
  CHECK(node.at({"release", "5", "--by", "anna"}).exit == Exit::bad_input);
  const Ran released = node.at({"release", "1", "--by", "anna & co"});
  INFO(released.out << released.err);
  CHECK(released.exit == Exit::ok);
  CHECK(batches_in(node.data()) == 2);
  CHECK(node.at({"release", "1", "--by", "anna"}).exit == Exit::bad_input);

  const auto back = std::string{head} + "base_price,S-20,1.00,EUR,B-3\n";
  CHECK(node.at({"import", node.file("conditions.csv", back)}).exit == Exit::findings);
  CHECK(node.at({"reject", "2", "--by", "bo"}).exit == Exit::ok);
  CHECK(batches_in(node.data()) == 2);
  const Ran all = node.at({"held", "--all"});
  INFO(all.out);
  CHECK(all.says("released"));
  CHECK(all.says("anna & co"));
  CHECK(all.says("rejected"));
  const Ran rejected = node.at({"import", node.file("conditions.csv", back)});
  CHECK(rejected.exit == Exit::bad_input);
  CHECK(rejected.complains("rejected"));
}

TEST_CASE("import --url: a node that is killed and started again gets every part once", "[http]") {
  if (binary() == nullptr) return;
  CompanyNode node;
  const auto file = node.file("conditions.csv", prices(300));
  const auto port = node.url().substr(node.url().rfind(':') + 1);
  // The import has a thread of its own: a process started by one that ends would end with it.
  auto importing = std::async(std::launch::async, [&] {
    return netto_run({"import", file, "--url", node.url(), "--retry", "30", "--part-size", "66"});
  });
  for (int i = 0; i < 10'000 && batches_in(node.data()) < 20; ++i) std::this_thread::sleep_for(1ms);
  node.process().kill();
  auto command = tests::serve_command(binary(), node.data());
  command.back() = port;
  const tests::ServeProcess again{command, node.data() + "/messages"};
  const Ran ran = importing.get();
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.says("result  imported\n"));
  CHECK(ran.says("(300 of 300)"));
  CHECK_FALSE(ran.says("was in already"));
  CHECK(batches_in(node.data()) == 301);
}

TEST_CASE("--url: a node that follows does not write, one that is not there is waited for",
          "[http]") {
  if (binary() == nullptr) return;
  CompanyNode node;
  const auto file = node.file("conditions.csv", prices(2));
  {
    const auto follower = node.serve(node.data(), {"--follow"});
    const auto url = "http://127.0.0.1:" + std::to_string(follower->port());
    Ran ran;
    for (int i = 0; i < 500; ++i) {
      ran = netto_run({"import", file, "--url", url, "--retry", "5"});
      if (ran.complains("follows its data folder")) break;
      std::this_thread::sleep_for(10ms);
    }
    INFO(ran.out << ran.err);
    CHECK(ran.exit == Exit::world_failed);
    CHECK(ran.says("not imported; nothing was changed"));
    CHECK(netto_run({"reject", "1", "--by", "bo", "--url", url}).exit == Exit::world_failed);
  }
  node.process().terminate();
  REQUIRE(node.process().exit_code(10s) == 0);
  const Ran gone = node.at({"import", file});
  CHECK(gone.exit == Exit::world_failed);
  CHECK(gone.complains("no node answers there"));
  CHECK(node.at({"feeds"}).exit == Exit::world_failed);
  CHECK(node.at({"held"}).exit == Exit::world_failed);
  CHECK(node.at({"release", "1", "--by", "anna"}).exit == Exit::world_failed);
  CHECK(node.at({"refused", "1"}).exit == Exit::world_failed);
  CHECK(netto_run({"import", file, "--url", "https://x"}).exit == Exit::bad_input);

  // It comes up while the sender is patient.
  const auto port = node.url().substr(node.url().rfind(':') + 1);
  auto importing = std::async(std::launch::async, [&] {
    return netto_run({"import", file, "--url", node.url(), "--retry", "20"});
  });
  std::this_thread::sleep_for(300ms);
  auto command = tests::serve_command(binary(), node.data());
  command.back() = port;
  const tests::ServeProcess late{command, node.data() + "/messages"};
  const Ran patient = importing.get();
  INFO(patient.out << patient.err);
  CHECK(patient.exit == Exit::ok);
  CHECK(patient.complains("trying again for 20 s"));
  CHECK(batches_in(node.data()) == 2);
}

TEST_CASE("feeds: one beyond its limit is told, and needs a look", "[http]") {
  const tests::TemporaryFolder folder;
  tests::write_small_company(folder.path() + "/files");
  write_file(folder.path() + "/files/limit.json",
             R"({"feed": "stock", "freshness": {"limit": "1s", "behaviour": "flag"}})");
  const std::string data = folder.path() + "/data";
  REQUIRE(netto_run({"--data", data, "import", folder.path() + "/files"}).exit == Exit::ok);
  std::this_thread::sleep_for(2'100ms);
  const Ran ran = netto_run({"--data", data, "feeds"});
  INFO(ran.out << ran.err);
  CHECK(ran.exit == Exit::findings);
  CHECK(ran.says("1 s  no: flag"));
  CHECK(netto_run({"--data", data, "feeds", "--format", "csv"}).says(",1,flag,no,1,1,1,0,0,"));
  CHECK(netto_run({"--data", folder.path() + "/none", "feeds"}).exit == Exit::world_failed);
}

TEST_CASE("feeds: of a folder, too, what guards found and what was turned away last", "[server]") {
  const tests::TemporaryFolder folder;
  tests::write_small_company(folder.path() + "/files");
  write_file(folder.path() + "/files/guards.json",
             R"({"feed": "conditions", "guards": {"zero_price": {"then": "flag"}}})");
  const std::string data = folder.path() + "/data";
  REQUIRE(netto_run({"--data", data, "import", folder.path() + "/files"}).exit == Exit::ok);
  const std::string file = folder.path() + "/conditions.csv";
  const auto import = [&](const std::string& row) {
    write_file(file, "type,article,value,currency,key\n" + row);
    return netto_run({"--data", data, "import", file}).exit;
  };
  CHECK(import("base_price,S-20,0,EUR,B-3\n") == Exit::findings);
  CHECK(import("base_price,S-20,1x,EUR,B-3\n") == Exit::bad_input);
  const Ran ran = netto_run({"--data", data, "feeds"});
  INFO(ran.out << ran.err);
  CHECK(ran.says("zero_price: 1 price is zero"));
  CHECK(ran.says("1 of 1 rows can't be used"));
}
