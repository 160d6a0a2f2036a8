#include "server/node/feed_record.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace server::node {

namespace {

constexpr std::array<std::string_view, 4> words{"read ", " accepted ", " set_aside ", " refused "};

}  // namespace

std::vector<FeedPart> feed_parts(const feed::ImportReport& report) {
  std::vector<FeedPart> parts;
  for (const feed::FileReport& file : report.files) {
    if (file.use != feed::FileUse::records || file.feed.empty()) continue;
    auto part = std::ranges::find(parts, file.feed, &FeedPart::feed);
    if (part == parts.end()) part = parts.insert(parts.end(), FeedPart{file.feed, {}});
    part->rows.read += file.rows_read;
    part->rows.accepted += file.rows_accepted;
    part->rows.set_aside += file.rows_set_aside;
    part->rows.refused += file.rows_refused;
  }
  return parts;
}

std::string row_counts_text(const RowCounts& rows) {
  std::string text;
  const std::array numbers{rows.read, rows.accepted, rows.set_aside, rows.refused};
  for (std::size_t i = 0; i < words.size(); ++i)
    text.append(words[i]).append(std::to_string(numbers[i]));
  return text;
}

std::optional<RowCounts> row_counts_from(std::string_view text) {
  std::array<std::uint64_t, words.size()> numbers{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!text.starts_with(words[i])) return std::nullopt;
    text.remove_prefix(words[i].size());
    const auto read = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (read.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  }
  if (!text.empty()) return std::nullopt;
  return RowCounts{numbers[0], numbers[1], numbers[2], numbers[3]};
}

}  // namespace server::node
