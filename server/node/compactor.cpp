#include "server/node/compactor.hpp"

#include "server/node/clock.hpp"
#include "server/node/node.hpp"
#include "server/node/state.hpp"
#include "server/store/compaction.hpp"
#include "server/store/image.hpp"
#include "server/store/journal.hpp"

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

using Watch = std::chrono::steady_clock;

// Between two pieces of work a writer gets the journal.
constexpr std::chrono::milliseconds pause{2};
constexpr std::chrono::minutes retry_after{10};

struct Due {
  std::uint64_t bytes = 0;  // of contents after the checkpoint
  bool is_due = false;
};

Result<Due> look(const std::string& folder, const CompactOptions& options) {
  const auto journal = store::open_journal(folder, store::Access::read);
  if (!journal) return journal.error();
  const auto head = (*journal)->checkpoint();
  if (!head) return head.error();
  const auto all = (*journal)->bytes_after(0);
  if (!all) return all.error();
  const std::uint64_t bytes = *all - (head->has_value() ? (*head)->bytes : 0);
  // What all facts told anew take: the checkpoint says it; before there is one, the image nearly
  // does, and so much of the contents was no change.
  const std::uint64_t known = head->has_value() ? (*head)->bytes : store::image_bytes(folder);
  const std::uint64_t changed = head->has_value() ? bytes : bytes - std::min(bytes, known);
  return Due{bytes, changed > 0 && changed >= std::max(options.bytes_least, known)};
}

Fault stopped() { return {FaultCode::store_unavailable, "compaction", "it was stopped"}; }

// What was stored comes to the same.
Result<void> check(store::Compaction& compaction, std::uint64_t sum, const std::stop_token& stop) {
  State state;
  const auto read = compaction.read_back([&](std::string_view piece) -> Result<void> {
    if (stop.stop_requested()) return stopped();
    return state.apply_checkpoint(piece);
  });
  if (!read) return read;
  const auto again = state.write_checkpoint([](std::string&&) { return Result<void>{}; });
  if (!again) return again.error();
  if (*again == sum) return {};
  return Fault{FaultCode::store_corrupt, "compaction",
               "the checkpoint does not say what the batches say; nothing was dropped"};
}

}  // namespace

Result<std::optional<Compacted>> Compactor::run(bool force, const std::stop_token& stop) {
  const auto due = look(folder_, options_);
  if (!due) return due.error();
  if (!due->is_due && !(force && due->bytes > 0)) return std::optional<Compacted>{};
  const auto began = Watch::now();
  auto compaction = store::Compaction::open(folder_);
  if (!compaction) return compaction.error();
  Compacted done;
  done.bytes_before = due->bytes;
  std::uint64_t sum = 0;
  {
    auto node = Node::open(folder_, {store::Access::read, Keep::facts_alone});
    if (!node) return node.error();
    const LastImport& last = (*node)->last_import();
    done.sequence = last.sequence;
    if (auto ok = compaction->begin({last.sequence, last.received_at, last.source}); !ok)
      return ok.error();
    const auto written = (*node)->write_checkpoint([&](std::string&& piece) -> Result<void> {
      if (stop.stop_requested()) return stopped();
      done.bytes += piece.size();
      std::this_thread::sleep_for(pause);
      return compaction->add(piece);
    });
    if (!written && stop.stop_requested()) return std::optional<Compacted>{};
    if (!written) return written.error();
    sum = *written;
  }
  const auto same = check(*compaction, sum, stop);
  if (!same && stop.stop_requested()) return std::optional<Compacted>{};
  if (!same) return same.error();
  if (auto ok = compaction->finish(); !ok) return ok.error();
  done.time = std::chrono::duration_cast<std::chrono::milliseconds>(Watch::now() - began);
  return std::optional{done};
}

Result<void> Compactor::drop(const std::stop_token& stop) {
  auto compaction = store::Compaction::open(folder_);
  if (!compaction) return compaction.error();
  while (!stop.stop_requested()) {
    const std::uint64_t to = options_.may_drop_to ? options_.may_drop_to() : UINT64_MAX;
    const auto more = compaction->drop_some(to, utc_text_before(options_.known_for));
    if (!more) return more.error();
    if (!*more) return {};
    std::this_thread::sleep_for(pause);
  }
  return {};
}

void Compactor::watch(std::chrono::milliseconds interval, const std::function<bool()>& may_write,
                      const Tell& tell, const std::stop_token& stop) {
  constexpr int low_priority = 10;
  ::setpriority(PRIO_PROCESS, 0, low_priority);  // on Linux: of this thread
  std::mutex mutex;
  std::condition_variable_any wake;
  auto not_before = Watch::now();
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock{mutex};
      wake.wait_for(lock, stop, interval, [] { return false; });
    }
    if (stop.stop_requested()) return;
    if (!may_write() || Watch::now() < not_before) continue;
    const auto done = run(false, stop);
    const auto dropped = drop(stop);
    if (done && done->has_value()) {
      ::malloc_trim(0);  // the facts that were read for it are gone
      tell(**done);
    }
    if (!done) tell(done.error());
    if (done && !dropped) tell(dropped.error());
    // What failed costs much, and would most likely fail again.
    if (!done || !dropped) not_before = Watch::now() + retry_after;
  }
}

}  // namespace server::node
