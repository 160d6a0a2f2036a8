#include "server/audit/query.hpp"

#include "engine/base/date.hpp"
#include "server/audit/history.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace server::audit {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

// Rows of batches that are looked at together where no code narrows them, from the newest back.
constexpr std::uint64_t window_rows = 100'000;

Fault bad(const char* member, std::string detail) {
  return Fault{FaultCode::bad_request, member, std::move(detail)};
}

// "2026-03-01 14:30" as batches tell their moments.
std::string moment_text(std::string text) {
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  return text;
}

struct WantedCode {
  Code code;
  std::string text;
};

// Some of the batches, from the one sequence to the other.
struct Window {
  std::uint64_t from = 0, to = 0;
};

class Inquiry {
 public:
  Inquiry(AuditStore& audit, const AuditQuery& query)
      : audit_{audit}, query_{query}, from_{moment_text(query.from)}, to_{moment_text(query.to)} {
    const auto want = [this](Code code, const std::string& text) {
      if (text.empty()) return;
      codes_.push_back({code, text});
      code_hashes_.push_back(hash_of(code, text));
    };
    want(Code::article, query.article);
    want(Code::customer, query.customer);
    want(Code::document, query.document);
  }

  Result<AuditAnswer> answer() {
    auto parameters = audit_.parameters();
    if (!parameters) return parameters.error();
    parameters_ = *std::move(parameters);
    auto reach = audit_.reach();
    if (!reach) return reach.error();
    answer_.reach = *std::move(reach);
    if (answer_.reach.last == 0) return std::move(answer_);
    const auto windows = windows_of();
    if (!windows) return windows.error();
    for (const Window& window : *windows) {
      if (answer_.changes.size() >= query_.limit) {
        answer_.has_more = true;
        break;
      }
      if (auto ok = look_at(window); !ok) return ok.error();
    }
    return std::move(answer_);
  }

 private:
  bool is_in_time(const AuditedBatch& batch) const {
    const std::string_view at = batch.received_at;
    return (from_.empty() || at >= from_) && (to_.empty() || at.substr(0, to_.size()) <= to_);
  }

  // Whether changes of this batch can be asked for.
  bool is_asked_for(const AuditedBatch& batch) const {
    return is_in_time(batch) && (!query_.sequence || *query_.sequence == batch.sequence) &&
           (query_.feed.empty() ||
            std::ranges::binary_search(batch.codes, hash_of(Code::feed, query_.feed)));
  }

  bool is_of_feed(const AuditedBatch& batch, std::string_view feed) const {
    return query_.feed.empty() || batch.delivery.feed == query_.feed || feed == query_.feed;
  }

  bool names_code(const Version& version, std::optional<feed::Kind> kind,
                  const WantedCode& wanted) const {
    for (const auto& [column, value] : version.cells()) {
      if (!kind) {
        if (wanted.code == Code::document && column != "text" && value == wanted.text) return true;
        continue;
      }
      if (named_by(*kind, column) != wanted.code) continue;
      bool is_named = false;
      for_each_code(value, is_list(*kind, column),
                    [&](std::string_view code) { is_named |= code == wanted.text; });
      if (is_named) return true;
    }
    return false;
  }

  bool names_all(const Version& version, std::optional<feed::Kind> kind) const {
    return std::ranges::all_of(
        codes_, [&](const WantedCode& wanted) { return names_code(version, kind, wanted); });
  }

  // Newest first. Where codes are asked for, all is one: what names them may lie anywhere.
  Result<std::vector<Window>> windows_of() {
    const AuditReach& reach = answer_.reach;
    if (!codes_.empty()) return std::vector{Window{reach.first, reach.last}};
    std::vector<std::pair<std::uint64_t, std::uint64_t>> asked;  // sequence and rows
    const auto scanned = audit_.scan(reach.first, reach.last, [&](AuditedBatch&& batch) {
      if (is_asked_for(batch)) asked.emplace_back(batch.sequence, batch.rows);
      return Result<void>{};
    });
    if (!scanned) return scanned.error();
    std::vector<Window> windows;
    std::uint64_t rows = window_rows;
    for (auto at = asked.rbegin(); at != asked.rend(); ++at) {
      if (rows >= window_rows) {
        windows.push_back({at->first, at->first});
        rows = 0;
      }
      windows.back().from = at->first;
      rows += at->second;
    }
    return windows;
  }

  Result<void> look_at(const Window& window) {
    History history{
        parameters_, query_.limit - answer_.changes.size(), answer_.reach.first == 1,
        answer_.reach.since,
        [&](const AuditedBatch& batch, std::string_view feed, std::optional<feed::Kind> kind,
            const Version* before, const Version* after) {
          if (batch.sequence < window.from || !is_asked_for(batch)) return false;
          return is_of_feed(batch, feed) && ((before != nullptr && names_all(*before, kind)) ||
                                             (after != nullptr && names_all(*after, kind)));
        }};
    if (auto ok = choose_named(window, history); !ok) return ok;
    if (codes_.empty()) {
      if (auto ok = choose_replaced(window, history); !ok) return ok;
    }
    if (!history.has_chosen()) return {};
    if (auto ok = follow(window, history); !ok) return ok;
    auto& changes = history.changes();
    std::move(changes.rbegin(), changes.rend(), std::back_inserter(answer_.changes));
    answer_.has_more |= history.has_more();
    return {};
  }

