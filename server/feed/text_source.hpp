// Files as UTF-8 text: read whole (or standard input for "-"), unpacked where they are xz, freed of
// a byte order mark, converted where the feed description names another encoding. Invalid UTF-8 is
// only noted here: the rows that hold it are refused one by one. No state; any thread. Cost: one
// copy of the file in memory.
#pragma once

#include "engine/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace server::feed {

enum class Encoding : std::uint8_t { utf8, latin1, windows1252 };

struct SourceText {
  std::string text;
  bool all_utf8 = true;  // false: some row is not UTF-8
};

inline constexpr std::size_t file_size_max = std::size_t{4} << 30;  // bytes, unpacked

// The file's bytes, unpacked. Faults: file_missing, file_unreadable (also broken xz), too_large.
engine::base::Result<std::string> read_file(const std::string& path);

// `bytes` as they are, or unpacked where they begin like xz. Faults: file_unreadable, too_large.
engine::base::Result<std::string> unpacked(std::string bytes);

// Faults: bad_encoding for UTF-16 and for NUL bytes, which no text file has.
engine::base::Result<SourceText> decode(std::string bytes, Encoding encoding);

bool is_utf8(std::string_view text);

// "prices.csv" of "in/prices.csv.xz": what patterns match.
std::string_view bare_name(std::string_view path);

}  // namespace server::feed
