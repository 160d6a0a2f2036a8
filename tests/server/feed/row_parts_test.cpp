#include "server/feed/row_parts.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace {

using server::feed::FeedForm;
using server::feed::Layout;
using server::feed::row_parts;

std::vector<std::string> sent(const std::string& text, const FeedForm& form, std::size_t bytes) {
  const auto parts = row_parts(text, form, bytes);
  if (!parts) return {"fault: " + parts.error().where};
  std::vector<std::string> made;
  for (const auto& part : parts->parts) made.push_back(parts->text_of(part));
  return made;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("row parts: what fits stays whole, and one byte less makes two", "[server]") {
  const std::string text = "a,b\n1,2\n3,4\n";
  CHECK(sent(text, {}, text.size()) == Texts{text});
  CHECK(sent(text, {}, text.size() - 1) == Texts{"a,b\n1,2\n", "a,b\n3,4\n"});
  CHECK(sent(text, {}, 8) == Texts{"a,b\n1,2\n", "a,b\n3,4\n"});
  CHECK(sent(text, {}, 7) == Texts{"fault: line 2"});
  CHECK(sent("", {}, 10) == Texts{""});
}

TEST_CASE("row parts: a row is never cut, whatever ends lines inside it", "[server]") {
  const std::string text = "a,b\r\n1,\"x\r\ny\"\r\n2,\"\"\"\n\"\r\n3,z";
  CHECK(sent(text, {}, 15) ==
        Texts{"a,b\r\n1,\"x\r\ny\"\r\n", "a,b\r\n2,\"\"\"\n\"\r\n", "a,b\r\n3,z"});
  FeedForm plain;
  plain.header = false;
  plain.csv.quote.reset();
  CHECK(sent("1,\"x\ny\"\n", plain, 6) == Texts{"1,\"x\n", "y\"\n"});
  FeedForm lines;
  lines.layout = Layout::ndjson;
  CHECK(sent("{\"a\":1}\n{\"a\":2}\n{\"a\":3}", lines, 8) ==
        Texts{"{\"a\":1}\n", "{\"a\":2}\n", "{\"a\":3}"});
  FeedForm tildes;
  tildes.csv.row_end = "~";
  CHECK(sent("h~1~2~", tildes, 4) == Texts{"h~1~", "h~2~"});
}

TEST_CASE("row parts: without their headers they are the text, and lines are told as in it",
          "[server]") {
  std::mt19937 draw{20251123};
  std::string text = "key,\"two\nlines\"\n";
  const std::size_t header = text.size();
  for (int i = 0; i < 300; ++i) {
    text += std::to_string(i) + ",";
    text += draw() % 3 == 0 ? "\"a\nb\"" : std::string(draw() % 9, 'x');
    text += draw() % 7 == 0 ? "\r\n" : "\n";
  }
  for (const std::size_t bytes : {40U, 41U, 64U, 100U, 1'000U}) {
    INFO(bytes);
    const auto parts = row_parts(text, {}, bytes);
    REQUIRE(parts);
    std::string joined{parts->header};
    CHECK(joined.size() == header);
    for (const auto& part : parts->parts) {
      CHECK(parts->text_of(part).size() <= bytes);
      // The part's first row stands on line 3 of what is sent, and begins with its number.
      const auto before = text.substr(0, joined.size());
      const auto line = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
      CHECK(parts->line_in_text(part, 3) == line + 1);
      CHECK(parts->line_in_text(part, 2) == 2);
      joined += part.rows;
    }
    CHECK(joined == text);
  }
}
