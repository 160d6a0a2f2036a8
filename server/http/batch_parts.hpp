// What batches of feeds and parts of drafts have in common over HTTP: how the body is read, what is
// told of its rows, and why it did not go in. Any thread.
#pragma once

#include "engine/base/result.hpp"
#include "server/http/message.hpp"
#include "server/json/json_writer.hpp"
#include "server/node/node.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace server::http {

// ".csv" or ".ndjson"; nothing for what is no batch.
std::string_view ending_of(std::string_view content_type);

// False, and a problem in the response, where the body is compressed.
bool is_uncompressed(const Request& request, Response& response);

// The parameter `mode`. Fault: bad_request.
engine::base::Result<void> read_mode(const std::string& value, node::ImportRequest& batch);

void write_counts(const node::RowCounts& rows, json::JsonWriter& json);

// What became of the rows, as members of an object that is open.
void write_rows(const feed::ImportReport& report, json::JsonWriter& json);

void write_findings(const std::vector<feed::Finding>& findings, json::JsonWriter& json);

// The problem, with what became of the rows where any were read.
void write_not_taken(const node::ImportOutcome& outcome, Response& response);

// Of a request that the writer did not take up.
void write_unwritten(const engine::base::Fault& fault, Response& response);

}  // namespace server::http
