#include "server/ops/log.hpp"

#include "rules/json_tree.hpp"

#include "tests/catch.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using server::ops::Level;
using server::ops::Log;
using server::ops::LogFormat;

namespace {

// What `tell` made a log write.
template <class Tell>
std::string written(LogFormat format, Level level, Tell tell) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* to = ::open_memstream(&text, &size);
  {
    Log log{{format, level, to}};
    tell(log);
  }
  std::fclose(to);
  std::string all{text, size};
  std::free(text);
  return all;
}

}  // namespace

TEST_CASE("log: an event is a line of JSON with its fields", "[server]") {
  const auto line = written(LogFormat::json, Level::info, [](Log& log) {
    log.event(Level::warning, "slow_request", "a request \"took\" long\nindeed",
              {{"route", "/v1/quote"},
               {"status", std::uint64_t{200}},
               {"held", true},
               {"trace_id", std::string_view{}}});
  });
  REQUIRE(line.find('\n') == line.size() - 1);
  const auto read = rules::parse_json(line);
  REQUIRE(read);
  CHECK(read->find("level")->text() == "warning");
  CHECK(read->find("event")->text() == "slow_request");
  CHECK(read->find("message")->text() == "a request \"took\" long\nindeed");
  CHECK(read->find("route")->text() == "/v1/quote");
  CHECK(read->find("status")->text() == "200");
  CHECK(read->find("held")->boolean());
  CHECK(read->find("trace_id") == nullptr);
  const auto time = read->find("time")->text();
  CHECK(time.size() == std::string{"2026-03-01T02:00:00.000Z"}.size());
  CHECK(time.back() == 'Z');
}

TEST_CASE("log: text is one line for a person, whatever is in it", "[server]") {
  const auto line = written(LogFormat::text, Level::info, [](Log& log) {
    log.event(Level::error, "refresh_failed", "the disk\nis full", {{"folder", "a b"}});
  });
  CHECK(line.find("netto: error: refresh_failed: the disk is full folder=\"a b\"\n") !=
        std::string::npos);
  CHECK(line.find('\n') == line.size() - 1);
}

TEST_CASE("log: what the level leaves out is not written", "[server]") {
  const auto lines = written(LogFormat::text, Level::warning, [](Log& log) {
    log.event(Level::info, "ready", "ready");
    log.event(Level::error, "stop", "stopped");
  });
  CHECK(lines.find("ready") == std::string::npos);
  CHECK(lines.find("stopped") != std::string::npos);
  CHECK(written(LogFormat::json, Level::off, [](Log& log) {
          log.event(Level::error, "stop", "stopped");
        }).empty());
}

TEST_CASE("log: long texts are cut and bytes that are no UTF-8 replaced", "[server]") {
  const auto line = written(LogFormat::json, Level::info, [](Log& log) {
    log.event(Level::info, "x", std::string(999, 'a') + "\xC3\xA4\xC3\xA4", {{"raw", "\xFF\xFE"}});
  });
  const auto read = rules::parse_json(line);
  REQUIRE(read);
  CHECK(read->find("message")->text() == std::string(999, 'a') + "...");
  CHECK(read->find("raw")->text() == "??");
}

TEST_CASE("log: lines of several threads stay whole", "[server]") {
  constexpr int each = 200;
  const auto lines = written(LogFormat::json, Level::info, [](Log& log) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&log] {
        for (int n = 0; n < each; ++n) log.event(Level::info, "x", "told");
      });
    }
  });
  std::size_t count = 0;
  for (std::size_t at = 0; at < lines.size(); ++count) {
    const auto end = lines.find('\n', at);
    REQUIRE(end != std::string::npos);
    REQUIRE(rules::parse_json(lines.substr(at, end - at)));
    at = end + 1;
  }
  CHECK(count == 4 * each);
}
