#include "server/store/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <utility>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

std::string last_holder(int file) {
  std::array<char, 24> text{};
  const auto size = ::pread(file, text.data(), text.size() - 1, 0);
  if (size <= 0) return "another process";
  std::string holder{text.data(), static_cast<std::size_t>(size)};
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return "process " + holder;
}

// Only for the message of whoever comes second: when it can't be written, the lock holds all the
// same.
void name_holder(int file) {
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file, 0) == 0) {
    [[maybe_unused]] const auto written = ::pwrite(file, text.data(), text.size(), 0);
  }
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string name = folder + "/netto.lock";
  const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    const std::error_code reason{errno, std::generic_category()};
    return Fault{FaultCode::store_unavailable, folder,
                 "the data folder can't be written to: " + reason.message()};
  }
  FolderLock lock{file};
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return Fault{
        FaultCode::store_unavailable, folder,
        "the data folder is open for writing in " + last_holder(file) +
            "; only one can write at a time (a node that serves it takes data by import --url)"};
  }
  name_holder(file);
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_{std::exchange(other.file_, -1)} {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace server::store
