// A batch's content as the audit keeps it: deflated at its fastest level, which takes a third of the
// room at some four nanoseconds a byte; as it is, where that is no smaller. The first byte says
// which. Pure; any thread.
#pragma once

#include "engine/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace server::audit {

std::string packed(std::string_view text);

// Appends what was packed, `size` bytes of it. Fault: store_corrupt.
engine::base::Result<void> append_unpacked(std::string_view bytes, std::size_t size,
                                           std::string& out);

}  // namespace server::audit
