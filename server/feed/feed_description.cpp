#include "server/feed/feed_description.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

// The paths of all *.json of a folder, or `path` itself.
Result<std::vector<std::string>> description_paths(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> paths;
  std::filesystem::directory_iterator entry{path, error};
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    if (entry->path().extension() == ".json") paths.push_back(entry->path().string());
  }
  if (error)
    return Fault{FaultCode::file_unreadable, path, "the folder can't be read: " + error.message()};
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

bool fits_pattern(std::string_view name, std::string_view pattern) {
  // The usual walk with one point of return: the last star, and how much it has taken so far.
  std::size_t at = 0;
  std::size_t expected = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken_to = 0;
  while (at < name.size()) {
    if (expected < pattern.size() && pattern[expected] == '*') {
      star = expected++;
      taken_to = at;
    } else if (expected < pattern.size() &&
               (pattern[expected] == '?' || pattern[expected] == name[at])) {
      ++expected;
      ++at;
    } else if (star != std::string_view::npos) {
      expected = star + 1;
      at = ++taken_to;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', expected) == std::string_view::npos;
}

bool FeedDescription::reads(std::string_view file_name) const {
  return std::ranges::any_of(
      files, [&](const std::string& pattern) { return fits_pattern(file_name, pattern); });
}

Result<std::vector<FeedDescription>> read_feed_descriptions(const std::string& path) {
  auto paths = description_paths(path);
  if (!paths) return paths.error();
  std::vector<FeedDescription> descriptions;
  for (const std::string& file : *paths) {
    auto text = read_file(file);
    if (!text) return Fault{text.error().code, file, text.error().detail};
    auto description = parse_feed_description(*text);
    if (!description) {
      const Fault& fault = description.error();
      return Fault{fault.code, file + (fault.where.empty() ? "" : ", " + fault.where),
                   fault.detail};
    }
    if (std::ranges::find(descriptions, description->name, &FeedDescription::name) !=
        descriptions.end()) {
      return Fault{FaultCode::bad_feed_description, file + ", /feed",
                   "another description is named '" + description->name + "' too"};
    }
    descriptions.push_back(*std::move(description));
  }
  return descriptions;
}

}  // namespace server::feed
