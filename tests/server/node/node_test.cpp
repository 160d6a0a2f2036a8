#include "server/node/node.hpp"

#include "engine/price/scratch.hpp"
#include "engine/quote/answer.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using engine::base::FaultCode;
using engine::snapshot::Snapshot;
using server::node::Access;
using server::node::ImportOutcome;
using server::node::ImportRequest;
using server::node::Keep;
using server::node::Node;
using tests::TemporaryFolder;
using tests::write_file;

std::unique_ptr<Node> opened(const std::string& folder, Access access = Access::read,
                             Keep keep = Keep::snapshot_only) {
  auto node = Node::open(folder, {access, keep});
  if (!node) FAIL(node.error().where << ": " << node.error().detail);
  return *std::move(node);
}

ImportRequest request_of(std::vector<std::string> paths) {
  ImportRequest request;
  request.paths = std::move(paths);
  return request;
}

ImportOutcome import(Node& node, std::vector<std::string> paths) {
  return node.import(request_of(std::move(paths)));
}

void must(const ImportOutcome& outcome) {
  for (const auto& fault : outcome.faults) UNSCOPED_INFO(fault.where << ": " << fault.detail);
  REQUIRE(outcome.accepted());
}

// All that the journal replays, holds and prepares.
std::string batches_of(const std::string& folder) {
  const auto journal = server::store::open_journal(folder, Access::read);
  REQUIRE(journal);
  std::string text;
  const auto read = (*journal)->replay(1, [&text](server::store::Batch&& batch) {
    text += std::to_string(batch.sequence) + batch.received_at + batch.source + batch.content;
    return engine::base::Result<void>{};
  });
  REQUIRE(read);
  return text + " " + std::to_string((*journal)->held(std::nullopt)->size()) + " held, " +
         std::to_string((*journal)->drafts()->size()) + " drafts";
}

// The whole answer for some lines, as text: prices, amounts, outcomes, validity.
std::string answers(const Snapshot& snapshot) {
  engine::quote::QuoteRequest request;
  request.customer = "K1";
  for (const auto& [article, quantity] :
       {std::pair{"S-10", "1"}, {"S-10", "100"}, {"S-20", "3"}, {"S-99", "1"}}) {
    request.lines.push_back({article, quantity, {}, {}, {}});
  }
  const auto question =
      engine::quote::resolve(snapshot, request, *engine::base::parse_civil("2026-03-01"));
  if (!question) return question.error().detail;
  engine::price::Scratch scratch;
  engine::quote::Answer answer;
  engine::quote::quote(snapshot, *question, engine::quote::Detail::plain, scratch, answer);
  std::string text = "generation " + std::to_string(answer.generation) + "\n";
  for (const auto& line : answer.priced.lines) {
    text += engine::model::outcome_name(line.outcome);
    text += " ";
    engine::base::append_decimal(text, line.unit_price.mantissa, line.unit_price.decimals);
    text += " ";
    engine::base::append_decimal(text, line.line_amount.mantissa, line.line_amount.decimals);
    text += " until " + engine::base::to_string(line.valid_until) + "\n";
  }
  return text;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct Company {
  TemporaryFolder folder;
  std::string files = folder.path() + "/files";
  std::string data = folder.path() + "/data";

  Company() { tests::write_small_company(files); }

  void import_all() const { must(import(*opened(data, Access::create), {files})); }
};

}  // namespace

TEST_CASE("node: an import is there at once, and after the folder is opened again",
          "[server][node]") {
  const Company company;
  std::string before;
  {
    const auto node = opened(company.data, Access::create);
    CHECK(node->snapshot() == nullptr);
    const ImportOutcome outcome = import(*node, {company.files});
    must(outcome);
    CHECK(outcome.sequence == 1);
    CHECK(outcome.report.rows_accepted() == 13);
    CHECK(outcome.rules == std::vector<std::string>{company.files + "/base.json"});
    CHECK(node->sequence() == 1);
    before = answers(*node->snapshot());
  }
  CHECK(before.find("generation 1\npriced 4.00 4.00 until \n") == 0);
  CHECK(before.find("priced 9.80 29.40") != std::string::npos);
  CHECK(before.find("unknown_article") != std::string::npos);
  CHECK(answers(*opened(company.data)->snapshot()) == before);
  CHECK(answers(*opened(company.data, Access::write, Keep::facts)->snapshot()) == before);
}