  Result<OpenedBatch> open(AuditedBatch&& batch) {
    auto content = audit_.content(batch.sequence);
    if (!content) return content.error();
    return OpenedBatch{std::move(batch), *std::move(content)};
  }

  // Records that a version names as is asked for, or that rows of the asked batches name.
  Result<void> choose_named(const Window& window, History& history) {
    return audit_.scan(window.from, window.to, [&](AuditedBatch&& batch) -> Result<void> {
      const bool may_name =
          codes_.empty() ? is_asked_for(batch) : has_all(batch.codes, code_hashes_);
      if (!may_name) return {};
      const auto opened = open(std::move(batch));
      if (!opened) return opened.error();
      return for_each_effect(*opened, parameters_, [&](Effect&& effect) -> Result<void> {
        const bool is_asked = codes_.empty() ? is_of_feed(opened->batch, effect.feed)
                                             : names_all(effect.version, effect.rows_kind);
        return is_asked ? history.choose(effect.identity) : Result<void>{};
      });
    });
  }

  // Records that batches of the window may take away without naming them.
  Result<void> choose_replaced(const Window& window, History& history) {
    std::vector<std::pair<std::uint64_t, feed::Partition>> replaced;
    const auto found =
        audit_.scan(window.from, window.to, [&](AuditedBatch&& batch) -> Result<void> {
          if (!batch.replaces || !is_asked_for(batch)) return {};
          const auto opened = open(std::move(batch));
          if (!opened) return opened.error();
          auto partition = replaced_by(*opened);
          if (!partition) return partition.error();
          const bool is_known = std::ranges::any_of(
              replaced, [&](const auto& other) { return other.second == *partition; });
          if (is_known) return {};
          if (*partition) replaced.emplace_back(opened->batch.sequence, **std::move(partition));
          return {};
        });
    if (!found) return found;
    for (const auto& [sequence, partition] : replaced) {
      if (auto ok = choose_of(partition, window.to, history); !ok) return ok;
    }
    return {};
  }

  Result<void> choose_of(const feed::Partition& partition, std::uint64_t to, History& history) {
    const feed::Kind kind = partition.kind.value_or(feed::Kind::conditions);
    CodeHashes hashes;
    for (const auto& [column, value] : partition.values) {
      if (const auto code = named_by(kind, column)) hashes.push_back(hash_of(*code, value));
    }
    return audit_.scan(answer_.reach.first, to, [&](AuditedBatch&& batch) -> Result<void> {
      if (!has_all(batch.codes, hashes)) return {};
      const auto opened = open(std::move(batch));
      if (!opened) return opened.error();
      return for_each_effect(*opened, parameters_, [&](Effect&& effect) -> Result<void> {
        const bool is_of = effect.rows_kind == kind && effect.version.is_of(partition, kind);
        return is_of ? history.choose(effect.identity) : Result<void>{};
      });
    });
  }

  // All that became of the chosen records, from the first batch that is kept.
  Result<void> follow(const Window& window, History& history) {
    const CodeHashes hashes = history.hashes();
    auto gap = answer_.reach.gaps.begin();
    return audit_.scan(answer_.reach.first, window.to, [&](AuditedBatch&& batch) -> Result<void> {
      bool is_behind_gap = false;
      for (; gap != answer_.reach.gaps.end() && gap->to < batch.sequence; ++gap)
        is_behind_gap = true;
      if (is_behind_gap) history.forget(batch.received_at);
      if (!batch.replaces && !has_any(batch.codes, hashes)) return {};
      const auto opened = open(std::move(batch));
      if (!opened) return opened.error();
      return history.apply(*opened);
    });
  }

  AuditStore& audit_;
  const AuditQuery& query_;
  std::string from_, to_;
  std::vector<WantedCode> codes_;
  CodeHashes code_hashes_;
  ParameterNames parameters_;
  AuditAnswer answer_;
};

Result<void> check_moment(const char* member, const std::string& text) {
  if (text.empty()) return {};
  if (engine::base::parse_civil(text)) return {};
  return bad(member, "'" + text + "' is no day or moment, such as 2026-03-01 or 2026-03-01T14:30");
}

}  // namespace

const char* what_name(What what) {
  constexpr std::array names{"new", "changed", "removed", "removed_by_replace", "set"};
  return names[static_cast<std::size_t>(what)];
}

Result<void> check(const AuditQuery& query) {
  const bool is_narrowed = !query.article.empty() || !query.customer.empty() ||
                           !query.document.empty() || !query.feed.empty() || query.sequence;
  if (!is_narrowed)
    return bad("article", "say what of: article, customer, document, feed or sequence");
  if (query.limit == 0 || query.limit > limit_max)
    return bad("limit", "limit is a number from 1 to " + std::to_string(limit_max));
  if (auto ok = check_moment("from", query.from); !ok) return ok;
  return check_moment("to", query.to);
}

Result<std::optional<AuditAnswer>> ask(const std::string& folder, const AuditQuery& query) {
  if (auto ok = check(query); !ok) return ok.error();
  auto audit = AuditStore::open(folder, store::Access::read);
  if (!audit) return audit.error();
  if (!audit->has_value()) return std::optional<AuditAnswer>{};
  std::optional<AuditAnswer> answer;
  const auto read = (*audit)->read_as_of_now([&]() -> Result<void> {
    auto made = Inquiry{**audit, query}.answer();
    if (!made) return made.error();
    answer = *std::move(made);
    return {};
  });
  if (!read) return read.error();
  return answer;
}

}  // namespace server::audit
