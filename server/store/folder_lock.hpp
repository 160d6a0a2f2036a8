// FolderLock: keeps a second writer out of a data folder. An advisory lock on `folder`/netto.lock
// that the kernel gives up with the process, however that ends; the file stays and names the last
// holder, for the message. Movable; one owner.
#pragma once

#include "engine/base/result.hpp"

#include <string>

namespace server::store {

class FolderLock {
 public:
  // Requires an existing folder. Fault: store_unavailable.
  static engine::base::Result<FolderLock> take(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_{file} {}

  int file_ = -1;
};

}  // namespace server::store
