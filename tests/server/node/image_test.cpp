// A data folder with an image answers as one without, and an image that does not fit is passed
// over.
#include "server/store/image.hpp"

#include "engine/price/scratch.hpp"
#include "engine/quote/answer.hpp"
#include "server/node/node.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

namespace fs = std::filesystem;
using server::node::Access;
using server::node::ImageOptions;
using server::node::Keep;
using server::node::Node;

constexpr ImageOptions always{1, 0};
constexpr ImageOptions never{UINT64_MAX, UINT64_MAX};

std::string content_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::unique_ptr<Node> opened_with(const std::string& folder, Access access,
                                  const ImageOptions& image = never) {
  auto node = Node::open(folder, {access, Keep::snapshot_only, image});
  if (!node) FAIL(node.error().where << ": " << node.error().detail);
  return *std::move(node);
}

struct ImagedCompany {
  tests::TemporaryFolder folder;
  std::string files = folder.path() + "/files";
  std::string data = folder.path() + "/data";
  std::string image = data + "/netto.image";

  // Imported, with an image of the first batch and a second batch after it.
  ImagedCompany() {
    tests::write_small_company(files);
    take(files, always);
    REQUIRE(fs::exists(image));
    tests::write_file(files + "/conditions.csv",
                      "type,customer,article,value,currency,key\r\n"
                      "base_price,K1,S-10,3.90,EUR,K-1\r\n"
                      "base_price,,S-20,9.70,EUR,B-3\r\n");
    take(files + "/conditions.csv", never);
  }

  server::node::ImportOutcome take(const std::string& path, const ImageOptions& options) const {
    server::node::ImportRequest request;
    request.paths = {path};
    auto outcome = opened_with(data, Access::create, options)->import(request);
    for (const auto& fault : outcome.faults) FAIL(fault.where << ": " << fault.detail);
    return outcome;
  }

  // What the opened folder says; and why the image was passed over.
  std::string answers() const { return answers_of(*opened_with(data, Access::read)); }

  static std::string answers_of(const Node& node) {
    engine::quote::QuoteRequest request;
    request.customer = "K1";
    for (const auto& [article, quantity] : {std::pair{"S-10", "1"}, {"S-10", "100"}, {"S-20", "3"}})
      request.lines.push_back({article, quantity, {}, {}, {}});
    const auto snapshot = node.snapshot();
    const auto question =
        engine::quote::resolve(*snapshot, request, *engine::base::parse_civil("2026-03-01"));
    REQUIRE(question);
    engine::price::Scratch scratch;
    engine::quote::Answer answer;
    engine::quote::quote(*snapshot, *question, engine::quote::Detail::plain, scratch, answer);
    std::string text = std::to_string(answer.generation);
    for (const auto& line : answer.priced.lines) {
      text += " ";
      engine::base::append_decimal(text, line.line_amount.mantissa, line.line_amount.decimals);
      text += snapshot->record_label(snapshot->conditions().record(line.record));
    }
    return text;
  }

  std::string passed_over() const {
    const auto fault = opened_with(data, Access::read)->image_fault();
    return fault ? engine::base::fault_name(fault->code) : std::string{};
  }
};

}  // namespace

TEST_CASE("image: with the batches after it, it comes to what the journal comes to",
          "[server][node][image]") {
  const ImagedCompany company;
  const std::string imaged = company.answers();
  CHECK(company.passed_over().empty());
  fs::remove(company.image);
  CHECK(company.answers() == imaged);
  CHECK(imaged == "2 3.90K-1 390.00K-1 29.10B-3");
}

TEST_CASE("image: one that is damaged anywhere is passed over", "[server][node][image]") {
  const ImagedCompany company;
  const std::string whole = content_of(company.image);
  const std::string answers = company.answers();
  for (std::size_t at = 0; at < whole.size(); at += 1 + at / 4) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    tests::write_file(company.image, damaged);
    INFO("byte " << at << " of " << whole.size());
    CHECK_FALSE(company.passed_over().empty());
    CHECK(company.answers() == answers);
    tests::write_file(company.image, std::string_view{whole}.substr(0, at));
    CHECK_FALSE(company.passed_over().empty());
    CHECK(company.answers() == answers);
  }
}

TEST_CASE("image: the next import puts a good one in the place of one of no use",
          "[server][node][image]") {
  const ImagedCompany company;
  tests::write_file(company.image, "no image");
  const std::string answers = company.answers();
  CHECK(company.passed_over() == "store_corrupt");
  tests::write_file(company.files + "/conditions.csv",
                    "type,article,value,currency\r\nbase_price,S-20,1,EUR\r\n");
  CHECK_FALSE(company.take(company.files + "/conditions.csv", never).image_fault);
  CHECK(company.passed_over().empty());
  CHECK((*server::store::Image::open(company.data))->head().sequence == 3);
}

TEST_CASE("image: one of another journal is passed over", "[server][node][image]") {
  const ImagedCompany company;
  const std::string answers = company.answers();
  const ImagedCompany other;
  tests::write_file(other.files + "/conditions.csv",
                    "type,article,value,currency\r\nbase_price,S-20,1,EUR\r\n");
  other.take(other.files + "/conditions.csv", always);
  fs::copy_file(other.image, company.image, fs::copy_options::overwrite_existing);
  CHECK(company.passed_over() == "store_format");
  CHECK(company.answers() == answers);
}

TEST_CASE("image: written when enough came in, in the place of the old one, or told why not",
          "[server][node][image]") {
  const ImagedCompany company;
  const auto sequence = [&] {
    return (*server::store::Image::open(company.data))->head().sequence;
  };
  CHECK(sequence() == 1);
  const auto touch = [&](const char* price, const ImageOptions& options) {
    tests::write_file(
        company.files + "/conditions.csv",
        std::string{"type,article,value,currency\r\nbase_price,S-20,"} + price + ",EUR\r\n");
    return company.take(company.files + "/conditions.csv", options);
  };
  touch("8.10", {3, UINT64_MAX});
  CHECK(sequence() == 1);
  touch("8.20", {3, UINT64_MAX});
  CHECK(sequence() == 4);
  fs::create_directory(company.image + ".partial");
  const auto outcome = touch("8.30", always);
  REQUIRE(outcome.image_fault);
  CHECK(outcome.image_fault->detail.find("can't be written") != std::string::npos);
  CHECK(outcome.sequence == 5);
  CHECK(sequence() == 4);
  CHECK(company.answers().find("5 ") == 0);
}
