// What an import is given, told apart: rules documents and feed descriptions (JSON) and data files.
// A path is a file, a folder (its files, not those of folders below) or "-", standard input. In a
// folder, JSON that is neither rules nor a feed description is passed over and told; given by name
// it is a Fault. JSON is read here, data files are not.
#pragma once

#include "engine/base/result.hpp"
#include "server/feed/importer.hpp"

#include <span>
#include <string>
#include <vector>

namespace server::node {

struct TextFile {
  std::string path;
  std::string text;
};

struct Gathered {
  std::vector<TextFile> rules;
  std::vector<TextFile> feed_descriptions;
  std::vector<feed::FeedFile> data;
  std::vector<std::string>
      data_named;  // those of `data` that were given by name, not found in a folder
  std::vector<std::string> passed_over;  // JSON that is neither
};

// Faults: file_missing, file_unreadable, too_large, bad_json, bad_feed_description, bad_request.
engine::base::Result<Gathered> gather(std::span<const std::string> paths);

// One document that has come in, to the others. Faults: bad_json, bad_request.
engine::base::Result<void> gather_document(const TextFile& document, Gathered& gathered);

}  // namespace server::node
