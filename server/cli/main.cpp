#include <string>
#include <vector>

#include "server/cli/command.hpp"

int main(int count, char** values) {
  server::cli::Run run;
  const std::vector<std::string> arguments(values + (count > 0 ? 1 : 0), values + count);
  return static_cast<int>(server::cli::run_netto(arguments, run));
}
