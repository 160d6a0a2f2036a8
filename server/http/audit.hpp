// The route of the audit: GET /v1/audit. Any thread; one question at a time is answered.
#pragma once

#include "server/audit/keeper.hpp"
#include "server/http/message.hpp"

namespace server::http {

void ask_audit(const audit::AuditKeeper& audit, const Target& target, Response& response);

}  // namespace server::http
