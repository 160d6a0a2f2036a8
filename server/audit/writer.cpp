#include "server/audit/writer.hpp"

#include "server/audit/indexing.hpp"

#include <utility>

namespace server::audit {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

// Of one transaction.
constexpr std::size_t batches_max = 2'000;
constexpr std::size_t bytes_max = std::size_t{8} << 20U;

}  // namespace

Result<AuditWriter> AuditWriter::open(const std::string& folder) {
  auto journal = store::open_journal(folder, store::Access::read);
  if (!journal) return journal.error();
  auto audit = AuditStore::open(folder, store::Access::create);
  if (!audit) return audit.error();
  AuditWriter writer{*std::move(journal), **std::move(audit)};
  if (auto ok = writer.put_right(); !ok) return ok.error();
  return writer;
}

AuditWriter::~AuditWriter() {
  if (store_) store_->end_writing();
}

// Whether the audit's line is one of this journal's batch. One whose batch the journal has dropped
// since can't be told, and is believed.
Result<bool> AuditWriter::is_of_journal(std::uint64_t sequence, std::int64_t checksum,
                                        std::uint64_t journal_last) {
  if (sequence > journal_last) return false;
  const auto known = journal_->checksum(sequence);
  if (!known) return known.error();
  return !known->has_value() || **known == checksum;
}

Result<void> AuditWriter::put_right() {
  const auto journal_last = journal_->last_sequence();
  if (!journal_last) return journal_last.error();
  const auto reach = store_->reach();
  if (!reach) return reach.error();
  std::uint64_t fits = reach->last;
  for (;;) {
    const auto newest = store_->newest_until(fits);
    if (!newest) return newest.error();
    if (!newest->has_value()) {
      fits = 0;
      break;
    }
    const auto is_own = is_of_journal((*newest)->first, (*newest)->second, *journal_last);
    if (!is_own) return is_own.error();
    fits = (*newest)->first;
    if (*is_own) break;
    --fits;
  }
  if (fits < reach->last) {
    dropped_ = reach->last - fits;
    if (auto ok = store_->drop_after(fits); !ok) return ok;
  }
  last_ = fits;
  return {};
}

// The batches behind `sequence` whose contents the journal no longer has: those that are dropped are
// its first.
Result<std::optional<AuditGap>> AuditWriter::missing_after(std::uint64_t sequence) {
  const auto from = journal_->contents_from();
  if (!from) return from.error();
  if (*from <= sequence + 1) return std::optional<AuditGap>{};
  return std::optional{AuditGap{sequence + 1, *from - 1}};
}

// Batches from `from` on, until there are enough for one transaction: true then.
Result<bool> AuditWriter::gather(std::uint64_t from, std::vector<NewAuditedBatch>& batches,
                                 ParameterNames& parameters) {
  std::size_t bytes = 0;
  bool enough = false;
  const auto read = journal_->replay(from, [&](store::Batch&& batch) -> Result<void> {
    const auto checksum = journal_->checksum(batch.sequence);
    if (!checksum) return checksum.error();
    auto made = indexed(std::move(batch), checksum->value_or(0), parameters);
    if (!made) return made.error();
    bytes += made->content.size();
    batches.push_back(*std::move(made));
    enough = batches.size() >= batches_max || bytes >= bytes_max;
    // A Fault is how a replay is told to stop.
    if (enough) return Fault{FaultCode::too_many, "", ""};
    return {};
  });
  if (!read && !enough) return read.error();
  return enough;
}

Result<bool> AuditWriter::step() {
  const auto journal_last = journal_->last_sequence();
  if (!journal_last) return journal_last.error();
  if (*journal_last <= last_) return false;
  const auto gap = missing_after(last_);
  if (!gap) return gap.error();
  auto parameters = store_->parameters();
  if (!parameters) return parameters.error();
  std::vector<NewAuditedBatch> batches;
  const std::uint64_t from = (gap->has_value() ? (*gap)->to : last_) + 1;
  const auto more = gather(from, batches, *parameters);
  if (!more) return more.error();
  if (batches.empty()) return false;
  const auto added = store_->add(last_, *gap, batches, *parameters);
  if (!added) return added.error();
  if (!*added) {  // another process was here
    if (auto ok = put_right(); !ok) return ok.error();
    return true;
  }
  last_ = batches.back().batch.sequence;
  return *more;
}

Result<void> catch_up(AuditWriter& writer) {
  for (;;) {
    const auto more = writer.step();
    if (!more) return more.error();
    if (!*more) return {};
  }
}

Result<std::uint64_t> audited_through(const std::string& folder) {
  auto audit = AuditStore::open(folder, store::Access::read);
  if (!audit) return audit.error();
  return audit->has_value() ? (*audit)->last_sequence() : Result<std::uint64_t>{std::uint64_t{0}};
}

}  // namespace server::audit
