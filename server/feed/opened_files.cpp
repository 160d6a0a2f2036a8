#include "server/feed/opened_files.hpp"

#include "server/feed/table_reader.hpp"

#include <algorithm>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

// By the ending of the file's name.
const FileFormat& canonical_format(std::string_view name) {
  const auto plain = [](Layout layout) {
    FileFormat format;
    format.trim = false;
    format.layout = layout;
    return format;
  };
  static const FileFormat csv = plain(Layout::csv);
  static const FileFormat ndjson = plain(Layout::ndjson);
  return bare_name(name).ends_with(".ndjson") ? ndjson : csv;
}

// The kind that the file's name, or its sender, says.
std::optional<Kind> named_kind(const FeedFile& file) {
  if (const auto kind = kind_from(file.feed)) return kind;
  const std::string_view bare = bare_name(file.name);
  return kind_from(bare.substr(0, bare.rfind('.')));
}

}  // namespace

const FileFormat& OpenedFile::format() const {
  return description != nullptr ? description->format : canonical_format(input.name);
}

OpenedFiles::OpenedFiles(engine::model::Facts& facts, std::vector<FeedFile> files,
                         std::span<const FeedDescription> descriptions,
                         const ImportOptions& options)
    : facts_{facts}, descriptions_{descriptions}, options_{options} {
  for (FeedFile& input : files) {
    OpenedFile& file = files_.emplace_back();
    file.input = std::move(input);
    file.report.file = file.input.name;
    choose(file);
  }
  for (OpenedFile& file : files_) load(file);
  load_joins();
  for (OpenedFile& file : files_) {
    if (!file.report.fault) open(file);
  }
}

void OpenedFiles::choose(OpenedFile& file) const {
  const std::string& feed = file.input.feed;
  for (const FeedDescription& description : descriptions_) {
    if (description.is_canonical()) continue;
    const bool chosen =
        feed.empty() ? description.reads(bare_name(file.input.name)) : description.name == feed;
    if (!chosen) continue;
    if (file.description != nullptr) {
      file.report.fault = Fault{FaultCode::bad_feed_description, "",
                                "the feed descriptions '" + file.description->name + "' and '" +
                                    description.name + "' both read this file"};
      return;
    }
    file.description = &description;
    file.report.feed = description.name;
  }
  if (file.description == nullptr && !feed.empty() && !kind_from(feed)) {
    file.report.fault =
        Fault{FaultCode::bad_feed_description, "",
              "there is no feed description '" + feed + "' and no such kind of record"};
  }
}

void OpenedFiles::load(OpenedFile& file) const {
  if (file.report.fault) return;
  auto bytes =
      file.input.path.empty() ? unpacked(std::move(file.input.bytes)) : read_file(file.input.path);
  if (bytes) {
    file.bytes = *std::move(bytes);
  } else {
    file.report.fault = bytes.error();
  }
}

bool OpenedFiles::is_active(const FeedDescription& description) const {
  return std::ranges::find(files_, &description, &OpenedFile::description) != files_.end();
}

bool OpenedFiles::is_looked_up(std::string_view name) const {
  return std::ranges::any_of(descriptions_, [&](const FeedDescription& description) {
    return is_active(description) && std::ranges::any_of(description.joins, [&](const Join& join) {
             return fits_pattern(name, join.file);
           });
  });
}

void OpenedFiles::load_joins() {
  for (const FeedDescription& description : descriptions_) {
    if (!is_active(description)) continue;
    for (const Join& join : description.joins) load_join(description, join);
  }
}

