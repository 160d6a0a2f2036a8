// An answer of the audit as JSON, as HTTP and the command line give it. Pure; any thread.
#pragma once

#include "server/audit/query.hpp"

#include <string>
#include <string_view>

namespace server::audit {

// Appends one object.
void write_answer(const AuditAnswer& answer, std::string& out);

// What write_answer() wrote. Fault: bad_json where it is something else.
engine::base::Result<AuditAnswer> read_answer(std::string_view json);

// "batches 12 to 40 are not known here".
std::string gap_text(const AuditGap& gap);

}  // namespace server::audit
