// The image of a data folder: `folder`/netto.image, what the journal's batches 1 to N come to, so
// that a start need not replay them. A cache and no more: it can be deleted at any time, and one
// that does not fit - another format, damaged, of another journal - is passed over. Written beside
// the old one and put in its place when it is whole. One thread a call.
#pragma once

#include "engine/base/result.hpp"
#include "server/store/image_archive.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace server::store {

// Of what stands in an image, and in which order: to be counted up with every change of either.
inline constexpr std::uint32_t image_format = 4;

struct ImageHead {
  std::uint64_t sequence = 0;       // of the last batch in it
  std::int64_t batch_checksum = 0;  // of that batch in its journal
};

// Fault: store_unavailable (no room, no permission); the old image stays then. Cost: about a
// second for a gigabyte, and the disk.
engine::base::Result<void> write_image(const std::string& folder, const ImageHead& head,
                                       const std::function<void(ImageWriter&)>& write);

// Of the file, whatever is in it; 0 where there is none.
std::uint64_t image_bytes(const std::string& folder);

class Image {
 public:
  // Nothing where there is no image; a Fault (store_format, store_corrupt, store_unavailable) where
  // there is one of no use. Checks all of it: about a second for a gigabyte and a half.
  static engine::base::Result<std::optional<Image>> open(const std::string& folder);

  Image(Image&& other) noexcept;
  Image& operator=(Image&& other) noexcept;
  ~Image();

  const ImageHead& head() const { return head_; }

  // Valid as long as the image.
  std::string_view body() const;

 private:
  Image() = default;

  ImageHead head_;
  const char* memory_ = nullptr;  // the file, mapped
  std::size_t size_ = 0;
};

}  // namespace server::store