TEST_CASE("node: a second import changes what it names and leaves the rest", "[server][node]") {
  const Company company;
  company.import_all();
  const std::string prices = company.folder.path() + "/prices.csv";
  write_file(prices, "type,article,value,currency,key\nbase_price,S-20,10.10,EUR,B-3\n");
  const Keep keep = GENERATE(Keep::facts, Keep::snapshot_only);
  const auto node = opened(company.data, Access::write, keep);
  must(import(*node, {prices}));
  CHECK(node->sequence() == 2);
  const std::string now = answers(*node->snapshot());
  CHECK(now.find("generation 2") == 0);
  CHECK(now.find("priced 10.10 30.30") != std::string::npos);
  CHECK(now.find("priced 4.00 4.00") != std::string::npos);
  CHECK(answers(*opened(company.data)->snapshot()) == now);
}

TEST_CASE("node: a file whose rows come in one by one answers as the whole file",
          "[server][node]") {
  const Company company;
  company.import_all();
  const Company split;
  fs::remove(split.files + "/conditions.csv");
  split.import_all();
  const auto node = opened(split.data, Access::write, Keep::facts);
  std::istringstream rows{std::string{tests::base_prices}};
  std::string header;
  std::getline(rows, header);
  int imports = 0;
  for (std::string row; std::getline(rows, row); ++imports) {
    const std::string file = split.folder.path() + "/conditions.csv";
    write_file(file, header + "\n" + row + "\n");
    must(import(*node, {file}));
  }
  REQUIRE(imports == 4);
  const auto without_generation = [](const std::string& text) {
    return text.substr(text.find('\n'));
  };
  const std::string whole = without_generation(answers(*opened(company.data)->snapshot()));
  CHECK(without_generation(answers(*node->snapshot())) == whole);
  CHECK(without_generation(answers(*opened(split.data)->snapshot())) == whole);
}

TEST_CASE("node: rules replace the document of their name, also for records that are there already",
          "[server][node]") {
  const Company company;
  company.import_all();
  std::string rules{tests::base_price_rules};
  const std::string access = "{\"keys\": [\"customer\", \"article\"]}, ";
  rules.erase(rules.find(access), access.size());
  const std::string file = company.folder.path() + "/another-name.json";
  write_file(file, rules);
  must(import(*opened(company.data, Access::write), {file}));
  const auto node = opened(company.data);
  CHECK(node->sequence() == 2);
  CHECK(node->snapshot()->rules().procedures.size() == 1);
  CHECK(answers(*node->snapshot()).find("priced 4.95 4.95") != std::string::npos);
}

TEST_CASE("node: an import that fails leaves the folder as it was, but for why it failed",
          "[server][node]") {
  const Keep keep = GENERATE(Keep::facts, Keep::snapshot_only);
  const Company company;
  company.import_all();
  const std::string bytes = bytes_of(company.data + "/netto.db");
  const std::string before = batches_of(company.data);
  const std::string answered = answers(*opened(company.data)->snapshot());
  const std::string bad = company.folder.path() + "/bad";
  fs::create_directories(bad);
  write_file(bad + "/warehouses.csv", "code,name\nW2,Second\n");
  FaultCode expected{};
  SECTION("a file that is missing") {
    expected = FaultCode::file_missing;
    fs::remove(bad + "/warehouses.csv");
    fs::remove(bad);
  }
  SECTION("a file with another separator") {
    expected = FaultCode::wrong_delimiter;
    write_file(bad + "/conditions.csv", "type;article;value;currency\nbase_price;S-10;1;EUR\n");
  }
  SECTION("a file with an unknown column") {
    expected = FaultCode::wrong_header;
    write_file(bad + "/stock.csv", "article,warehouse,on_hand,colour\nS-10,HQ,1,red\n");
  }
  SECTION("too many rows refused") {
    expected = FaultCode::refused_share;
    write_file(bad + "/stock.csv", "article,warehouse,on_hand\nS-10,HQ,1\nS-20,HQ,x\n");
  }
  SECTION("rules that contradict themselves") {
    expected = FaultCode::bad_document;
    write_file(bad + "/rules.json",
               R"({"procedure": "broken", "steps": [{"step": "a", "amount": "b"}], "answer": {}})");
  }
  SECTION("JSON that is none") {
    expected = FaultCode::bad_json;
    write_file(bad + "/rules.json", "{\"procedure\": ");
  }
  SECTION("groups in a circle, which only shows when everything is there") {
    expected = FaultCode::circular_reference;
    write_file(bad + "/article_groups.csv", "code,name,parent\nF,Fasteners,S\n");
  }
  const auto node = opened(company.data, Access::write, keep);
  const ImportOutcome outcome = import(*node, {bad});
  REQUIRE_FALSE(outcome.accepted());
  INFO(outcome.faults.front().where << ": " << outcome.faults.front().detail);
  if (expected == FaultCode::bad_document) {
    CHECK(outcome.faults.front().where.find("rules.json") != std::string::npos);
  } else {
    CHECK(outcome.faults.front().code == expected);
  }
  CHECK(outcome.sequence == 0);
  CHECK(answers(*node->snapshot()) == answered);
  CHECK(batches_of(company.data) == before);
  CHECK((bytes_of(company.data + "/netto.db") == bytes) == outcome.noted.errors.empty());
  // The same node goes on from the journal, without what was put before the fault.
  write_file(company.folder.path() + "/stock.csv", "article,warehouse,on_hand\nS-10,W2,1\n");
  const ImportOutcome after = import(*node, {company.folder.path() + "/stock.csv"});
  REQUIRE_FALSE(after.accepted());
  CHECK(after.report.files.at(0).refused_rows.at(0).code == FaultCode::unknown_warehouse);
  must(import(*node, {company.files + "/stock.csv"}));
  CHECK(node->sequence() == 2);
}

