// What commands ask of a running node (--url) instead of a data folder: JSON out of its answers, and
// what it says went wrong as a Fault whose kind gives the right exit code. One thread.
#pragma once

#include "engine/base/result.hpp"
#include "rules/json_tree.hpp"
#include "server/http/client.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace server::cli {

// The problem that an answer other than 2xx tells: store_unavailable for a node that only follows, or
// can't do it now; else what it says itself, as far as that is a code of ours: contradicting_values
// for a conflict, bad_request for the rest.
engine::base::Fault fault_of(const std::string& url, const http::ClientAnswer& answer);

// The body of a 2xx answer. Faults: those of http::get, and the above.
engine::base::Result<std::string> get_text(const std::string& url, const std::string& path);
// The same, read. Faults: bad_json, too; large answers are not for this.
engine::base::Result<rules::Json> get_json(const std::string& url, const std::string& path);

// A member of an object; 0 or empty where there is none, or it is null.
std::uint64_t number_in(const rules::Json& object, std::string_view name);
std::string text_in(const rules::Json& object, std::string_view name);
bool is_true(const rules::Json& object, std::string_view name);
// Whether it is there, and not null.
bool has(const rules::Json& object, std::string_view name);

}  // namespace server::cli
