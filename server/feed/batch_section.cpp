#include "server/feed/batch_section.hpp"

#include <algorithm>
#include <charconv>

namespace server::feed {

namespace {

// Takes `word` and a blank off the front, then the text up to the next blank; nothing when it does
// not stand there.
std::optional<std::string_view> take_word(std::string_view& line, std::string_view word) {
  if (!line.starts_with(word) || line.substr(word.size(), 1) != " ") return std::nullopt;
  line.remove_prefix(word.size() + 1);
  const std::string_view value = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(value.size() + 1, line.size()));
  return value;
}

}  // namespace

std::optional<std::uint64_t> batch_number_from(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<BatchSection> section_from(std::string_view line) {
  const auto name = take_word(line, "kind");
  const auto kind = name ? kind_from(*name) : std::nullopt;
  const auto rows = take_word(line, "rows");
  const auto count = rows ? batch_number_from(*rows) : std::nullopt;
  if (!kind || !count || !line.starts_with("feed ")) return std::nullopt;
  return BatchSection{*kind, *count, std::string{line.substr(5)}};
}

}  // namespace server::feed
