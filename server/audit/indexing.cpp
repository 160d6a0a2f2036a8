#include "server/audit/indexing.hpp"

#include "rules/json_tree.hpp"
#include "server/node/batch_content.hpp"
#include "server/node/document_name.hpp"

#include <utility>

namespace server::audit {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using node::Part;
using node::PartKind;

namespace {

void add_text(const Part& part, std::string_view kind, NewAuditedBatch& made) {
  const std::string name = name_of_text(kind, part.name, part.content);
  made.batch.codes.push_back(hash_of(Code::record, identity_of_text(kind, name)));
  made.batch.codes.push_back(hash_of(Code::document, name));
  made.batch.codes.push_back(hash_of(Code::document, part.name));
  made.batch.changes_rules = true;
  ++made.batch.rows;
}

// Consecutive rows often name the same: its hash is then the last one.
void add_hash(CodeHashes& codes, CodeHash hash) {
  if (codes.empty() || codes.back() != hash) codes.push_back(hash);
}

Result<void> add_rows(std::string_view rows, const ParameterNames& parameters,
                      NewAuditedBatch& made) {
  std::string identity;
  const RowShape* last = nullptr;
  return read_rows(rows, parameters, [&](const RowShape& shape, const auto& cells) {
    CodeHashes& codes = made.batch.codes;
    if (&shape != last) codes.push_back(hash_of(Code::feed, shape.feed()));
    last = &shape;
    shape.identity(cells, identity);
    codes.push_back(hash_of(Code::record, identity));
    shape.for_each_named(
        cells, [&](Code code, std::string_view text) { add_hash(codes, hash_of(code, text)); });
    ++made.batch.rows;
  });
}

}  // namespace

std::string name_of_text(std::string_view kind, std::string_view file, std::string_view text) {
  if (kind == rules_kind) return node::document_name({std::string{file}, std::string{text}});
  const auto tree = rules::parse_json(text);
  const rules::Json* const feed = tree ? tree->find("feed") : nullptr;
  return feed == nullptr ? std::string{file} : feed->text();
}

Result<NewAuditedBatch> indexed(store::Batch&& batch, std::int64_t checksum,
                                ParameterNames& parameters) {
  NewAuditedBatch made;
  made.batch.sequence = batch.sequence;
  made.batch.checksum = checksum;
  made.batch.received_at = std::move(batch.received_at);
  made.batch.source = std::move(batch.source);
  made.batch.delivery = std::move(batch.delivery);
  if (!made.batch.delivery.feed.empty())
    made.batch.codes.push_back(hash_of(Code::feed, made.batch.delivery.feed));
  made.content = std::move(batch.content);
  const auto parts = batch.kind == node::import_kind
                         ? node::unpack_all(made.content)
                         : Result<std::vector<Part>>{std::vector<Part>{}};
  const auto of_batch = [&](const Fault& fault) {
    return Fault{FaultCode::store_corrupt, "batch " + std::to_string(made.batch.sequence),
                 fault.where + ": " + fault.detail};
  };
  if (!parts) return of_batch(parts.error());
  for (const Part& part : *parts) {
    switch (part.kind) {
      case PartKind::rules:
        add_parameters(part.content, parameters);
        add_text(part, rules_kind, made);
        break;
      case PartKind::feed_description:
        add_text(part, feed_description_kind, made);
        break;
      case PartKind::rows:
        if (auto ok = add_rows(part.content, parameters, made); !ok) return of_batch(ok.error());
        break;
      case PartKind::replace:
        made.batch.replaces = true;
        break;
      case PartKind::feed:
        made.batch.codes.push_back(hash_of(Code::feed, part.name));
        break;
      case PartKind::draft_part:  // unpacked above
      case PartKind::schema:      // of checkpoints, as the next
      case PartKind::feed_record:
        break;
    }
  }
  sort_hashes(made.batch.codes);
  return made;
}

}  // namespace server::audit
