#include "tests/replay/parts/examples.hpp"

#include <fmt/core.h>

#include <utility>

namespace tests::replay {

using engine::base::Fault;
using engine::base::Result;
using server::node::ImportOutcome;
using server::node::ImportRequest;
using server::node::Node;

namespace {

constexpr std::size_t refused_shown_max = 20;

ImportRequest request_of(std::initializer_list<std::string_view> paths) {
  ImportRequest request;
  for (const std::string_view path : paths) request.paths.push_back(project_path(path));
  return request;
}

}  // namespace

std::string project_path(std::string_view path) {
  return std::string{NETTO_SOURCE_DIR}.append("/").append(path);
}

Result<std::unique_ptr<DataFolder>> DataFolder::make() {
  std::unique_ptr<DataFolder> folder{new DataFolder};
  auto node = Node::open(folder->path() + "/data",
                         {server::node::Access::create, server::node::Keep::snapshot_only});
  if (!node) return node.error();
  folder->node_ = *std::move(node);
  return folder;
}

ImportOutcome import_adventureworks(Node& node, const std::string& masters) {
  ImportRequest request =
      request_of({"docs/examples/adventureworks/rules", "docs/examples/adventureworks/feeds",
                  "docs/examples/adventureworks/charges.csv",
                  "docs/examples/adventureworks/offer_exceptions.csv",
                  "docs/examples/canonical/currencies.csv"});
  request.paths.push_back(masters);
  return node.import(request);
}

ImportOutcome import_va_fss_rules(Node& node) {
  return node.import(
      request_of({"docs/examples/va-fss/rules", "docs/examples/va-fss/feeds",
                  "docs/examples/va-fss/groups.csv", "docs/examples/va-fss/customers.csv",
                  "docs/examples/canonical/currencies.csv"}));
}

ImportOutcome import_va_fss_prices(Node& node, const std::string& file) {
  ImportRequest request;
  request.paths.push_back(file);
  request.feed = "va_fss";
  request.refused_percent_max = 100;  // what is refused is counted and told here, and never quoted
  return node.import(request);
}

std::string describe(const ImportOutcome& outcome) {
  std::string text;
  for (const Fault& fault : outcome.faults) {
    text += fmt::format("  {}: {} ({})\n", fault.where, fault.detail,
                        engine::base::fault_name(fault.code));
  }
  std::size_t shown = 0;
  for (const auto& file : outcome.report.files) {
    for (const auto& row : file.refused_rows) {
      if (shown++ < refused_shown_max)
        text += fmt::format("  refused: {}\n", server::feed::describe(row));
    }
  }
  const auto& report = outcome.report;
  text +=
      fmt::format("  rows: {} read, {} accepted, {} set aside, {} refused\n", report.rows_read(),
                  report.rows_accepted(), report.rows_set_aside(), report.rows_refused());
  return text;
}

}  // namespace tests::replay
