#include "server/cli/import_to_node.hpp"

#include "server/cli/node_files.hpp"
#include "server/cli/node_sender.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/remote.hpp"
#include "server/cli/report.hpp"
#include "server/cli/sent_batches.hpp"
#include "server/feed/row_parts.hpp"
#include "server/feed/text_source.hpp"
#include "server/http/documents.hpp"
#include "server/http/feeds.hpp"
#include "server/node/clock.hpp"
#include "server/node/gather.hpp"
#include "server/store/checksum.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using rules::Json;
using Clock = std::chrono::steady_clock;

namespace {

// What a node takes, less the part's number.
constexpr std::size_t batch_id_size_max = http::batch_id_bytes - 20;

// What one file alone can have.
Result<void> check_one_file(const NodeImport& options, const FilesToSend& files) {
  if (files.files.size() <= 1) return {};
  const char* option = !options.batch_id.empty()      ? "--batch-id"
                       : options.sequence.has_value() ? "--sequence"
                       : options.replace.has_value()  ? "--replace"
                                                      : nullptr;
  if (option == nullptr) return {};
  return Fault{FaultCode::bad_request, option,
               fmt::format("goes with one file, and there are {}: each would be a batch of its own",
                           files.files.size())};
}

Result<void> check_one_part(const NodeImport& options, const std::string& file, std::size_t parts) {
  if (parts == 1) return {};
  const char* option = options.sequence.has_value()  ? "--sequence"
                       : options.replace.has_value() ? "--replace"
                       : options.all_or_nothing      ? "--all-or-nothing"
                                                     : nullptr;
  if (option == nullptr) return {};
  return Fault{
      FaultCode::too_large, file,
      fmt::format(
          "{} wants the file to be one batch, and it has more than the {} bytes that a batch "
          "may have: import it into the node's folder while that is stopped, or send it in "
          "files of your own without {}",
          option, options.part_bytes, option)};
}

// Goes into a header field: what can't stand there would make another request of it.
Result<void> check_batch_id(const std::string& id) {
  const bool is_plain = std::ranges::all_of(id, [](char c) { return c > ' ' && c < '\x7f'; });
  if (is_plain && id.size() <= batch_id_size_max) return {};
  return Fault{
      FaultCode::bad_request, "--batch-id",
      fmt::format("has at most {} characters, of ASCII and without blanks", batch_id_size_max)};
}

// The folder that all files lie in, with its slash: what need not be said in every line.
std::string common_folder(const node::Gathered& gathered) {
  std::optional<std::string> common;
  const auto take = [&common](const std::string& name) {
    if (!common) common = name;
    const auto differ = std::ranges::mismatch(*common, name);
    common->erase(differ.in1, common->end());
  };
  for (const node::TextFile& document : gathered.rules) take(document.path);
  for (const node::TextFile& document : gathered.feed_descriptions) take(document.path);
  for (const feed::FeedFile& file : gathered.data) take(file.name);
  return common.value_or("").substr(0, common.value_or("").find_last_of('/') + 1);
}

// "?sequence=7&mode=replace&partition=...": how the node is to take it.
std::string query_of(const NodeImport& options) {
  std::string query;
  const auto add = [&](const std::string& text) { query += (query.empty() ? "?" : "&") + text; };
  if (options.sequence) add(fmt::format("sequence={}", *options.sequence));
  if (options.replace) {
    add("mode=replace&partition=" + http::percent_encoded(*options.replace));
  } else if (options.all_or_nothing) {
    add("mode=all_or_nothing");
  }
  return query;
}

// One run of `import --url`.
class Sending {
 public:
  Sending(const NodeImport& options, Run& run)
      : options_{options},
        run_{run},
        progress_{run.err, Unit::bytes},
        node_{options.url, std::chrono::seconds{options.retry_seconds}, run, progress_} {}

