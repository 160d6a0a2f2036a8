#include "server/node/state.hpp"

#include "engine/base/contract.hpp"
#include "engine/model/image_members.hpp"
#include "engine/snapshot/advance.hpp"
#include "engine/snapshot/builder.hpp"
#include "rules/record_texts.hpp"
#include "server/feed/freshness.hpp"
#include "server/feed/importer.hpp"
#include "server/feed/partition.hpp"
#include "server/node/batch_content.hpp"
#include "server/node/document_name.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

// Messages name the file, not the folder it lay in: a replay must say the same anywhere.
std::string bare_name(const std::string& path) {
  return std::filesystem::path{path}.filename().string();
}

Fault twice(const std::string& file, const std::string& other, const std::string& name) {
  return {FaultCode::duplicate_key, file,
          "'" + name + "' stands in " + other + " of this import already"};
}

}  // namespace

State::State() { facts_.set_compiler(std::make_shared<rules::RecordTexts>()); }

std::vector<Fault> State::put_rules(const std::vector<TextFile>& files) {
  std::vector<rules::RuleDocument> texts;
  texts.reserve(files.size());
  for (const TextFile& file : files) texts.push_back({bare_name(file.path), file.text});
  return put_rule_texts(std::move(texts));
}

std::vector<Fault> State::put_rule_texts(std::vector<rules::RuleDocument> texts) {
  std::map<std::string, std::string> seen;  // name to file
  for (rules::RuleDocument& text : texts) {
    std::string name = document_name(text);
    if (const auto [other, fresh] = seen.emplace(name, text.file); !fresh)
      return {twice(text.file, other->second, name)};
    const auto known = std::ranges::find(documents_, name, &NamedDocument::name);
    if (known == documents_.end()) {
      documents_.push_back({std::move(name), std::move(text)});
    } else {
      known->document = std::move(text);
    }
  }
  auto compiled = rules::compile(rule_documents(), facts_.schema);
  if (compiled.faults.empty()) rules_ = std::move(compiled.rules);
  return std::move(compiled.faults);
}

std::vector<rules::RuleDocument> State::rule_documents() const {
  std::vector<rules::RuleDocument> book;
  for (const NamedDocument& named : documents_) book.push_back(named.document);
  return book;
}

Result<void> State::put_feed_descriptions(const std::vector<TextFile>& files) {
  std::map<std::string, std::string> seen;  // name to file
  for (const TextFile& file : files) {
    auto description = feed::parse_feed_description(file.text);
    if (!description) {
      const Fault& fault = description.error();
      return Fault{fault.code, file.path + "#" + fault.where, fault.detail};
    }
    const auto [other, fresh] = seen.emplace(description->name, file.path);
    if (!fresh) return twice(file.path, other->second, description->name);
    const auto known =
        std::ranges::find(feed_descriptions_, description->name, &feed::FeedDescription::name);
    if (known == feed_descriptions_.end()) {
      feed_descriptions_.push_back(*std::move(description));
      feed_files_.push_back(file);
    } else {
      feed_files_[static_cast<std::size_t>(known - feed_descriptions_.begin())] = file;
      *known = *std::move(description);
    }
  }
  if (!files.empty()) feed_forms_ = feed::feed_forms(feed_descriptions_);
  return {};
}

// The text says what it goes by.
bool State::holds(const TextFile& document) const {
  const auto is_rules = [&](const NamedDocument& each) {
    return each.document.text == document.text;
  };
  return std::ranges::any_of(documents_, is_rules) ||
         std::ranges::find(feed_files_, document.text, &TextFile::text) != feed_files_.end();
}

Result<void> State::apply(const store::Batch& batch) {
  const auto failed = [&batch](const Fault& fault) {
    return Fault{FaultCode::store_corrupt, "batch " + std::to_string(batch.sequence),
                 "can't be applied: " + fault.where + ": " + fault.detail};
  };
  if (batch.kind != import_kind) {
    return failed(
        {FaultCode::unsupported, "kind", "'" + batch.kind + "' is not known to this version"});
  }
  facts_.begin_import(batch.sequence);
  const auto parts = unpack(batch.content);
  if (!parts) return failed(parts.error());
  const bool is_draft = !parts->empty() && parts->front().kind == PartKind::draft_part;
  if (!is_draft) {
    if (auto ok = apply_import(batch, *parts); !ok) return failed(ok.error());
    return {};
  }
  for (const Part& part : *parts) {  // as if they had come one after the other
    const auto own = unpack(part.content);
    if (!own) return failed(own.error());
    if (auto ok = apply_import(batch, *own); !ok) return failed(ok.error());
  }
  return {};
}

