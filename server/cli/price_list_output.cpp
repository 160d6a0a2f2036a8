#include "server/cli/price_list_output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

namespace fs = std::filesystem;

std::string partial_name(const std::string& path) {
  return path + ".partial-" + std::to_string(::getpid());
}

std::string folder_of(const std::string& path) {
  const auto parent = fs::path{path}.parent_path();
  return parent.empty() ? "." : parent.string();
}

Fault fault_of(const std::string& path, int error) {
  return Fault{FaultCode::file_unreadable, path,
               "it can't be written: " + std::generic_category().message(error)};
}

bool sync_folder(const std::string& folder) {
  const int open = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (open < 0) return false;
  const bool is_synced = ::fsync(open) == 0;
  ::close(open);
  return is_synced;
}

}  // namespace

NewFile::NewFile(std::string path) : path_{std::move(path)}, partial_{partial_name(path_)} {
  struct stat there {};

  if (::stat(path_.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    kind_ = Kind::device;
    file_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    file_ = ::open(folder_of(path_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (file_ < 0 && errno != EACCES && errno != ENOENT) {
      kind_ = Kind::named;
      file_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
  }
  if (file_ < 0) error_ = errno;
}

Result<NewFile> NewFile::create(std::string path) {
  NewFile made{std::move(path)};
  if (made.file_ < 0) return made.fault();
  return made;
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_{std::move(other.path_)},
      partial_{std::move(other.partial_)},
      file_{std::exchange(other.file_, -1)},
      error_{other.error_},
      kind_{other.kind_} {}

NewFile::~NewFile() {
  if (file_ < 0) return;
  ::close(file_);
  if (kind_ == Kind::named) ::unlink(partial_.c_str());
}

Fault NewFile::fault() const { return fault_of(path_, error_); }

bool NewFile::write(std::string_view text) {
  while (!text.empty() && error_ == 0) {
    const ssize_t written = ::write(file_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  return error_ == 0;
}

bool NewFile::give_name() {
  if (kind_ == Kind::unnamed) {
    const std::string open = "/proc/self/fd/" + std::to_string(file_);
    if (::linkat(AT_FDCWD, open.c_str(), AT_FDCWD, partial_.c_str(), AT_SYMLINK_FOLLOW) != 0)
      return false;
  }
  if (std::rename(partial_.c_str(), path_.c_str()) == 0) return true;
  const int error = errno;
  ::unlink(partial_.c_str());
  errno = error;
  return false;
}

Result<void> NewFile::keep() {
  if (error_ == 0 && kind_ != Kind::device && (::fsync(file_) != 0 || !give_name())) error_ = errno;
  if (error_ != 0) return fault();
  if (kind_ != Kind::device && !sync_folder(folder_of(path_))) error_ = errno;
  if (::close(std::exchange(file_, -1)) != 0 && error_ == 0) error_ = errno;
  if (error_ != 0) return fault();
  return {};
}

Result<void> NewFile::keep_in_new_folder() {
  if (error_ == 0 && !give_name()) error_ = errno;
  if (error_ != 0) return fault();
  if (::close(std::exchange(file_, -1)) != 0) {
    error_ = errno;
    return fault();
  }
  return {};
}

NewFolder::NewFolder(std::string path) : path_{std::move(path)} {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  partial_ = partial_name(path_);
}

Result<NewFolder> NewFolder::create(std::string path) {
  NewFolder made{std::move(path)};
  std::error_code error;
  if (fs::exists(made.path_, error) && !fs::is_empty(made.path_, error))
    return Fault{FaultCode::file_unreadable, made.path_,
                 "there is something in it; name a new folder for the lists"};
  if (::mkdir(made.partial_.c_str(), 0777) != 0) return fault_of(made.path_, errno);
  made.is_there_ = true;
  return made;
}

NewFolder::NewFolder(NewFolder&& other) noexcept
    : path_{std::move(other.path_)},
      partial_{std::move(other.partial_)},
      is_there_{std::exchange(other.is_there_, false)} {}

NewFolder::~NewFolder() {
  std::error_code error;
  if (is_there_) fs::remove_all(partial_, error);
}

Result<void> NewFolder::keep() {
  const int folder = ::open(partial_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = folder >= 0 && ::syncfs(folder) == 0;
  int error = is_synced ? 0 : errno;
  if (folder >= 0) ::close(folder);
  if (error == 0 && std::rename(partial_.c_str(), path_.c_str()) != 0) error = errno;
  if (error != 0) return fault_of(path_, error);
  is_there_ = false;
  if (!sync_folder(folder_of(path_))) return fault_of(path_, errno);
  return {};
}

std::string file_name_of(std::string_view code) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string name;
  for (const char c : code) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '_' || (c == '.' && !name.empty());
    if (plain) {
      name += c;
    } else {
      name += '%';
      name += hex[byte >> 4U];
      name += hex[byte & 15U];
    }
  }
  return name;
}

}  // namespace server::cli
