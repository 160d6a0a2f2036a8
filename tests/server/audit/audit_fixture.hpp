// A data folder whose batches are audited: what is sent to it, and what the audit says, as lines that
// can be read.
#pragma once

#include "server/audit/query.hpp"
#include "server/audit/writer.hpp"
#include "server/node/node.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <memory>
#include <string>

namespace tests {

// "2 changed conditions type=base_price key=B-1: value 4.95 -> 5.10"
inline std::string line_of(const server::audit::AuditChange& change) {
  std::string line =
      std::to_string(change.sequence) + " " + what_name(change.what) + " " + change.kind;
  for (const auto& [column, value] : change.record) line += " " + column + "=" + value;
  const char* separator = ": ";
  for (const auto& column : change.columns) {
    line += separator + column.column + " " + column.old_value + " -> " + column.new_value;
    separator = ", ";
  }
  return line + (change.is_old_known ? "\n" : " (before: not known)\n");
}

inline std::string lines_of(const server::audit::AuditAnswer& answer) {
  std::string lines;
  for (const auto& change : answer.changes) lines += line_of(change);
  return lines;
}

inline server::audit::AuditAnswer asked_of(const std::string& folder,
                                           const server::audit::AuditQuery& query) {
  auto answer = server::audit::ask(folder, query);
  if (!answer) FAIL(answer.error().where << ": " << answer.error().detail);
  REQUIRE(answer->has_value());
  return **std::move(answer);
}

inline void bring_audit_up(const std::string& folder) {
  auto writer = server::audit::AuditWriter::open(folder);
  if (!writer) FAIL(writer.error().where << ": " << writer.error().detail);
  if (auto ok = catch_up(*writer); !ok) FAIL(ok.error().where << ": " << ok.error().detail);
}

struct AuditedFolder {
  TemporaryFolder folder;
  std::string data = folder.path() + "/data";
  std::string files = folder.path() + "/files";
  std::unique_ptr<server::node::Node> node;

  // The small company is batch 1.
  AuditedFolder() {
    write_small_company(files);
    auto opened =
        server::node::Node::open(data, {server::node::Access::create, server::node::Keep::facts});
    if (!opened) FAIL(opened.error().detail);
    node = *std::move(opened);
    server::node::ImportRequest request;
    request.paths = {files};
    REQUIRE(node->import(request).sequence == 1);
  }

  // Rows of one kind, sent as that feed; which batch they became.
  std::uint64_t send(const std::string& kind, const std::string& rows,
                     const std::string& partition = "", const std::string& batch_id = "") {
    server::node::ImportRequest request;
    request.files = {{kind + ".csv", "", rows, kind}};
    request.delivery = {kind, batch_id, {}, 0};
    if (!partition.empty()) request.replace = *server::feed::parse_partition(partition);
    const auto outcome = node->import(request);
    for (const auto& fault : outcome.faults) FAIL(fault.where << ": " << fault.detail);
    for (const auto& file : outcome.report.files) {
      for (const auto& row : file.refused_rows) FAIL(row.column << ": " << row.reason);
    }
    return outcome.sequence;
  }

  std::uint64_t prices(const std::string& rows, const std::string& partition = "") {
    return send("conditions", "type,customer,article,value,currency,from_quantity,key,op\n" + rows,
                partition);
  }

  std::string ask(const server::audit::AuditQuery& query) {
    bring_audit_up(data);
    return lines_of(asked_of(data, query));
  }
};

}  // namespace tests
