#include "server/cli/node_files.hpp"

#include "server/cli/remote.hpp"
#include "server/feed/canonical.hpp"
#include "server/feed/text_source.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using feed::FeedForm;
using rules::Json;

namespace {

FeedForm canonical_form(std::string_view feed, std::string_view file) {
  FeedForm form;
  form.feed = feed;
  const bool is_ndjson = feed::bare_name(file).ends_with(".ndjson");
  form.layout = is_ndjson ? feed::Layout::ndjson : feed::Layout::csv;
  return form;
}

Result<FeedForm> named_form(const std::string& feed, const std::string& file,
                            std::span<const FeedForm> forms) {
  const auto known = std::ranges::find(forms, feed, &FeedForm::feed);
  if (known != forms.end()) return *known;
  if (feed::kind_from(feed)) return canonical_form(feed, file);
  return Fault{
      FaultCode::bad_feed_description, "--feed",
      "the node has no feed description '" + feed + "', and there is no such kind of record"};
}

// Nothing: no feed reads it.
Result<std::optional<FeedForm>> form_by_name(const std::string& file,
                                             std::span<const FeedForm> forms) {
  const auto bare = feed::bare_name(file);
  std::optional<FeedForm> found;
  for (const FeedForm& form : forms) {
    if (!form.reads(bare)) continue;
    if (found) {
      return Fault{FaultCode::bad_feed_description, file,
                   "the feed descriptions '" + found->feed + "' and '" + form.feed +
                       "' both read this file; --feed says which"};
    }
    found = form;
  }
  if (found) return found;
  const auto stem = bare.substr(0, bare.rfind('.'));
  if (feed::kind_from(stem)) found = canonical_form(stem, file);
  return found;
}

Fault no_feed(const std::string& file) {
  if (file == "-")
    return {FaultCode::bad_request, "-", "--feed NAME says what standard input holds"};
  return {
      FaultCode::bad_feed_description, file,
      "no feed description of the node reads a file of this name, and it is not that of a kind of "
      "record; --feed NAME says what it holds"};
}

// Masters before what names them; what a description reads comes last.
std::size_t rank_of(const FileToSend& file) {
  const auto kind = feed::kind_from(file.form.feed);
  return kind ? static_cast<std::size_t>(*kind) : feed::kind_count;
}

}  // namespace

std::vector<FeedForm> forms_in(const Json& feeds) {
  std::vector<FeedForm> forms;
  const Json* descriptions = feeds.find("descriptions");
  if (descriptions == nullptr) return forms;
  for (const Json& told : descriptions->items()) {
    FeedForm& form = forms.emplace_back();
    form.feed = text_in(told, "feed");
    if (const Json* files = told.find("files")) {
      for (const Json& pattern : files->items()) form.files.push_back(pattern.text());
    }
    form.layout = text_in(told, "layout") == "ndjson" ? feed::Layout::ndjson : feed::Layout::csv;
    form.header = is_true(told, "header");
    form.csv.separator = text_in(told, "separator");
    form.csv.row_end = text_in(told, "row_end");
    const auto quote = text_in(told, "quote");
    form.csv.quote = quote.empty() ? std::nullopt : std::optional{quote.front()};
  }
  return forms;
}

Result<FilesToSend> files_to_send(const node::Gathered& gathered, const std::string& feed,
                                  std::span<const FeedForm> forms) {
  FilesToSend made;
  made.passed_over = gathered.passed_over;
  for (const feed::FeedFile& file : gathered.data) {
    if (!feed.empty()) {
      auto form = named_form(feed, file.name, forms);
      if (!form) return form.error();
      made.files.push_back({file.name, *std::move(form)});
      continue;
    }
    auto form = form_by_name(file.name, forms);
    if (!form) return form.error();
    const bool was_named =
        std::ranges::find(gathered.data_named, file.name) != gathered.data_named.end();
    if (!form->has_value() && was_named) return no_feed(file.name);
    if (form->has_value()) {
      made.files.push_back({file.name, **std::move(form)});
    } else {
      made.passed_over.push_back(file.name);
    }
  }
  if (feed.empty()) std::ranges::stable_sort(made.files, {}, rank_of);
  return made;
}

}  // namespace server::cli
