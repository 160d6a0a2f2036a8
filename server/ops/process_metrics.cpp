#include "server/ops/metrics.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace server::ops {

namespace {

// Taken as the program begins, before main().
const std::chrono::duration<double> started = std::chrono::system_clock::now().time_since_epoch();

// 0 where the system doesn't say.
double resident_bytes() {
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  const std::unique_ptr<std::FILE, Closer> file{std::fopen("/proc/self/statm", "re")};
  unsigned long size = 0;
  unsigned long resident = 0;
  if (!file || std::fscanf(file.get(), "%lu %lu", &size, &resident) != 2) return 0;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator entry{"/proc/self/fd", error}, end;
       !error && entry != end; entry.increment(error)) {
    ++count;
  }
  return count;
}

}  // namespace

void add_process(Families& to) {
  add_gauge(to, "process_resident_memory_bytes", "Memory of the process that is in use.",
            resident_bytes());
  add_gauge(to, "process_open_fds", "Files and sockets that are open.", open_files());
  add_gauge(to, "process_start_time_seconds", "When the process started, since 1970.",
            started.count());
}

}  // namespace server::ops
