#include "server/json/json_writer.hpp"

#include "engine/base/decimal.hpp"

#include <array>
#include <charconv>
#include <chrono>

namespace server::json {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// What must not stand in a JSON text as it is.
constexpr bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_two_digits(std::string& out, unsigned value) {
  out += static_cast<char>('0' + value / 10 % 10);
  out += static_cast<char>('0' + value % 10);
}

}  // namespace

void JsonWriter::key(std::string_view name) {
  separate();
  out_ += '"';
  append_escaped(name);
  out_ += "\":";
}

void JsonWriter::text(std::string_view value) {
  separate();
  out_ += '"';
  append_escaped(value);
  out_ += '"';
}

void JsonWriter::number(std::uint64_t value) {
  separate();
  std::array<char, 20>
      digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by to_chars
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
}

void JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}

void JsonWriter::null() {
  separate();
  out_ += "null";
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

void JsonWriter::decimal(engine::base::Int128 mantissa, int decimals) {
  separate();
  out_ += '"';
  engine::base::append_decimal(out_, mantissa, decimals);
  out_ += '"';
}

void JsonWriter::moment(engine::base::CivilMinutes at) {
  if (at.is_open()) return null();
  separate();
  out_ += '"';
  append_moment(out_, at);
  out_ += '"';
}

void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
}

// A value or name is preceded by a comma unless it is the first one, or follows its own name.
void JsonWriter::separate() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_ += ',';
}

void JsonWriter::append_escaped(std::string_view value) {
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (!needs_escape(c)) continue;
    out_.append(value, plain_from, i - plain_from);
    plain_from = i + 1;
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else {
      out_ += "\\u00";
      out_ += hex_digits[static_cast<unsigned char>(c) >> 4U];
      out_ += hex_digits[static_cast<unsigned char>(c) & 0xFU];
    }
  }
  out_.append(value, plain_from);
}

void append_moment(std::string& out, engine::base::CivilMinutes at) {
  const auto start = at.day_start();
  const std::chrono::year_month_day date{std::chrono::sys_days{
      std::chrono::days{start.raw() / engine::base::CivilMinutes::minutes_per_day}}};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  append_two_digits(out, year / 100);
  append_two_digits(out, year % 100);
  out += '-';
  append_two_digits(out, static_cast<unsigned>(date.month()));
  out += '-';
  append_two_digits(out, static_cast<unsigned>(date.day()));
  const auto into_day = static_cast<unsigned>(at.raw() - start.raw());
  if (into_day == 0) return;
  out += 'T';
  append_two_digits(out, into_day / 60);
  out += ':';
  append_two_digits(out, into_day % 60);
}

}  // namespace server::json