TEST_CASE("node: a failing first import makes no folder", "[server][node]") {
  const Company company;
  const auto node = opened(company.data, Access::create);
  CHECK_FALSE(import(*node, {company.files + "/conditions.csv"}).accepted());
  CHECK_FALSE(fs::exists(company.data));
}

TEST_CASE("node: up to the limit refused rows don't stop the good ones, and are kept",
          "[server][node]") {
  const Company company;
  company.import_all();
  std::string rows = "article,warehouse,on_hand,reserved\nS-20,HQ,many,0\n";
  std::string warehouses = "code,name\n";
  for (int i = 1; i <= 9; ++i) {
    warehouses += "W" + std::to_string(i) + ",\n";
    rows += "S-10,W" + std::to_string(i) + ",1,0\n";
  }
  write_file(company.folder.path() + "/warehouses.csv", warehouses);
  write_file(company.folder.path() + "/stock.csv", rows);
  ImportRequest request =
      request_of({company.folder.path() + "/stock.csv", company.folder.path() + "/warehouses.csv"});
  const auto node = opened(company.data, Access::write);
  request.refused_percent_max = 9;
  CHECK(node->import(request).faults.at(0).code == FaultCode::refused_share);
  request.refused_percent_max = 10;  // exactly one of ten
  must(node->import(request));
  const auto kept = opened(company.data)->refused_rows(2);
  REQUIRE(kept);
  REQUIRE(kept->rows.size() == 1);
  CHECK(kept->rows.front().file == company.folder.path() + "/stock.csv");
  CHECK(kept->rows.front().line == 2);
  CHECK(kept->rows.front().column == "on_hand");
  CHECK(kept->rows.front().value == "many");
  CHECK(kept->rows.front().code == "bad_number");
}

TEST_CASE("node: a file of which no row can be used is refused whatever the limit",
          "[server][node]") {
  const Company company;
  company.import_all();
  write_file(company.folder.path() + "/stock.csv", "article,warehouse,on_hand\nS-77,HQ,1\n");
  ImportRequest request = request_of({company.folder.path() + "/stock.csv"});
  request.refused_percent_max = 100;
  CHECK(opened(company.data, Access::write)->import(request).faults.at(0).code ==
        FaultCode::refused_share);
}

