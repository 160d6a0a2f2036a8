#include "server/node/node.hpp"

#include "engine/base/contract.hpp"
#include "server/feed/canonical.hpp"
#include "server/node/batch_content.hpp"
#include "server/node/clock.hpp"
#include "server/store/checksum.hpp"
#include "server/store/image.hpp"

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

std::string source_of(const ImportRequest& request) {
  std::string source = request.source;
  for (const std::string& path : request.paths) source += (source.empty() ? "" : " ") + path;
  return source;
}

std::vector<store::RefusedHeader> headers_of(const feed::ImportReport& report) {
  std::vector<store::RefusedHeader> headers;
  for (const feed::FileReport& file : report.files) {
    if (!file.refused_rows.empty() && !file.header.empty())
      headers.push_back({file.file, file.header});
  }
  return headers;
}

std::vector<store::RefusedRow> refused_of(const feed::ImportReport& report) {
  std::vector<store::RefusedRow> rows;
  for (const feed::FileReport& file : report.files) {
    for (const feed::RefusedRow& row : file.refused_rows) {
      rows.push_back({row.file, row.line, row.column, row.value, engine::base::fault_name(row.code),
                      row.reason, row.text});
    }
  }
  return rows;
}

std::string bare_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

std::int64_t checksum_of(const ImportRequest& request) {
  store::Checksum sum;
  for (const feed::FeedFile& file : request.files) sum.add(file.bytes.size()).add(file.bytes);
  if (request.replace) sum.add(feed::to_string(*request.replace));
  return static_cast<std::int64_t>(sum.value());
}

// A delivery counts for its feed whatever it brings; files are kept when they bring something.
std::string content_of(const Gathered& gathered, const feed::Import& import,
                       const std::vector<FeedPart>& feeds, bool is_delivery) {
  std::vector<std::string> names;  // kept while parts look at them
  names.reserve(gathered.rules.size() + gathered.feed_descriptions.size());
  std::vector<Part> parts;
  const auto add = [&](PartKind kind, const std::vector<TextFile>& files) {
    for (const TextFile& file : files) {
      names.push_back(bare_name(file.path));
      parts.push_back({kind, names.back(), file.text});
    }
  };
  add(PartKind::rules, gathered.rules);
  add(PartKind::feed_description, gathered.feed_descriptions);
  if (!import.batch.empty()) parts.push_back({PartKind::rows, {}, import.batch});
  std::string replaced;
  if (import.replaced) {
    replaced = feed::to_string(*import.replaced);
    parts.push_back({PartKind::replace, {}, replaced});
  }
  std::vector<std::string> counts;
  counts.reserve(feeds.size());
  if (!parts.empty() || is_delivery) {
    for (const FeedPart& feed : feeds) {
      counts.push_back(row_counts_text(feed.rows));
      parts.push_back({PartKind::feed, feed.feed, counts.back()});
    }
  }
  return pack(parts);
}

std::vector<std::string> paths_of(const std::vector<TextFile>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const TextFile& file : files) paths.push_back(file.path);
  return paths;
}

}  // namespace

// ---- opening
// --------------------------------------------------------------------------------------

Result<std::unique_ptr<Node>> Node::open(const std::string& folder, const NodeOptions& options) {
  auto journal = store::open_journal(folder, options.access);
  if (!journal) return journal.error();
  std::unique_ptr<Node> node{new Node{folder, options}};
  node->journal_ = *std::move(journal);
  if (auto ok = node->load(); !ok) return ok.error();
  if (options.many_batches) {  // not before it is known to be whole
    if (auto ok = node->journal_->expect_many(); !ok) return ok.error();
  }
  if (node->last_.sequence > 0) {
    if (auto ok = node->publish(node->last_.sequence); !ok) return ok.error();
  } else if (options.access != Access::create) {
    return Fault{FaultCode::store_unavailable, folder,
                 "the folder holds no data yet; an import brings it"};
  }
  node->let_go_of_facts();
  return node;
}

