#include "server/feed/csv_reader.hpp"

#include "tests/catch.hpp"

#include <random>
#include <string>
#include <vector>

using engine::base::FaultCode;
using server::feed::CsvFormat;
using server::feed::CsvReader;

namespace {

using Rows = std::vector<std::vector<std::string>>;

// A row with a problem shows as the fault's name alone.
Rows rows_of(std::string_view text, const CsvFormat& format = {}) {
  CsvReader reader{text, format};
  Rows rows;
  while (reader.next()) {
    rows.emplace_back(reader.fields().begin(), reader.fields().end());
    if (reader.problem()) rows.back() = {engine::base::fault_name(reader.problem()->code)};
  }
  return rows;
}

std::vector<std::uint64_t> lines_of(std::string_view text, const CsvFormat& format = {}) {
  CsvReader reader{text, format};
  std::vector<std::uint64_t> lines;
  while (reader.next()) lines.push_back(reader.line());
  return lines;
}

}  // namespace

TEST_CASE("csv: plain rows, with either line end, with or without one at the end",
          "[server][feed][csv]") {
  const Rows expected{{"a", "b", ""}, {"", "", "c"}};
  CHECK(rows_of("a,b,\n,,c\n") == expected);
  CHECK(rows_of("a,b,\r\n,,c\r\n") == expected);
  CHECK(rows_of("a,b,\n,,c") == expected);
  CHECK(rows_of("a,b,\r\n,,c\r") == expected);
  CHECK(rows_of("").empty());
  CHECK(rows_of("\n\r\n\n").empty());
  CHECK(rows_of("\r").empty());
}

TEST_CASE("csv: blank lines are passed over and still counted as lines", "[server][feed][csv]") {
  CHECK(rows_of("a\n\n\r\nb\n") == Rows{{"a"}, {"b"}});
  CHECK(lines_of("a\n\n\r\nb\n") == std::vector<std::uint64_t>{1, 4});
}

TEST_CASE("csv: quotes keep separators, line ends and quotes", "[server][feed][csv]") {
  CHECK(rows_of("\"a,b\",\"c\"\"d\",\"\"\n") == Rows{{"a,b", "c\"d", ""}});
  CHECK(rows_of("\"\"\"\",\"\"\"x\"\"\"\n") == Rows{{"\"", "\"x\""}});
  CHECK(rows_of("\"a\nb\",c\nd,e") == Rows{{"a\nb", "c"}, {"d", "e"}});
  CHECK(rows_of("\"a\r\nb\",c\r\nd,e") == Rows{{"a\r\nb", "c"}, {"d", "e"}});
  CHECK(rows_of("\"a\",\"b\"") == Rows{{"a", "b"}});
  CHECK(rows_of("\"a\",\n") == Rows{{"a", ""}});
  CHECK(rows_of("\"\"\nx\n") == Rows{{""}, {"x"}});
  CHECK(lines_of("\"a\n\nb\",c\nd,e\n\"f\n\",g\nh,i") == std::vector<std::uint64_t>{1, 4, 5, 7});
}

TEST_CASE("csv: a quote inside an unquoted field is an ordinary character", "[server][feed][csv]") {
  CHECK(rows_of("5\" pipe,2\n") == Rows{{"5\" pipe", "2"}});
  CHECK(rows_of("a \"b\" c,\"d\"\n") == Rows{{"a \"b\" c", "d"}});
}

