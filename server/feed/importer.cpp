#include "server/feed/importer.hpp"

#include "engine/base/limits.hpp"
#include "server/feed/batch.hpp"
#include "server/feed/opened_files.hpp"
#include "server/feed/table_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

enum class RowState : std::uint8_t { open, put, set_aside, refused };

constexpr std::uint64_t rows_between_progress = 65'536;

std::string shown(std::string_view value) {
  if (value.size() <= value_shown_max) return std::string{value};
  std::size_t end = value_shown_max;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return std::string{value.substr(0, end)} + "...";
}

// Rows whose parent, or the list that they are based on, may still come: kept with all that putting them later needs.
struct Waiting {
  std::size_t file = 0, output = 0;
  std::uint64_t row = 0;
  RefusedRow place;  // what to report if no parent comes
  std::vector<std::string> cells;
};

bool waits_for_parent(Kind kind, const Fault& fault) {
  if (kind == Kind::price_lists)
    return fault.code == FaultCode::unknown_document && fault.where == "based_on";
  const bool has_parent =
      kind == Kind::article_groups || kind == Kind::customer_groups || kind == Kind::customers;
  const bool unknown = fault.code == FaultCode::unknown_article_group ||
                       fault.code == FaultCode::unknown_customer_group ||
                       fault.code == FaultCode::unknown_customer;
  return has_parent && unknown && fault.where == "parent";
}

class Importer {
 public:
  Importer(engine::model::Facts& facts, OpenedFiles& opened, const ImportOptions& options)
      : facts_{facts}, files_{opened.files()}, options_{options}, states_(files_.size()) {}

  Import run() {
    set_watches();
    facts_.begin_batch();
    if (auto ok = put_up_fences(); !ok) import_.fault = ok.error();
    if (!import_.fault)
      for (std::size_t i = 0; i < kind_count; ++i) put_kind(static_cast<Kind>(i));
    for (std::size_t i = 0; i < files_.size(); ++i) finish(i);
    remove_rest();
    look_for_ties();
    for (const GuardWatch& watch : watches_) {
      const auto found = watch.findings();
      import_.findings.insert(import_.findings.end(), found.begin(), found.end());
    }
    import_.batch = batch_.take();
    return std::move(import_);
  }