Node::Change Node::load() {
  if (state_) return replay();
  const LastImport before = last_;
  state_.emplace();
  last_ = {};
  const bool imaged = load_image();
  if (!imaged) state_.emplace();
  auto loaded = replay();
  if (!loaded && imaged) {  // the journal has the last word
    image_fault_ = loaded.error();
    imaged_ = 0;
    state_.emplace();
    last_ = {};
    loaded = replay();
  }
  if (!loaded) last_ = before;
  return loaded;
}

Node::Change Node::replay() {
  const LastImport before = last_;
  const auto newest = replay_progress_ ? journal_->last_sequence() : Result<std::uint64_t>{0};
  auto replayed = journal_->replay(last_.sequence + 1, [&](store::Batch&& batch) -> Change {
    if (replay_progress_ && newest) replay_progress_(batch.sequence - 1, *newest);
    bytes_known_ = false;
    if (auto ok = state_->apply(batch); !ok) return ok;
    last_ = {batch.sequence, std::move(batch.received_at), std::move(batch.source)};
    return {};
  });
  if (!replayed) {
    state_.reset();
    last_ = before;
  }
  return replayed;
}

// Whether the state is now that of an image of this journal. One that is of no use is passed over.
bool Node::load_image() {
  imaged_ = 0;
  bytes_known_ = false;
  image_fault_.reset();
  auto image = store::Image::open(folder_);
  if (!image) {
    image_fault_ = image.error();
    return false;
  }
  if (!image->has_value()) return false;
  const store::ImageHead& head = (*image)->head();
  const auto journalled = journal_->checksum(head.sequence);
  if (!journalled || *journalled != head.batch_checksum) {
    image_fault_ = Fault{FaultCode::store_format, folder_, "the image is of another journal"};
    return false;
  }
  store::ImageReader reader{(*image)->body()};
  LastImport last;
  reader(last.sequence, last.received_at, last.source);
  auto read = state_->read_image(reader);
  if (read && last.sequence == head.sequence) {
    last_ = std::move(last);
    imaged_ = last_.sequence;
    return true;
  }
  image_fault_ = read ? Fault{FaultCode::store_corrupt, folder_, "the image is of another batch"}
                      : read.error();
  return false;
}

Node::Change Node::write_image() {
  if (auto ok = load(); !ok) return ok;
  const auto checksum = journal_->checksum(last_.sequence);
  if (!checksum) return checksum.error();
  if (!checksum->has_value()) {
    return Fault{FaultCode::store_unavailable, folder_,
                 "the folder holds no data yet; an import brings it"};
  }
  auto written =
      store::write_image(folder_, {last_.sequence, **checksum}, [this](store::ImageWriter& writer) {
        writer(last_.sequence, last_.received_at, last_.source);
        state_->write_image(writer);
      });
  if (written) {
    imaged_ = last_.sequence;
    fresh_bytes_ = 0;
    image_fault_.reset();
  }
  return written;
}

bool Node::is_image_due() {
  if (image_fault_) return true;  // it would be passed over again at every start
  if (last_.sequence - imaged_ >= image_.batches) return true;
  if (!bytes_known_) {
    const auto fresh = journal_->bytes_after(imaged_);
    const auto all = journal_->bytes_after(0);
    if (!fresh || !all) return false;
    fresh_bytes_ = *fresh;
    all_bytes_ = *all;
    bytes_known_ = true;
  }
  return fresh_bytes_ >= image_.bytes && fresh_bytes_ >= all_bytes_ / 4;
}

Node::Change Node::publish(std::uint64_t generation) {
  auto snapshot = state_->build(generation, cell_.pin());
  if (!snapshot) return snapshot.error();
  cell_.publish(*std::move(snapshot));
  feeds_ = state_->feeds();
  return {};
}

void Node::let_go_of_facts() {
  if (keep_ == Keep::snapshot_only) state_.reset();
}

std::vector<rules::RuleDocument> Node::rule_documents() const {
  return state_ ? state_->rule_documents() : std::vector<rules::RuleDocument>{};
}

Result<bool> Node::refresh() {
  const auto newest = journal_->last_sequence();
  if (!newest) return newest.error();
  if (*newest == last_.sequence) return false;
  if (auto ok = load(); !ok) return ok.error();
  if (auto ok = publish(last_.sequence); !ok) return ok.error();
  let_go_of_facts();
  return true;
}

