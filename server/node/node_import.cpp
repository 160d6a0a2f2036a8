#include "engine/base/contract.hpp"
#include "server/node/clock.hpp"
#include "server/node/feed_notes.hpp"
#include "server/node/new_batch.hpp"
#include "server/node/node.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

// "31.2 %" of `all`.
std::string percent_text(std::uint64_t part, std::uint64_t all) {
  const std::uint64_t tenths = part * 1'000 / all;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

std::optional<Fault> share_fault(const feed::FileReport& file, std::uint32_t percent_max) {
  if (file.use != feed::FileUse::records || file.rows_refused == 0) return std::nullopt;
  const bool nothing_left = file.rows_accepted == 0;
  if (!nothing_left && file.rows_refused * 100 <= file.rows_read * percent_max) return std::nullopt;
  std::string detail = std::to_string(file.rows_refused) + " of " + std::to_string(file.rows_read) +
                       " rows can't be used (" + percent_text(file.rows_refused, file.rows_read) +
                       "), ";
  detail += nothing_left ? "and none can"
                         : "more than the " + std::to_string(percent_max) + " % let through";
  return Fault{FaultCode::refused_share, file.file, detail + "; nothing was changed"};
}

// Files that can't be read as a whole, and files asked for by name that nothing reads.
std::vector<Fault> file_faults(const feed::ImportReport& report, const Gathered& gathered) {
  std::vector<Fault> faults;
  for (const feed::FileReport& file : report.files) {
    const bool named =
        std::ranges::find(gathered.data_named, file.file) != gathered.data_named.end();
    if (file.fault) {
      const std::string& where = file.fault->where;
      faults.push_back({file.fault->code, where.empty() ? file.file : file.file + ", " + where,
                        file.fault->detail});
    } else if (file.use == feed::FileUse::not_read && named) {
      faults.push_back({FaultCode::wrong_header, file.file,
                        "no feed description reads this file, and its name and columns are of no "
                        "canonical feed; in a folder given as such it is passed over"});
    }
  }
  return faults;
}

std::vector<std::string> paths_of(const std::vector<TextFile>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const TextFile& file : files) paths.push_back(file.path);
  return paths;
}

}  // namespace

// Of a feed that guards its refused rows the guard decides, unless none can be used or it was asked for
// otherwise.
std::vector<Fault> Node::share_faults(const feed::ImportReport& report,
                                      const ImportRequest& request) const {
  const bool is_whole = request.refusing == Refusing::all_or_nothing || request.replace;
  std::vector<Fault> faults;
  for (const feed::FileReport& file : report.files) {
    const auto guarded =
        std::ranges::find_if(state_->feed_descriptions(), [&](const feed::FeedDescription& each) {
          return each.name == file.feed && each.guards && each.guards->refused_rows;
        });
    const bool is_guarded = guarded != state_->feed_descriptions().end() &&
                            request.refused_percent_max == refused_percent_default;
    const std::uint32_t percent_max =
        is_whole ? 0 : (is_guarded ? 100 : request.refused_percent_max);
    if (auto fault = share_fault(file, percent_max)) faults.push_back(*std::move(fault));
  }
  return faults;
}

ImportOutcome Node::import(const ImportRequest& request) {
  if (request.decision) return decide(*request.decision, request.image_at_once);
  if (request.draft_decision) return decide_draft(*request.draft_decision, request.image_at_once);
  ImportOutcome outcome;
  may_undo_ = false;
  auto imported = import_into(request, outcome);
  if (!imported && outcome.faults.empty()) outcome.faults.push_back(imported.error());
  // What was put before the fault is in the state: it is taken back, or the next import begins with
  // a new one.
  const bool came_again = outcome.verdict == Verdict::held && outcome.findings.empty();
  const bool untouched =
      came_again || (outcome.verdict != Verdict::plain &&
                     outcome.verdict != Verdict::refused_rows && outcome.verdict != Verdict::held);
  const bool unread = request.paths.empty() && outcome.report.has_fault();
  const bool is_left = !outcome.accepted() && !untouched && !unread;
  const bool is_no_draft =
      outcome.verdict == Verdict::unknown_draft || outcome.verdict == Verdict::draft_exists;
  const bool is_draft_read = request.draft && !is_no_draft;
  if (is_draft_read || (is_left && !(may_undo_ && state_ && state_->facts().undo())))
    state_.reset();
  if (outcome.verdict == Verdict::plain && outcome.sequence != 0 && request.image_at_once) {
    if (auto written = write_due_image(); !written) outcome.image_fault = written.error();
  }
  if (!request.draft) note_errors(request, outcome);
  let_go_of_facts();
  return outcome;
}

// Why a batch did not go in is told to its sender whether or not it can be kept.
void Node::note_errors(const ImportRequest& request, ImportOutcome& outcome) {
  outcome.noted.errors = errors_in(request, outcome, utc_now_text());
  static_cast<void>(journal_->note_errors(outcome.noted.errors));
}

Node::Change Node::write_due_image() { return is_image_due() ? write_image() : Change{}; }

