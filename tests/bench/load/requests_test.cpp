#include "bench/load/requests.hpp"

#include "tests/catch.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

using bench::load::InvoiceCounts;
using bench::load::stand_in;
namespace world = bench::world;

namespace {

// A file that goes with its owner.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_{std::filesystem::temp_directory_path() /
              ("netto_invoices_" + std::to_string(::getpid()) + ".csv")} {
    std::ofstream{path_} << text;
  }

  ~TemporaryFile() { std::filesystem::remove(path_); }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

const std::string head =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

}  // namespace

TEST_CASE("load requests: prices are asked in the address, quotes in the body", "[bench][load]") {
  const world::World small{world::size_s};
  const auto prices = bench::load::price_requests(small, 10);
  REQUIRE(prices.requests.size() == 10);
  const auto& asked = prices.questions.front();
  CHECK(prices.requests.front().text.starts_with(
      "GET /v1/customers/" + world::customer_code(asked.customer_id) + "/prices/" +
      world::sku_code(asked.sku_id) + "?quantity=" + std::to_string(asked.qty) +
      "&date=" + world::iso_date(asked.at) + " HTTP/1.1\r\n"));
  const auto by_id = bench::load::price_requests(small, 1, bench::load::Codes::ids);
  CHECK(by_id.requests.front().text.starts_with("GET /v1/customers/" +
                                                std::to_string(asked.customer_id) + "/prices/" +
                                                std::to_string(asked.sku_id) + "?"));
  const auto quotes = bench::load::quote_requests(small, 3);
  REQUIRE(quotes.requests.size() == 3);
  const auto& text = quotes.requests[1].text;
  const auto body = text.substr(text.find("\r\n\r\n") + 4);
  CHECK(text.find("Content-Length: " + std::to_string(body.size()) + "\r\n") != std::string::npos);
  CHECK(quotes.requests[1].first == world::lines_per_quote);
  CHECK(quotes.questions_of(quotes.requests[1]).size() == world::lines_per_quote);
}

TEST_CASE("load requests: a code always stands for the same id, whatever its case",
          "[bench][load]") {
  CHECK(stand_in("85123A", 1'000) == stand_in("85123a", 1'000));
  CHECK(stand_in("85123A", 1'000) != stand_in("85123B", 1'000));
  CHECK(stand_in("", 1) == 1);
  for (int i = 0; i < 1'000; ++i) {
    const auto id = stand_in(std::to_string(i), 7);
    REQUIRE(id >= 1);
    REQUIRE(id <= 7);
  }
}

TEST_CASE("load requests: invoices become baskets; what is no sale is left out and counted",
          "[bench][load]") {
  const world::World small{world::size_s};
  const TemporaryFile file{head +
                           "536365,85123A,\"HEART, WHITE\",6,2010-12-01 08:26:00,2.55,17850,UK\n"
                           "536365,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850,UK\n"
                           "C536366,71053,LANTERN,-6,2010-12-01 08:27:00,3.39,17850,UK\n"
                           "536367,71053,LANTERN,0,2010-12-01 08:28:00,3.39,17850,UK\n"
                           "536367,84406B,HANGER,8,2010-12-01 08:28:00,0.00,17850,UK\n"
                           "536368,85123a,HEART,2,2010-12-01 08:29:00,2.55,,UK\n"
                           "A536369,B,Adjust,1,2010-12-01 08:30:00,11.0,,UK\n"};
  InvoiceCounts counts;
  std::string why;
  const auto set = bench::load::invoice_requests(small, file.path(), counts, why);
  REQUIRE(set);
  CHECK(counts.invoices == 2);
  CHECK(counts.lines == 3);
  CHECK(counts.reversed == 2);
  CHECK(counts.without_sale == 2);
  REQUIRE(set->requests.size() == 2);
  CHECK(set->requests[0].lines == 2);
  const auto& first = set->questions[0];
  CHECK(first.customer_id == stand_in("17850", small.size().customers));
  CHECK(first.sku_id == set->questions[2].sku_id);
  CHECK(first.qty == 6);
  CHECK(first.at == world::fixed_day);
}

TEST_CASE("load requests: a file that is not there is told, one of another form is refused",
          "[bench][load]") {
  const world::World small{world::size_s};
  InvoiceCounts counts;
  std::string why;
  CHECK_FALSE(bench::load::invoice_requests(small, "/nowhere/invoices.csv", counts, why));
  CHECK(why.find("/nowhere/invoices.csv") != std::string::npos);
  const TemporaryFile file{"a,b\n1,2\n"};
  CHECK_THROWS_AS(bench::load::invoice_requests(small, file.path(), counts, why),
                  std::runtime_error);
}
