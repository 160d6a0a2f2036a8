// Questions to the audit, and what is answered: the changes of records, newest first - when, who, what,
// old and new value. All that a question names must hold: a change is of an article, a customer, a
// document, where what the record said before or says since names it; of a feed or a batch, where it
// came by that. Values of a record are told from the change before, in what is kept; where that lies
// before what is kept, the old value is not known. One thread a call; reads as of one moment. Cost:
// the hashes of all batches are looked through (some 4 KB for 1,000 rows), and the rows read of
// those batches that name what is asked for, or take away what they don't name.
#pragma once

#include "engine/base/result.hpp"
#include "server/audit/store.hpp"
#include "server/audit/version.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace server::audit {

inline constexpr std::size_t limit_default = 100;
inline constexpr std::size_t limit_max = 10'000;
inline constexpr std::size_t records_max = 500'000;  // that one question may look at

struct AuditQuery {
  std::string article, customer, document, feed;  // empty: any
  std::optional<std::uint64_t> sequence = {};     // of the batch
  std::string from = {}, to = {};  // 2026-03-01, 2026-03-01T14:30, UTC; `to` is within; empty: open
  std::size_t limit = limit_default;
};

enum class What : std::uint8_t {
  is_new,  // there was no such record
  changed,
  removed,             // by a row that says so
  removed_by_replace,  // its partition was replaced, without it
  set                  // what it was before, and whether it was, is not known
};

const char* what_name(What what);

struct AuditChange {
  std::uint64_t sequence = 0;
  std::string received_at, source, feed, batch_id;
  std::optional<std::uint64_t> sender_sequence;
  std::string kind;  // of record; "rules", "feed_description"
  What what = What::changed;
  std::vector<std::pair<std::string, std::string>> record;  // what it is known by: column and value
  std::vector<ColumnChange> columns;
  bool is_old_known = true;
  std::string known_since;  // where it is not: what came before this moment is not known

  friend bool operator==(const AuditChange&, const AuditChange&) = default;
};

struct AuditAnswer {
  std::vector<AuditChange> changes;  // newest first
  bool has_more = false;             // older ones, beyond the limit
  AuditReach reach;
};

// Faults: bad_request, naming the member that is to blame; too_large where more than records_max
// records would have to be looked at; those of the audit. Nothing: there is no audit in the folder.
engine::base::Result<std::optional<AuditAnswer>> ask(const std::string& folder,
                                                     const AuditQuery& query);

engine::base::Result<void> check(const AuditQuery& query);

}  // namespace server::audit
