// What a draft changes for a basket: the same question put to what is live and to the draft, both as an
// order. One thread; costs what two questions cost.
#pragma once

#include "server/cli/ask.hpp"
#include "server/cli/command.hpp"

#include <string>

namespace server::cli {

void compare_basket(const std::string& draft, AskOptions asked, Run& run);

}  // namespace server::cli