// ---- importing
// ------------------------------------------------------------------------------------

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
  ImportOutcome outcome;
  auto imported = import_into(request, outcome);
  if (!imported && outcome.faults.empty()) outcome.faults.push_back(imported.error());
  // What was put before the fault is in the state: the next import begins with a new one.
  const bool came_again = outcome.verdict == Verdict::held && outcome.findings.empty();
  const bool untouched =
      came_again || (outcome.verdict != Verdict::plain &&
                     outcome.verdict != Verdict::refused_rows && outcome.verdict != Verdict::held);
  const bool unread = request.paths.empty() && outcome.report.has_fault();
  if (!outcome.accepted() && !untouched && !unread) state_.reset();
  if (outcome.verdict == Verdict::plain && outcome.sequence != 0 && request.image_at_once) {
    if (auto written = write_due_image(); !written) outcome.image_fault = written.error();
  }
  let_go_of_facts();
  return outcome;
}

Node::Change Node::write_due_image() { return is_image_due() ? write_image() : Change{}; }

// Whether a batch is new, or was in before; a Fault where it is neither.
Node::Change Node::check_delivery(const store::Delivery& delivery, ImportOutcome& outcome) {
  const auto known =
      std::ranges::find(state_->feed_descriptions(), delivery.feed, &feed::FeedDescription::name);
  if (known == state_->feed_descriptions().end() && !feed::kind_from(delivery.feed)) {
    outcome.verdict = Verdict::unknown_feed;
    return Fault{FaultCode::bad_feed_description, delivery.feed,
                 "there is no feed description of this name, and no such kind of record"};
  }
  const auto before = journal_->delivered(delivery.feed, delivery.batch_id);
  if (!before) return before.error();
  if (!before->has_value()) {
    if (auto ok = check_held(delivery, outcome); !ok || outcome.verdict != Verdict::plain)
      return ok;
    return check_number(delivery, outcome);
  }
  outcome.sequence = (*before)->sequence;
  const store::Delivery& first = (*before)->delivery;
  const bool same_number =
      !delivery.sender_sequence || delivery.sender_sequence == first.sender_sequence;
  outcome.verdict = first.sent_checksum == delivery.sent_checksum && same_number
                        ? Verdict::repeated
                        : Verdict::other_content;
  if (outcome.verdict == Verdict::repeated) return {};
  return Fault{FaultCode::contradicting_values, delivery.feed,
               "the batch id '" + delivery.batch_id + "' is that of batch " +
                   std::to_string(outcome.sequence) +
                   ", which had other content or another number; another batch needs another id"};
}

// Whether it is one that is held, or was rejected.
Node::Change Node::check_held(const store::Delivery& delivery, ImportOutcome& outcome) {
  const auto known = journal_->held(delivery);
  if (!known) return known.error();
  if (!known->has_value() || (*known)->state == store::HeldState::released) return {};
  const store::HeldBatch& batch = **known;
  const bool is_held = batch.state == store::HeldState::held;
  const bool is_same = batch.delivery.sent_checksum == delivery.sent_checksum &&
                       batch.delivery.sender_sequence == delivery.sender_sequence;
  const bool has_its_id =
      !delivery.batch_id.empty() && batch.delivery.batch_id == delivery.batch_id;
  outcome.held = batch.number;
  if (is_same && is_held) {
    outcome.verdict = Verdict::held;
    return {};
  }
  const std::string name = "held batch " + std::to_string(batch.number);
  if (is_same) {
    outcome.verdict = Verdict::rejected;
    return Fault{FaultCode::contradicting_values, delivery.feed,
                 "this is " + name + ", which " + batch.decided_by + " rejected"};
  }
  if (!is_held && !has_its_id) return {};  // another batch in the place of the rejected one
  outcome.verdict = Verdict::other_content;
  return Fault{FaultCode::contradicting_values, delivery.feed,
               "the batch's id or number is that of " + name +
                   ", which has other content; another batch needs another id, and waits until the "
                   "held one is released or rejected"};
}

