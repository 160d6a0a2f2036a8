#include "server/cli/draft_at_node.hpp"

#include "server/cli/draft_list.hpp"
#include "server/cli/remote.hpp"
#include "server/http/limits.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

struct DraftFile {
  std::string path;
  std::string feed;  // empty: a document
  std::string content_type;
};

// What a file is, by its name: a document, or rows of the feed of this name.
Result<DraftFile> draft_file(const std::string& path) {
  const std::filesystem::path name{path};
  std::error_code failed;
  if (!std::filesystem::is_regular_file(name, failed)) {
    return Fault{FaultCode::file_missing, path,
                 "there is no such file; a node is sent files one by one, not folders"};
  }
  const auto ending = name.extension();
  if (ending == ".json") return DraftFile{path, "", "application/json"};
  const auto feed = name.stem().string();
  if (ending == ".csv") return DraftFile{path, feed, "text/csv"};
  if (ending == ".ndjson") return DraftFile{path, feed, "application/x-ndjson"};
  return Fault{FaultCode::bad_request, path,
               "a node is sent FEED.csv, FEED.ndjson, and rules or feed descriptions as .json"};
}

std::string address_of(const DraftOptions& options, const char* step) {
  return "/v1/drafts/" + http::percent_encoded(options.name) + step;
}

std::string part_address(const DraftOptions& options, const DraftFile& file, store::DraftUse use) {
  const bool is_new = use == store::DraftUse::fresh;
  std::string path = address_of(options, "/parts") + (is_new ? "?use=create" : "?use=add");
  const auto add = [&path](const char* name, const std::string& value) {
    if (!value.empty()) path += std::string{"&"} + name + "=" + http::percent_encoded(value);
  };
  add("feed", file.feed);
  if (is_new) {
    add("by", options.by);
    add("note", options.note);
  }
  if (!options.replace.empty()) {
    add("mode", "replace");
    add("partition", options.replace);
  }
  return path;
}

Result<std::string> send_part(const DraftOptions& options, const DraftFile& file,
                              store::DraftUse use) {
  std::ifstream stream{file.path, std::ios::binary};
  if (!stream) return Fault{FaultCode::file_unreadable, file.path, "the file can't be opened"};
  const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
  const auto answer = http::post(options.url, part_address(options, file, use),
                                 {bytes, file.content_type}, http::limits::client_batch_time);
  if (!answer) return answer.error();
  if (answer->status == 200) return answer->body;
  Fault fault = fault_of(options.url, *answer);
  fault.where = file.path;
  return fault;
}

// What was answered; nothing, and told, where it was not done.
std::optional<rules::Json> done(const DraftOptions& options,
                                const Result<http::ClientAnswer>& answer, Run& run) {
  if (!answer) {
    fail(run, answer.error());
    return std::nullopt;
  }
  if (answer->status != 200) {
    fail(run, fault_of(options.url, *answer));
    return std::nullopt;
  }
  auto tree = rules::parse_json(answer->body);
  if (tree) return *std::move(tree);
  fail(run, tree.error());
  return std::nullopt;
}

std::span<const rules::Json> items_in(const rules::Json& object, std::string_view name) {
  const rules::Json* const list = object.find(name);
  return list == nullptr ? std::span<const rules::Json>{} : list->items();
}

store::Draft draft_told(const rules::Json& told) {
  store::Draft draft;
  draft.name = text_in(told, "name");
  draft.created_at = text_in(told, "created_at");
  draft.created_by = text_in(told, "created_by");
  draft.note = text_in(told, "note");
  draft.publish_at = text_in(told, "publish_at");
  draft.problem = text_in(told, "problem");
  for (const rules::Json& each : items_in(told, "parts")) {
    store::DraftPart& part = draft.parts.emplace_back();
    part.received_at = text_in(each, "received_at");
    for (const rules::Json& found : items_in(each, "findings")) {
      store::HeldFinding& finding = part.findings.emplace_back();
      finding.guard = text_in(found, "guard");
      finding.detail = text_in(found, "detail");
    }
  }
  return draft;
}

// What is half there would be taken for the whole.
void take_back(const DraftOptions& options, std::size_t kept, Run& run) {
  const auto dropped = http::remove(options.url, address_of(options, ""));
  if (dropped && dropped->status == 200) {
    fmt::print(run.err, "netto: draft {} was dropped again: a draft is made of all its files\n",
               options.name);
  } else {
    fmt::print(run.err, "netto: {} files are in draft {}, which could not be dropped again\n", kept,
               options.name);
  }
}

}  // namespace

void keep_in_draft_at_node(const DraftOptions& options, store::DraftUse use, Run& run) {
  std::vector<DraftFile> files;
  for (const std::string& path : options.paths) {
    auto file = draft_file(path);
    if (!file) return fail(run, file.error());
    files.push_back(*std::move(file));
  }
  if (!options.replace.empty() && files.size() != 1) {
    return fail(run, Fault{FaultCode::bad_request, "--replace",
                           "with --url it goes with one file: send them one after the other"});
  }
  std::size_t kept = 0;
  for (const DraftFile& file : files) {
    const auto answer = send_part(options, file, kept == 0 ? use : store::DraftUse::existing);
    if (!answer) {
      fail(run, answer.error());
      if (kept > 0 && use == store::DraftUse::fresh) {
        take_back(options, kept, run);
      } else if (kept > 0) {
        fmt::print(run.err, "netto: {} of {} files are in draft {}; add the others, or drop it\n",
                   kept, files.size(), options.name);
      }
      return;
    }
    ++kept;
    write_out(run, *answer + "\n");
    if (run.exit == Exit::ok && answer->find("\"refused\":[{") != std::string::npos)
      run.exit = Exit::findings;
  }
}

void list_drafts_at_node(const DraftOptions& options, Run& run) {
  const auto answer = get_text(options.url, "/v1/drafts");
  if (!answer) return fail(run, answer.error());
  if (run.format == Format::json) return write_out(run, *answer + "\n");
  const auto told = rules::parse_json(*answer);
  if (!told) return fail(run, told.error());
  std::vector<store::Draft> drafts;
  for (const rules::Json& draft : items_in(*told, "drafts")) drafts.push_back(draft_told(draft));
  write_drafts(drafts, run);
}

void publish_draft_at_node(const DraftOptions& options, Run& run) {
  std::string path = address_of(options, "/publish?by=") + http::percent_encoded(options.by);
  if (!options.at.empty()) path += "&at=" + http::percent_encoded(options.at);
  const auto answer = done(options, http::post_json(options.url, path, ""), run);
  if (!answer) return;
  write_out(run, options.at.empty() ? fmt::format("draft {} is live as batch {}\n", options.name,
                                                  number_in(*answer, "sequence"))
                                    : fmt::format("draft {} is to be published at {}\n",
                                                  options.name, options.at));
}

void unschedule_draft_at_node(const DraftOptions& options, Run& run) {
  if (done(options, http::post_json(options.url, address_of(options, "/unschedule"), ""), run))
    write_out(run, fmt::format("draft {} waits until somebody publishes it\n", options.name));
}

void drop_draft_at_node(const DraftOptions& options, Run& run) {
  if (done(options, http::remove(options.url, address_of(options, "")), run))
    write_out(run, fmt::format("draft {} is dropped\n", options.name));
}

}  // namespace server::cli
