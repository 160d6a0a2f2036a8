// Routes of batches that guards hold: which there are, and what a person decides. Any thread; a decision
// waits for the writer.
#pragma once

#include "server/http/message.hpp"
#include "server/http/query.hpp"
#include "server/node/writer.hpp"

namespace server::http {

void list_held(const node::Writer& writer, const Target& target, Response& response);

void decide_held(node::Writer& writer, node::Decide what, const Target& target, Response& response);

}  // namespace server::http
