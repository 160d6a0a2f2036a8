#include "server/store/backup.hpp"

#include "server/store/journal.hpp"
#include "server/store/sqlite.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int pages_per_step = 256;            // 4 MiB: a writer hardly notices
constexpr int beginnings_max = 5;              // then the rest is copied in one step
constexpr std::chrono::milliseconds pause{1};  // for writers
// Between two writes of a busy writer there is little time: it is looked for often.
constexpr std::chrono::microseconds busy_pause{200};
constexpr std::chrono::seconds busy_max{60};
constexpr const char* journal_name = "/netto.db";
constexpr const char* audit_name = "/audit.db";

Fault unwritable(const std::string& where, const std::string& reason) {
  return {FaultCode::store_unavailable, where, "the backup can't be written: " + reason};
}

Result<void> check_target(const std::string& to) {
  std::error_code failed;
  if (!fs::exists(to, failed) || fs::is_empty(to, failed)) return {};
  return Fault{FaultCode::bad_request, to, "there is something already; a backup is a new folder"};
}

// What a backup that was cut off has left is taken away.
Result<void> make_empty(const std::string& folder) {
  std::error_code failed;
  fs::remove_all(folder, failed);
  if (!failed) fs::create_directory(folder, failed);
  if (failed) return unwritable(folder, failed.message());
  return {};
}

Result<void> copy_pages(DatabaseCopy& copy, const std::string& from, std::uint64_t page_bytes,
                        const BackupProgress& progress) {
  using Step = DatabaseCopy::Step;
  std::uint64_t left = UINT64_MAX;
  int beginnings = 1;
  auto moved = Clock::now();
  while (true) {
    const auto step = copy.step(beginnings < beginnings_max ? pages_per_step : -1);
    if (!step) return step.error();
    if (*step == Step::busy) {
      if (Clock::now() - moved > busy_max)
        return Fault{FaultCode::store_unavailable, from, "another process keeps the journal busy"};
      std::this_thread::sleep_for(busy_pause);
      continue;
    }
    moved = Clock::now();
    const std::uint64_t all = copy.pages();
    if (progress) progress((all - copy.pages_left()) * page_bytes, all * page_bytes);
    if (*step == Step::whole) return {};
    if (copy.pages_left() >= left) ++beginnings;
    left = copy.pages_left();
    std::this_thread::sleep_for(pause);
  }
}

// A source with a write-ahead log is read as of one moment, which holds nobody up.
Result<void> copy_database(const std::string& from, const std::string& to,
                           const BackupProgress& progress) {
  auto source = Database::open(from, OpenMode::read);
  if (!source) return source.error();
  const auto page_bytes = source->number("PRAGMA page_size");
  if (!page_bytes) return page_bytes.error();
  const auto is_ahead = source->number("SELECT journal_mode = 'wal' FROM pragma_journal_mode");
  if (!is_ahead) return is_ahead.error();
  const char* const ready =
      *is_ahead != 0 ? "BEGIN; SELECT count(*) FROM sqlite_schema" : "PRAGMA busy_timeout = 0";
  if (auto ok = source->run(ready); !ok) return ok;
  auto target = Database::open(to, OpenMode::create);
  if (!target) return target.error();
  // Synced once, at the end: until then it is no backup.
  if (auto ok = target->run("PRAGMA synchronous = OFF"); !ok) return ok;
  auto copy = DatabaseCopy::begin(*source, *target);
  if (!copy) return copy.error();
  return copy_pages(*copy, from, static_cast<std::uint64_t>(*page_bytes), progress);
}

// One file, whatever the source keeps beside its own: it can be read where nobody may write.
Result<void> make_one_file(const std::string& file) {
  auto database = Database::open(file, OpenMode::write);
  if (!database) return database.error();
  return database->run("PRAGMA journal_mode = DELETE");
}

// After the journal, so that it lacks nothing which the journal's copy has dropped already; what it
// has beyond that copy is put right where it is served. Nothing: there is none, or it is in; a Fault
// for one that can't be read.
Result<std::optional<Fault>> copy_audit(const std::string& folder, const std::string& partial) {
  const std::string from = folder + audit_name;
  const std::string to = partial + audit_name;
  std::error_code failed;
  if (!fs::exists(from, failed)) return std::optional<Fault>{};
  auto copied = copy_database(from, to, {});
  if (copied) copied = make_one_file(to);
  if (copied) return std::optional<Fault>{};
  const FaultCode code = copied.error().code;
  if (code != FaultCode::store_format && code != FaultCode::store_corrupt) return copied.error();
  fs::remove(to, failed);
  return std::optional{Fault{code, from,
                             "the audit is damaged and was left out; delete the file, it is made "
                             "again from what the journal has"}};
}

Result<std::uint64_t> last_checked(const std::string& folder) {
  const auto journal = open_journal(folder, Access::read);
  if (!journal) return journal.error();
  std::uint64_t last = 0;
  const auto checkpoint = (*journal)->checkpoint();
  if (!checkpoint) return checkpoint.error();
  if (checkpoint->has_value()) {
    const auto pieces =
        (*journal)->read_checkpoint([](std::string_view) { return Result<void>{}; });
    if (!pieces) return pieces.error();
    last = pieces->sequence;
  }
  const auto read = (*journal)->replay(last + 1, [&last](Batch&& batch) -> Result<void> {
    last = batch.sequence;
    return {};
  });
  if (!read) return read.error();
  return last;
}

Result<void> sync(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return unwritable(path, std::strerror(errno));
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (error != 0) return unwritable(path, std::strerror(error));
  return {};
}

std::string folder_above(const std::string& folder) {
  return fs::absolute(folder).parent_path().string();
}

// The name lasts when both folders are on the disk.
Result<void> give_name(const std::string& partial, const std::string& to) {
  if (auto ok = sync(partial + journal_name); !ok) return ok;
  std::error_code failed;
  if (fs::exists(partial + audit_name, failed)) {
    if (auto ok = sync(partial + audit_name); !ok) return ok;
  }
  if (auto ok = sync(partial); !ok) return ok;
  fs::rename(partial, to, failed);
  if (failed) return unwritable(to, failed.message());
  return sync(folder_above(to));
}

std::string without_slash(std::string folder) {
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  return folder;
}

}  // namespace

Result<Backup> back_up(const std::string& folder, const std::string& wanted,
                       const BackupProgress& progress) {
  const auto to = without_slash(wanted);
  // What is no data folder is told before anything is made.
  if (const auto journal = open_journal(folder, Access::read); !journal) return journal.error();
  if (auto ok = check_target(to); !ok) return ok.error();
  const auto partial = to + ".partial";
  if (auto ok = make_empty(partial); !ok) return ok.error();
  const auto discard = [&partial](const Fault& fault) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    return fault;
  };
  if (auto ok = copy_database(folder + journal_name, partial + journal_name, progress); !ok)
    return discard(ok.error());
  if (auto ok = make_one_file(partial + journal_name); !ok) return discard(ok.error());
  const auto last = last_checked(partial);
  if (!last) return discard(last.error());
  auto audit_fault = copy_audit(folder, partial);
  if (!audit_fault) return discard(audit_fault.error());
  if (auto ok = give_name(partial, to); !ok) return discard(ok.error());
  return Backup{*last, fs::file_size(to + journal_name), *std::move(audit_fault)};
}

}  // namespace server::store
