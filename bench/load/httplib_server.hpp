// cpp-httplib's own server with bare answers, tuned as well as it can be: TCP_NODELAY, connections
// kept, a thread for each. What Netto would cost if it stood on it. httplib.h stays in the .cpp.
#pragma once

#include "bench/load/server_child.hpp"

#include <cstddef>

namespace bench::load {

// The body of a child; `threads` is the most connections that it serves at the same time.
ServerChild::Body httplib_server(BareAnswers answers, std::size_t threads, int core);

}  // namespace bench::load
