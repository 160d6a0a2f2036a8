#include "server/feed/text_source.hpp"

#include "tests/catch.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using engine::base::FaultCode;
using server::feed::decode;
using server::feed::Encoding;

namespace {

std::string temporary(const std::string& name) {
  return (std::filesystem::temp_directory_path() /
          ("netto_text_source_" + std::to_string(::getpid()) + "_" + name))
      .string();
}

void write(const std::string& path, std::string_view bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

std::string fixture(const std::string& path) { return std::string{NETTO_SOURCE_DIR} + "/" + path; }

}  // namespace

TEST_CASE("text source: a missing file, a folder and a broken xz are faults",
          "[server][feed][text_source]") {
  CHECK(server::feed::read_file("/nonexistent/file.csv").error().code == FaultCode::file_missing);
  CHECK(server::feed::read_file(NETTO_SOURCE_DIR).error().code == FaultCode::file_unreadable);
  auto whole =
      server::feed::read_file(fixture("docs/examples/adventureworks/masters/Location.csv.xz"));
  REQUIRE(whole);
  CHECK(whole->starts_with("1\tTool Crib\t"));
  std::ifstream file{fixture("docs/examples/adventureworks/masters/Location.csv.xz"),
                     std::ios::binary};
  const std::string packed{std::istreambuf_iterator<char>{file}, {}};
  const auto refusal = [](std::string bytes) {
    return server::feed::unpacked(std::move(bytes)).error();
  };
  CHECK(refusal(packed.substr(0, packed.size() - 20)).code == FaultCode::file_unreadable);
  CHECK(refusal(packed.substr(0, packed.size() - 20)).detail.find("too early") !=
        std::string::npos);
  std::string damaged = packed;
  damaged[packed.size() / 2] = static_cast<char>(~damaged[packed.size() / 2]);
  CHECK(refusal(damaged).code == FaultCode::file_unreadable);
  CHECK(refusal(packed + "more").code == FaultCode::file_unreadable);
  CHECK(*server::feed::unpacked(packed + packed) == *whole + *whole);
}

TEST_CASE("text source: a file is read whole, also an empty one", "[server][feed][text_source]") {
  const std::string path = temporary("whole");
  const std::string large(3'000'000, 'x');
  write(path, large);
  CHECK(*server::feed::read_file(path) == large);
  write(path, "");
  CHECK(server::feed::read_file(path)->empty());
  std::filesystem::remove(path);
}

TEST_CASE("text source: the byte order mark is removed and wins over the description",
          "[server][feed][text_source]") {
  CHECK(decode("\xEF\xBB\xBF"
               "a",
               Encoding::utf8)
            ->text == "a");
  CHECK(decode("\xEF\xBB\xBF\xC3\xA4", Encoding::latin1)->text == "\xC3\xA4");
}

TEST_CASE("text source: Latin-1 and Windows-1252 become UTF-8", "[server][feed][text_source]") {
  const auto latin1 = decode("K\xF6ln \xA7\xFF", Encoding::latin1);
  CHECK(latin1->text == "K\xC3\xB6ln \xC2\xA7\xC3\xBF");
  CHECK(latin1->all_utf8);
  CHECK(decode("\x80 5\x96\x39", Encoding::windows1252)->text ==
        "\xE2\x82\xAC 5\xE2\x80\x93"
        "9");
  CHECK_FALSE(decode("a\x81", Encoding::windows1252)->all_utf8);
}

TEST_CASE("text source: invalid UTF-8 is noted, UTF-16 and NUL bytes are refused",
          "[server][feed][text_source]") {
  CHECK_FALSE(decode("K\xF6ln", Encoding::utf8)->all_utf8);
  CHECK(decode("K\xC3\xB6ln", Encoding::utf8)->all_utf8);
  CHECK(decode(std::string{"\xFF\xFE"
                           "a\0",
                           4},
               Encoding::utf8)
            .error()
            .code == FaultCode::bad_encoding);
  CHECK(decode(std::string{"a\0b", 3}, Encoding::utf8).error().code == FaultCode::bad_encoding);
}

TEST_CASE("text source: the bare name has no folder and no .xz", "[server][feed][text_source]") {
  using server::feed::bare_name;
  CHECK(bare_name("in/2026/prices.csv.xz") == "prices.csv");
  CHECK(bare_name("prices.csv") == "prices.csv");
  CHECK(bare_name("-") == "-");
}
