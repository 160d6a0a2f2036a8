// Of State: told anew without its history.
#include "server/feed/fact_rows.hpp"
#include "server/feed/importer.hpp"
#include "server/node/schema_text.hpp"
#include "server/node/state.hpp"

#include <optional>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

Result<std::uint64_t> State::write_checkpoint(const PieceSink& sink) {
  facts_.settle();
  const std::string schema = schema_text(facts_.schema);
  std::vector<Part> parts{{PartKind::schema, {}, schema}};
  for (const NamedDocument& named : documents_)
    parts.push_back({PartKind::rules, named.document.file, named.document.text});
  for (const TextFile& file : feed_files_)
    parts.push_back({PartKind::feed_description, file.path, file.text});
  std::vector<std::string> records;
  records.reserve(feeds_.size());
  for (const FeedRecord& record : feeds_) {
    records.push_back(feed_record_text(record));
    parts.push_back({PartKind::feed_record, record.feed, records.back()});
  }
  if (auto ok = sink(pack(parts)); !ok) return ok.error();
  std::optional<Fault> fault;
  const std::uint64_t sum = feed::write_fact_rows(facts_, [&](std::string&& rows) {
    if (fault) return;
    const Part part{PartKind::rows, {}, rows};
    if (auto ok = sink(pack({&part, 1})); !ok) fault = ok.error();
  });
  if (fault) return *fault;
  return sum;
}

Result<void> State::apply_checkpoint(std::string_view piece) {
  const auto parts = unpack(piece);
  if (!parts) return parts.error();
  std::vector<rules::RuleDocument> texts;
  std::vector<TextFile> descriptions;
  for (const Part& part : *parts) {
    if (part.kind == PartKind::schema) {
      if (auto ok = read_schema(part.content, facts_.schema); !ok) return ok;
    } else if (part.kind == PartKind::rules) {
      texts.push_back({std::string{part.name}, std::string{part.content}});
    } else if (part.kind == PartKind::feed_description) {
      descriptions.push_back({std::string{part.name}, std::string{part.content}});
    } else if (part.kind == PartKind::feed_record) {
      auto record = feed_record_from(std::string{part.name}, part.content);
      if (!record) return Fault{FaultCode::store_corrupt, "feed", "what is known of it is cut off"};
      feeds_.push_back(*std::move(record));
    }
  }
  if (!texts.empty()) {
    const auto faults = put_rule_texts(std::move(texts));
    if (!faults.empty()) return faults.front();
  }
  if (auto ok = put_feed_descriptions(descriptions); !ok) return ok;
  for (const Part& part : *parts) {
    if (part.kind != PartKind::rows) continue;
    if (const auto rows = feed::replay_batch(facts_, part.content); !rows) return rows.error();
  }
  return {};
}

}  // namespace server::node
