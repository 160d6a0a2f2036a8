#include "server/audit/keeper.hpp"

#include "server/node/clock.hpp"

#include <condition_variable>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

namespace server::audit {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr int turns_after_a_fault = 10;  // that pass before it is tried again
constexpr std::chrono::minutes prune_interval{10};
constexpr std::uint64_t prune_step = 200;  // batches; a transaction

std::string described(const Fault& fault) {
  return fault.where.empty() ? fault.detail : fault.where + ": " + fault.detail;
}

}  // namespace

std::string days_ago(std::uint32_t days) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return node::utc_text(now - std::chrono::days{days});
}

AuditKeeper::AuditKeeper(std::string folder, KeeperOptions options)
    : folder_{std::move(folder)}, options_{std::move(options)} {}

void AuditKeeper::run(const std::stop_token& stop) {
  if (!is_waited_for()) return;
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    auto written = write_what_is_new(stop);
    if (!written) writer_.reset();
    note(written);
    const auto pause = written ? options_.interval : options_.interval * turns_after_a_fault;
    std::unique_lock lock{mutex};
    wake.wait_for(lock, stop, pause, [] { return false; });
  }
  writer_.reset();
}

Result<void> AuditKeeper::write_what_is_new(const std::stop_token& stop) {
  try {
    // Deleted, so that it is made again: what is open is nobody's any more.
    std::error_code failed;
    if (writer_ && !std::filesystem::exists(audit_file(folder_), failed)) {
      through_.store(0);
      writer_.reset();
    }
    if (!writer_) {
      auto opened = AuditWriter::open(folder_);
      if (!opened) return opened.error();
      writer_ = *std::move(opened);
      through_.store(writer_->audited_through());
      if (writer_->dropped() != 0)
        tell(KeeperEvent::dropped,
             std::to_string(writer_->dropped()) + " lines of the audit were not of this journal");
    }
    for (bool more = true; more && !stop.stop_requested();) {
      const auto stepped = writer_->step();
      if (!stepped) return stepped.error();
      through_.store(writer_->audited_through());
      more = *stepped;
    }
    return prune_a_step();
  } catch (const std::exception& thrown) {  // no memory for a batch
    return Fault{FaultCode::store_unavailable, audit_file(folder_), thrown.what()};
  }
}

// A step a turn, so that the audit goes on being written between them.
Result<void> AuditKeeper::prune_a_step() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_prune_) return {};
  const auto pruned = writer_->prune(days_ago(options_.kept_days), prune_step);
  if (!pruned) return pruned.error();
  if (*pruned == 0) {
    next_prune_ = now + prune_interval;
  } else {
    tell(KeeperEvent::pruned, std::to_string(*pruned) + " batches that are older than " +
                                  std::to_string(options_.kept_days) + " days");
  }
  return {};
}

void AuditKeeper::note(const Result<void>& written) {
  const std::string complaint = written ? "" : described(written.error());
  if (complaint != complaint_) {
    if (complaint.empty()) {
      tell(KeeperEvent::written_again, "the audit is written again, and has caught up");
    } else {
      tell(KeeperEvent::not_written, complaint + "; the data is served and written meanwhile");
    }
  }
  complaint_ = complaint;
  is_failing_.store(!complaint.empty());
}

void AuditKeeper::tell(KeeperEvent event, const std::string& text) const {
  if (options_.tell) options_.tell(event, text);
}

Result<AuditAnswer> AuditKeeper::ask(const AuditQuery& query) const {
  if (auto ok = check(query); !ok) return ok.error();
  const std::unique_lock one{asking_, std::try_to_lock};
  if (!one.owns_lock())
    return Fault{FaultCode::too_many, "",
                 "another question to the audit is being answered; try again in a moment"};
  auto answer = audit::ask(folder_, query);
  if (!answer) return answer.error();
  if (answer->has_value()) return **std::move(answer);
  return Fault{FaultCode::file_missing, "",
               options_.kept_days == 0 ? "no audit is written here (--audit-days 0)"
                                       : "there is no audit here yet"};
}

}  // namespace server::audit