TEST_CASE("node: files that nothing reads are told; asked for by name they are a fault",
          "[server][node]") {
  const Company company;
  company.import_all();
  const std::string folder = company.folder.path() + "/more";
  fs::create_directories(folder);
  write_file(folder + "/readme.txt", "nothing to see\n");
  write_file(folder + "/schema.json", "{\"title\": \"a schema\"}");
  write_file(folder + "/depots.json", R"json({"feed": "depots", "files": ["depots.txt"],
    "records": [{"kind": "warehouses", "fields": {"code": {"column": "depot"}}}]})json");
  write_file(folder + "/warehouses.csv", "code,name\nW2,Second\n");
  const auto node = opened(company.data, Access::write);
  const ImportOutcome outcome = import(*node, {folder});
  must(outcome);
  CHECK(outcome.feed_descriptions == std::vector<std::string>{folder + "/depots.json"});
  CHECK(outcome.passed_over == std::vector<std::string>{folder + "/schema.json"});
  CHECK(import(*node, {folder + "/readme.txt"}).faults.at(0).code == FaultCode::wrong_header);
  CHECK(import(*node, {folder + "/schema.json"}).faults.at(0).code == FaultCode::bad_request);
  fs::remove(folder + "/warehouses.csv");
  fs::remove(folder + "/depots.json");
  const ImportOutcome nothing = import(*node, {folder});
  REQUIRE_FALSE(nothing.accepted());
  CHECK(nothing.faults.at(0).code == FaultCode::file_missing);
}

TEST_CASE("node: a feed description is remembered, and a later one of its name takes its place",
          "[server][node]") {
  const Company company;
  company.import_all();
  const auto description = [&](const char* column) {
    const std::string file = company.folder.path() + "/depots.json";
    write_file(file, std::string{R"json({"feed": "depots", "files": ["depots.txt"], "records":
      [{"kind": "warehouses", "fields": {"code": {"column": ")json"} +
                         column + R"json("}}}]})json");
    return file;
  };
  must(import(*opened(company.data, Access::write), {description("depot")}));
  const std::string depots = company.folder.path() + "/depots.txt";
  write_file(depots, "depot\nD1\n");
  const ImportOutcome outcome = import(*opened(company.data, Access::write), {depots});
  must(outcome);
  CHECK(outcome.report.files.at(0).feed == "depots");
  write_file(depots, "place\nD2\n");
  CHECK_FALSE(import(*opened(company.data, Access::write), {depots}).accepted());
  must(import(*opened(company.data, Access::write), {depots, description("place")}));
}

TEST_CASE("node: two rules documents of one name in an import are a fault that names both files",
          "[server][node]") {
  const Company company;
  write_file(company.files + "/copy.json", tests::base_price_rules);
  const ImportOutcome outcome = import(*opened(company.data, Access::create), {company.files});
  REQUIRE_FALSE(outcome.accepted());
  CHECK(outcome.faults.front().code == FaultCode::duplicate_key);
  CHECK(outcome.faults.front().where == "copy.json");
  CHECK(outcome.faults.front().detail.find("base.json") != std::string::npos);
}

TEST_CASE("node: a reader sees what another process has written after it refreshes",
          "[server][node]") {
  const Company company;
  company.import_all();
  const Keep keep = GENERATE(Keep::facts, Keep::snapshot_only);
  const auto reader = opened(company.data, Access::read, keep);
  engine::snapshot::SnapshotReader worker{reader->cell()};
  CHECK(worker.current().generation() == 1);
  CHECK_FALSE(*reader->refresh());
  write_file(company.folder.path() + "/warehouses.csv", "code,name\nW2,Second\n");
  must(import(*opened(company.data, Access::write), {company.folder.path() + "/warehouses.csv"}));
  CHECK(worker.current().generation() == 1);
  CHECK(*reader->refresh());
  CHECK(worker.current().generation() == 2);
  CHECK(reader->sequence() == 2);
  CHECK_FALSE(*reader->refresh());
}

TEST_CASE("node: one writer at a time", "[server][node]") {
  const Company company;
  company.import_all();
  const auto first = opened(company.data, Access::write);
  const auto second = Node::open(company.data, {Access::create, Keep::facts});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == FaultCode::store_unavailable);
}

TEST_CASE("node: a reader can't import", "[server][node]") {
  const Company company;
  company.import_all();
  const auto node = opened(company.data);
  CHECK(import(*node, {company.files}).faults.at(0).code == FaultCode::store_unavailable);
  CHECK(node->snapshot()->generation() == 1);
}

TEST_CASE("node: a batch that a newer version wrote is told and not guessed at", "[server][node]") {
  const Company company;
  company.import_all();
  {
    auto journal = server::store::open_journal(company.data, Access::write);
    REQUIRE(journal);
    REQUIRE((*journal)->append({"2026-01-01T00:00:00Z", "ledger", "", "x", {}}));
  }
  const auto node = Node::open(company.data);
  REQUIRE_FALSE(node);
  CHECK(node.error().code == FaultCode::store_corrupt);
  CHECK(node.error().where == "batch 2");
}
