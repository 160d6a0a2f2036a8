// OpenedFiles: the files of an import read, recognised and bound, before any row is put. Every
// fault of a file as a whole is found here and stands in its report. Only for the importer. One
// thread.
#pragma once

#include "engine/model/facts.hpp"
#include "server/feed/canonical_table.hpp"
#include "server/feed/importer.hpp"
#include "server/feed/join_table.hpp"
#include "server/feed/row_plan.hpp"
#include "server/feed/text_source.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace server::feed {

// What a row makes of one kind.
struct Output {
  CanonicalTable table;
  std::size_t record = 0;                // of the plan; unused without one
  std::optional<std::size_t> code_cell;  // where later rows of the same code are passed over
  engine::model::Dictionary* put =
      nullptr;  // the codes put so far, shared by all files of the description
  std::optional<PartitionFence> fence = {};  // of what the batch replaces
};

struct OpenedFile {
  FeedFile input;
  FileReport report;
  const FeedDescription* description = nullptr;  // null: canonical, looked up or not read
  const GuardRules* guards = nullptr;            // of its feed; null: none
  std::string bytes;                             // until the text is decoded
  SourceText source;                             // of a file that is read for records
  std::optional<RowPlan> plan;                   // null: the cells are canonical as they stand
  std::vector<Output> outputs;

  const FileFormat& format() const;
};

class OpenedFiles {
 public:
  OpenedFiles(engine::model::Facts& facts, std::vector<FeedFile> files,
              std::span<const FeedDescription> descriptions, const ImportOptions& options);

  std::vector<OpenedFile>& files() { return files_; }

 private:
  using Tables = std::vector<std::unique_ptr<JoinTable>>;

  bool is_active(const FeedDescription& description) const;
  bool is_looked_up(std::string_view name) const;
  void choose(OpenedFile& file) const;
  void load(OpenedFile& file) const;
  void load_joins();
  void load_join(const FeedDescription& description, const Join& join);
  void open(OpenedFile& file);
  engine::base::Result<void> open_described(OpenedFile& file);
  engine::base::Result<void> open_canonical(OpenedFile& file);
  engine::base::Result<void> bind_records(OpenedFile& file);

  engine::model::Facts& facts_;
  std::span<const FeedDescription> descriptions_;
  const ImportOptions& options_;
  std::vector<OpenedFile> files_;
  std::map<const FeedDescription*, Tables> joins_;
  std::map<const RecordRule*, engine::model::Dictionary> codes_put_;
};

}  // namespace server::feed
