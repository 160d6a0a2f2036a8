// Whether a text is valid UTF-8, for rooms that may not see the JSON library which knows it best.
// Pure; several GB/s.
#pragma once

#include <string_view>

namespace server::json {

bool is_utf8(std::string_view text);

}  // namespace server::json
