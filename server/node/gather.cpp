#include "server/node/gather.hpp"

#include "rules/json_tree.hpp"
#include "rules/rule_book.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

namespace fs = std::filesystem;

enum class GivenAs : std::uint8_t { name, folder };

std::string last_error() { return std::error_code{errno, std::generic_category()}.message(); }

Result<std::string> read_text(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"),
                                                             std::fclose};
  if (!file) return Fault{FaultCode::file_unreadable, path, last_error()};
  std::string text;
  std::string block(65'536, '\0');
  for (;;) {
    const std::size_t size = std::fread(block.data(), 1, block.size(), file.get());
    text.append(block, 0, size);
    if (text.size() > rules::json_size_max) {
      return Fault{FaultCode::too_large, path, "a JSON file of rules has at most 16 MB"};
    }
    if (size < block.size()) break;
  }
  if (std::ferror(file.get()) != 0) return Fault{FaultCode::file_unreadable, path, last_error()};
  return text;
}

Fault in_file(const std::string& path, const Fault& fault) {
  return {fault.code, fault.where.empty() ? path : path + ", " + fault.where, fault.detail};
}

Result<void> sort_json(const std::string& path, std::string text, GivenAs given,
                       Gathered& gathered) {
  const auto tree = rules::parse_json(text);
  if (!tree) return in_file(path, tree.error());
  if (rules::is_rule_document(text)) {
    gathered.rules.push_back({path, std::move(text)});
  } else if (tree->find("feed") != nullptr) {
    gathered.feed_descriptions.push_back({path, std::move(text)});
  } else if (given == GivenAs::folder) {
    gathered.passed_over.push_back(path);
  } else {
    return Fault{FaultCode::bad_request, path,
                 "this is neither a rules document (procedure, procedure_lookup, "
                 "availability_bands) nor a feed "
                 "description (feed)"};
  }
  return {};
}

Result<void> gather_json(const std::string& path, GivenAs given, Gathered& gathered) {
  auto text = read_text(path);
  if (!text) return text.error();
  return sort_json(path, *std::move(text), given, gathered);
}

Result<std::vector<std::string>> json_files_of(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failed;
  fs::directory_iterator entry{folder, failed};
  for (; !failed && entry != fs::directory_iterator{}; entry.increment(failed)) {
    if (entry->path().extension() == ".json") paths.push_back(entry->path().string());
  }
  if (failed)
    return Fault{FaultCode::file_unreadable, folder,
                 "the folder can't be read: " + failed.message()};
  std::ranges::sort(paths);
  return paths;
}

Result<void> gather_data(const std::string& path, GivenAs given, Gathered& gathered) {
  auto files = feed::files_at(path);
  if (!files) return files.error();
  for (feed::FeedFile& file : *files) {
    if (given == GivenAs::name) gathered.data_named.push_back(file.name);
    gathered.data.push_back(std::move(file));
  }
  return {};
}

Result<void> gather_folder(const std::string& path, Gathered& gathered) {
  const auto documents = json_files_of(path);
  if (!documents) return documents.error();
  for (const std::string& document : *documents) {
    if (auto ok = gather_json(document, GivenAs::folder, gathered); !ok) return ok;
  }
  return gather_data(path, GivenAs::folder, gathered);
}

Result<void> gather_path(const std::string& path, Gathered& gathered) {
  if (path == "-") return gather_data(path, GivenAs::name, gathered);
  std::error_code failed;
  const auto status = fs::status(path, failed);
  if (status.type() == fs::file_type::not_found) {
    return Fault{FaultCode::file_missing, path, "there is no such file or folder"};
  }
  if (failed) return Fault{FaultCode::file_unreadable, path, failed.message()};
  if (fs::is_directory(status)) return gather_folder(path, gathered);
  if (fs::path{path}.extension() == ".json") return gather_json(path, GivenAs::name, gathered);
  return gather_data(path, GivenAs::name, gathered);
}

}  // namespace

Result<void> gather_document(const TextFile& document, Gathered& gathered) {
  return sort_json(document.path, document.text, GivenAs::name, gathered);
}

Result<Gathered> gather(std::span<const std::string> paths) {
  Gathered gathered;
  for (const std::string& path : paths) {
    if (auto ok = gather_path(path, gathered); !ok) return ok.error();
  }
  return gathered;
}

}  // namespace server::node
