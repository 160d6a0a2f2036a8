// Routes of drafts: future prices and rules that are brought, looked at, published or dropped while
// the node serves. Any thread; what changes a draft waits for the writer.
#pragma once

#include "server/http/message.hpp"
#include "server/node/writer.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace server::http {

// POST /v1/drafts/{name}/parts
void post_draft_part(node::Writer& writer, const Request& request, const Target& target,
                     Response& response);
// GET /v1/drafts
void list_drafts(const node::Writer& writer, Response& response);
// GET /v1/drafts/{name}
void show_draft(const node::Writer& writer, const Target& target, Response& response);
// POST /v1/drafts/{name}/publish, POST /v1/drafts/{name}/unschedule, DELETE /v1/drafts/{name}
void publish_draft(node::Writer& writer, const Target& target, Response& response);
void unschedule_draft(node::Writer& writer, const Target& target, Response& response);
void drop_draft(node::Writer& writer, const Target& target, Response& response);

// Of a question to a draft that gets no answer.
void write_unanswered_draft(const engine::base::Fault& fault, Response& response);

// Marks an answer, a JSON object, as a draft's, so that nobody takes it for a live one.
void mark_draft(std::string_view name, std::uint64_t based_on, std::string& body);

}  // namespace server::http
