// DraftViews: what drafts of a served data folder would be live as, for questions. Each is made beside
// the writer, on a thread of its own: the folder is read again, the draft is put into it and a
// snapshot built, of which alone something is kept. At most draft_views_max are kept, and the one
// asked longest ago goes; one is made at a time. A view is of the draft as it stands: where that has
// changed, it is made anew before anybody is answered. Where only live data has moved on it is made
// anew after a while, and answers as of its own generation until then. To compare, a view comes with
// what was live when it was made. For any thread; asking costs a look into the folder, making one a
// start and a build in full, or two, and their memory.
#pragma once

#include "engine/base/result.hpp"
#include "server/node/node.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace server::node {

inline constexpr std::size_t draft_views_max = 2;

struct DraftViewOptions {
  std::chrono::milliseconds wait{500};    // of who asks, for one that is being made
  std::chrono::milliseconds age{60'000};  // from which on live data that moved on makes it anew
};

// What a question needs of a view: the draft alone, or what was live beside it.
enum class ViewOf : std::uint8_t { draft, both };

class DraftViews {
 public:
  explicit DraftViews(std::string folder, const DraftViewOptions& options = {});
  DraftViews(const DraftViews&) = delete;
  DraftViews& operator=(const DraftViews&) = delete;
  ~DraftViews();  // waits for one that is being made

  // `live` is the generation that is served. Faults: file_missing, where there is no such draft;
  // contradicting_values, where it does not fit what is live any more; too_many, where it is still
  // being made: ask again in a moment; those of the journal.
  engine::base::Result<DraftView> view(const std::string& name, std::uint64_t live,
                                       ViewOf of = ViewOf::draft);

  // Lets go of those whose drafts are gone.
  void let_go();

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Kept {
    store::Draft draft;  // as it was read
    engine::base::Result<DraftView> made;
    ViewOf of = ViewOf::draft;
    Time at;
    std::uint64_t asked = 0;  // counts up
  };

  engine::base::Result<std::vector<store::Draft>> drafts() const;
  Kept* find(const store::Draft& draft, ViewOf of);
  bool is_old(const Kept& kept, std::uint64_t live) const;
  void make_if_idle(const std::string& name, ViewOf of);
  void make(const std::string& name, ViewOf of);
  void keep(Kept made);
  void erase_gone(const std::vector<store::Draft>& drafts);

  std::string folder_;
  DraftViewOptions options_;
  std::mutex mutex_;  // of all below
  std::condition_variable made_;
  std::vector<Kept> kept_;
  std::uint64_t asked_ = 0;
  bool is_making_ = false;
  std::jthread maker_;  // of the last one
};

}  // namespace server::node