 private:
  // One a feed that has guards. They see what is settled, so that what is pending must be first.
  void set_watches() {
    watch_of_.resize(files_.size());
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (files_[i].guards == nullptr) continue;
      auto watch = std::ranges::find(watches_, files_[i].report.feed, &GuardWatch::feed);
      if (watch == watches_.end())
        watch = watches_.insert(watches_.end(), {facts_, *files_[i].guards, files_[i].report.feed});
      watch_of_[i] = static_cast<std::size_t>(watch - watches_.begin());
    }
    if (!watches_.empty() && !facts_.lay_over()) facts_.settle();
  }

  // Around what the batch replaces as a whole.
  Result<void> put_up_fences() {
    if (!options_.replace) return {};
    import_.replaced = options_.replace;
    auto& kind = import_.replaced->kind;
    std::vector<Kind> kinds;
    std::string names;
    for (const OpenedFile& file : files_) {
      for (const Output& output : file.outputs) {
        const Kind own = output.table.kind();
        if (!is_replaceable(own) || std::ranges::find(kinds, own) != kinds.end()) continue;
        kinds.push_back(own);
        names.append(names.empty() ? "" : ", ").append(kind_name(own));
      }
    }
    if (!kind && kinds.size() == 1) kind = kinds.front();
    if (!kind || std::ranges::find(kinds, *kind) == kinds.end()) {
      return Fault{FaultCode::bad_request, "partition",
                   kinds.empty()
                       ? "this batch has no records that can be replaced as a whole"
                       : "the partition must say of which records it is, such as records:" +
                             std::string{kind_name(kinds.front())} + "; the batch has " + names};
    }
    if (auto ok = check_partition(*import_.replaced, facts_.schema); !ok) return ok;
    before_ = count_of(facts_, *import_.replaced);
    for (OpenedFile& file : files_) {
      for (Output& output : file.outputs) {
        if (output.table.kind() == *kind)
          output.fence.emplace(*import_.replaced, output.table.columns());
      }
    }
    return {};
  }

  // What a refused row stands for must not vanish because the row was broken.
  void remove_rest() {
    if (!import_.replaced || import_.fault || import_.report.rows_refused() > 0) return;
    const auto vanished = feed::remove_rest(facts_, *import_.replaced);
    if (vanished) {
      import_.report.vanished = *vanished;
      see_vanished(*vanished);
    } else {
      import_.fault = vanished.error();
    }
  }

  // What is pending is all of the batch's, whichever feed it is of.
  void look_for_ties() {
    constexpr std::size_t told_max = 3;
    const auto watch = std::ranges::find_if(watches_, &GuardWatch::looks_at_ties);
    if (watch == watches_.end() || options_.rules == nullptr || import_.fault) return;
    watch->see_ties(rules::ties_of_batch(facts_, *options_.rules, told_max));
  }

  // What there was: what is gone, what was taken away by rows, and what rows took the place of.
  void see_vanished(std::uint64_t vanished) {
    const bool is_condition = import_.replaced->kind == Kind::conditions;
    for (std::size_t i = 0; i < watches_.size(); ++i) {
      const bool brings = std::ranges::any_of(files_, [&](const OpenedFile& file) {
        return watch_of_[static_cast<std::size_t>(&file - files_.data())] == i &&
               std::ranges::any_of(file.outputs,
                                   [](const Output& output) { return output.fence.has_value(); });
      });
      if (!brings) continue;
      const std::uint64_t kept = is_condition ? watches_[i].replaced() : 0;
      const std::uint64_t before =
          is_condition ? vanished + kept + import_.report.records_removed() : before_;
      watches_[i].see_vanished(vanished, before);
    }
  }

  void watch(std::size_t number, Output& output, std::span<const std::string_view> cells,
             std::uint32_t line) {
    if (!watch_of_[number] || output.table.kind() != Kind::conditions) return;
    GuardWatch& watch = watches_[*watch_of_[number]];
    if (!watch.looks_at_records()) return;
    if (const auto draft = output.table.condition(cells, line))
      watch.see(*draft, files_[number].report.file, line);
  }

  void put_kind(Kind kind) {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (has(files_[i], kind)) pass(i, kind);
    }
    put_waiting();
    for (OpenedFile& file : files_) {
      const bool done = std::ranges::all_of(
          file.outputs, [&](const Output& output) { return output.table.kind() <= kind; });
      if (done) file.source = SourceText{};
    }
  }

  static bool has(const OpenedFile& file, Kind kind) {
    return std::ranges::any_of(file.outputs,
                               [&](const Output& output) { return output.table.kind() == kind; });
  }

  // One way through a file's rows, for one kind of record. The first way also sees which rows can
  // be used at all.
  void pass(std::size_t number, Kind kind) {
    OpenedFile& file = files_[number];
    auto& states = states_[number];
    const bool first = states.empty();
    auto rows = TableReader::open(file.source, file.format(), {});
    ENSURE(rows.has_value());  // it was opened before
    if (first) file.report.header = rows->header();
    for (std::uint64_t row = 0; rows->next(); ++row) {
      if (first) states.push_back(RowState::open);
      if (row % rows_between_progress == 0) tell_progress(file, rows->offset());
      if (states[row] == RowState::open || states[row] == RowState::put)
        put_row(number, row, *rows, kind, first);
    }
  }

  void tell_progress(const OpenedFile& file, std::size_t offset) const {
    if (options_.progress) options_.progress({file.report.file, offset, file.source.text.size()});
  }

  void put_row(std::size_t number, std::uint64_t row, const TableReader& rows, Kind kind,
               bool first) {
    OpenedFile& file = files_[number];
    if (rows.problem()) return refuse_whole(number, row, rows, *rows.problem());
    if (file.plan) {
      file.plan->begin_row(rows);
      if (first && is_set_aside(number, row, rows)) return;
    }
    for (std::size_t output = 0; output < file.outputs.size(); ++output) {
      if (file.outputs[output].table.kind() != kind) continue;
      put_output(number, row, rows, output);
      if (states_[number][row] == RowState::refused) return;
    }
  }

  // Also when the row is refused over that question.
  bool is_set_aside(std::size_t number, std::uint64_t row, const TableReader& rows) {
    const auto reason = files_[number].plan->set_aside();
    if (!reason) {
      refuse_whole(number, row, rows, reason.error());
      return true;
    }
    if (*reason) set_aside(number, row, **reason);
    return reason->has_value();
  }

  void set_aside(std::size_t number, std::uint64_t row, std::string_view reason) {
    states_[number][row] = RowState::set_aside;
    auto& reasons = files_[number].report.set_aside_reasons;
    std::string text = shown(reason.empty() ? "no reason given" : reason);
    if (!reasons.contains(text) && reasons.size() + 1 >= set_aside_reasons_max)
      text = "further reasons";
    ++reasons[text];
  }

  void put_output(std::size_t number, std::uint64_t row, const TableReader& rows,
                  std::size_t which) {
    OpenedFile& file = files_[number];
    Output& output = file.outputs[which];
    std::span<const std::string_view> cells = rows.fields();
    if (file.plan) {
      const auto applies = file.plan->applies(output.record);
      if (!applies) return refuse_whole(number, row, rows, applies.error());
      if (!*applies) return;
      auto evaluated = file.plan->cells(output.record, cells_);
      if (!evaluated)
        return refuse(number, row, place_of(file, output, cells_, rows, evaluated.error()));
      cells = cells_;
    }
    const auto line = static_cast<std::uint32_t>(rows.line());
    const auto put = put_cells(number, row, output, cells, line);
    if (put) return;
    RefusedRow place = place_of(file, output, cells, rows, put.error());
    if (waits_for_parent(output.table.kind(), put.error())) {
      waiting_.push_back({number, which, row, std::move(place), {cells.begin(), cells.end()}});
    } else {
      refuse(number, row, std::move(place));
    }
  }

  Result<void> put_cells(std::size_t number, std::uint64_t row, Output& output,
                         std::span<const std::string_view> cells, std::uint32_t line) {
    if (output.fence) {
      if (auto fault = output.fence->outside(cells)) return *std::move(fault);
    }
    const bool known = output.code_cell && !output.table.removes(cells) &&
                       output.put->find(cells[*output.code_cell]);
    if (!known) {
      const auto effect = output.table.put(cells, line);
      if (!effect) return effect.error();
      batch_.add(output.table, cells, line);
      note(number, output, cells, *effect);
      if (*effect == RowEffect::put) watch(number, output, cells, line);
    }
    states_[number][row] = RowState::put;
    return {};
  }

  void note(std::size_t number, Output& output, std::span<const std::string_view> cells,
            RowEffect effect) {
    FileReport& report = files_[number].report;
    switch (effect) {
      case RowEffect::put:
        ++import_.report.records[static_cast<std::size_t>(output.table.kind())];
        if (output.code_cell) output.put->intern(cells[*output.code_cell]);
        return;
      case RowEffect::removed:
        ++report.records_removed;
        return;
      case RowEffect::not_there:
        ++report.records_not_there;
        return;
    }
  }

  // Each round puts what had its parent put in the round before, at the latest; so a tree deeper
  // than that is refused.
  void put_waiting() {
    std::vector<std::string_view> cells;
    for (std::size_t round = 0; round < engine::base::limits::group_depth && !waiting_.empty();
         ++round) {
      std::vector<Waiting> still;
      for (Waiting& waiting : waiting_) {
        Output& output = files_[waiting.file].outputs[waiting.output];
        cells.assign(waiting.cells.begin(), waiting.cells.end());
        const auto put = put_cells(waiting.file, waiting.row, output, cells,
                                   static_cast<std::uint32_t>(waiting.place.line));
        if (put) continue;
        if (!waits_for_parent(output.table.kind(), put.error())) {
          refuse(waiting.file, waiting.row,
                 place_of(files_[waiting.file], output, cells, waiting.place, put.error()));
        } else {
          still.push_back(std::move(waiting));
        }
      }
      const bool stuck = still.size() == waiting_.size();
      waiting_ = std::move(still);
      if (stuck) break;
    }
    for (Waiting& waiting : waiting_) refuse(waiting.file, waiting.row, std::move(waiting.place));
    waiting_.clear();
  }

  // Of a row that waited: its source is gone, so the canonical cell is shown.
  static RefusedRow place_of(const OpenedFile& file, const Output& output,
                             std::span<const std::string_view> cells, const RefusedRow& before,
                             const Fault& fault) {
    const auto& columns = output.table.columns();
    const auto column = std::ranges::find(columns, fault.where);
    const std::string_view value =
        column == columns.end() ? "" : cells[static_cast<std::size_t>(column - columns.begin())];
    return {before.file,
            before.line,
            file.plan ? file.plan->source_column(output.record, fault.where) : fault.where,
            shown(value),
            fault.code,
            fault.detail,
            before.text};
  }

  // Where a fault in a canonical cell stands in the file.
  static RefusedRow place_of(OpenedFile& file, const Output& output,
                             std::span<const std::string_view> cells, const TableReader& rows,
                             const Fault& fault) {
    RefusedRow place{file.report.file,       rows.line(), fault.where, "", fault.code, fault.detail,
                     std::string{rows.raw()}};
    if (fault.where.empty()) {
      place.value = shown(rows.raw());
    } else if (file.plan) {
      place.column = file.plan->source_column(output.record, fault.where);
      place.value = shown(file.plan->source_value(output.record, fault.where));
    } else {
      const auto& columns = output.table.columns();
      const auto column = std::ranges::find(columns, fault.where);
      if (column != columns.end())
        place.value = shown(cells[static_cast<std::size_t>(column - columns.begin())]);
    }
    return place;
  }

  void refuse_whole(std::size_t number, std::uint64_t row, const TableReader& rows,
                    const Fault& fault) {
    const bool is_text = fault.code != FaultCode::bad_encoding;
    const std::string value = is_text ? shown(rows.raw()) : "";
    refuse(number, row,
           RefusedRow{files_[number].report.file, rows.line(), fault.where, value, fault.code,
                      fault.detail, is_text ? std::string{rows.raw()} : ""});
  }

  void refuse(std::size_t number, std::uint64_t row, RefusedRow place) {
    states_[number][row] = RowState::refused;
    auto& kept = files_[number].report.refused_rows;
    if (kept.size() < options_.refused_kept_max) kept.push_back(std::move(place));
  }

  void finish(std::size_t number) {
    FileReport& report = files_[number].report;
    for (std::uint64_t row = 0; row < states_[number].size(); ++row) {
      if (states_[number][row] == RowState::open)
        set_aside(number, row, "no record of the feed description applies");
      const RowState state = states_[number][row];
      ++(state == RowState::put       ? report.rows_accepted
         : state == RowState::refused ? report.rows_refused
                                      : report.rows_set_aside);
    }
    report.rows_read = states_[number].size();
    if (watch_of_[number])
      watches_[*watch_of_[number]].see_rows(report.rows_read, report.rows_refused);
    ENSURE(report.rows_read == report.rows_accepted + report.rows_set_aside + report.rows_refused);
    std::ranges::stable_sort(report.refused_rows, {}, &RefusedRow::line);
    import_.report.files.push_back(std::move(report));
  }

  engine::model::Facts& facts_;
  std::vector<OpenedFile>& files_;
  const ImportOptions& options_;
  std::vector<std::vector<RowState>> states_;  // of each file, by row
  std::vector<std::string_view> cells_;        // of the row at hand
  std::vector<Waiting> waiting_;
  std::vector<GuardWatch> watches_;                   // one a feed that has guards
  std::vector<std::optional<std::size_t>> watch_of_;  // of each file
  std::uint64_t before_ = 0;  // records of what is replaced, but for conditions
  BatchWriter batch_;
  Import import_;
};

