// An answer of the audit as JSON, as HTTP and the command line give it. Pure; any thread.
#pragma once

#include "server/audit/query.hpp"

#include <string>

namespace server::audit {

// Appends one object.
void write_answer(const AuditAnswer& answer, std::string& out);

// "batches 12 to 40 are not known here".
std::string gap_text(const AuditGap& gap);

}  // namespace server::audit
