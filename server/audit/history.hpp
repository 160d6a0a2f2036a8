// History: follows chosen records through batches in their order, and tells what each change of one
// was. Which records are chosen, and which changes are kept, its user says; a version is named to it
// by the row or text that says it. One thread. Cost: a look-up a row.
#pragma once

#include "engine/base/result.hpp"
#include "server/audit/query.hpp"
#include "server/audit/version.hpp"
#include "server/feed/partition.hpp"

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace server::audit {

// A batch with its rows: what it does, in order.
struct OpenedBatch {
  AuditedBatch batch;
  std::string content;
};

// What a batch does to one record.
struct Effect {
  std::string_view kind;                // of record, as changes name it
  std::optional<feed::Kind> rows_kind;  // none: a text
  std::string_view feed;
  std::string_view identity;
  bool removes = false;
  Version version;  // as the row says it; of a removal only what it names
};

using VisitEffect = std::function<engine::base::Result<void>(Effect&& effect)>;

// Rules, feed descriptions and rows of a batch, in this order. Fault: store_corrupt.
engine::base::Result<void> for_each_effect(const OpenedBatch& opened,
                                           const ParameterNames& parameters,
                                           const VisitEffect& visit);

// The partition that a batch replaces; nothing where it replaces none.
engine::base::Result<std::optional<feed::Partition>> replaced_by(const OpenedBatch& opened);

class History {
 public:
  // Which change is kept: of the versions before and after, of which one may be null.
  using Keep = std::function<bool(const AuditedBatch& batch, std::string_view feed,
                                  std::optional<feed::Kind> kind, const Version* before,
                                  const Version* after)>;

  // `is_complete`: before the first batch there was nothing. Without that nothing is known then.
  History(const ParameterNames& parameters, std::size_t limit, bool is_complete,
          std::string known_since, Keep keep);

  // Chooses a record. Fault: too_large.
  engine::base::Result<void> choose(std::string_view identity);

  bool has_chosen() const { return !records_.empty(); }

  // Of all chosen records, sorted.
  CodeHashes hashes() const;

  // Batches that come between are not known.
  void forget(const std::string& known_since);

  engine::base::Result<void> apply(const OpenedBatch& opened);

  // The newest, up to the limit, oldest first.
  std::deque<AuditChange>& changes() { return changes_; }

  bool has_more() const { return has_more_; }

 private:
  enum class State : std::uint8_t { unknown, there, gone };

  struct Record {
    State state = State::unknown;
    std::uint64_t sequence = 0;  // of the batch that spoke of it last
    std::string feed;
    std::optional<feed::Kind> kind;
    Version version;
  };

  void put(const AuditedBatch& batch, Effect& effect, Record& record);
  void remove(const AuditedBatch& batch, const Effect& effect, Record& record);
  void remove_rest(const AuditedBatch& batch, const feed::Partition& partition);
  void tell(AuditChange&& change);
  AuditChange change_of(const AuditedBatch& batch, std::string_view kind, std::string_view feed,
                        std::optional<feed::Kind> rows_kind, const Version& named) const;

  const ParameterNames& parameters_;
  std::size_t limit_;
  State at_first_;
  std::string known_since_;
  Keep keep_;
  std::unordered_map<std::string, Record> records_;
  std::deque<AuditChange> changes_;
  bool has_more_ = false;
};

}  // namespace server::audit
