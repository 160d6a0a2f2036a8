// Files and folders that are complete or not there: written without a name - or, where the file
// system has no such thing, under a temporary one beside the target - made durable, and only then
// given their name. Nobody sees half a list; what is not kept is gone when the object is, and a
// file without a name even when the process is killed. What stands at the target and is no file, a
// device or a pipe, is written to as it is. One thread. Faults: file_unreadable, with the place and
// what the system says.
#pragma once

#include "engine/base/result.hpp"

#include <string>
#include <string_view>

namespace server::cli {

class NewFile {
 public:
  static engine::base::Result<NewFile> create(std::string path);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  // False when it can't be taken; keep() then says why.
  bool write(std::string_view text);
  engine::base::Result<void> keep();
  // Closes it where it is, for one who keeps the whole folder.
  engine::base::Result<void> keep_in_new_folder();

 private:
  enum class Kind : unsigned char { unnamed, named, device };

  explicit NewFile(std::string path);

  engine::base::Fault fault() const;
  bool give_name();

  std::string path_;
  std::string partial_;
  int file_ = -1;
  int error_ = 0;  // errno of what failed first
  Kind kind_ = Kind::unnamed;
};

class NewFolder {
 public:
  // The folder must not be there, or be empty.
  static engine::base::Result<NewFolder> create(std::string path);
  NewFolder(NewFolder&& other) noexcept;
  NewFolder& operator=(NewFolder&&) = delete;
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder();

  // Where a file of this name belongs until the folder is kept.
  std::string path_of(std::string_view name) const { return partial_ + "/" + std::string{name}; }

  engine::base::Result<void> keep();

 private:
  explicit NewFolder(std::string path);

  std::string path_;
  std::string partial_;
  bool is_there_ = false;
};

// A code as a file's name: letters, digits, '-', '_' and inner dots as they are, other bytes as %2F.
std::string file_name_of(std::string_view code);

}  // namespace server::cli
