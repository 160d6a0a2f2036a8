#include "server/cli/command.hpp"

#include <string>
#include <vector>

int main(int count, char** values) {
  server::cli::Run run;
  const std::vector<std::string> arguments(values + (count > 0 ? 1 : 0), values + count);
  return static_cast<int>(server::cli::run_netto(arguments, run));
}
