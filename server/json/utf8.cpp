#include "server/json/utf8.hpp"

#include <simdjson.h>

namespace server::json {

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace server::json
