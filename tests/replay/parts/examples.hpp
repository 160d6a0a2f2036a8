// The examples of docs/examples, imported as a user would: through a Node, into a data folder that
// lives as long as the object. Imported says what became of every row. One thread.
#pragma once

#include "engine/base/result.hpp"
#include "server/node/node.hpp"

#include "tests/server/store/temporary_folder.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tests::replay {

// A file or folder of the project by its path within it.
std::string project_path(std::string_view path);

class DataFolder {
 public:
  // A new and empty one. Faults: those of the store.
  static engine::base::Result<std::unique_ptr<DataFolder>> make();

  server::node::Node& node() { return *node_; }

  const std::string& path() const { return folder_.path(); }

 private:
  DataFolder() = default;

  TemporaryFolder folder_;
  std::unique_ptr<server::node::Node> node_;
};

inline constexpr std::string_view adventureworks_masters = "docs/examples/adventureworks/masters";

// Rules, feed descriptions, charges and offer exceptions of the example, with the masters of
// `masters`.
server::node::ImportOutcome import_adventureworks(server::node::Node& node,
                                                  const std::string& masters);

// Rules, feed description, groups and customers of the example.
server::node::ImportOutcome import_va_fss_rules(server::node::Node& node);
// A published price file, whatever its name.
server::node::ImportOutcome import_va_fss_prices(server::node::Node& node, const std::string& file);

// Faults, refused rows (the first ones) and one line of sums, for people.
std::string describe(const server::node::ImportOutcome& outcome);

}  // namespace tests::replay
