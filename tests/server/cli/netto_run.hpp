// netto_run: the command line run within the test, with what it wrote and its exit code.
#pragma once

#include "server/cli/command.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace tests {

struct Ran {
  server::cli::Exit exit = server::cli::Exit::ok;
  std::string out;
  std::string err;

  bool says(const std::string& text) const { return out.find(text) != std::string::npos; }

  bool complains(const std::string& text) const { return err.find(text) != std::string::npos; }
};

inline Ran netto_run(const std::vector<std::string>& arguments) {
  char* out = nullptr;
  char* err = nullptr;
  std::size_t out_size = 0;
  std::size_t err_size = 0;
  server::cli::Run run;
  run.out = ::open_memstream(&out, &out_size);
  run.err = ::open_memstream(&err, &err_size);
  Ran ran;
  ran.exit = server::cli::run_netto(arguments, run);
  std::fclose(run.out);
  std::fclose(run.err);
  ran.out.assign(out, out_size);
  ran.err.assign(err, err_size);
  std::free(out);
  std::free(err);
  return ran;
}

}  // namespace tests
