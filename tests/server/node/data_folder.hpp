// A data folder that goes with the test, the small company imported into it, and the node that writes
// to it. What fails here fails the test. One thread.
#pragma once

#include "server/node/node.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <functional>
#include <memory>
#include <string>

namespace tests {

struct DataFolder {
  TemporaryFolder folder;
  std::string files = folder.path() + "/files";  // of the company
  std::string data = folder.path() + "/data";
  server::node::NodeOptions options;
  std::unique_ptr<server::node::Node> node;

  // `change` is called before the import, and may change the company's files.
  explicit DataFolder(const std::function<void(const std::string& files)>& change = {},
                      const server::node::ImageOptions& image = {})
      : options{server::node::Access::create, server::node::Keep::facts, image} {
    write_small_company(files);
    if (change) change(files);
    open();
    server::node::ImportRequest request;
    request.paths = {files};
    take(request);
  }

  // Anew, from what the folder holds.
  void open() {
    node.reset();
    auto opened = server::node::Node::open(data, options);
    if (!opened) FAIL(opened.error().where << ": " << opened.error().detail);
    node = *std::move(opened);
  }

  // An import in which nothing is wrong; it may be held.
  server::node::ImportOutcome take(const server::node::ImportRequest& request) const {
    auto outcome = node->import(request);
    for (const auto& fault : outcome.faults) FAIL(fault.where << ": " << fault.detail);
    return outcome;
  }
};

}  // namespace tests
