// Files on their way to a running node: of which feed each is, and in which order they go. Feeds are
// told by name, as an import into a folder tells them, from what the node says of its feed
// descriptions. Rules and feed descriptions go before all of them. One thread; nothing but names and
// JSON is read.
#pragma once

#include "engine/base/result.hpp"
#include "rules/json_tree.hpp"
#include "server/feed/feed_form.hpp"
#include "server/node/gather.hpp"

#include <span>
#include <string>
#include <vector>

namespace server::cli {

struct FileToSend {
  std::string name;  // as given; "-" is standard input
  feed::FeedForm form;
};

struct FilesToSend {
  std::vector<FileToSend> files;
  std::vector<std::string> passed_over;  // of folders: what no feed reads, and other JSON
};

// The descriptions that GET /v1/feeds tells of.
std::vector<feed::FeedForm> forms_in(const rules::Json& feeds);

// `feed` empty: by name. Canonical kinds go before others, masters first; the rest as given. Fault:
// bad_feed_description where a file that was given by name is of no feed, or of two.
engine::base::Result<FilesToSend> files_to_send(const node::Gathered& gathered,
                                                const std::string& feed,
                                                std::span<const feed::FeedForm> forms);

}  // namespace server::cli
