// The importer: files in, facts and a journal batch out. Rows are put in the order of kinds
// (canonical.hpp), so the order of the files does not matter; a record whose parent comes later in
// the same batch waits for it. A file that can't be read as a whole (missing, wrong separator,
// wrong header) is found before the first row is put; then nothing is put. A row that can't be used
// is refused and told; the good rows go in. Where one row makes several records they are put
// masters first: from the first refused record on the rest of that row is left out, the row counts
// as refused, and what it had put before stays - a master without a price is consistent. One writer
// (the facts'). Cost: about a microsecond a row; the files' text and the batch are held in memory.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"
#include "server/feed/feed_description.hpp"
#include "server/feed/guards.hpp"
#include "server/feed/partition.hpp"
#include "server/feed/report.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

// A file to read, of any kind: described, canonical, or only looked up by others.
struct FeedFile {
  std::string name;   // told in reports; its last part, without .xz, is what patterns match
  std::string path;   // "-" is standard input; empty: `bytes` is the content
  std::string bytes;  // may be xz
  std::string feed;   // the description or kind to read it by; empty: as name and header say
};

struct ImportProgress {
  std::string_view file;
  std::uint64_t bytes_done = 0, bytes_all = 0;  // of this file in this pass
};

// With `replace`, what the files don't bring of that partition goes, unless a row was refused.
struct ImportOptions {
  std::string feed = "canonical";  // the scope of external keys of files without a description
  std::size_t refused_kept_max = 10'000;  // refused rows kept for each file
  std::function<void(const ImportProgress&)>
      progress;  // called now and then, from the calling thread; may be empty
  std::optional<Partition> replace = {};
  // By which records are put in order, for guards that look for ties; null: there are no ties.
  const engine::rule::RuleSet* rules = nullptr;
};

struct Import {
  ImportReport report;
  std::string batch;  // the accepted rows for the journal; empty when there are none
  std::optional<Partition> replaced = {};         // with its kind
  std::vector<Finding> findings = {};             // of the feeds' guards
  std::optional<engine::base::Fault> fault = {};  // nothing can be replaced as it was declared
};

Import read_feed(engine::model::Facts& facts, std::vector<FeedFile> files,
                 std::span<const FeedDescription> descriptions, const ImportOptions& options = {});

// Puts a journal batch again: the same rows in the same order through the same code. Returns the
// rows put. A fault means a corrupt journal, or a schema that lacks what the rows need: facts are
// then incomplete.
engine::base::Result<std::uint64_t> replay_batch(engine::model::Facts& facts,
                                                 std::string_view batch);

// The files at `path`: itself, or those of a folder that look like data (.csv, .tsv, .txt, .ndjson,
// with or without .xz), sorted by name. "-" is standard input. Faults: file_missing,
// file_unreadable.
engine::base::Result<std::vector<FeedFile>> files_at(const std::string& path);

}  // namespace server::feed
