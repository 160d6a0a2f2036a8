#include "bench/bars/report.hpp"

#include "tests/catch.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bars = bench::bars;
using bars::Bar;
using bars::Direction;
using bars::Figures;

namespace {

Figures figures_of(std::vector<std::pair<std::string, bars::Figure>> list) {
  Figures figures;
  for (auto& [name, figure] : list) figures.by_name[name] = figure;
  return figures;
}

Bar bar_of(Direction direction, double factor) {
  Bar bar;
  bar.bar = "V1";
  bar.text = "look-ups";
  bar.figure = "engine.per_s";
  bar.against = "sqlite.per_s";
  bar.peer = "SQLite";
  bar.direction = direction;
  bar.factor = factor;
  return bar;
}

bars::BarsFile read(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("netto_bars_test_" + std::to_string(getpid()) + ".json");
  std::ofstream{path} << text;
  try {
    auto file = bars::read_bars(path);
    std::filesystem::remove(path);
    return file;
  } catch (const std::runtime_error&) {
    std::filesystem::remove(path);
    throw;
  }
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("bars: a ratio exactly on the border meets the bar, just beside it does not",
          "[bench][bars]") {
  const auto verdict = [](Direction direction, double value) {
    return bars::judge(bar_of(direction, 40), figures_of({{"engine.per_s", {value, "1/s"}},
                                                          {"sqlite.per_s", {100, "1/s"}}}));
  };
  CHECK(verdict(Direction::at_least, 4'000).met);
  CHECK(verdict(Direction::at_least, 4'000).ratio == 40);
  CHECK(verdict(Direction::at_least, 4'000).why == "met");
  CHECK_FALSE(verdict(Direction::at_least, 3'999).met);
  CHECK(verdict(Direction::at_least, 3'999).why == "not met");
  CHECK(verdict(Direction::at_most, 4'000).met);
  CHECK_FALSE(verdict(Direction::at_most, 4'001).met);
}

TEST_CASE("bars: against a number, the figure alone decides", "[bench][bars]") {
  Bar bar = bar_of(Direction::at_most, 1);
  bar.against.clear();
  bar.number = 80;
  CHECK(bars::judge(bar, figures_of({{"engine.per_s", {80, "bytes"}}})).met);
  CHECK_FALSE(bars::judge(bar, figures_of({{"engine.per_s", {81, "bytes"}}})).met);
  bar.number = 0;
  const auto verdict = bars::judge(bar, figures_of({{"engine.per_s", {0, "bytes"}}}));
  CHECK_FALSE(verdict.met);
  CHECK(verdict.why == "not met (nothing to divide by)");
}

TEST_CASE("bars: what was not measured is not met, and says what was missing", "[bench][bars]") {
  Bar bar = bar_of(Direction::at_least, 40);
  auto verdict = bars::judge(bar, figures_of({{"engine.per_s", {1e9, "1/s"}}}));
  CHECK_FALSE(verdict.met);
  CHECK(verdict.ratio == 0);
  CHECK(verdict.why == "not met (peer skipped)");
  verdict = bars::judge(bar, figures_of({{"sqlite.per_s", {1, "1/s"}}}));
  CHECK_FALSE(verdict.met);
  CHECK(verdict.why == "not met (not measured)");
  bar.missing = "./dev bench --large";
  CHECK(bars::judge(bar, {}).why == "not met (not measured; ./dev bench --large)");
}

TEST_CASE("bars: the report counts what is met and names who was skipped and why",
          "[bench][bars]") {
  bars::BarsFile file;
  file.bars = {bar_of(Direction::at_least, 40), bar_of(Direction::at_least, 400),
               bar_of(Direction::at_least, 1)};
  file.bars.back().against = "redis.per_s";
  file.comparisons = {
      {"look-ups/s", "engine.per_s", {{"SQLite", "sqlite.per_s"}, {"Redis", "redis.per_s"}}},
      {"lists/s", "engine.lists", {{"DuckDB", "duckdb.lists"}}}};
  auto figures =
      figures_of({{"engine.per_s", {5'012'345, "1/s"}}, {"sqlite.per_s", {50'000, "1/s"}}});
  figures.run = {{"commit", "abc"}};
  figures.skipped["redis"] = "redis-server is not installed";
  const std::string text = bars::report(file, figures);
  CAPTURE(text);
  CHECK(has(text, "commit     abc"));
  CHECK(has(text, "SQLite 50,000/s"));
  CHECK(has(text, "5,012,345/s"));
  CHECK(has(text, "100 x"));
  CHECK(has(text, "not met (peer skipped)"));
  CHECK(has(text, "1 of 3 met"));
  CHECK(has(text, "skipped: redis: redis-server is not installed"));
  CHECK_FALSE(has(text, "lists/s"));  // nobody's was measured
}

TEST_CASE("bars: a file that does not say what it must is named, with the entry", "[bench][bars]") {
  const auto file = read(R"({"bars": [
    {"bar": "V6", "text": "bytes a record", "figure": "serve.bytes", "against": 80, "at_most": 1}],
    "comparisons": []})");
  REQUIRE(file.bars.size() == 1);
  CHECK(file.bars[0].against.empty());
  CHECK(file.bars[0].number == 80);
  CHECK(file.bars[0].direction == Direction::at_most);
  CHECK_THROWS_WITH(read(R"({"bars": [{"bar": "V6", "text": "bytes"}], "comparisons": []})"),
                    Catch::Contains("bar 1"));
  CHECK_THROWS_WITH(read(R"({"bars": []})"), Catch::Contains("netto_bars_test_"));
}

TEST_CASE("bars: those of the project can be read, and every one has a border", "[bench][bars]") {
  const auto file = bars::read_bars(NETTO_SOURCE_DIR "/bench/bars/bars.json");
  CHECK(file.bars.size() > 15);
  for (const Bar& bar : file.bars) {
    INFO(bar.text);
    CHECK(bar.factor > 0);
    CHECK(bar.number > 0);
    CHECK_FALSE(bar.figure.empty());
  }
}
