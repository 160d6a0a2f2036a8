// Report: what a command has found, as facts (label and value) and tables, written as people,
// scripts or spreadsheets want it: aligned text, one JSON object, or CSV (its main table alone, RFC
// 4180). Facts and tables have a name for machines beside the heading for people. Numbers of things
// are numbers in JSON, everything else is text, so that decimals keep their digits. Order is kept.
// One thread.
#pragma once

#include "server/cli/command.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace server::cli {

struct Value {
  Value(std::string_view shown) : text{shown} {}  // NOLINT(google-explicit-constructor)

  Value(const std::string& shown) : text{shown} {}  // NOLINT(google-explicit-constructor)

  Value(const char* shown) : text{shown} {}  // NOLINT(google-explicit-constructor)

  Value(std::uint64_t count);  // NOLINT(google-explicit-constructor)

  std::string text;
  bool is_number = false;
};

enum class Align : std::uint8_t { left, right };

struct Heading {
  std::string name;   // for machines: snake_case
  std::string title;  // for people
  Align align = Align::left;
};

class Table {
 public:
  Table(std::string name, std::string title, std::vector<Heading> headings)
      : name_{std::move(name)}, title_{std::move(title)}, headings_{std::move(headings)} {}

  // Requires as many values as headings.
  void add(std::vector<Value> row);

  // A line below the table, for people only: "and 1,234 more".
  void note(std::string text) { note_ = std::move(text); }

  bool empty() const { return rows_.empty(); }

 private:
  friend class Report;

  std::string as_text() const;
  std::string as_csv() const;

  std::string name_;
  std::string title_;
  std::vector<Heading> headings_;
  std::vector<std::vector<Value>> rows_;
  std::string note_;
};

class Report {
 public:
  // Shown above all; not part of JSON.
  explicit Report(std::string title = "") : title_{std::move(title)} {}

  // Facts without a value are left out of the text and are "" in JSON.
  void fact(std::string name, std::string label, const Value& value);
  // The reference stays good. CSV consists of the first table, or of the one that is named.
  Table& table(std::string name, std::string title, std::vector<Heading> headings);

  void csv_is(std::string table) { csv_table_ = std::move(table); }

  void write(Run& run) const;

 private:
  struct Fact {
    std::string name;
    std::string label;
    Value value;
  };

  std::string as_text() const;
  std::string as_json() const;
  std::string as_csv() const;

  std::string title_;
  std::string csv_table_;
  std::vector<Fact> facts_;
  std::deque<Table> tables_;
};

// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);
// Columns that `text` takes on a terminal: its characters, not its bytes nor its colours.
std::size_t shown_width(std::string_view text);

}  // namespace server::cli
