#include "server/ops/request_marks.hpp"

#include "tests/catch.hpp"

#include <set>
#include <string>

using server::ops::is_request_id;
using server::ops::is_traceparent;
using server::ops::RequestMarks;

TEST_CASE("request id: a sane one is taken, any other is made", "[server]") {
  RequestMarks marks;
  std::string id;
  marks.id_for("order-4711/2", id);
  CHECK(id == "order-4711/2");
  for (const std::string odd : {"", "a b", "a\r\nSet-Cookie: x", "a\"b", "\xC3\xA4"}) {
    marks.id_for(odd, id);
    CHECK(id != odd);
    CHECK(is_request_id(id));
  }
  CHECK(is_request_id(std::string(128, 'a')));
  CHECK_FALSE(is_request_id(std::string(129, 'a')));
}

TEST_CASE("request id: those made differ, from worker to worker too", "[server]") {
  std::set<std::string> made;
  std::string id;
  for (int worker = 0; worker < 3; ++worker) {
    RequestMarks marks;
    for (int i = 0; i < 100; ++i) {
      marks.id_for("", id);
      made.insert(id);
    }
  }
  CHECK(made.size() == 300);
}

TEST_CASE("traceparent: taken as W3C says", "[server]") {
  const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  CHECK(is_traceparent(good));
  CHECK(is_traceparent("cc" + good.substr(2) + "-later"));
  for (const std::string& bad :
       {std::string{}, good.substr(1), good + "-more", "ff" + good.substr(2),
        std::string{"00-00000000000000000000000000000000-b7ad6b7169203331-01"},
        std::string{"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"},
        std::string{"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"},
        "cc" + good.substr(2) + "x", "cc" + good.substr(2) + "-a\nb"}) {
    INFO(bad);
    CHECK_FALSE(is_traceparent(bad));
  }
}
