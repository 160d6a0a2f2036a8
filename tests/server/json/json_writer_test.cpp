#include "server/json/json_writer.hpp"

#include "engine/base/decimal.hpp"
#include "server/json/number_text.hpp"

#include "tests/catch.hpp"

using engine::base::CivilMinutes;
using server::json::JsonWriter;

namespace {

template <class Write>
std::string written(Write write) {
  std::string out;
  JsonWriter json{out};
  write(json);
  return out;
}

}  // namespace

TEST_CASE("json writer: commas stand between values and nowhere else", "[server]") {
  CHECK(written([](JsonWriter& json) {
          json.begin_object();
          json.key("a");
          json.begin_array();
          json.end_array();
          json.key("b");
          json.begin_array();
          json.number(1);
          json.begin_object();
          json.end_object();
          json.null();
          json.boolean(true);
          json.end_array();
          json.member("c", "");
          json.member_unless_empty("d", "");
          json.member_unless_empty("e", "[");
          json.member("f", ":");
          json.end_object();
        }) == R"({"a":[],"b":[1,{},null,true],"c":"","e":"[","f":":"})");
}

TEST_CASE("json writer: texts are escaped", "[server]") {
  const std::string_view text{"a\"b\\c\n\0\x1f/\x7få", 12};
  CHECK(written([&](JsonWriter& json) { json.text(text); }) ==
        "\"a\\\"b\\\\c\\u000a\\u0000\\u001f/\x7f\xc3\xa5\"");
  CHECK(written([](JsonWriter& json) { json.text("\"\""); }) == R"("\"\"")");
}

TEST_CASE("json writer: decimals keep all their digits, moments are ISO 8601", "[server]") {
  CHECK(written([](JsonWriter& json) { json.decimal(-20249940, 4); }) == "\"-2024.9940\"");
  CHECK(written([](JsonWriter& json) { json.decimal(5, 2); }) == "\"0.05\"");
  CHECK(written([](JsonWriter& json) { json.moment(CivilMinutes::latest()); }) == "null");
  CHECK(written([](JsonWriter& json) { json.moment(*engine::base::civil(2024, 2, 29)); }) ==
        "\"2024-02-29\"");
  CHECK(written([](JsonWriter& json) {
          json.moment(*engine::base::civil(1969, 12, 31, 23, 59));
        }) == "\"1969-12-31T23:59\"");
  CHECK(written([](JsonWriter& json) { json.moment(*engine::base::civil(33, 4, 3, 15)); }) ==
        "\"0033-04-03T15:00\"");
}

TEST_CASE("json writer: a byte that needs an escape is seen wherever it stands", "[server]") {
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int code = 0; code < 256; ++code) {
        std::string text(size, '!');
        text[at] = static_cast<char>(code);
        std::string middle(1, static_cast<char>(code));
        if (code == '"' || code == '\\') middle = std::string{"\\"} + middle;
        if (code < 0x20) {
          constexpr std::string_view hex = "0123456789abcdef";
          const auto digits = static_cast<std::size_t>(code);
          middle = std::string{"\\u00"} + hex[digits / 16] + hex[digits % 16];
        }
        const auto wanted =
            '"' + std::string(at, '!') + middle + std::string(size - at - 1, '!') + '"';
        if (written([&](JsonWriter& json) { json.text(text); }) != wanted) FAIL(size << at << code);
      }
    }
  }
}

TEST_CASE("json writer: decimals are written as everywhere else", "[server]") {
  using engine::base::Int128;
  for (const Int128 mantissa :
       {Int128{0}, Int128{1}, Int128{-1}, Int128{9}, Int128{10}, Int128{-99}, Int128{100},
        Int128{123'456'789}, Int128{INT64_MAX}, Int128{INT64_MIN}, Int128{INT64_MIN} + 1,
        Int128{INT64_MAX} * 1'000'000}) {
    for (const int decimals : {0, 1, 2, 3, 6, 18, 19, 20, 38, 40, 41, 60}) {
      std::string wanted = "\"";
      engine::base::append_decimal(wanted, mantissa, decimals);
      CHECK(written([&](JsonWriter& json) { json.decimal(mantissa, decimals); }) == wanted + '"');
    }
  }
}

TEST_CASE("json writer: appends to what is there, however much it grows", "[server]") {
  std::string out = "[1";
  std::string wanted = out + ",[";
  {
    JsonWriter json{out};
    json.begin_array();
    for (int i = 0; i < 3'000; ++i) {
      json.begin_object();
      json.member("name", std::string(static_cast<std::size_t>(i % 300), 'x'));
      json.end_object();
      wanted += (i == 0 ? R"({"name":")" : R"(,{"name":")");
      wanted += std::string(static_cast<std::size_t>(i % 300), 'x') + R"("})";
    }
    json.end_array();
    CHECK(out == wanted + "]");  // whole as soon as nothing is open
  }
  CHECK(out == wanted + "]");
}

TEST_CASE("json numbers: the grammar of RFC 8259 and nothing beyond it", "[server]") {
  using server::json::is_json_number;
  for (const char* good : {"0", "-0", "10", "1.5", "-1.50", "1e5", "1E+5", "0.1e-05", "1.0E0"})
    CHECK(is_json_number(good));
  for (const char* bad : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1.5.5", "1 ", " 1", "NaN",
                          "0x1", "1,5", "--1"}) {
    CHECK_FALSE(is_json_number(bad));
  }
}

TEST_CASE("json numbers: an exponent is written out", "[server]") {
  using server::json::without_exponent;
  CHECK_FALSE(without_exponent("12.5"));
  CHECK(without_exponent("1e0") == "1");
  CHECK(without_exponent("-1.25e1") == "-12.5");
  CHECK(without_exponent("1.25e2") == "125");
  CHECK(without_exponent("1.25e3") == "1250");
  CHECK(without_exponent("125e-2") == "1.25");
  CHECK(without_exponent("1e-3") == "0.001");
  CHECK(without_exponent("1e40").value().size() == 41);
  CHECK_FALSE(without_exponent("1e41"));
  CHECK_FALSE(without_exponent("1e-99999999999999999999"));
}
