// FeedDescription: how to read one kind of export - a small JSON file (feed.schema.json describes
// it member by member): which files, how they are written, what is looked up in other files, which
// rows are set aside and why, and which canonical records each row makes. Read strictly: an unknown
// member is a fault, never passed over. Immutable once read; any thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/snapshot/feed_stamp.hpp"
#include "server/feed/canonical.hpp"
#include "server/feed/csv_reader.hpp"
#include "server/feed/guards.hpp"
#include "server/feed/text_source.hpp"
#include "server/feed/value_formats.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::feed {

enum class ExtraColumns : std::uint8_t { refuse, ignore_empty, ignore };
enum class MissingColumns : std::uint8_t { refuse, empty };

enum class Layout : std::uint8_t { csv, ndjson };

// How a file is written. Of NDJSON only the encoding, trim and empty_values say anything.
struct FileFormat {
  Layout layout = Layout::csv;
  CsvFormat csv;
  Encoding encoding = Encoding::utf8;
  bool header = true;
  std::vector<std::string> columns;  // their names, in order, where there is no header
  ExtraColumns extra_columns = ExtraColumns::refuse;
  MissingColumns missing_columns = MissingColumns::refuse;
  bool trim = true;                       // blanks around a value don't count
  std::vector<std::string> empty_values;  // texts that stand for no value: NULL
};

// Where a value comes from. `parts` are its operands.
struct Source {
  enum class Kind : std::uint8_t {
    column,    // text: a column, or join.column
    constant,  // text
    join,      // the parts that are not empty, with text between them
    first,     // the first part that is not empty
    add,       // exact decimals; empty where a part is
    subtract,  // the first part less the others
    multiply,
    map,   // the first part's value through `values`, else the second part
    date,  // the part's value by own `patterns`, `end`
  };

  Kind kind = Kind::column;
  std::string text;
  std::vector<Source> parts;
  std::vector<std::pair<std::string, std::string>> values;
  std::vector<DatePattern> patterns;
  std::optional<EndMeaning> end;
};

struct Test {
  enum class Kind : std::uint8_t { equals, empty, found, all, any, negation };

  Kind kind = Kind::equals;
  Source value;                      // equals, empty
  std::vector<std::string> allowed;  // equals: any of these
  std::string join;                  // found
  std::vector<Test> parts;           // all, any, negation
};

// A look-up into another file of the same import.
struct Join {
  enum class Rows : std::uint8_t {
    one,    // a second row of the same key is a fault
    first,  // later rows of the same key are passed over
    all,    // a column's values of all rows of the key, separated by `;`
  };

  std::string name;
  std::string file;  // pattern
  FileFormat format;
  std::vector<std::string> key;  // columns of that file
  std::vector<Source> on;        // what they must equal; in the row's columns and earlier joins
  Rows rows = Rows::one;
  bool may_miss =
      false;  // a key without a row gives empty values; else the row that asks is refused
};

struct SkipRule {
  Test when;
  Source reason;
};

struct RecordRule {
  struct Field {
    std::string column;  // canonical
    Source source;
  };

  Kind kind{};
  std::optional<Test> when;
  bool distinct = false;  // a code that was put already in this import is not put again
  std::vector<Field> fields;
};

// How old what a feed brings may grow, and what answers do then.
struct FreshnessRule {
  std::int64_t limit = 0;  // seconds
  engine::snapshot::StaleBehaviour behaviour = engine::snapshot::StaleBehaviour::flag;
  std::optional<std::int64_t> not_ready_after;  // seconds; not below the limit
};

// Without records it only says how fresh the canonical feed of its name must be kept, and what guards it.
struct FeedDescription {
  std::string name;
  std::vector<std::string> files;  // patterns with * and ?, matched against the bare file name
  FileFormat format;
  NumberFormat numbers;
  std::vector<DatePattern> dates;
  std::vector<std::string> open_dates;  // that stand for an open end: 9999-12-31
  std::optional<EndMeaning> end;  // none: last_day; must be said where a date pattern has a time
  std::vector<Join> joins;
  std::vector<SkipRule> skip;
  std::vector<RecordRule> records;
  std::optional<FreshnessRule> freshness;
  std::optional<GuardRules> guards;

  bool is_canonical() const { return records.empty(); }

  bool reads(std::string_view file_name) const;
};

// Faults: bad_feed_description with the JSON pointer as `where`; bad_json, too_deep, too_large.
engine::base::Result<FeedDescription> parse_feed_description(std::string_view json);

// The description in `path`, or all *.json of a folder in order of name; two of one name are a
// fault. `where` names the file. Faults: file_missing, file_unreadable and those of
// parse_feed_description.
engine::base::Result<std::vector<FeedDescription>> read_feed_descriptions(const std::string& path);

// True when `name` fits `pattern`: * is any text, ? any character.
bool fits_pattern(std::string_view name, std::string_view pattern);

}  // namespace server::feed
