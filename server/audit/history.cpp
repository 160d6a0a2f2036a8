#include "server/audit/history.hpp"

#include "server/audit/indexing.hpp"
#include "server/node/batch_content.hpp"

#include <algorithm>
#include <utility>

namespace server::audit {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using node::Part;
using node::PartKind;

Result<void> for_each_effect(const OpenedBatch& opened, const ParameterNames& parameters,
                             const VisitEffect& visit) {
  const auto parts = node::unpack_all(opened.content);
  if (!parts) return parts.error();
  for (const Part& part : *parts) {
    const bool is_rules = part.kind == PartKind::rules;
    if (!is_rules && part.kind != PartKind::feed_description) continue;
    const std::string_view kind = is_rules ? rules_kind : feed_description_kind;
    const std::string name = name_of_text(kind, part.name, part.content);
    const std::string identity = identity_of_text(kind, name);
    Effect effect{kind,     std::nullopt, opened.batch.delivery.feed,
                  identity, false,        Version::of_text(part.name, name, part.content)};
    if (auto ok = visit(std::move(effect)); !ok) return ok;
  }
  std::optional<Fault> fault;
  std::string identity;
  const auto visit_row = [&](const RowShape& shape, std::span<const std::string_view> cells) {
    if (fault) return;
    shape.identity(cells, identity);
    auto ok = visit({feed::kind_name(shape.kind()), shape.kind(), shape.feed(), identity,
                     shape.removes(cells), Version{shape, cells}});
    if (!ok) fault = ok.error();
  };
  for (const Part& part : *parts) {
    if (part.kind != PartKind::rows) continue;
    if (auto ok = read_rows(part.content, parameters, visit_row); !ok) return ok;
    if (fault) return *fault;
  }
  return {};
}

Result<std::optional<feed::Partition>> replaced_by(const OpenedBatch& opened) {
  if (!opened.batch.replaces) return std::optional<feed::Partition>{};
  const auto parts = node::unpack_all(opened.content);
  if (!parts) return parts.error();
  for (const Part& part : *parts) {
    if (part.kind != PartKind::replace) continue;
    auto partition = feed::parse_partition(part.content);
    if (!partition) return partition.error();
    return std::optional{*std::move(partition)};
  }
  return std::optional<feed::Partition>{};
}

History::History(const ParameterNames& parameters, std::size_t limit, bool is_complete,
                 std::string known_since, Keep keep)
    : parameters_{parameters},
      limit_{limit},
      at_first_{is_complete ? State::gone : State::unknown},
      known_since_{std::move(known_since)},
      keep_{std::move(keep)} {}

Result<void> History::choose(std::string_view identity) {
  const auto [record, is_new] = records_.try_emplace(std::string{identity});
  if (!is_new) return {};
  record->second.state = at_first_;
  if (records_.size() <= records_max) return {};
  return Fault{
      FaultCode::too_large, "",
      "more than " + std::to_string(records_max) +
          " records would have to be looked at; ask for one article, or for a shorter time"};
}

CodeHashes History::hashes() const {
  CodeHashes hashes;
  hashes.reserve(records_.size());
  for (const auto& [identity, record] : records_) hashes.push_back(hash_of(Code::record, identity));
  sort_hashes(hashes);
  return hashes;
}

void History::forget(const std::string& known_since) {
  known_since_ = known_since;
  for (auto& [identity, record] : records_) {
    record.state = State::unknown;
    record.version = {};
  }
}

Result<void> History::apply(const OpenedBatch& opened) {
  std::string key;
  const auto applied = for_each_effect(opened, parameters_, [&](Effect&& effect) -> Result<void> {
    key = effect.identity;
    const auto found = records_.find(key);
    if (found == records_.end()) return {};
    effect.removes ? remove(opened.batch, effect, found->second)
                   : put(opened.batch, effect, found->second);
    return {};
  });
  if (!applied) return applied;
  const auto partition = replaced_by(opened);
  if (!partition) return partition.error();
  if (partition->has_value()) remove_rest(opened.batch, **partition);
  return {};
}

AuditChange History::change_of(const AuditedBatch& batch, std::string_view kind,
                               std::string_view feed, std::optional<feed::Kind> rows_kind,
                               const Version& named) const {
  AuditChange change;
  change.sequence = batch.sequence;
  change.received_at = batch.received_at;
  change.source = batch.source;
  change.feed = batch.delivery.feed.empty() ? std::string{feed} : batch.delivery.feed;
  change.batch_id = batch.delivery.batch_id;
  change.sender_sequence = batch.delivery.sender_sequence;
  change.kind = kind;
  for (const auto& [column, value] : named.cells()) {
    const bool is_of = rows_kind ? is_known_by(*rows_kind, column, parameters_) : column == "name";
    if (is_of) change.record.emplace_back(column, value);
  }
  return change;
}

namespace {

// Columns that the record is known by.
void leave_out_told(AuditChange& change) {
  std::erase_if(change.columns, [&change](const ColumnChange& of) {
    return std::ranges::find(change.record, of.column,
                             &std::pair<std::string, std::string>::first) != change.record.end();
  });
}

}  // namespace

void History::put(const AuditedBatch& batch, Effect& effect, Record& record) {
  const bool was_there = record.state == State::there;
  const Version before = std::exchange(record.version, std::move(effect.version));
  const State state = std::exchange(record.state, State::there);
  record.sequence = batch.sequence;
  record.feed = effect.feed;
  record.kind = effect.rows_kind;
  if (was_there && before == record.version) return;
  if (!keep_(batch, effect.feed, effect.rows_kind, was_there ? &before : nullptr, &record.version))
    return;
  AuditChange change = change_of(batch, effect.kind, effect.feed, effect.rows_kind, record.version);
  change.columns = effect.rows_kind ? changed_columns(*effect.rows_kind, before, record.version)
                                    : changed_lines(before, record.version);
  if (was_there && change.columns.empty()) return;
  if (!was_there) leave_out_told(change);
  change.what = was_there ? What::changed : (state == State::gone ? What::is_new : What::set);
  change.is_old_known = state != State::unknown;
  tell(std::move(change));
}

void History::remove(const AuditedBatch& batch, const Effect& effect, Record& record) {
  const State state = std::exchange(record.state, State::gone);
  const Version before = std::exchange(record.version, {});
  record.sequence = batch.sequence;
  if (state == State::gone) return;  // there was nothing to remove
  const Version& named = state == State::there ? before : effect.version;
  if (!keep_(batch, effect.feed, effect.rows_kind, &named, nullptr)) return;
  AuditChange change = change_of(batch, effect.kind, effect.feed, effect.rows_kind, named);
  if (effect.rows_kind && state == State::there)
    change.columns = changed_columns(*effect.rows_kind, before, {});
  leave_out_told(change);
  change.what = What::removed;
  change.is_old_known = state == State::there;
  tell(std::move(change));
}

void History::remove_rest(const AuditedBatch& batch, const feed::Partition& partition) {
  std::vector<std::string_view> gone;
  for (auto& [identity, record] : records_) {
    if (record.state != State::there || record.sequence == batch.sequence || !record.kind) continue;
    if (record.version.is_of(partition, *record.kind)) gone.push_back(identity);
  }
  std::ranges::sort(gone);
  for (const std::string_view identity : gone) {
    Record& record = records_.find(std::string{identity})->second;
    const Version before = std::exchange(record.version, {});
    record.state = State::gone;
    record.sequence = batch.sequence;
    if (!keep_(batch, record.feed, record.kind, &before, nullptr)) continue;
    AuditChange change =
        change_of(batch, feed::kind_name(*record.kind), record.feed, record.kind, before);
    change.columns = changed_columns(*record.kind, before, {});
    leave_out_told(change);
    change.what = What::removed_by_replace;
    tell(std::move(change));
  }
}

void History::tell(AuditChange&& change) {
  if (!change.is_old_known) change.known_since = known_since_;
  changes_.push_back(std::move(change));
  if (changes_.size() <= limit_) return;
  changes_.pop_front();
  has_more_ = true;
}

}  // namespace server::audit
