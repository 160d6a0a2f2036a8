#include "tests/replay/parts/program.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to us

namespace tests::replay {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

Fault failed(const std::string& program, int error) {
  return {FaultCode::unsupported, program,
          "the program can't be run: " + std::error_code{error, std::generic_category()}.message()};
}

std::string read_all(int from) {
  std::string all;
  std::array<char, 65'536> block{};
  for (;;) {
    const ssize_t count = ::read(from, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return all;
    all.append(block.data(), static_cast<std::size_t>(count));
  }
}

int exit_code_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<ProgramRun> run_program(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return failed(arguments.front(), errno);
  std::vector<char*> values;
  for (const std::string& argument : arguments)
    values.push_back(const_cast<char*>(argument.c_str()));  // NOLINT: posix_spawn's type
  values.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addclose(&actions, ends[0]);
  ::posix_spawn_file_actions_addclose(&actions, ends[1]);
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, values.front(), &actions, nullptr, values.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  ProgramRun run;
  if (error == 0) run.output = read_all(ends[0]);
  ::close(ends[0]);
  if (error != 0) return failed(arguments.front(), error);
  run.exit_code = exit_code_of(child);
  return run;
}

bool has_program(const std::string& name) {
  const auto run = run_program({name, "--version"});
  return run && run->exit_code == 0;
}

}  // namespace tests::replay
