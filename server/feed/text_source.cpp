#include "server/feed/text_source.hpp"

#include "server/json/utf8.hpp"

#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr std::size_t chunk_size = std::size_t{1} << 20;
constexpr std::uint64_t xz_memory_max = std::uint64_t{512} << 20;
constexpr std::string_view xz_magic{
    "\xFD"
    "7zXZ\0",
    6};

Fault too_large(std::string_view what) {
  return Fault{FaultCode::too_large, "",
               std::string{what} + " has more than " + std::to_string(file_size_max) +
                   " bytes (file_size_max)"};
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_{descriptor} {}

  ~Descriptor() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string system_reason() { return std::system_category().message(errno); }

Result<std::string> read_all(int descriptor, std::size_t expected) {
  std::string bytes;
  bytes.reserve(expected + 1);
  std::size_t size = 0;
  while (true) {
    bytes.resize(std::max(size + chunk_size, bytes.capacity()));
    const auto count = ::read(descriptor, bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return Fault{FaultCode::file_unreadable, "", "it can't be read: " + system_reason()};
    size += static_cast<std::size_t>(count);
    if (size > file_size_max) return too_large("the file");
    if (count == 0) break;
  }
  bytes.resize(size);
  return bytes;
}

const char* xz_reason(lzma_ret code) {
  switch (code) {
    case LZMA_DATA_ERROR:
      return "it is damaged";
    case LZMA_BUF_ERROR:
      return "it ends too early";
    case LZMA_FORMAT_ERROR:
      return "something that is not xz follows";
    case LZMA_MEMLIMIT_ERROR:
      return "unpacking it would need more than 512 MiB of memory";
    case LZMA_MEM_ERROR:
      return "memory is short";
    default:
      return "it uses something this program can't unpack";
  }
}

class XzDecoder {
 public:
  XzDecoder() = default;

  ~XzDecoder() { lzma_end(&stream_); }

  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;

  Result<std::string> unpack(std::string_view packed) {
    std::string text;
    lzma_ret code = lzma_stream_decoder(&stream_, xz_memory_max, LZMA_CONCATENATED);
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
    stream_.avail_in = packed.size();
    std::size_t size = 0;
    while (code == LZMA_OK) {
      text.resize(std::max(size * 2, chunk_size));
      stream_.next_out = reinterpret_cast<std::uint8_t*>(text.data()) + size;
      stream_.avail_out = text.size() - size;
      code = lzma_code(&stream_, LZMA_FINISH);
      size = text.size() - stream_.avail_out;
      if (size > file_size_max) return too_large("the unpacked file");
    }
    if (code != LZMA_STREAM_END) {
      return Fault{FaultCode::file_unreadable, "",
                   std::string{"the xz file can't be unpacked: "} + xz_reason(code)};
    }
    text.resize(size);
    return text;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

// 0x80 to 0x9F of Windows-1252; 0: no character stands there.
constexpr std::array<char16_t, 32> windows1252_high{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append_utf8(std::string& out, char16_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (point >> 12));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

std::string from_single_byte(std::string_view bytes, Encoding encoding) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    char16_t point = byte;
    if (encoding == Encoding::windows1252 && byte >= 0x80 && byte < 0xA0)
      point = windows1252_high[byte - 0x80U];
    if (point == 0 && byte != 0) {
      out += c;  // no such character: stays invalid UTF-8, so that its row is refused
    } else {
      append_utf8(out, point);
    }
  }
  return out;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  const Descriptor file{path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.get() < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return Fault{missing ? FaultCode::file_missing : FaultCode::file_unreadable, "",
                 missing ? "there is no such file" : "it can't be opened: " + system_reason()};
  }

  struct stat status {};

  if (::fstat(file.get(), &status) != 0)
    return Fault{FaultCode::file_unreadable, "", system_reason()};
  if (S_ISDIR(status.st_mode)) return Fault{FaultCode::file_unreadable, "", "it is a folder"};
  auto bytes =
      read_all(file.get(), S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0);
  if (!bytes) return bytes;
  return unpacked(*std::move(bytes));
}

Result<std::string> unpacked(std::string bytes) {
  if (!bytes.starts_with(xz_magic)) return bytes;
  return XzDecoder{}.unpack(bytes);
}

Result<SourceText> decode(std::string bytes, Encoding encoding) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return Fault{FaultCode::bad_encoding, "", "the file is UTF-16; export it as UTF-8"};
  }
  if (bytes.find('\0') != std::string::npos) {
    return Fault{FaultCode::bad_encoding, "",
                 "the file holds NUL bytes, so it is no text in a supported encoding"};
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.erase(0, 3);
  } else if (encoding != Encoding::utf8) {
    bytes = from_single_byte(bytes, encoding);
  }
  const bool valid = is_utf8(bytes);
  return SourceText{std::move(bytes), valid};
}

bool is_utf8(std::string_view text) { return json::is_utf8(text); }

std::string_view bare_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  if (path.ends_with(".xz")) path.remove_suffix(3);
  return path;
}

}  // namespace server::feed
