#include "server/node/feed_notes.hpp"

#include <algorithm>
#include <utility>

namespace server::node {

namespace {

// The feed that a fault is of; empty where that can't be told.
std::string feed_of_fault(const engine::base::Fault& fault, const ImportRequest& request,
                          const std::vector<feed::FileReport>& files) {
  if (!request.delivery.feed.empty()) return request.delivery.feed;
  const auto is_named = [&fault](const feed::FileReport& file) {
    return fault.where == file.file || fault.where.starts_with(file.file + ", ");
  };
  const auto file = std::ranges::find_if(files, is_named);
  return file == files.end() ? std::string{} : file->feed;
}

template <class Note>
void take_up_each(const std::vector<Note>& news, std::vector<Note>& known) {
  for (const Note& note : news) {
    std::erase_if(known, [&note](const Note& old) { return old.feed == note.feed; });
    known.push_back(note);
  }
  if (known.size() <= store::noted_feeds_max) return;
  known.erase(known.begin(), known.end() - std::ptrdiff_t{store::noted_feeds_max});
}

}  // namespace

std::vector<store::HeldFinding> stored_findings(const std::vector<feed::Finding>& findings) {
  std::vector<store::HeldFinding> stored;
  stored.reserve(findings.size());
  for (const feed::Finding& found : findings) {
    stored.push_back({found.feed, std::string{feed::guard_name(found.guard)},
                      std::string{feed::guard_action_name(found.then)}, found.records,
                      found.detail});
  }
  return stored;
}

std::vector<feed::Finding> findings_of(const std::vector<store::HeldFinding>& stored) {
  std::vector<feed::Finding> findings;
  for (const store::HeldFinding& each : stored) {
    const auto* const guard = std::ranges::find(feed::guard_names, each.guard);
    const auto* const action = std::ranges::find(feed::guard_action_names, each.action);
    if (guard == feed::guard_names.end() || action == feed::guard_action_names.end()) continue;
    findings.push_back({each.feed, static_cast<feed::GuardKind>(guard - feed::guard_names.begin()),
                        static_cast<feed::GuardAction>(action - feed::guard_action_names.begin()),
                        each.records, each.detail});
  }
  return findings;
}

std::vector<store::FeedFound> found_in(const ImportRequest& request, const ImportOutcome& outcome) {
  std::vector<store::FeedFound> found;
  const auto of = [&found](const std::string& feed) -> store::FeedFound& {
    const auto known = std::ranges::find(found, feed, &store::FeedFound::feed);
    if (known != found.end()) return *known;
    return found.emplace_back(store::FeedFound{feed, 0, 0, {}});
  };
  if (!request.delivery.feed.empty()) of(request.delivery.feed);
  for (const FeedPart& part : feed_parts(outcome.report)) of(part.feed);
  for (store::HeldFinding& each : stored_findings(outcome.findings)) {
    store::FeedFound& of_feed = of(each.feed);
    of_feed.findings.push_back(std::move(each));
  }
  return found;
}

std::vector<store::FeedError> errors_in(const ImportRequest& request, const ImportOutcome& outcome,
                                        const std::string& at) {
  std::vector<store::FeedError> errors;
  for (const engine::base::Fault& fault : outcome.faults) {
    std::string feed = feed_of_fault(fault, request, outcome.report.files);
    if (feed.empty()) continue;
    std::erase_if(errors, [&feed](const store::FeedError& old) { return old.feed == feed; });
    errors.push_back({std::move(feed), at, engine::base::fault_name(fault.code), fault.detail});
  }
  return errors;
}

void take_up(const store::FeedNotes& news, store::FeedNotes& known) {
  take_up_each(news.found, known.found);
  take_up_each(news.errors, known.errors);
  std::erase_if(known.found, [](const store::FeedFound& of) { return of.findings.empty(); });
}

}  // namespace server::node
