// FeedForm: what a sender needs to know of a feed description to send its files to a node: which
// files it reads, and how they are written, so that a large one can be cut between rows. Pure; any
// thread.
#pragma once

#include "server/feed/feed_description.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

struct FeedForm {
  std::string feed;
  std::vector<std::string> files;  // patterns of bare names
  Layout layout = Layout::csv;
  CsvFormat csv = {};
  bool header = true;

  bool reads(std::string_view file_name) const;
};

using FeedForms = std::shared_ptr<const std::vector<FeedForm>>;

// Of those that read files, in their order.
FeedForms feed_forms(std::span<const FeedDescription> descriptions);

}  // namespace server::feed
