// What is known of each feed: its last batch and what its batches brought, as a pure function of the
// journal (State keeps it, images hold it). The counts of a batch stand in its content, one part a
// feed, so that an import of many files is known by all of its feeds; batches of journal format 1
// have none, and don't show here. Plain values; any thread.
#pragma once

#include "server/feed/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server::node {

struct RowCounts {
  std::uint64_t read = 0, accepted = 0, set_aside = 0, refused = 0;

  friend bool operator==(const RowCounts&, const RowCounts&) = default;
};

// What one batch brought of one feed.
struct FeedPart {
  std::string feed;
  RowCounts rows;

  friend bool operator==(const FeedPart&, const FeedPart&) = default;
};

struct FeedRecord {
  std::string feed;
  std::uint64_t sequence = 0;                    // of its last batch
  std::string received_at;                       // that batch; UTC, ISO 8601
  std::optional<std::uint64_t> sender_sequence;  // the last that its sender gave
  std::uint64_t batches = 0;
  RowCounts last;  // of the last batch
  RowCounts all;   // of all batches

  friend bool operator==(const FeedRecord&, const FeedRecord&) = default;
};

// One part a feed, in the order in which they come first.
std::vector<FeedPart> feed_parts(const feed::ImportReport& report);

// "read 3 accepted 2 set_aside 0 refused 1" and back; nothing where it is not of that form.
std::string row_counts_text(const RowCounts& rows);
std::optional<RowCounts> row_counts_from(std::string_view text);

// All of a record but the feed's name, and back; nothing where it is not of that form.
std::string feed_record_text(const FeedRecord& record);
std::optional<FeedRecord> feed_record_from(std::string feed, std::string_view text);

}  // namespace server::node
