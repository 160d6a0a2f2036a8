#include "server/store/image.hpp"

#include "server/store/checksum.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;
// So much at most waits for the disk: a batch that the journal makes durable meanwhile would have to
// wait for all that the file system has taken before it.
constexpr std::uint64_t waiting_bytes_max = std::uint64_t{8} << 20U;
constexpr std::array<char, 8> magic{'N', 'E', 'T', 'T', 'O', 'I', 'M', 'G'};

// An image of another version is of no use even where its form is the same: what that version made
// of a batch may not be what this one makes of it.
constexpr std::array<char, 16> this_version() {
  std::array<char, 16> made{};
  constexpr std::string_view version = NETTO_VERSION;
  static_assert(version.size() < made.size());
  std::copy(version.begin(), version.end(), made.begin());
  return made;
}

struct FileHead {
  std::array<char, 8> product = magic;
  std::array<char, 16> version = this_version();
  std::uint32_t format = image_format;
  std::uint32_t byte_order = 0x01020304;
  ImageHead image;
  std::uint64_t body_bytes = 0;
  std::uint64_t body_checksum = 0;
  std::uint64_t head_checksum = 0;  // of all before it
};

static_assert(sizeof(FileHead) == 72);

std::uint64_t checksum_of(const FileHead& head) {
  const auto* bytes = reinterpret_cast<const char*>(&head);
  return Checksum{}.add({bytes, sizeof head - sizeof head.head_checksum}).value();
}

std::string image_file(const std::string& folder) { return folder + "/netto.image"; }

Fault unwritable(const std::string& file, int error) {
  return {FaultCode::store_unavailable, file,
          std::string{"the image can't be written: "} + std::strerror(error)};
}

// A file that takes bytes through a buffer and adds up their checksum. The first error stays.
class Output {
 public:
  explicit Output(const std::string& file)
      : file_{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)} {
    if (file_ < 0) error_ = errno;
    buffer_.reserve(buffer_bytes);
    const FileHead room;
    write({reinterpret_cast<const char*>(&room), sizeof room});
  }

  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  ~Output() {
    if (file_ >= 0) ::close(file_);
  }

  void add(std::string_view bytes) {
    if (bytes.size() > buffer_bytes) {
      flush();
      take(bytes);
      return;
    }
    if (buffer_.size() + bytes.size() > buffer_bytes) flush();
    buffer_.append(bytes);
  }

  // 0, or what went wrong.
  int finish(const ImageHead& image) {
    flush();
    FileHead head;
    head.image = image;
    head.body_bytes = bytes_;
    head.body_checksum = sum_.value();
    head.head_checksum = checksum_of(head);
    if (error_ == 0 && ::pwrite(file_, &head, sizeof head, 0) != ssize_t{sizeof head})
      error_ = errno;
    if (error_ == 0 && ::fsync(file_) != 0) error_ = errno;
    return error_;
  }

 private:
  void flush() {
    take(buffer_);
    buffer_.clear();
  }

  void take(std::string_view bytes) {
    sum_.add(bytes);
    bytes_ += bytes.size();
    write(bytes);
  }

  void write(std::string_view bytes) {
    while (error_ == 0 && !bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(written));
        waiting_ += static_cast<std::uint64_t>(written);
      } else if (errno != EINTR) {
        error_ = errno;
      }
      if (waiting_ >= waiting_bytes_max) sync();
    }
  }

  void sync() {
    if (error_ == 0 && ::fdatasync(file_) != 0) error_ = errno;
    waiting_ = 0;
  }

  int file_;
  int error_ = 0;
  std::string buffer_;
  Checksum sum_;
  std::uint64_t bytes_ = 0;
  std::uint64_t waiting_ = 0;
};

// The name of a file lasts when its folder is on the disk.
int sync_folder(const std::string& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  return error;
}

}  // namespace

Result<void> write_image(const std::string& folder, const ImageHead& head,
                         const std::function<void(ImageWriter&)>& write) {
  const std::string file = image_file(folder);
  const std::string partial = file + ".partial";
  int error = 0;
  {
    Output output{partial};
    ImageWriter writer{[&output](std::string_view bytes) { output.add(bytes); }};
    write(writer);
    error = output.finish(head);
  }
  if (error == 0 && std::rename(partial.c_str(), file.c_str()) != 0) error = errno;
  if (error == 0) error = sync_folder(folder);
  if (error == 0) return {};
  std::remove(partial.c_str());
  return unwritable(file, error);
}

std::uint64_t image_bytes(const std::string& folder) {
  struct stat status {};

  return ::stat(image_file(folder).c_str(), &status) == 0
             ? static_cast<std::uint64_t>(status.st_size)
             : 0;
}

Result<std::optional<Image>> Image::open(const std::string& folder) {
  const std::string file = image_file(folder);
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0 && errno == ENOENT) return std::optional<Image>{};

  struct stat status {};

  if (opened < 0 || ::fstat(opened, &status) != 0) {
    const Fault fault{FaultCode::store_unavailable, file,
                      std::string{"the image can't be read: "} + std::strerror(errno)};
    if (opened >= 0) ::close(opened);
    return fault;
  }
  Image image;
  image.size_ = static_cast<std::size_t>(status.st_size);
  const Fault damaged{FaultCode::store_corrupt, file, "the image is not what was written"};
  if (image.size_ < sizeof(FileHead)) {
    ::close(opened);
    return damaged;
  }
  void* memory = ::mmap(nullptr, image.size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, opened, 0);
  ::close(opened);
  if (memory == MAP_FAILED)
    return Fault{FaultCode::store_unavailable, file, "there is no room in memory for the image"};
  image.memory_ = static_cast<const char*>(memory);
  FileHead head;
  std::memcpy(&head, image.memory_, sizeof head);
  image.head_ = head.image;
  if (head.product != magic || head.byte_order != FileHead{}.byte_order ||
      head.format != image_format || head.version != this_version())
    return Fault{FaultCode::store_format, file, "the image is of another version"};
  const bool whole = head.head_checksum == checksum_of(head) &&
                     head.body_bytes == image.size_ - sizeof head &&
                     head.body_checksum == Checksum{}.add(image.body()).value();
  if (!whole) return damaged;
  return std::optional{std::move(image)};
}

Image::Image(Image&& other) noexcept
    : head_{other.head_},
      memory_{std::exchange(other.memory_, nullptr)},
      size_{std::exchange(other.size_, 0)} {}

Image& Image::operator=(Image&& other) noexcept {
  std::swap(head_, other.head_);
  std::swap(memory_, other.memory_);
  std::swap(size_, other.size_);
  return *this;
}

Image::~Image() {
  if (memory_ != nullptr) ::munmap(const_cast<char*>(memory_), size_);
}

std::string_view Image::body() const {
  return std::string_view{memory_, size_}.substr(sizeof(FileHead));
}

}  // namespace server::store
