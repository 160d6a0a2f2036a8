#include "server/feed/batch.hpp"

#include "tests/server/feed/feed_fixture.hpp"

#include <random>

using namespace tests::feed;
using server::feed::replay_batch;

namespace {

Import sample(Facts& facts) {
  return import(facts,
                {file("currencies.csv", "code,decimals,name\nEUR,2,\"Euro, \"\"the\"\"\"\n"),
                 file("articles.csv", "code,name\nA,\"Two\nlines\"\nB,\n"),
                 file("conditions.csv",
                      "type,article,value,currency,key\nprice,A,1.50,EUR,\n\nprice,B,2,EUR,K1\n")});
}

engine::base::Fault corrupt(const std::string& batch) {
  Facts facts = example_facts();
  const auto replayed = replay_batch(facts, batch);
  INFO(batch);
  REQUIRE_FALSE(replayed);
  return replayed.error();
}

}  // namespace

TEST_CASE("batch: accepted rows stand in sections, conditions with their line",
          "[server][feed][batch]") {
  Facts facts = example_facts();
  const Import read = sample(facts);
  CHECK(read.batch ==
        "kind currencies rows 000000000001 feed canonical\n"
        "code,decimals,name\n"
        "EUR,2,\"Euro, \"\"the\"\"\"\n"
        "kind articles rows 000000000002 feed canonical\n"
        "code,name\n"
        "A,\"Two\nlines\"\n"
        "B,\n"
        "kind conditions rows 000000000002 feed canonical\n"
        "line,type,article,value,currency,key\n"
        "2,price,A,1.50,EUR,\n"
        "4,price,B,2,EUR,K1\n");
}

TEST_CASE("batch: replaying gives the same facts", "[server][feed][batch]") {
  Facts facts = example_facts();
  const Import read = sample(facts);
  Facts again = example_facts();
  const auto rows = replay_batch(again, read.batch);
  REQUIRE(rows);
  CHECK(*rows == 5);
  CHECK(dump(again) == dump(facts));
  CHECK(*replay_batch(again, read.batch) == 5);  // a second time replaces every row by itself
  CHECK(dump(again) == dump(facts));
  CHECK(*replay_batch(again, "") == 0);
}

TEST_CASE("batch: external keys keep the scope of their feed", "[server][feed][batch]") {
  const auto prices = [](const std::string& name) {
    return description(R"({"feed": ")" + name + R"(", "files": ")" + name +
                       R"(.csv", "records": [{"kind": "conditions", "fields":
        {"type": {"constant": "price"}, "article": "a", "value": "v", "currency": {"constant": "EUR"}, "key": "k", "from_quantity": "v"}}]})");
  };
  Facts facts = example_facts();
  const Import read =
      import(facts,
             {file("one.csv", "a,v,k\nA,1,K\n"), file("two.csv", "a,v,k\nA,2,K\n"),
              file("articles.csv", "code\nA\n"), file("currencies.csv", "code,decimals\nEUR,2\n")},
             {prices("one"), prices("two")});
  INFO(troubles(read));
  CHECK(facts.record_count() == 2);
  Facts again = example_facts();
  REQUIRE(replay_batch(again, read.batch));
  CHECK(dump(again) == dump(facts));
}

TEST_CASE("batch: what is corrupt is told with its place", "[server][feed][batch]") {
  CHECK(corrupt("x").code == FaultCode::store_corrupt);
  CHECK(corrupt("kind articles rows 1 feed x").code == FaultCode::store_corrupt);
  CHECK(corrupt("kind articles rows 1 feed x\n").code == FaultCode::store_corrupt);
  CHECK(corrupt("kind article rows 1 feed x\ncode\nA\n").code == FaultCode::store_corrupt);
  CHECK(corrupt("kind articles rows x feed x\ncode\nA\n").code == FaultCode::store_corrupt);
  CHECK(corrupt("kind articles rows 2 feed x\ncode\nA\n").code == FaultCode::store_corrupt);
  CHECK(corrupt("kind articles rows 1 feed x\ncode,name\nA\n").code == FaultCode::store_corrupt);
  CHECK(corrupt("kind articles rows 1 feed x\ncode,name\n\"A,b\n").code ==
        FaultCode::store_corrupt);
  CHECK(corrupt("kind conditions rows 1 feed x\ntype,value\np,1\n").code ==
        FaultCode::store_corrupt);
  CHECK(corrupt("kind conditions rows 1 feed x\nline,type,value\nx,p,1\n").code ==
        FaultCode::store_corrupt);
  CHECK(corrupt("kind articles rows 1 feed x\nkode\nA\n").code == FaultCode::wrong_header);
  const auto unknown = corrupt(
      "kind currencies rows 1 feed x\ncode,decimals\nEUR,2\nkind conditions rows 1 feed "
      "x\nline,type,value\n3,prize,1\n");
  CHECK(unknown.code == FaultCode::unknown_condition_type);
  CHECK(unknown.where == "byte 96 of the batch, conditions type");
}

TEST_CASE("batch: random damage never breaks the replay", "[server][feed][batch][property]") {
  Facts facts = example_facts();
  const std::string whole = sample(facts).batch;
  std::mt19937 random{3};
  for (int round = 0; round < 5'000; ++round) {
    std::string batch = whole;
    for (auto change = 1 + random() % 4; change > 0; --change)
      batch[random() % batch.size()] = static_cast<char>(random() % 256);
    Facts again = example_facts();
    const auto replayed = replay_batch(again, batch);
    if (replayed) CHECK(*replayed <= 5);
  }
}