bool looks_like_data(std::string_view name) {
  const std::string_view bare = bare_name(name);
  return bare.ends_with(".csv") || bare.ends_with(".tsv") || bare.ends_with(".txt") ||
         bare.ends_with(".ndjson");
}

}  // namespace

Import read_feed(engine::model::Facts& facts, std::vector<FeedFile> files,
                 std::span<const FeedDescription> descriptions, const ImportOptions& options) {
  OpenedFiles opened{facts, std::move(files), descriptions, options};
  const bool has_fault = std::ranges::any_of(
      opened.files(), [](const OpenedFile& file) { return file.report.fault.has_value(); });
  if (!has_fault) return Importer{facts, opened, options}.run();
  Import import;
  for (OpenedFile& file : opened.files()) import.report.files.push_back(std::move(file.report));
  return import;
}

Result<std::vector<FeedFile>> files_at(const std::string& path) {
  std::error_code error;
  if (path != "-" && !std::filesystem::exists(path, error))
    return Fault{FaultCode::file_missing, path, "there is no such file or folder"};
  if (path == "-" || !std::filesystem::is_directory(path, error))
    return std::vector<FeedFile>{FeedFile{path, path, "", ""}};
  std::vector<FeedFile> files;
  std::filesystem::directory_iterator entry{path, error};
  for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
    const std::string file = entry->path().string();
    if (looks_like_data(file)) files.push_back(FeedFile{file, file, "", ""});
  }
  if (error)
    return Fault{FaultCode::file_unreadable, path, "the folder can't be read: " + error.message()};
  std::ranges::sort(files, {}, &FeedFile::name);
  return files;
}

}  // namespace server::feed