// The sender's own count: the first number that a feed gives starts it.
Node::Change Node::check_number(const store::Delivery& delivery, ImportOutcome& outcome) {
  if (!delivery.sender_sequence) return {};
  const auto known = std::ranges::find(state_->feeds(), delivery.feed, &FeedRecord::feed);
  if (known == state_->feeds().end() || !known->sender_sequence) return {};
  const std::uint64_t number = *delivery.sender_sequence;
  const std::uint64_t last = *known->sender_sequence;
  if (number > last) {
    if (number - last == 1) return {};
    outcome.verdict = Verdict::missing_batches;
    const std::string missing = number - last == 2
                                    ? "batch " + std::to_string(last + 1) + " is missing"
                                    : "batches " + std::to_string(last + 1) + " to " +
                                          std::to_string(number - 1) + " are missing";
    return Fault{FaultCode::contradicting_values, delivery.feed,
                 missing + " before " + std::to_string(number) + "; send what is missing first"};
  }
  const auto before = journal_->delivered(delivery.feed, number);
  if (!before) return before.error();
  if (before->has_value() && (*before)->delivery.sent_checksum == delivery.sent_checksum) {
    outcome.sequence = (*before)->sequence;
    outcome.verdict = Verdict::repeated;
    return {};
  }
  outcome.verdict = Verdict::out_of_order;
  return Fault{FaultCode::contradicting_values, delivery.feed,
               "batch " + std::to_string(number) +
                   (before->has_value() ? " had other content" : " comes too late") +
                   ": the last of this feed is " + std::to_string(last)};
}

Node::Change Node::import_into(const ImportRequest& request, ImportOutcome& outcome) {
  const auto several = [&outcome](std::vector<Fault> faults) {
    outcome.faults = std::move(faults);
    return outcome.faults.front();
  };
  auto gathered = gather(request.paths);
  if (!gathered) return gathered.error();
  if (auto ok = load(); !ok) return ok;
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
  state_->facts().begin_import(last_.sequence + 1);
  feed::ImportOptions options;
  options.refused_kept_max = request.refused_kept_max;
  options.progress = request.progress;
  options.replace = request.replace;
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
  const bool holds = std::ranges::find(outcome.findings, feed::GuardAction::hold,
                                       &feed::Finding::then) != outcome.findings.end();
  if (holds) return hold(*gathered, request, delivery, import, outcome);
  return journal_and_publish(*gathered, request, delivery, import, outcome);
}

Node::Change Node::journal_and_publish(const Gathered& gathered, const ImportRequest& request,
                                       const store::Delivery& delivery, const feed::Import& import,
                                       ImportOutcome& outcome) {
  const std::vector<FeedPart> feeds = feed_parts(outcome.report);
  std::string content = content_of(gathered, import, feeds, !delivery.feed.empty());
  if (content.empty()) {
    const auto read = [](const feed::FileReport& file) {
      return file.use == feed::FileUse::records;
    };
    if (std::ranges::any_of(outcome.report.files, read)) return {};
    return Fault{FaultCode::file_missing, source_of(request),
                 "there is nothing here that an import can use"};
  }
  using Watch = std::chrono::steady_clock;
  const auto began = Watch::now();
  std::string received_at = utc_now_text();
  state_->note_feeds(last_.sequence + 1, received_at, delivery, feeds);
  auto snapshot = state_->build(last_.sequence + 1, cell_.pin());
  if (!snapshot) return snapshot.error();
  const auto built = Watch::now();
  store::NewBatch batch{std::move(received_at),
                        std::string{import_kind},
                        source_of(request),
                        std::move(content),
                        refused_of(outcome.report),
                        headers_of(outcome.report),
                        delivery};
  const auto sequence = journal_->append(batch);
  if (!sequence) return sequence.error();
  ENSURE(*sequence == (*snapshot)->generation());
  outcome.build_time = built - began;
  outcome.append_time = Watch::now() - built;
  fresh_bytes_ += batch.content.size();
  all_bytes_ += batch.content.size();
  cell_.publish(*std::move(snapshot));
  feeds_ = state_->feeds();
  last_ = {*sequence, std::move(batch.received_at), std::move(batch.source)};
  outcome.sequence = *sequence;
  outcome.rules = paths_of(gathered.rules);
  outcome.feed_descriptions = paths_of(gathered.feed_descriptions);
  return {};
}

