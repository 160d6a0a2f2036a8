// What the sources of SqliteJournal share: the checksum of a batch, and a delivery out of a row. Not for
// other rooms. Any thread.
#pragma once

#include "server/store/checksum.hpp"
#include "server/store/journal.hpp"
#include "server/store/sqlite.hpp"

#include <cstdint>
#include <string_view>

namespace server::store {

// The tables of format 4 that hold drafts; also the step from format 3.
extern const char* const drafts_sql;

// What is noted for people; made where it is missing when a folder is opened for writing, whatever its
// format, which older versions of it know nothing of and can do without.
extern const char* const notes_sql;

// A batch without a delivery has the checksum that it had before there were any, so that an upgrade
// need not write the batches anew.
template <class AnyBatch>
std::int64_t checksum_of(std::uint64_t sequence, const AnyBatch& batch) {
  Checksum sum;
  sum.add(sequence);
  for (const std::string_view text :
       {std::string_view{batch.received_at}, std::string_view{batch.kind},
        std::string_view{batch.source}, std::string_view{batch.content}})
    sum.add(text.size()).add(text);
  const Delivery& delivery = batch.delivery;
  if (delivery != Delivery{}) {
    sum.add(delivery.feed.size()).add(delivery.feed);
    sum.add(delivery.batch_id.size()).add(delivery.batch_id);
    sum.add(std::uint64_t{delivery.sender_sequence.has_value()});
    sum.add(delivery.sender_sequence.value_or(0));
    sum.add(static_cast<std::uint64_t>(delivery.sent_checksum));
  }
  return static_cast<std::int64_t>(sum.value());
}

// The columns feed, batch_id, sender_sequence and sent_checksum, from `column` on.
inline Delivery delivery_at(const Statement& row, int column) {
  Delivery delivery;
  delivery.feed = row.text(column);
  delivery.batch_id = row.text(column + 1);
  if (!row.is_null(column + 2))
    delivery.sender_sequence = static_cast<std::uint64_t>(row.number(column + 2));
  delivery.sent_checksum = row.number(column + 3);
  return delivery;
}

// The columns feed, guard, action, records and detail, from `column` on; and back, from position
// `first` on.
inline HeldFinding finding_at(const Statement& row, int column) {
  return {row.text(column), row.text(column + 1), row.text(column + 2),
          static_cast<std::uint64_t>(row.number(column + 3)), row.text(column + 4)};
}

inline void bind_finding(Statement& insert, int first, const HeldFinding& found) {
  insert.bind(first, found.feed)
      .bind(first + 1, found.guard)
      .bind(first + 2, found.action)
      .bind(first + 3, static_cast<std::int64_t>(found.records))
      .bind(first + 4, found.detail);
}

}  // namespace server::store
