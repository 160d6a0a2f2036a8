// Another program, run to its end: its output, and how it ended. No shell in between, so arguments
// need no quoting. What it says on standard error goes to ours. One thread.
#pragma once

#include "engine/base/result.hpp"

#include <string>
#include <vector>

namespace tests::replay {

struct ProgramRun {
  std::string output;
  int exit_code = 0;  // 128 and the number of the signal that ended it, as shells have it
};

// Looks the program up in PATH. Fault: unsupported where it can't be run.
engine::base::Result<ProgramRun> run_program(const std::vector<std::string>& arguments);

// Whether `name --version` runs.
bool has_program(const std::string& name);

}  // namespace tests::replay
