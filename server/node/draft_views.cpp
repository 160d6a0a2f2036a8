#include "server/node/draft_views.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

Fault no_such_draft(const std::string& name) {
  return {FaultCode::file_missing, "draft " + name, "there is no draft of this name"};
}

store::Draft named(const std::string& name) {
  store::Draft draft;
  draft.name = name;
  return draft;
}

// Whether they are the same parts of the same draft, whatever its time.
bool is_same_content(const store::Draft& a, const store::Draft& b) {
  return a.name == b.name && a.parts == b.parts;
}

// The draft as it was read, and what it would be live as.
std::optional<std::pair<store::Draft, Result<DraftView>>> make_view(const std::string& folder,
                                                                    const std::string& name,
                                                                    ViewOf of) {
  const Keep keep = of == ViewOf::both ? Keep::facts : Keep::facts_alone;
  const auto node = Node::open(folder, {Access::read, keep});
  if (!node) return std::pair{named(name), Result<DraftView>{node.error()}};
  const auto read = [&]() -> Result<store::Draft> {
    const auto drafts = (*node)->drafts();
    if (!drafts) return drafts.error();
    const auto draft = std::ranges::find(*drafts, name, &store::Draft::name);
    return draft == drafts->end() ? Result<store::Draft>{no_such_draft(name)} : *draft;
  };
  const auto before = read();
  if (!before) return std::nullopt;
  auto view = (*node)->draft_view(name);
  const auto after = read();
  if (!after || !is_same_content(*before, *after)) return std::nullopt;
  return std::pair{*before, std::move(view)};
}

}  // namespace

DraftViews::DraftViews(std::string folder, const DraftViewOptions& options)
    : folder_{std::move(folder)}, options_{options} {}

DraftViews::~DraftViews() = default;

Result<DraftView> DraftViews::view(const std::string& name, std::uint64_t live, ViewOf of) {
  const auto until = std::chrono::steady_clock::now() + options_.wait;
  for (;;) {
    const auto known = drafts();
    if (!known) return known.error();
    const auto draft = std::ranges::find(*known, name, &store::Draft::name);
    std::unique_lock lock{mutex_};
    erase_gone(*known);
    if (draft == known->end()) return no_such_draft(name);
    if (auto* const kept = find(*draft, of)) {
      kept->asked = ++asked_;
      // A fault is told once; what made it may have gone since.
      auto answer = kept->made;
      if (!answer) {
        std::erase_if(kept_, [&](const Kept& each) { return each.draft.name == name; });
      } else if (is_old(*kept, live)) {
        make_if_idle(name, kept->of);
      }
      return answer;
    }
    make_if_idle(name, of);
    const bool is_done = made_.wait_until(lock, until, [this] { return !is_making_; });
    if (!is_done) {
      return Fault{FaultCode::too_many, "draft " + name,
                   "the draft is being read for questions; ask again in a moment"};
    }
  }
}

void DraftViews::let_go() {
  const auto known = drafts();
  if (!known) return;
  const std::lock_guard lock{mutex_};
  erase_gone(*known);
}

Result<std::vector<store::Draft>> DraftViews::drafts() const {
  const auto journal = store::open_journal(folder_, Access::read);
  if (!journal) return journal.error();
  return (*journal)->drafts();
}

// One that could not be read at all has no parts, and stands for every content.
DraftViews::Kept* DraftViews::find(const store::Draft& draft, ViewOf of) {
  const auto kept = std::ranges::find_if(kept_, [&](const Kept& each) {
    const bool is_unread = !each.made && each.draft.parts.empty();
    if (each.made && of == ViewOf::both && each.made->live == nullptr) return false;
    return each.draft.name == draft.name && (is_unread || is_same_content(each.draft, draft));
  });
  return kept == kept_.end() ? nullptr : &*kept;
}

bool DraftViews::is_old(const Kept& kept, std::uint64_t live) const {
  return kept.made->based_on != live && std::chrono::steady_clock::now() - kept.at >= options_.age;
}

// Holds the mutex.
void DraftViews::make_if_idle(const std::string& name, ViewOf of) {
  if (is_making_) return;
  is_making_ = true;
  maker_ =
      std::jthread{[this, name, of] { make(name, of); }};  // the last one is over, or about to be
}

void DraftViews::make(const std::string& name, ViewOf of) {
  std::optional<std::pair<store::Draft, Result<DraftView>>> made;
  try {
    made = make_view(folder_, name, of);
  } catch (const std::exception&) {  // no memory for what it wants
    made = std::pair{named(name),
                     Result<DraftView>{Fault{FaultCode::store_unavailable, "draft " + name,
                                             "there is no room to read the draft"}}};
  }
  const std::lock_guard lock{mutex_};
  if (made)
    keep({std::move(made->first), std::move(made->second), of, std::chrono::steady_clock::now(),
          ++asked_});
  is_making_ = false;
  made_.notify_all();
}

// Holds the mutex.
void DraftViews::keep(Kept made) {
  std::erase_if(kept_, [&](const Kept& each) { return each.draft.name == made.draft.name; });
  if (kept_.size() == draft_views_max)
    kept_.erase(std::ranges::min_element(kept_, {}, &Kept::asked));
  kept_.push_back(std::move(made));
}

// Holds the mutex.
void DraftViews::erase_gone(const std::vector<store::Draft>& drafts) {
  std::erase_if(kept_, [&](const Kept& each) {
    return std::ranges::find(drafts, each.draft.name, &store::Draft::name) == drafts.end();
  });
}

}  // namespace server::node
