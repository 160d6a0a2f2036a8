#include "server/json/json_writer.hpp"

#include "engine/base/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace server::json {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t escape_size = 6;   // "\u001f"
constexpr std::size_t moment_size = 16;  // "2026-11-22T14:30"
constexpr std::size_t bytes_at_once = 1'024;

// What must not stand in a JSON text as it is.
constexpr bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

constexpr std::uint64_t in_each_byte(unsigned char value) { return 0x0101010101010101U * value; }

// Whether any of eight bytes needs an escape. May say so of one that follows such a byte, too.
constexpr bool may_need_escape(std::uint64_t word) {
  const auto zero_bytes = [](std::uint64_t x) { return (x - in_each_byte(1)) & ~x; };
  const std::uint64_t low = (word - in_each_byte(0x20)) & ~word;
  return ((low | zero_bytes(word ^ in_each_byte('"')) | zero_bytes(word ^ in_each_byte('\\'))) &
          in_each_byte(0x80)) != 0;
}

std::uint64_t word_at(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Requires eight bytes.
bool is_plain(std::string_view text) {
  const char* const last = text.data() + text.size() - sizeof(std::uint64_t);
  for (const char* at = text.data(); at < last; at += sizeof(std::uint64_t)) {
    if (may_need_escape(word_at(at))) return false;
  }
  return !may_need_escape(word_at(last));
}

char* put_escaped(char* to, std::string_view text) {
  for (const char c : text) {
    if (!needs_escape(c)) {
      *to++ = c;
    } else if (c == '"' || c == '\\') {
      *to++ = '\\';
      *to++ = c;
    } else {
      to = std::ranges::copy(std::string_view{"\\u00"}, to).out;
      *to++ = hex_digits[static_cast<unsigned char>(c) >> 4U];
      *to++ = hex_digits[static_cast<unsigned char>(c) & 0xFU];
    }
  }
  return to;
}

// Texts of 8 to 16 bytes, which most are, as two words that may overlap; false where an escape is
// needed.
bool put_two_words(char* to, std::string_view text) {
  const auto second = text.size() - sizeof(std::uint64_t);
  const std::uint64_t first_word = word_at(text.data());
  const std::uint64_t second_word = word_at(text.data() + second);
  if (may_need_escape(first_word) || may_need_escape(second_word)) return false;
  std::memcpy(to, &first_word, sizeof first_word);
  std::memcpy(to + second, &second_word, sizeof second_word);
  return true;
}

// The text between quotes.
char* put_text(char* to, std::string_view text) {
  *to++ = '"';
  const auto size = text.size();
  const bool has_word = size >= sizeof(std::uint64_t);
  if (has_word && size <= 2 * sizeof(std::uint64_t) && put_two_words(to, text)) {
    to += size;
  } else if (has_word && is_plain(text)) {
    std::memcpy(to, text.data(), size);
    to += size;
  } else {
    to = put_escaped(to, text);
  }
  *to++ = '"';
  return to;
}

char* put_two_digits(char* to, unsigned value) {
  *to++ = static_cast<char>('0' + value / 10 % 10);
  *to++ = static_cast<char>('0' + value % 10);
  return to;
}

char* put_moment(char* to, engine::base::CivilMinutes at) {
  const auto start = at.day_start();
  const std::chrono::year_month_day date{std::chrono::sys_days{
      std::chrono::days{start.raw() / engine::base::CivilMinutes::minutes_per_day}}};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  to = put_two_digits(put_two_digits(to, year / 100), year % 100);
  *to++ = '-';
  to = put_two_digits(to, static_cast<unsigned>(date.month()));
  *to++ = '-';
  to = put_two_digits(to, static_cast<unsigned>(date.day()));
  const auto into_day = static_cast<unsigned>(at.raw() - start.raw());
  if (into_day == 0) return to;
  *to++ = 'T';
  to = put_two_digits(to, into_day / 60);
  *to++ = ':';
  return put_two_digits(to, into_day % 60);
}

// Digits with a point before the last `decimals` of them, and at least one digit before the point.
// Needs room for eight bytes beyond what it writes.
char* put_decimal(char* to, std::uint64_t mantissa, std::size_t decimals) {
  constexpr std::size_t digits_max = 20;
  char* const end = std::to_chars(to, to + digits_max, mantissa).ptr;
  if (decimals == 0) return end;
  const auto count = static_cast<std::size_t>(end - to);
  if (count > decimals && decimals <= sizeof(std::uint64_t)) {
    char* const point = end - decimals;
    const std::uint64_t behind = word_at(point);
    *point = '.';
    std::memcpy(point + 1, &behind, sizeof behind);
  } else if (count > decimals) {
    std::copy_backward(end - decimals, end, end + 1);
    end[-static_cast<std::ptrdiff_t>(decimals)] = '.';
  } else {
    // "5" with three decimals: 0.005.
    char* const first = to + 2 + (decimals - count);
    std::copy_backward(to, end, first + count);
    std::fill(to, first, '0');
    to[1] = '.';
    return first + count;
  }
  return end + 1;
}

}  // namespace

void JsonWriter::grow(std::size_t size) {
  const auto used = at_ == nullptr ? out_.size() : static_cast<std::size_t>(at_ - out_.data());
  out_.resize(used + std::max({size, bytes_at_once, used / 2}));
  at_ = out_.data() + used;
  end_ = out_.data() + out_.size();
}

void JsonWriter::settle() {
  out_.resize(static_cast<std::size_t>(at_ - out_.data()));
  at_ = nullptr;
  end_ = nullptr;
}

void JsonWriter::key(std::string_view name) {
  char* to = put_text(separated(name.size() * escape_size + 3), name);
  *to = ':';
  wrote(to + 1);
}

void JsonWriter::text(std::string_view value) {
  wrote(put_text(separated(value.size() * escape_size + 2), value));
}

void JsonWriter::number(std::uint64_t value) {
  constexpr std::size_t digits_max = 20;
  char* const to = separated(digits_max);
  wrote(std::to_chars(to, to + digits_max, value).ptr);
}

void JsonWriter::raw(std::string_view json) {
  char* const to = separated(json.size());
  wrote(std::ranges::copy(json, to).out);
}

void JsonWriter::decimal(engine::base::Int128 mantissa, int decimals) {
  constexpr int decimals_usual = 40;
  if (mantissa < -INT64_MAX || mantissa > INT64_MAX || decimals > decimals_usual) {
    std::string digits;
    engine::base::append_decimal(digits, mantissa, decimals);
    return text(digits);
  }
  char* to = separated(decimals_usual + 32);
  *to++ = '"';
  if (mantissa < 0) *to++ = '-';
  const auto size = static_cast<std::uint64_t>(mantissa < 0 ? -mantissa : mantissa);
  to = put_decimal(to, size, static_cast<std::size_t>(decimals));
  *to = '"';
  wrote(to + 1);
}

void JsonWriter::moment(engine::base::CivilMinutes at) {
  if (at.is_open()) return null();
  char* to = separated(moment_size + 2);
  *to = '"';
  to = put_moment(to + 1, at);
  *to = '"';
  wrote(to + 1);
}

void append_moment(std::string& out, engine::base::CivilMinutes at) {
  std::array<char, moment_size> text{};
  out.append(text.data(), put_moment(text.data(), at));
}

}  // namespace server::json
