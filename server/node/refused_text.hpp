// Refused rows as text: as a table that tells what is wrong with each, or as they came, under the
// header of their file, so that they can be corrected and imported again. Pure; any thread.
#pragma once

#include "engine/base/result.hpp"
#include "server/store/journal.hpp"

#include <string>
#include <string_view>

namespace server::node {

// RFC 4180: file,line,column,value,code,reason,row.
std::string refused_csv(const store::Refused& refused);

// One object a row, with the same members.
std::string refused_ndjson(const store::Refused& refused);

// The rows of one file as they came; `file` may be empty where there is but one. Faults:
// file_missing, naming the files there are; missing_value where rows were not kept as text.
engine::base::Result<std::string> refused_as_sent(const store::Refused& refused,
                                                  std::string_view file);

}  // namespace server::node