// ---- held batches
// ---------------------------------------------------------------------------------

Node::Change Node::hold(const Gathered& gathered, const ImportRequest& request,
                        const store::Delivery& delivery, const feed::Import& import,
                        ImportOutcome& outcome) {
  const std::vector<FeedPart> feeds = feed_parts(outcome.report);
  const store::NewBatch batch{utc_now_text(),
                              std::string{import_kind},
                              source_of(request),
                              content_of(gathered, import, feeds, !delivery.feed.empty()),
                              refused_of(outcome.report),
                              headers_of(outcome.report),
                              delivery};
  std::vector<store::HeldFinding> findings;
  for (const feed::Finding& found : outcome.findings) {
    findings.push_back({found.feed, std::string{feed::guard_name(found.guard)},
                        std::string{feed::guard_action_name(found.then)}, found.records,
                        found.detail});
  }
  const auto number = journal_->hold(batch, findings);
  if (!number) return number.error();
  outcome.held = *number;
  outcome.verdict = Verdict::held;
  return {};
}

ImportOutcome Node::decide(const HeldDecision& decision, bool image_at_once) {
  ImportOutcome outcome;
  outcome.held = decision.number;
  const auto done = decision.what == Decide::release
                        ? release(decision, outcome)
                        : journal_->reject({decision.number, utc_now_text(), decision.by});
  if (!done) outcome.faults.push_back(done.error());
  if (outcome.accepted() && outcome.sequence != 0 && image_at_once) {
    if (auto written = write_due_image(); !written) outcome.image_fault = written.error();
  }
  let_go_of_facts();
  return outcome;
}

// The batch as it came, put into what is now: its rows meet the records of this moment.
Node::Change Node::release(const HeldDecision& decision, ImportOutcome& outcome) {
  if (auto ok = load(); !ok) return ok;
  auto held = journal_->held_batch(decision.number);
  if (!held) return held.error();
  if (auto ok = check_number(held->delivery, outcome); !ok) return ok;
  if (outcome.verdict == Verdict::repeated) {
    return Fault{
        FaultCode::contradicting_values, "held batch " + std::to_string(decision.number),
        "it came in meanwhile as batch " + std::to_string(outcome.sequence) + "; reject it"};
  }
  using Watch = std::chrono::steady_clock;
  const auto began = Watch::now();
  held->received_at = utc_now_text();
  held->source += ", held as " + std::to_string(decision.number) + ", released by " + decision.by;
  const auto failed = [this](const Fault& fault) {
    state_.reset();
    return fault;
  };
  const store::Batch next{last_.sequence + 1, held->received_at, held->kind,
                          held->source,       held->content,     held->delivery};
  if (auto ok = state_->apply(next); !ok) {
    return failed({FaultCode::contradicting_values, "held batch " + std::to_string(decision.number),
                   "it does not fit what has come in since: " + ok.error().detail});
  }
  auto snapshot = state_->build(next.sequence, cell_.pin());
  if (!snapshot) return failed(snapshot.error());
  const auto built = Watch::now();
  const auto sequence = journal_->release(*held, {decision.number, held->received_at, decision.by});
  if (!sequence) return failed(sequence.error());
  ENSURE(*sequence == (*snapshot)->generation());
  outcome.build_time = built - began;
  outcome.append_time = Watch::now() - built;
  cell_.publish(*std::move(snapshot));
  feeds_ = state_->feeds();
  last_ = {*sequence, held->received_at, held->source};
  outcome.sequence = *sequence;
  return {};
}

Result<std::vector<store::HeldBatch>> Node::held(std::optional<store::HeldState> state) {
  return journal_->held(state);
}

Result<store::Refused> Node::refused_rows(std::uint64_t sequence) {
  return journal_->refused(sequence);
}

}  // namespace server::node