Node::Change Node::import_into(const ImportRequest& request, ImportOutcome& outcome) {
  const auto several = [&outcome](std::vector<Fault> faults) {
    outcome.faults = std::move(faults);
    return outcome.faults.front();
  };
  auto gathered = gather(request.paths);
  if (!gathered) return gathered.error();
  for (const TextFile& document : request.documents) {
    if (auto ok = gather_document(document, *gathered); !ok) return ok;
  }
  if (request.draft) {
    if (auto ok = find_draft(request.draft->name, request.draft->use, outcome); !ok) return ok;
  }
  if (auto ok = load(); !ok) return ok;
  if (request.draft) {
    if (auto ok = begin_draft(*request.draft, outcome); !ok) return ok;
  }
  if (!request.documents.empty() && !request.draft) {
    const auto is_held = [&](const TextFile& document) { return state_->holds(document); };
    std::erase_if(gathered->rules, is_held);
    std::erase_if(gathered->feed_descriptions, is_held);
    if (gathered->rules.empty() && gathered->feed_descriptions.empty()) return {};
  }
  store::Delivery delivery = request.delivery;
  if (!delivery.feed.empty()) {
    delivery.sent_checksum = checksum_of(request);
    if (auto ok = check_delivery(delivery, outcome); !ok || outcome.verdict != Verdict::plain)
      return ok;
  }
  gathered->data.insert(gathered->data.end(), request.files.begin(), request.files.end());
  for (const feed::FeedFile& file : request.files) gathered->data_named.push_back(file.name);
  if (!gathered->rules.empty()) {
    if (auto faults = state_->put_rules(gathered->rules); !faults.empty())
      return several(std::move(faults));
  }
  if (auto ok = state_->put_feed_descriptions(gathered->feed_descriptions); !ok) return ok;
  for (feed::FeedFile& file : gathered->data)
    if (!request.feed.empty()) file.feed = request.feed;
  may_undo_ = gathered->rules.empty() && gathered->feed_descriptions.empty() &&
              state_->facts().is_settled();
  state_->facts().begin_import(last_.sequence + 1);
  feed::ImportOptions options;
  options.refused_kept_max = request.refused_kept_max;
  options.progress = request.progress;
  options.replace = request.replace;
  options.rules = &state_->rules();
  auto import = feed::read_feed(state_->facts(), std::move(gathered->data),
                                state_->feed_descriptions(), options);
  outcome.report = std::move(import.report);
  outcome.passed_over = gathered->passed_over;
  if (auto faults = file_faults(outcome.report, *gathered); !faults.empty())
    return several(std::move(faults));
  if (import.fault) return *import.fault;
  if (auto faults = share_faults(outcome.report, request); !faults.empty()) {
    outcome.verdict = Verdict::refused_rows;
    return several(std::move(faults));
  }
  outcome.findings = import.findings;
  if (request.draft) return keep_draft(*gathered, request, import, outcome);
  const bool holds = std::ranges::find(outcome.findings, feed::GuardAction::hold,
                                       &feed::Finding::then) != outcome.findings.end();
  if (holds) return hold(*gathered, request, delivery, import, outcome);
  return journal_and_publish(*gathered, request, delivery, import, outcome);
}

Node::Change Node::journal_and_publish(const Gathered& gathered, const ImportRequest& request,
                                       const store::Delivery& delivery, const feed::Import& import,
                                       ImportOutcome& outcome) {
  store::NewBatch batch = new_batch(request, delivery, gathered, import, outcome.report);
  if (batch.content.empty()) {
    const auto read = [](const feed::FileReport& file) {
      return file.use == feed::FileUse::records;
    };
    if (std::ranges::any_of(outcome.report.files, read)) return {};
    return Fault{FaultCode::file_missing, batch.source,
                 "there is nothing here that an import can use"};
  }
  may_undo_ = false;  // what is built from here on stays in the state
  using Watch = std::chrono::steady_clock;
  const auto began = Watch::now();
  batch.received_at = utc_now_text();
  batch.found = found_in(request, outcome);
  state_->note_feeds(last_.sequence + 1, batch.received_at, delivery, feed_parts(outcome.report));
  auto snapshot = state_->build(last_.sequence + 1, cell_.pin());
  if (!snapshot) return snapshot.error();
  const auto built = Watch::now();
  const auto sequence = journal_->append(batch);
  if (!sequence) return sequence.error();
  ENSURE(*sequence == (*snapshot)->generation());
  outcome.build_time = built - began;
  outcome.append_time = Watch::now() - built;
  outcome.noted.found = std::move(batch.found);
  for (store::FeedFound& found : outcome.noted.found) found.sequence = *sequence;
  fresh_bytes_ += batch.content.size();
  all_bytes_ += batch.content.size();
  if (many_batches_) state_->fold_beside(*snapshot);
  cell_.publish(*std::move(snapshot));
  note_feeds();
  last_ = {*sequence, std::move(batch.received_at), std::move(batch.source)};
  outcome.sequence = *sequence;
  outcome.rules = paths_of(gathered.rules);
  outcome.feed_descriptions = paths_of(gathered.feed_descriptions);
  return {};
}

}  // namespace server::node
