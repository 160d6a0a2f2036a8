// AuditStore: the audit in one SQLite file, `folder`/audit.db. A line a journal batch: who sent it and
// when, the hashes of all codes that its rows name (codes.hpp), and its content, packed. Batches come
// in the order of the journal; where the journal no longer had some, that is noted as a gap. Made
// from the journal and from nothing else: it may be deleted, and is then made again from what the
// journal has. One object: one thread; any number of processes beside each other, each transaction
// whole. Faults name the file and say how to renew it: store_unavailable, store_format, store_corrupt.
#pragma once

#include "engine/base/result.hpp"
#include "server/audit/batch_rows.hpp"
#include "server/audit/codes.hpp"
#include "server/store/journal.hpp"
#include "server/store/sqlite.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server::audit {

// What is known of a batch without its rows.
struct AuditedBatch {
  std::uint64_t sequence = 0;
  std::int64_t checksum = 0;  // that the journal has of it
  std::string received_at;    // UTC, ISO 8601
  std::string source;         // for people
  store::Delivery delivery;
  bool replaces = false;       // a partition: it may take away what it does not name
  bool changes_rules = false;  // rules documents or feed descriptions
  std::uint64_t rows = 0;
  CodeHashes codes;
};

struct NewAuditedBatch {
  AuditedBatch batch;
  std::string content;  // as the journal had it
};

// Batches that the journal no longer had when the audit came to them.
struct AuditGap {
  std::uint64_t from = 0, to = 0;  // sequences, both within

  friend bool operator==(const AuditGap&, const AuditGap&) = default;
};

// What the audit reaches over.
struct AuditReach {
  std::uint64_t first = 0, last = 0;  // sequences that are kept; 0: none
  std::string since;                  // when the first of them came
  std::vector<AuditGap> gaps;
};

std::string audit_file(const std::string& folder);

class AuditStore {
 public:
  static constexpr int format_newest = 1;

  // Access::create makes the file. Nothing where there is none and it may not be made.
  static engine::base::Result<std::optional<AuditStore>> open(const std::string& folder,
                                                              store::Access access);

  engine::base::Result<std::uint64_t> last_sequence();
  engine::base::Result<AuditReach> reach();
  engine::base::Result<ParameterNames> parameters();

  // In one transaction that would survive a power failure, and only while `after` is the last
  // sequence: false, and nothing written, where another process was here. `gap` comes before them.
  engine::base::Result<bool> add(std::uint64_t after, const std::optional<AuditGap>& gap,
                                 const std::vector<NewAuditedBatch>& batches,
                                 const ParameterNames& parameters);

  // The file is whole by itself then, without the log beside it, where nobody else has it open.
  void end_writing();

  // The checksum that the journal had of the newest batch at or before `sequence`, and which that is.
  engine::base::Result<std::optional<std::pair<std::uint64_t, std::int64_t>>> newest_until(
      std::uint64_t sequence);

  engine::base::Result<void> drop_after(std::uint64_t sequence);

  // Drops up to `most` batches that came before `received_before`, never the newest of all; how many.
  // Gives room back to the disk as it goes.
  engine::base::Result<std::uint64_t> prune(const std::string& received_before, std::uint64_t most);

  using Visit = std::function<engine::base::Result<void>(AuditedBatch&& batch)>;
  // From the one sequence to the other, in order; stops at the first Fault.
  engine::base::Result<void> scan(std::uint64_t from, std::uint64_t to, const Visit& visit);

  // Fault: store_corrupt where it is not what was written.
  engine::base::Result<std::string> content(std::uint64_t sequence);

  // Whatever is read until the end of `reading` is as of one moment.
  engine::base::Result<void> read_as_of_now(
      const std::function<engine::base::Result<void>()>& reading);

 private:
  AuditStore(store::Database database, std::string file)
      : database_{std::move(database)}, file_{std::move(file)} {}

  engine::base::Result<void> make_ready(store::Access access);
  engine::base::Result<void> check_format();
  engine::base::Result<void> write_batch(const NewAuditedBatch& audited);
  engine::base::Fault told(const engine::base::Fault& fault) const;

  store::Database database_;
  std::string file_;
};

}  // namespace server::audit
