#include "server/node/feed_record.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

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

namespace {

// The text up to the line's end, after `word`, taken off the front of `rest`.
std::optional<std::string_view> take_line(std::string_view& rest, std::string_view word) {
  const auto end = rest.find('\n');
  if (!rest.starts_with(word) || end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(word.size(), end - word.size());
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> count_from(std::optional<std::string_view> text) {
  std::uint64_t number = 0;
  if (!text) return std::nullopt;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
  if (read.ec != std::errc{} || read.ptr != text->data() + text->size()) return std::nullopt;
  return number;
}

}  // namespace

std::string feed_record_text(const FeedRecord& record) {
  return "sequence " + std::to_string(record.sequence) + "\nreceived_at " + record.received_at +
         "\nsender_sequence " +
         (record.sender_sequence ? std::to_string(*record.sender_sequence) : "none") +
         "\nbatches " + std::to_string(record.batches) + "\nlast " + row_counts_text(record.last) +
         "\nall " + row_counts_text(record.all) + "\n";
}

std::optional<FeedRecord> feed_record_from(std::string feed, std::string_view text) {
  FeedRecord record;
  record.feed = std::move(feed);
  const auto sequence = count_from(take_line(text, "sequence "));
  const auto received_at = take_line(text, "received_at ");
  const auto sender = take_line(text, "sender_sequence ");
  const auto batches = count_from(take_line(text, "batches "));
  const auto last = take_line(text, "last ");
  const auto all = take_line(text, "all ");
  if (!sequence || !received_at || !sender || !batches || !last || !all) return std::nullopt;
  const auto last_rows = row_counts_from(*last);
  const auto all_rows = row_counts_from(*all);
  if (!last_rows || !all_rows) return std::nullopt;
  if (*sender != "none") {
    record.sender_sequence = count_from(sender);
    if (!record.sender_sequence) return std::nullopt;
  }
  record.sequence = *sequence;
  record.received_at = *received_at;
  record.batches = *batches;
  record.last = *last_rows;
  record.all = *all_rows;
  return record;
}

}  // namespace server::node
