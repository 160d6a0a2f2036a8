#include "server/ops/request_marks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>

namespace server::ops {

namespace {

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"._:/+=@-"}.find(c) != std::string_view::npos;
}

bool is_hex_part(std::string_view part) { return std::ranges::all_of(part, is_lower_hex); }

bool is_all_zero(std::string_view part) {
  return part.find_first_not_of('0') == std::string_view::npos;
}

void append_hex(std::string& out, std::uint64_t value) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), value, 16).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= request_id_bytes &&
         std::ranges::all_of(text, is_id_character);
}

bool is_traceparent(std::string_view text) {
  constexpr std::size_t length = 55;
  if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const auto version = text.substr(0, 2);
  const auto trace = text.substr(3, 32);
  const auto parent = text.substr(36, 16);
  if (!is_hex_part(version) || version == "ff" || !is_hex_part(trace) || !is_hex_part(parent) ||
      !is_hex_part(text.substr(53, 2)) || is_all_zero(trace) || is_all_zero(parent)) {
    return false;
  }
  if (text.size() == length) return true;
  return version != "00" && text[length] == '-' && is_request_id(text);
}

RequestMarks::RequestMarks() {
  std::random_device random;
  append_hex(prefix_, (std::uint64_t{random()} << 32U) | random());
  prefix_ += '-';
}

void RequestMarks::id_for(std::string_view given, std::string& out) {
  if (is_request_id(given)) {
    out.assign(given);
    return;
  }
  out.assign(prefix_);
  append_hex(out, ++last_);
}

}  // namespace server::ops
