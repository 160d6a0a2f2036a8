#include "server/http/framing.hpp"

#include "server/http/limits.hpp"

#include "tests/catch.hpp"

#include <random>
#include <string>

using server::http::Framer;
namespace limits = server::http::limits;

namespace {

int refused_with(std::string_view text) {
  Framer framer;
  INFO(text.substr(0, 200));
  REQUIRE(framer.look(text) == Framer::State::refused);
  return framer.refusal().status;
}

std::string post(const std::string& fields, const std::string& body) {
  return "POST /v1/quote HTTP/1.1\r\n" + fields + "\r\n" + body;
}

}  // namespace

TEST_CASE("framing: a batch of a feed may be larger than a question, up to a limit of its own",
          "[server]") {
  const auto head = [](std::size_t bytes) {
    return "POST /v1/feeds/stock/batches HTTP/1.1\r\nContent-Length: " + std::to_string(bytes) +
           "\r\n\r\n";
  };
  Framer framer;
  CHECK(framer.look(head(limits::batch_bytes)) == Framer::State::incomplete);
  CHECK(framer.is_batch());
  Framer too_large;
  REQUIRE(too_large.look(head(limits::batch_bytes + 1)) == Framer::State::refused);
  CHECK(too_large.refusal().status == 413);
  CHECK(too_large.refusal().detail.find("batch_bytes") != std::string::npos);
  const std::string body(2 * limits::body_bytes, 'x');
  const std::string chunked =
      "POST /v1/feeds/stock/batches HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" +
      body + "\r\n0\r\n\r\n";
  Framer chunks;
  REQUIRE(chunks.look(chunked) == Framer::State::complete);
  CHECK(chunks.body(chunked) == body);
  CHECK(refused_with("GET /v1/feeds/stock/batches HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n") ==
        413);
}

TEST_CASE("framing: a request ends where its length says, and the next one begins there",
          "[server]") {
  const std::string first = post("Host: x\r\nContent-Length: 5\r\n", "hello");
  const std::string both = first + "GET / HTTP/1.1\r\n\r\n";
  Framer framer;
  REQUIRE(framer.look(both) == Framer::State::complete);
  CHECK(framer.head(both) == "POST /v1/quote HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
  CHECK(framer.body(both) == "hello");
  CHECK(framer.size() == first.size());
  framer.restart();
  const auto rest = std::string_view{both}.substr(first.size());
  REQUIRE(framer.look(rest) == Framer::State::complete);
  CHECK(framer.head(rest) == rest);
  CHECK(framer.body(rest).empty());
}

TEST_CASE("framing: a request that arrives byte by byte is the same request", "[server]") {
  const std::string text = GENERATE(values<std::string>({
      post("Content-Length: 5\r\n", "hello"),
      post("content-length:5\r\n", "hello"),
      "\r\n\r\n" + post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
      post("Transfer-Encoding: chunked\r\n", "2\r\nhe\r\n3;ext=1\r\nllo\r\n0\r\n\r\n"),
      post("Transfer-Encoding: Chunked\r\n",
           "05\r\nhello\r\n000\r\nTrailer: x\r\nOther: y\r\n\r\n"),
  }));
  Framer framer;
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    REQUIRE(framer.look(std::string_view{text}.substr(0, size)) == Framer::State::incomplete);
  }
  REQUIRE(framer.look(text) == Framer::State::complete);
  CHECK(framer.body(text) == "hello");
  CHECK(framer.size() == text.size());
}

