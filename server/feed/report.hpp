// What became of every row of an import: read = accepted + set aside + refused, for each file and
// in all. Refused rows are kept with their place and reason up to a limit; beyond it they are
// counted only, never miscounted. Plain values; any thread.
#pragma once

#include "engine/base/result.hpp"
#include "server/feed/canonical.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace server::feed {

struct RefusedRow {
  std::string file;
  std::uint64_t line = 0;  // where the row begins, from 1
  std::string column;      // as the file names it where known, else canonical; empty: the whole row
  std::string value;       // what stood there, cut to value_shown_max bytes
  engine::base::FaultCode code{};
  std::string reason;
  std::string text = {};  // the whole row, where it is text
};

enum class FileUse : std::uint8_t {
  records,  // its rows become records
  look_up,  // other files join it
  not_read  // no feed description reads it and it is no canonical feed
};

struct FileReport {
  std::string file;
  std::string feed;  // the description's name; of a canonical file the kind
  FileUse use = FileUse::records;
  std::optional<engine::base::Fault> fault;  // the file as a whole can't be read
  std::uint64_t rows_read = 0, rows_accepted = 0, rows_set_aside = 0, rows_refused = 0;
  std::uint64_t records_removed = 0;    // by rows that take them away
  std::uint64_t records_not_there = 0;  // that rows should have taken away
  std::string header;                   // its first line, as it stands; empty where it has none
  std::map<std::string, std::uint64_t> set_aside_reasons;
  std::vector<RefusedRow> refused_rows;  // the first ones; rows_refused counts all
};

struct ImportReport {
  std::vector<FileReport> files;
  std::array<std::uint64_t, kind_count> records{};  // put, by kind; one row may make several

  std::optional<std::uint64_t> vanished;  // of a whole-replace: what it did not bring, and is gone

  // A file as a whole could not be read: then no row of the import was put.
  bool has_fault() const;

  std::uint64_t rows_read() const;
  std::uint64_t rows_accepted() const;
  std::uint64_t rows_set_aside() const;
  std::uint64_t rows_refused() const;
  std::uint64_t records_removed() const;
  std::uint64_t records_not_there() const;
};

inline constexpr std::size_t value_shown_max = 200;
inline constexpr std::size_t set_aside_reasons_max =
    100;  // per file; further reasons are counted as one

// "prices.csv, line 12, column ListPrice, value '1x': '1x' is not a decimal number (bad_number)"
std::string describe(const RefusedRow& row);
std::string describe(const FileReport& file);  // of its fault; empty without one

}  // namespace server::feed