Result<void> State::apply_import(const store::Batch& batch, std::span<const Part> parts) {
  std::vector<rules::RuleDocument> texts;
  std::vector<TextFile> descriptions;
  for (const Part& part : parts) {
    if (part.kind == PartKind::rules)
      texts.push_back({std::string{part.name}, std::string{part.content}});
    if (part.kind == PartKind::feed_description)
      descriptions.push_back({std::string{part.name}, std::string{part.content}});
  }
  if (!texts.empty()) {
    const auto faults = put_rule_texts(std::move(texts));
    if (!faults.empty()) return faults.front();
  }
  if (auto ok = put_feed_descriptions(descriptions); !ok) return ok;
  if (auto ok = apply_rows(parts); !ok) return ok;
  std::vector<FeedPart> feeds;
  for (const Part& part : parts) {
    if (part.kind != PartKind::feed) continue;
    const auto rows = row_counts_from(part.content);
    if (!rows) return Fault{FaultCode::store_corrupt, "feed", "its rows are not counted"};
    feeds.push_back({std::string{part.name}, *rows});
  }
  note_feeds(batch.sequence, batch.received_at, batch.delivery, feeds);
  return {};
}

Result<void> State::apply_rows(std::span<const Part> parts) {
  if (std::ranges::find(parts, PartKind::rows, &Part::kind) == parts.end()) facts_.begin_batch();
  for (const Part& part : parts) {
    if (part.kind != PartKind::rows) continue;
    if (const auto rows = feed::replay_batch(facts_, part.content); !rows) return rows.error();
  }
  for (const Part& part : parts) {
    if (part.kind != PartKind::replace) continue;
    const auto partition = feed::parse_partition(part.content);
    if (!partition) return partition.error();
    if (const auto removed = feed::remove_rest(facts_, *partition); !removed)
      return removed.error();
  }
  return {};
}

void State::note_feeds(std::uint64_t sequence, const std::string& received_at,
                       const store::Delivery& delivery, const std::vector<FeedPart>& parts) {
  for (const FeedPart& part : parts) {
    auto known = std::ranges::find(feeds_, part.feed, &FeedRecord::feed);
    if (known == feeds_.end()) {
      known = feeds_.insert(feeds_.end(), FeedRecord{});
      known->feed = part.feed;
    }
    known->sequence = sequence;
    known->received_at = received_at;
    if (delivery.feed == part.feed && delivery.sender_sequence)
      known->sender_sequence = delivery.sender_sequence;
    ++known->batches;
    known->last = part.rows;
    known->all.read += part.rows.read;
    known->all.accepted += part.rows.accepted;
    known->all.set_aside += part.rows.set_aside;
    known->all.refused += part.rows.refused;
  }
}

void State::write_image(store::ImageWriter& writer) {
  facts_.settle();
  writer(facts_, static_cast<std::uint64_t>(documents_.size()),
         static_cast<std::uint64_t>(feed_files_.size()), static_cast<std::uint64_t>(feeds_.size()));
  for (const NamedDocument& named : documents_) writer(named.document.file, named.document.text);
  for (const TextFile& file : feed_files_) writer(file.path, file.text);
  for (const FeedRecord& of : feeds_) {
    writer(of.feed, of.sequence, of.received_at, std::uint64_t{of.sender_sequence.has_value()},
           of.sender_sequence.value_or(0), of.batches, of.last.read, of.last.accepted,
           of.last.set_aside, of.last.refused, of.all.read, of.all.accepted, of.all.set_aside,
           of.all.refused);
  }
}

