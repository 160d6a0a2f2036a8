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
  BatchSection section;
  if (const auto names = take_word(line, "names")) {
    section.names = *names;
  } else {
    const auto name = take_word(line, "kind");
    const auto kind = name ? kind_from(*name) : std::nullopt;
    if (!kind) return std::nullopt;
    section.kind = *kind;
  }
  const auto rows = take_word(line, "rows");
  const auto count = rows ? batch_number_from(*rows) : std::nullopt;
  if (!count) return std::nullopt;
  section.rows = *count;
  if (const auto import = take_word(line, "import")) {
    section.import = batch_number_from(*import);
    if (!section.import) return std::nullopt;
  }
  if (!line.starts_with("feed ")) return std::nullopt;
  section.feed = line.substr(5);
  return section;
}

}  // namespace server::feed
