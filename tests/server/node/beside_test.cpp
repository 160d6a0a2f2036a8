// What a node that is sent many batches does on threads of its own: the store of conditions is made
// anew, and images are written, while batches come in. Each batch gives every article the same new
// price, so that an answer that mixes two states of the facts shows.
#include "engine/price/scratch.hpp"
#include "engine/quote/answer.hpp"
#include "server/node/node.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/data_folder.hpp"

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <thread>

namespace {

namespace fs = std::filesystem;
using server::node::Access;
using server::node::ImageOptions;
using server::node::Keep;
using server::node::Node;

constexpr int articles = 400;
constexpr ImageOptions never{UINT64_MAX, UINT64_MAX};

// A company whose articles all cost the same.
struct Company : tests::DataFolder {
  Company() : DataFolder{write_articles, never} { node.reset(); }

  static void write_articles(const std::string& at) {
    std::string rows = "code,name,base_unit\r\n";
    for (int i = 0; i < articles; ++i) rows += "A" + std::to_string(i) + ",,PCE\r\n";
    tests::write_file(at + "/articles.csv", rows);
    fs::remove(at + "/stock.csv");
    fs::remove(at + "/receipts.csv");
    tests::write_file(at + "/conditions.csv", prices(1));
  }

  static std::string prices(int price, const std::string& keys = "B-") {
    std::string rows = "type,article,value,currency,key\r\n";
    for (int i = 0; i < articles; ++i) {
      const std::string number = std::to_string(i);
      rows +=
          "base_price,A" + number + "," + std::to_string(price) + ",EUR," + keys + number + "\r\n";
    }
    return rows;
  }

  void open(const ImageOptions& image) {
    options = {Access::write, Keep::facts, image};
    options.many_batches = true;
    DataFolder::open();
  }

  void send(int price, const std::string& keys = "B-") const {
    server::node::ImportRequest request;
    request.files = {{"conditions.csv", "", prices(price, keys), ""}};
    request.image_at_once = false;
    take(request);
  }
};

// What all articles cost; -1 where they differ.
int price_of_all(const Node& node) {
  const auto snapshot = node.snapshot();
  engine::quote::QuoteRequest request;
  request.customer = "K1";
  std::vector<std::string> codes;
  for (int i = 0; i < articles; ++i) codes.push_back("A" + std::to_string(i));
  for (const std::string& code : codes) request.lines.push_back({code, "1", {}, {}, {}});
  const auto question =
      engine::quote::resolve(*snapshot, request, *engine::base::parse_civil("2026-03-01"));
  REQUIRE(question);
  engine::price::Scratch scratch;
  engine::quote::Answer answer;
  engine::quote::quote(*snapshot, *question, engine::quote::Detail::plain, scratch, answer);
  std::set<std::string> prices;
  for (const auto& line : answer.priced.lines) {
    std::string text;
    engine::base::append_decimal(text, line.line_amount.mantissa, line.line_amount.decimals);
    prices.insert(text);
  }
  return prices.size() == 1 ? std::stoi(*prices.begin()) : -1;
}

}  // namespace

TEST_CASE("beside: the store is made anew while prices change, again and again",
          "[server][node][beside]") {
  Company company;
  company.open(never);
  std::set<const void*> stores;
  for (int price = 2; price < 120; ++price) {
    company.send(price);
    REQUIRE(price_of_all(*company.node) == price);
    stores.insert(&company.node->snapshot()->conditions().store());
  }
  CHECK(stores.size() > 2);  // 47,200 changes, where there is room for some thousands
  company.node->come_to_rest();
  CHECK(price_of_all(*company.node) == 119);
  company.node.reset();
  const auto again = Node::open(company.data);
  REQUIRE(again);
  CHECK(price_of_all(**again) == 119);
}

TEST_CASE("beside: records that are new leave the keys of the others where they are, read or not",
          "[server][node][beside]") {
  Company company;
  company.open(never);
  company.send(2, "C-");  // a node that was just opened may take a copy
  const char* const first = company.node->facts()->record_keys().text(0).data();
  const auto before = company.node->snapshot();
  for (int batch = 0; batch < 20; ++batch)
    company.send(3 + batch, "C" + std::to_string(batch) + "-");
  CHECK(company.node->facts()->record_keys().size() == 22U * articles);
  CHECK(company.node->facts()->record_keys().text(0).data() == first);
  CHECK(before->record_label(before->conditions().store().records().front()) != "");
}

TEST_CASE("beside: an image is that of one batch, whatever came in while it was written",
          "[server][node][beside]") {
  Company company;
  company.open({3, UINT64_MAX});
  int images = 0;
  int price = 2;
  for (; price < 60; ++price) {
    company.send(price);
    company.node->write_due_image_beside();
    if (const auto done = company.node->take_image_done()) {
      REQUIRE(*done);
      ++images;
    }
  }
  CHECK(images > 2);
  company.node.reset();  // waits for the one that is being written
  REQUIRE(fs::exists(company.data + "/netto.image"));
  const auto imaged = Node::open(company.data);
  REQUIRE(imaged);
  CHECK_FALSE((*imaged)->image_fault());
  CHECK(price_of_all(**imaged) == price - 1);
  const auto sum_of = [&] {
    const auto node = Node::open(company.data, {Access::read, Keep::facts_alone});
    REQUIRE(node);
    const auto sum = (*node)->write_checkpoint([](std::string&&) { return Node::Change{}; });
    REQUIRE(sum);
    return *sum;
  };
  const auto with_image = sum_of();
  fs::remove(company.data + "/netto.image");
  CHECK(sum_of() == with_image);
}

TEST_CASE("beside: an image that can't be written is told, and the next one is",
          "[server][node][beside]") {
  Company company;
  company.open({1, UINT64_MAX});
  fs::create_directory(company.data + "/netto.image.partial");
  const auto written = [&] {
    for (int i = 0; i < 2'000; ++i) {
      if (auto done = company.node->take_image_done()) return *done;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    FAIL("no image came to its end");
    return Node::Change{};
  };
  company.send(2);
  company.node->write_due_image_beside();
  const auto failed = written();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().detail.find("can't be written") != std::string::npos);
  fs::remove(company.data + "/netto.image.partial");
  company.node->come_to_rest();
  company.node->write_due_image_beside();
  CHECK(written());
  CHECK(price_of_all(*company.node) == 2);
}
