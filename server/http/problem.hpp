// Errors as callers see them: RFC 9457 problem details with a stable code and, where a field of the
// request is to blame, its JSON pointer (of a body) or its name (of a query). Never an internal
// message or a stack trace.
#pragma once

#include "engine/base/result.hpp"
#include "server/http/message.hpp"

#include <cstdint>
#include <string_view>

namespace server::http {

struct Problem {
  int status = 500;
  std::string_view code = {};       // stable, part of the contract
  std::string_view detail = {};     // for a person: what was found and what to do
  std::string_view pointer = {};    // into the body; empty: none
  std::string_view parameter = {};  // of the query; empty: none
  std::string_view state = {};      // of a node that is not ready; empty: none
  std::uint64_t batches_read = 0;   // while it loads
  std::uint64_t batches_all = 0;    // 0: not known, neither is told
};

// Overwrites the response.
void write_problem(const Problem& problem, Response& response);

// What the caller can mend is 400, 413 or 422; a failing world is 503.
int status_for(const engine::base::Fault& fault);

// A fault in the body: `where` is a JSON pointer.
void write_body_problem(const engine::base::Fault& fault, Response& response);
// A fault in the path or query: `where` is a pointer of one step, the parameter's name.
void write_query_problem(const engine::base::Fault& fault, Response& response);

}  // namespace server::http