// From every file that fits. A fault belongs to the file looked up, or, when there is none, to
// those that ask.
void OpenedFiles::load_join(const FeedDescription& description, const Join& join) {
  auto& table = joins_[&description].emplace_back(
      std::make_unique<JoinTable>(columns_asked(description, join)));
  bool any = false;
  for (OpenedFile& file : files_) {
    if (!fits_pattern(bare_name(file.input.name), join.file)) continue;
    any = true;
    if (file.report.fault) continue;
    auto text = decode(file.bytes, join.format.encoding);
    const auto loaded = text ? table->load(join, *text) : Result<void>{text.error()};
    if (loaded) continue;
    const Fault& fault = loaded.error();
    file.report.fault = Fault{fault.code, fault.where,
                              fault.detail + " (looked up by the feed '" + description.name +
                                  "' as '" + join.name + "')"};
  }
  if (any) return;
  for (OpenedFile& file : files_) {
    if (file.description != &description || file.report.fault) continue;
    file.report.fault =
        Fault{FaultCode::file_missing, join.name,
              "the feed looks up '" + join.file + "', which is not among the files of this import"};
  }
}

void OpenedFiles::open(OpenedFile& file) {
  auto opened = file.description != nullptr ? open_described(file) : open_canonical(file);
  if (!opened) file.report.fault = opened.error();
  std::string{}.swap(file.bytes);
}

Result<void> OpenedFiles::open_described(OpenedFile& file) {
  auto source = decode(std::move(file.bytes), file.description->format.encoding);
  if (!source) return source.error();
  file.source = *std::move(source);
  const auto rows = TableReader::open(file.source, file.format(), {});
  if (!rows) return rows.error();
  std::vector<const JoinTable*> tables;
  for (const auto& table : joins_[file.description]) tables.push_back(table.get());
  auto plan = RowPlan::bind(*file.description, std::move(tables), *rows, facts_.schema);
  if (!plan) return plan.error();
  file.plan = *std::move(plan);
  if (file.description->guards) file.guards = &*file.description->guards;
  return bind_records(file);
}

Result<void> OpenedFiles::bind_records(OpenedFile& file) {
  const auto& records = file.description->records;
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::vector<std::string> columns;
    for (const auto& field : records[i].fields) columns.push_back(field.column);
    const auto code = std::ranges::find(columns, "code");
    std::optional<std::size_t> code_cell;
    if (records[i].distinct) code_cell = static_cast<std::size_t>(code - columns.begin());
    auto table =
        CanonicalTable::bind(facts_, records[i].kind, std::move(columns), file.description->name);
    if (!table)
      return Fault{FaultCode::bad_feed_description, "/records/" + std::to_string(i) + "/fields",
                   table.error().detail};
    file.outputs.push_back(Output{*std::move(table), i, code_cell, &codes_put_[&records[i]]});
  }
  return {};
}

// A file that is no canonical feed is a fault, unless something else explains why it is here.
Result<void> OpenedFiles::open_canonical(OpenedFile& file) {
  const auto named = named_kind(file.input);
  const bool looked_up = is_looked_up(bare_name(file.input.name));
  if (!named && looked_up) {
    file.report.use = FileUse::look_up;
    return {};
  }
  const bool may_stay_unread = !named && !descriptions_.empty();
  file.report.use = may_stay_unread ? FileUse::not_read : FileUse::records;
  auto source = decode(std::move(file.bytes), Encoding::utf8);
  if (!source) return may_stay_unread ? Result<void>{} : Result<void>{source.error()};
  const auto rows = TableReader::open(*source, file.format(), {});
  if (!rows) return may_stay_unread ? Result<void>{} : Result<void>{rows.error()};
  auto kind =
      named ? Result<Kind>{*named} : kind_of_file(file.input.name, rows->columns(), facts_.schema);
  if (!kind) return may_stay_unread ? Result<void>{} : Result<void>{kind.error()};
  file.report.use = FileUse::records;
  file.report.feed = kind_name(*kind);
  for (const FeedDescription& description : descriptions_) {
    if (description.is_canonical() && description.name == file.report.feed && description.guards)
      file.guards = &*description.guards;
  }
  auto table = CanonicalTable::bind(facts_, *kind, rows->columns(), options_.feed);
  if (!table) return table.error();
  file.source = *std::move(source);
  file.outputs.push_back(Output{*std::move(table), 0, std::nullopt, nullptr});
  return {};
}

}  // namespace server::feed
