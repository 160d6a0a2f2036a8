#include "server/feed/report.hpp"

#include <algorithm>

namespace server::feed {

namespace {

template <class Member>
std::uint64_t sum(const std::vector<FileReport>& files, Member member) {
  std::uint64_t total = 0;
  for (const FileReport& file : files) total += file.*member;
  return total;
}

}  // namespace

bool ImportReport::has_fault() const {
  return std::ranges::any_of(files, [](const FileReport& file) { return file.fault.has_value(); });
}

std::uint64_t ImportReport::rows_read() const { return sum(files, &FileReport::rows_read); }

std::uint64_t ImportReport::rows_accepted() const { return sum(files, &FileReport::rows_accepted); }

std::uint64_t ImportReport::rows_set_aside() const {
  return sum(files, &FileReport::rows_set_aside);
}

std::uint64_t ImportReport::rows_refused() const { return sum(files, &FileReport::rows_refused); }

std::uint64_t ImportReport::records_removed() const {
  return sum(files, &FileReport::records_removed);
}

std::uint64_t ImportReport::records_not_there() const {
  return sum(files, &FileReport::records_not_there);
}

std::string describe(const RefusedRow& row) {
  std::string text = row.file + ", line " + std::to_string(row.line);
  if (!row.column.empty()) text += ", column " + row.column;
  if (!row.value.empty()) text += ", value '" + row.value + "'";
  return text + ": " + row.reason + " (" + engine::base::fault_name(row.code) + ")";
}

std::string describe(const FileReport& file) {
  if (!file.fault) return "";
  std::string text = file.file;
  if (!file.fault->where.empty()) text += ", " + file.fault->where;
  return text + ": " + file.fault->detail + " (" + engine::base::fault_name(file.fault->code) + ")";
}

}  // namespace server::feed