TEST_CASE("csv: text after a closing quote refuses the row, not the rest of the file",
          "[server][feed][csv]") {
  CHECK(rows_of("a,b\n\"c\"d,e\nf,g\n") == Rows{{"a", "b"}, {"bad_text"}, {"f", "g"}});
  CHECK(lines_of("a,b\n\"c\"d,e\nf,g\n") == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("csv: a quote that is never closed refuses the row, not the rest of the file",
          "[server][feed][csv]") {
  CHECK(rows_of("a,b\nc,\"d\ne,f\ng,h") == Rows{{"a", "b"}, {"bad_text"}, {"e", "f"}, {"g", "h"}});
  CHECK(rows_of("\"") == Rows{{"bad_text"}});
}

TEST_CASE("csv: without quoting, quotes are ordinary characters", "[server][feed][csv]") {
  CHECK(rows_of("\"a\tb\"\n", CsvFormat{"\t", "", std::nullopt}) == Rows{{"\"a", "b\""}});
  CHECK(rows_of("'a;b';c\n", CsvFormat{";", "", '\''}) == Rows{{"a;b", "c"}});
}

TEST_CASE("csv: separators and row ends of several characters", "[server][feed][csv]") {
  const CsvFormat format{"+|", "&|\n", std::nullopt};
  CHECK(rows_of("1+|a+b|c+|\n&|\n2+|+|x&|\n", format) ==
        Rows{{"1", "a+b|c", "\n"}, {"2", "", "x"}});
  CHECK(lines_of("1+|a+b|c+|\n&|\n2+|+|x&|\n3", format) == std::vector<std::uint64_t>{1, 3, 4});
  const CsvFormat quoted{"+|", "&|\n", '"'};
  CHECK(rows_of("1+|\"a+|b&|\n\"\"c\"+|d&|\n2+|e+|f", quoted) ==
        Rows{{"1", "a+|b&|\n\"c", "d"}, {"2", "e", "f"}});
}

TEST_CASE("csv: a row of 4096 columns is read, one more is too large", "[server][feed][csv]") {
  const auto commas = [](std::size_t columns) { return std::string(columns - 1, ','); };
  CHECK(rows_of(commas(server::feed::fields_per_row_max) + "\nx,y\n").front().size() ==
        server::feed::fields_per_row_max);
  CHECK(rows_of(commas(server::feed::fields_per_row_max + 1) + "\nx,y\n") ==
        Rows{{"too_large"}, {"x", "y"}});
  CHECK(rows_of(commas(5'000) + ",\"q\"\nx,y\n") == Rows{{"too_large"}, {"x", "y"}});
}

TEST_CASE("csv: a cell of 64 KiB is read, a byte more is too large", "[server][feed][csv]") {
  const std::string most(server::feed::field_size_max, 'x');
  CHECK(rows_of("a," + most + "\nb,c")[0][1] == most);
  CHECK(rows_of("a," + most + "x\nb,c") == Rows{{"too_large"}, {"b", "c"}});
  CHECK(rows_of("a,\"" + most + "x\"\nb,c") == Rows{{"bad_text"}, {"b", "c"}});
}

TEST_CASE("csv: the separator of a file is guessed from its first lines", "[server][feed][csv]") {
  using server::feed::separator_guess;
  CHECK(separator_guess("a;b;c\n1,5;2,5;3\n") == ";");
  CHECK(separator_guess("a\tb\n1,5\t2\n") == "\t");
  CHECK(separator_guess("1+|a|b+|c\n2+|d+|e\n") == "+|");
  CHECK(separator_guess("a,b\n\"1;2\",3\n") == ",");
  CHECK(separator_guess("one column\nof words\n").empty());
  CHECK(separator_guess("").empty());
}

TEST_CASE("csv: cells that were written are read again, whatever they hold",
          "[server][feed][csv][property]") {
  std::mt19937 random{7};
  const std::string alphabet = "ab,\"\n\r; \t'\xC3\xA4";
  for (int round = 0; round < 2'000; ++round) {
    Rows rows(1 + random() % 4);
    std::string text;
    for (auto& row : rows) {
      row.resize(2 + random() % 3);
      for (auto& cell : row) {
        for (auto size = random() % 6; size > 0; --size)
          cell += alphabet[random() % alphabet.size()];
        if (&cell != &row.front()) text += ',';
        server::feed::append_cell(text, cell);
      }
      text += '\n';
    }
    INFO(text);
    CHECK(rows_of(text) == rows);
  }
}

TEST_CASE("csv: random bytes never break the reader, and every line end is counted",
          "[server][feed][csv][property]") {
  std::mt19937 random{11};
  const std::string alphabet = "a,\"\n\r+|&;\x80\xFF";
  const std::vector<CsvFormat> formats{
      {}, {"+|", "&|\n", '"'}, {";", "\r\n", '"'}, {"\t", "", std::nullopt}, {",", "\n", '\''}};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto size = random() % 40; size > 0; --size) text += alphabet[random() % alphabet.size()];
    CsvReader reader{text, formats[static_cast<std::size_t>(round) % formats.size()]};
    std::uint64_t last_line = 0;
    std::size_t bytes = 0;
    while (reader.next()) {
      REQUIRE(reader.line() > last_line);
      REQUIRE(reader.offset() > bytes);
      REQUIRE(reader.fields().empty() == reader.problem().has_value());
      last_line = reader.line();
      bytes = reader.offset();
    }
    REQUIRE(reader.offset() == text.size());
  }
}