Result<void> State::read_image(store::ImageReader& reader) {
  std::uint64_t document_count = 0;
  std::uint64_t feed_count = 0;
  std::uint64_t record_count = 0;
  reader(facts_, document_count, feed_count, record_count);
  std::vector<rules::RuleDocument> documents;
  std::vector<TextFile> feeds;
  for (; document_count > 0 && !reader.failed(); --document_count) {
    rules::RuleDocument& document = documents.emplace_back();
    reader(document.file, document.text);
  }
  for (; feed_count > 0 && !reader.failed(); --feed_count) {
    TextFile& file = feeds.emplace_back();
    reader(file.path, file.text);
  }
  for (; record_count > 0 && !reader.failed(); --record_count) {
    FeedRecord& of = feeds_.emplace_back();
    std::uint64_t has_number = 0;
    std::uint64_t number = 0;
    reader(of.feed, of.sequence, of.received_at, has_number, number, of.batches, of.last.read,
           of.last.accepted, of.last.set_aside, of.last.refused, of.all.read, of.all.accepted,
           of.all.set_aside, of.all.refused);
    if (has_number != 0) of.sender_sequence = number;
  }
  if (reader.failed() || !reader.at_end())
    return Fault{FaultCode::store_corrupt, "", "the image does not hold what it should"};
  if (const auto faults = put_rule_texts(std::move(documents)); !faults.empty())
    return faults.front();
  if (auto ok = put_feed_descriptions(feeds); !ok) return ok;
  return facts_.compile_texts();
}

std::vector<engine::snapshot::FeedStamp> State::stamps() const {
  std::vector<feed::FeedMoment> moments;
  for (const FeedRecord& record : feeds_) {
    const auto accepted_at = feed::utc_seconds_of(record.received_at);
    if (accepted_at) moments.push_back({record.feed, *accepted_at});
  }
  return feed::feed_stamps(moments, feed_descriptions_);
}

Result<std::shared_ptr<const engine::snapshot::Snapshot>> State::build(
    std::uint64_t generation, const std::shared_ptr<const engine::snapshot::Snapshot>& previous) {
  if (previous != nullptr) {
    auto from = fold_ != nullptr && fold_->is_ready() ? founded_anew(previous) : previous;
    auto next = engine::snapshot::advance(*from, facts_, rules_, generation, stamps());
    if (next && *next == nullptr && fold_ != nullptr) {  // perhaps only room is wanting
      from = founded_anew(from);
      next = engine::snapshot::advance(*from, facts_, rules_, generation, stamps());
    }
    if (!next || *next != nullptr) return next;
  }
  engine::snapshot::SnapshotBuilder builder{facts_, rules_, generation};
  builder.set_feed_stamps(stamps());
  return builder.build();
}

// The same generation over the store that was made beside; as it was, where that can't be.
std::shared_ptr<const engine::snapshot::Snapshot> State::founded_anew(
    const std::shared_ptr<const engine::snapshot::Snapshot>& newest) {
  auto founded = fold_->take(facts_, *newest);
  fold_.reset();
  return founded == nullptr ? newest : founded;
}

std::shared_ptr<const engine::snapshot::Snapshot> State::come_to_rest(
    const std::shared_ptr<const engine::snapshot::Snapshot>& newest) {
  std::shared_ptr<const engine::snapshot::Snapshot> founded;
  if (fold_ != nullptr) {
    founded = fold_->take(facts_, *newest);
    fold_.reset();
  }
  facts_.let_go_of_spare();
  return founded;
}

void State::fold_beside(const std::shared_ptr<const engine::snapshot::Snapshot>& newest) {
  if (fold_ == nullptr && facts_.is_fold_due()) begin_fold(newest);
}

void State::begin_fold(const std::shared_ptr<const engine::snapshot::Snapshot>& newest) {
  if (auto begun = engine::snapshot::Fold::begin(facts_, newest))
    fold_ = std::make_shared<BackgroundFold>(std::move(begun));
}

State::Frozen State::frozen(const std::shared_ptr<const engine::snapshot::Snapshot>& newest) {
  ENSURE(fold_ == nullptr && facts_.is_settled());
  auto made = std::make_unique<State>();
  made->facts_ = facts_.frozen();
  made->documents_ = documents_;
  made->feed_files_ = feed_files_;
  made->feeds_ = feeds_;
  begin_fold(newest);
  return {std::move(made), fold_};
}

}  // namespace server::node
