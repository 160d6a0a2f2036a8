#include "server/node/new_batch.hpp"

#include "server/node/batch_content.hpp"
#include "server/node/feed_record.hpp"
#include "server/store/checksum.hpp"

#include <vector>

namespace server::node {

namespace {

std::vector<store::RefusedHeader> headers_of(const feed::ImportReport& report) {
  std::vector<store::RefusedHeader> headers;
  for (const feed::FileReport& file : report.files) {
    if (!file.refused_rows.empty() && !file.header.empty())
      headers.push_back({file.file, file.header});
  }
  return headers;
}

std::vector<store::RefusedRow> refused_of(const feed::ImportReport& report) {
  std::vector<store::RefusedRow> rows;
  for (const feed::FileReport& file : report.files) {
    for (const feed::RefusedRow& row : file.refused_rows) {
      rows.push_back({row.file, row.line, row.column, row.value, engine::base::fault_name(row.code),
                      row.reason, row.text});
    }
  }
  return rows;
}

std::string bare_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

// Files are kept when they bring something.
std::string content_of(const Gathered& gathered, const feed::Import& import,
                       const std::vector<FeedPart>& feeds, bool is_delivery) {
  std::vector<std::string> names;  // kept while parts look at them
  names.reserve(gathered.rules.size() + gathered.feed_descriptions.size());
  std::vector<Part> parts;
  const auto add = [&](PartKind kind, const std::vector<TextFile>& files) {
    for (const TextFile& file : files) {
      names.push_back(bare_name(file.path));
      parts.push_back({kind, names.back(), file.text});
    }
  };
  add(PartKind::rules, gathered.rules);
  add(PartKind::feed_description, gathered.feed_descriptions);
  if (!import.batch.empty()) parts.push_back({PartKind::rows, {}, import.batch});
  std::string replaced;
  if (import.replaced) {
    replaced = feed::to_string(*import.replaced);
    parts.push_back({PartKind::replace, {}, replaced});
  }
  std::vector<std::string> counts;
  counts.reserve(feeds.size());
  if (!parts.empty() || is_delivery) {
    for (const FeedPart& feed : feeds) {
      counts.push_back(row_counts_text(feed.rows));
      parts.push_back({PartKind::feed, feed.feed, counts.back()});
    }
  }
  return pack(parts);
}

}  // namespace

std::string source_of(const ImportRequest& request) {
  std::string source = request.source;
  for (const std::string& path : request.paths) source += (source.empty() ? "" : " ") + path;
  return source;
}

std::int64_t checksum_of(const ImportRequest& request) {
  store::Checksum sum;
  for (const feed::FeedFile& file : request.files) sum.add(file.bytes.size()).add(file.bytes);
  if (request.replace) sum.add(feed::to_string(*request.replace));
  return static_cast<std::int64_t>(sum.value());
}

store::NewBatch new_batch(const ImportRequest& request, const store::Delivery& delivery,
                          const Gathered& gathered, const feed::Import& import,
                          const feed::ImportReport& report) {
  store::NewBatch batch;
  batch.kind = import_kind;
  batch.source = source_of(request);
  batch.content = content_of(gathered, import, feed_parts(report), !delivery.feed.empty());
  batch.refused = refused_of(report);
  batch.refused_headers = headers_of(report);
  batch.delivery = delivery;
  return batch;
}

}  // namespace server::node