TEST_CASE("framing: what can be read in two ways is refused", "[server]") {
  CHECK(refused_with(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "")) == 400);
  CHECK(refused_with(post("Content-Length: 5\r\nContent-Length: 6\r\n", "")) == 400);
  CHECK(refused_with(post("Content-Length: 5, 5\r\n", "")) == 400);
  CHECK(refused_with(post("Content-Length: -5\r\n", "")) == 400);
  CHECK(refused_with(post("Content-Length: +5\r\n", "")) == 400);
  CHECK(refused_with(post("Content-Length: 5x\r\n", "")) == 400);
  CHECK(refused_with(post("Content-Length:\r\n", "")) == 400);
  CHECK(refused_with(post("Content-Length : 5\r\n", "")) == 400);
  CHECK(refused_with(post("Host: a\r\n Content-Length: 5\r\n", "")) == 400);
  CHECK(refused_with(post("Transfer-Encoding: gzip, chunked\r\n", "")) == 501);
  CHECK(refused_with(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "")) ==
        501);
  CHECK(refused_with("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(refused_with(post("A: b\nContent-Length: 5\r\n", "")) == 400);
  CHECK(refused_with(post(std::string{"A: \0\r\n", 6}, "")) == 400);
  CHECK(refused_with("GET / HTTP/1.1\n\n") == 400);
}

TEST_CASE("framing: a request line has three parts and a version we speak", "[server]") {
  CHECK(refused_with("GET /\r\n\r\n") == 400);
  CHECK(refused_with("GET  / HTTP/1.1\r\n\r\n") == 400);
  CHECK(refused_with("G(T / HTTP/1.1\r\n\r\n") == 400);
  CHECK(refused_with("nonsense\r\n\r\n") == 400);
  CHECK(refused_with("GET / HTTP/2.0\r\n\r\n") == 505);
  CHECK(refused_with("GET / http/1.1\r\n\r\n") == 505);
  CHECK(refused_with(std::string{"\x16\x03\x01\x02\x00\x01\r\n\r\n", 10}) == 400);
}

TEST_CASE("framing: bodies, heads and fields have limits", "[server]") {
  Framer framer;
  const auto length = [](std::size_t bytes) {
    return "Content-Length: " + std::to_string(bytes) + "\r\n";
  };
  CHECK(framer.look(post(length(limits::body_bytes), "")) == Framer::State::incomplete);
  CHECK(refused_with(post(length(limits::body_bytes + 1), "")) == 413);
  CHECK(refused_with(post("Content-Length: 99999999999999999999999\r\n", "")) == 413);
  CHECK(refused_with(post("", "")) == 411);

  CHECK(refused_with("GET /" + std::string(limits::target_bytes, 'a') + " HTTP/1.1\r\n\r\n") ==
        414);
  CHECK(refused_with("GET /" + std::string(2 * limits::header_bytes, 'a')) == 414);
  CHECK(refused_with(post("A: " + std::string(limits::header_bytes, 'a') + "\r\n", "")) == 431);
  CHECK(refused_with(post("A: b\r\n" + std::string(2 * limits::header_bytes, 'a'), "")) == 431);
  std::string fields;
  for (std::size_t i = 0; i <= limits::header_fields; ++i) fields += "A: b\r\n";
  CHECK(refused_with(post(fields, "")) == 431);
  CHECK(refused_with(post("Expect: a miracle\r\nContent-Length: 1\r\n", "")) == 417);
  std::string blank;
  while (blank.size() <= limits::header_bytes) blank += "\r\n";
  CHECK(refused_with(blank) == 400);
}

TEST_CASE("framing: chunks are checked and limited", "[server]") {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  CHECK(refused_with(post(chunked, "x\r\n")) == 400);
  CHECK(refused_with(post(chunked, "\r\n")) == 400);
  CHECK(refused_with(post(chunked, "2\r\nabc\r\n")) == 400);
  CHECK(refused_with(post(chunked, "-1\r\n")) == 400);
  CHECK(refused_with(post(chunked, "ffffffffffffffffff\r\n")) == 413);
  CHECK(refused_with(post(chunked, "100001\r\n")) == 413);
  CHECK(refused_with(post(chunked, std::string(2 * limits::header_bytes, '1'))) == 400);
  std::string crumbs;
  while (crumbs.size() < 4 * limits::body_bytes)
    crumbs += "1;" + std::string(100, 'x') + "\r\na\r\n";
  CHECK(refused_with(post(chunked, crumbs)) == 413);
}

TEST_CASE("framing: a caller may wait for leave to send its body", "[server]") {
  Framer framer;
  CHECK(framer.look("POST / HTTP/1.1\r\nExpect: 100-continue\r\n") == Framer::State::incomplete);
  CHECK_FALSE(framer.awaits_continue());
  CHECK(framer.look(post("Expect: 100-continue\r\nContent-Length: 2\r\n", "")) ==
        Framer::State::incomplete);
  CHECK(framer.awaits_continue());
  CHECK(refused_with(post("Expect: 100-continue\r\nContent-Length: 9999999\r\n", "")) == 413);
}

TEST_CASE("framing: no bytes at all make it read past them", "[server][property]") {
  std::mt19937 random{7};
  const std::string seed =
      post("Content-Length: 12\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n",
           "5\r\nhello\r\n0\r\n\r\n");
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seed;
    for (int changes = 0; changes < 4; ++changes) {
      const auto at = random() % text.size();
      if (random() % 2 == 0) {
        text[at] = static_cast<char>(random());
      } else {
        text.erase(at, 1 + random() % 30);
      }
      if (text.empty()) text = " ";
    }
    Framer framer;
    auto state = Framer::State::incomplete;
    for (std::size_t size = random() % text.size();
         size <= text.size() && state == Framer::State::incomplete; ++size) {
      state = framer.look(std::string_view{text}.substr(0, size));
    }
    if (state != Framer::State::complete) continue;
    REQUIRE(framer.size() <= text.size());
    REQUIRE(framer.body(text).size() <= limits::body_bytes);
  }
}
