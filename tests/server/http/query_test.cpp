#include "server/http/query.hpp"

#include "server/http/limits.hpp"

#include "tests/catch.hpp"

using engine::base::FaultCode;
using server::http::is_tag_among;
using server::http::parse_target;
using server::http::read_query;

TEST_CASE("target: segments are decoded one by one, parameters too", "[server]") {
  const auto target =
      parse_target("/v1/customers/A%20B/prices/3%2f4%22?quantity=1%2B1&channel=a+b&x=&y&&z=%C3%A5");
  REQUIRE(target);
  CHECK(target->path == "/v1/customers/A%20B/prices/3%2f4%22");
  CHECK(target->segments == std::vector<std::string>{"v1", "customers", "A B", "prices", "3/4\""});
  CHECK(target->parameter("quantity") == "1+1");
  CHECK(target->parameter("channel") == "a b");
  CHECK(target->parameter("z") == "å");
  CHECK(target->parameters.size() == 5);
  CHECK(parse_target("/a+b")->segments == std::vector<std::string>{"a+b"});
  CHECK(parse_target("/a/")->segments == std::vector<std::string>{"a", ""});
}

TEST_CASE("target: what can't be read is refused", "[server]") {
  for (const char* bad :
       {"", "*", "http://x/y", "x", "/%", "/%2", "/%zz", "/a?b=%4", "/%ff", "/a?b=%c3"}) {
    INFO(bad);
    CHECK_FALSE(parse_target(bad));
  }
  std::string many = "/a?";
  for (std::size_t i = 0; i <= server::http::limits::query_parameters; ++i)
    many += "p" + std::to_string(i) + "=1&";
  CHECK(parse_target(many).error().code == FaultCode::too_many);
}

TEST_CASE("query: parameters make a question of one line", "[server]") {
  const auto target = parse_target(
      "/?quantity=5&unit=BOX&date=2026-02-01&currency=SEK&agreement=AG&language=sv&explain=true&"
      "ladder=true&"
      "availability=false"
      "&channel=web&campaign=spring&customer=C");
  REQUIRE(target);
  server::json::QuoteBody body;
  REQUIRE(read_query(*target, "A1", body));
  REQUIRE(body.request.lines.size() == 1);
  const auto& line = body.request.lines.front();
  CHECK(line.article == "A1");
  CHECK(line.quantity == "5");
  CHECK(line.unit == "BOX");
  CHECK(line.agreement == "AG");
  CHECK(body.request.date == *engine::base::civil(2026, 2, 1));
  CHECK(body.request.currency == "SEK");
  CHECK(body.request.language == "sv");
  CHECK(body.request.customer == "C");
  CHECK(body.explain);
  CHECK(body.ladder);
  CHECK_FALSE(body.availability);
  using Field = std::pair<std::string_view, std::string_view>;
  CHECK(body.request.fields == std::vector<Field>{{"channel", "web"}, {"campaign", "spring"}});
  CHECK(body.line_ids.size() == 1);
}

TEST_CASE("query: a bad parameter is named", "[server]") {
  const auto fault = [](const std::string& query) {
    const auto target = parse_target("/?" + query);
    REQUIRE(target);
    server::json::QuoteBody body;
    const auto read = read_query(*target, "A1", body);
    REQUIRE_FALSE(read);
    return read.error();
  };
  CHECK(fault("date=2026-13-01").where == "/date");
  CHECK(fault("explain=yes").where == "/explain");
  CHECK(fault("ladder=1").where == "/ladder");
  CHECK(fault("quantity=1&quantity=2").code == FaultCode::duplicate_key);
  CHECK(fault("unit=" + std::string(300, 'x')).code == FaultCode::too_large);
}

TEST_CASE("query: an If-None-Match is a list, weak or strong, or a star", "[server]") {
  CHECK(is_tag_among("\"7-a\"", "\"7-a\""));
  CHECK(is_tag_among("\"7-a\"", "\"x\" , W/\"7-a\",\"y\""));
  CHECK(is_tag_among("\"7-a\"", " * "));
  CHECK_FALSE(is_tag_among("\"7-a\"", ""));
  CHECK_FALSE(is_tag_among("\"7-a\"", "7-a"));
  CHECK_FALSE(is_tag_among("\"7-a\"", "\"7-ab\",,"));
}