  void send() {
    const auto begin = Clock::now();
    if (auto ok = check_batch_id(options_.batch_id); !ok) return fail(run_, ok.error());
    const auto gathered = node::gather(options_.paths);
    if (!gathered) return fail(run_, gathered.error());
    auto feeds = node_.get("/v1/feeds");
    if (!feeds) return fail(run_, feeds.error());
    generation_ = number_in(*feeds, "generation");
    folder_ = common_folder(*gathered);
    send_documents(*gathered);
    if (fault_) return fail(run_, *fault_);
    if (!report_.batches.empty()) feeds = node_.get("/v1/feeds");  // they say which feeds there are
    if (!feeds) return fail(run_, feeds.error());
    auto files = files_to_send(*gathered, options_.feed, forms_in(*feeds));
    if (!files) return fail(run_, files.error());
    if (files->files.empty() && report_.batches.empty()) {
      return fail(run_, {FaultCode::file_missing, options_.paths.front(),
                         "there is no file that a feed of the node reads"});
    }
    if (auto ok = check_one_file(options_, *files); !ok) return fail(run_, ok.error());
    for (const FileToSend& file : files->files) send_file(file);
    progress_.clear();
    report_.url = options_.url;
    report_.passed_over = std::move(files->passed_over);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    report_.time = ms.count() < 10'000 ? fmt::format("{} ms", ms.count())
                                       : fmt::format("{} s", (ms.count() + 500) / 1'000);
    report_.write(run_);
    finish();
  }

 private:
  // All at once, as they belong together; what is in already changes nothing.
  void send_documents(const node::Gathered& gathered) {
    std::vector<node::TextFile> documents = gathered.rules;
    documents.insert(documents.end(), gathered.feed_descriptions.begin(),
                     gathered.feed_descriptions.end());
    if (documents.empty()) return;
    for (node::TextFile& document : documents) document.path.erase(0, folder_.size());
    http::ClientBody body;
    const std::string text = http::documents_body(documents);
    body.bytes = text;
    body.content_type = "application/json";
    const auto answer = node_.post("/v1/documents", body);
    if (!answer) {
      fault_ = answer.error();
      return;
    }
    const auto told = rules::parse_json(answer->body);
    if (answer->status != 200 || !told) {
      fault_ = fault_of(options_.url, *answer);
      if (told) tell_other_faults(*told);
      return;
    }
    for (const node::TextFile& document : documents) {
      SentBatch& batch = report_.batches.emplace_back();
      batch.file = document.path;
      batch.state = is_true(*told, "repeated") ? Sent::repeated : Sent::in;
      batch.sequence = number_in(*told, "sequence");
    }
  }

  // The first is what the run ends with.
  void tell_other_faults(const Json& told) {
    const Json* const faults = told.find("faults");
    if (faults == nullptr || faults->items().empty()) return;
    fault_->where = text_in(faults->items().front(), "where");
    for (const Json& fault : faults->items().subspan(1)) {
      fmt::print(run_.err, "netto: {}: {} ({})\n", text_in(fault, "where"),
                 text_in(fault, "detail"), text_in(fault, "code"));
    }
  }

  void send_file(const FileToSend& file) {
    if (fault_) return note_not_sent(file);
    auto text = feed::read_file(file.name);
    if (!text) return stop({text.error().code, file.name, text.error().detail}, file);
    const auto parts = feed::row_parts(*text, file.form, options_.part_bytes);
    if (!parts)
      return stop(
          {parts.error().code, file.name + ", " + parts.error().where, parts.error().detail}, file);
    const std::size_t count = parts->parts.size();
    if (auto ok = check_one_part(options_, file.name, count); !ok) return stop(ok.error(), file);
    std::size_t done = 0;
    for (std::size_t i = 0; i < count; ++i) {
      SentBatch& batch = report_.batches.emplace_back();
      batch.feed = file.form.feed;
      batch.file = shown(file);
      if (count > 1) batch.part = fmt::format("{} of {}", i + 1, count);
      if (fault_) continue;
      const auto suffix = count == 1 ? "" : fmt::format("-{}-of-{}", i + 1, count);
      const std::string& sent = count == 1 ? *text : (part_text_ = parts->text_of(parts->parts[i]));
      send_batch(file, sent, suffix, {done, text->size()}, batch);
      done += parts->parts[i].rows.size();
      for (SentRefusal& row : batch.refused)
        row.line = parts->line_in_text(parts->parts[i], row.line);
    }
  }

  std::string shown(const FileToSend& file) const { return file.name.substr(folder_.size()); }

  std::string id_of(std::string_view text, const std::string& query,
                    const std::string& suffix) const {
    if (!options_.batch_id.empty()) return options_.batch_id + suffix;
    const auto checksum = store::Checksum{}.add(text).add(query).value();
    auto id = fmt::format("netto-{:016x}-{}{}", checksum, text.size(), suffix);
    if (options_.is_sent_again) id += "-" + started_;
    return id;
  }

  struct Done {
    std::size_t before = 0, all = 0;  // bytes of the file
  };

  void send_batch(const FileToSend& file, std::string_view text, const std::string& suffix,
                  const Done& done, SentBatch& batch) {
    const std::string query = query_of(options_);
    http::ClientBody body;
    body.bytes = text;
    body.content_type = file.form.layout == feed::Layout::csv ? "text/csv" : "application/x-ndjson";
    body.idempotency_key = id_of(text, query, suffix);
    body.progress = [&](std::size_t sent) {
      progress_.show(shown(file), std::min(done.before + sent, done.all), done.all);
    };
    const auto path = "/v1/feeds/" + http::percent_encoded(batch.feed) + "/batches" + query;
    const auto answer = node_.post(path, body);
    if (!answer) {
      batch.state = Sent::unknown;
      fault_ = answer.error();
      fault_->detail += "; whether the batch went in is not known: import it again";
      return;
    }
    const auto told = rules::parse_json(answer->body);
    if (told) take_answer(*told, batch);
    if (answer->status == 202) {
      batch.state = Sent::held;
    } else if (answer->status == 200 && told) {
      take_in(*told, batch);
    } else {
      batch.state = Sent::not_in;
      fault_ = fault_of(folder_ + name_of(batch), *answer);
    }
  }

  // A repeat of what this run sent itself is in: only the answer to the first was lost.
  void take_in(const Json& told, SentBatch& batch) {
    const bool is_old = batch.sequence <= generation_ || was_sent(batch);
    batch.state = is_true(told, "repeated") && is_old ? Sent::repeated : Sent::in;
    if (!is_true(told, "repeated") || is_old) return;
    const auto feed = node_.get("/v1/feeds/" + http::percent_encoded(batch.feed));
    if (!feed || number_in(*feed, "sequence") != batch.sequence) return;
    if (const Json* rows = feed->find("last")) {
      batch.rows = {number_in(*rows, "read"), number_in(*rows, "accepted"),
                    number_in(*rows, "set_aside"), number_in(*rows, "refused")};
    }
  }

  // The same content twice in one run.
  bool was_sent(const SentBatch& batch) const {
    return std::ranges::any_of(report_.batches, [&](const SentBatch& other) {
      return &other != &batch && other.sequence == batch.sequence;
    });
  }

  void stop(const Fault& fault, const FileToSend& file) {
    fault_ = fault;
    note_not_sent(file);
  }

  void note_not_sent(const FileToSend& file) {
    SentBatch& batch = report_.batches.emplace_back();
    batch.file = shown(file);
    batch.feed = file.form.feed;
  }

  void finish() {
    if (fault_) return fail(run_, *fault_);
    const bool look = std::ranges::any_of(report_.batches, needs_a_look) | tell_overtaken();
    if (look && run_.exit == Exit::ok) run_.exit = Exit::findings;
  }

  // What was in already, and others of its feed have come since: those stay, which may not be what
  // was meant.
  bool tell_overtaken() {
    std::map<std::string, std::uint64_t> repeated;  // feed to the newest batch of this run
    for (const SentBatch& batch : report_.batches) {
      if (batch.state == Sent::repeated && !batch.feed.empty()) repeated.emplace(batch.feed, 0);
    }
    bool any = false;
    for (auto& [feed, newest] : repeated) {
      for (const SentBatch& batch : report_.batches) {
        if (batch.feed == feed) newest = std::max(newest, batch.sequence);
      }
      const auto known = node_.get("/v1/feeds/" + http::percent_encoded(feed));
      if (!known || number_in(*known, "sequence") <= newest) continue;
      any = true;
      fmt::print(run_.err,
                 "netto: {}: what was in already is older than batch {} of this feed, and has not "
                 "been applied again; --again sends it as a new batch\n",
                 feed, number_in(*known, "sequence"));
    }
    return any;
  }

  const NodeImport& options_;
  Run& run_;
  Progress progress_;
  NodeSender node_;
  SentReport report_;
  std::string folder_;  // that all files lie in
  std::string part_text_;
  std::string started_ = fmt::format("{}-{}", node::utc_now_text(), ::getpid());
  std::uint64_t generation_ = 0;  // of the node when this began
  std::optional<Fault> fault_;    // why nothing more is sent
};

}  // namespace

void import_to_node(const NodeImport& options, Run& run) { Sending{options, run}.send(); }

}  // namespace server::cli
