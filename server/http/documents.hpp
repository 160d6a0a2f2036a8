// POST /v1/documents: rules documents and feed descriptions for a running node, all of them as one
// batch, or none. Documents of one name take each other's place, so that sending again is harmless.
// Answered when they are durable and the next question is answered by them. Any thread.
#pragma once

#include "server/http/message.hpp"
#include "server/node/writer.hpp"

#include <string>
#include <vector>

namespace server::http {

inline constexpr std::size_t documents_max = 1'000;  // of one request

// The body that brings these: {"documents": [{"name": ..., "text": ...}, ...]}.
std::string documents_body(const std::vector<node::TextFile>& documents);

void post_documents(node::Writer& writer, const Request& request, const Target& target,
                    Response& response);

}  // namespace server::http
