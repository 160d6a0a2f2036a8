#include "rules/json_tree.hpp"
#include "server/feed/feed_description.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <system_error>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using rules::Json;

namespace {

constexpr std::int64_t span_seconds_max = std::int64_t{3'650} * 86'400;
constexpr std::size_t nesting_max = 16;  // of sources and of tests

template <class T>
struct Choice {
  std::string_view name;
  T value;
};

constexpr std::array<Choice<Layout>, 2> layouts{{{"csv", Layout::csv}, {"ndjson", Layout::ndjson}}};
constexpr std::array<Choice<Encoding>, 3> encodings{{{"utf-8", Encoding::utf8},
                                                     {"latin-1", Encoding::latin1},
                                                     {"windows-1252", Encoding::windows1252}}};
constexpr std::array<Choice<ExtraColumns>, 3> extra_columns{
    {{"refuse", ExtraColumns::refuse},
     {"ignore_empty", ExtraColumns::ignore_empty},
     {"ignore", ExtraColumns::ignore}}};
constexpr std::array<Choice<MissingColumns>, 2> missing_columns{
    {{"refuse", MissingColumns::refuse}, {"empty", MissingColumns::empty}}};
constexpr std::array<Choice<EndMeaning>, 3> ends{{{"last_day", EndMeaning::last_day},
                                                  {"last_minute", EndMeaning::last_minute},
                                                  {"exclusive", EndMeaning::exclusive}}};
constexpr std::array<Choice<Join::Rows>, 3> join_rows{
    {{"one", Join::Rows::one}, {"first", Join::Rows::first}, {"all", Join::Rows::all}}};
constexpr std::array<Choice<bool>, 2> join_missing{{{"refuse", false}, {"empty", true}}};
constexpr std::array<Choice<bool>, 1> distinct_values{{{"first", true}}};

// Reads the whole tree and keeps the first fault it meets, so that the single steps need not ask
// each other.
class DescriptionReader {
 public:
  Result<FeedDescription> read(const Json& root) {
    FeedDescription description;
    if (!members(root, {"$schema", "feed", "description", "files", "format", "numbers", "dates",
                        "joins", "skip", "records", "freshness", "guards"})) {
      return *fault_;
    }
    description.name = name(required(root, "feed"));
    if (const Json* freshness = root.find("freshness"))
      description.freshness = read_freshness(*freshness);
    if (const Json* guards = root.find("guards")) description.guards = read_guards(*guards);
    if (is_of_canonical_feed(root, description)) {
      if (fault_) return *fault_;
      return description;
    }
    description.files = texts(required(root, "files"));
    if (const Json* format = root.find("format")) read_format(*format, description.format);
    if (const Json* numbers = root.find("numbers")) read_numbers(*numbers, description.numbers);
    if (const Json* dates = root.find("dates")) read_dates(*dates, description);
    if (const Json* joins = root.find("joins")) read_joins(*joins, description);
    if (const Json* skip = root.find("skip")) read_skip(*skip, description);
    read_records(required(root, "records"), description);
    check_columns(root, description.format);
    if (fault_) return *fault_;
    return description;
  }

 private:
  void refuse(const Json& node, std::string reason) {
    if (!fault_) fault_ = Fault{FaultCode::bad_feed_description, node.pointer(), std::move(reason)};
  }

  void expect(const Json& node, Json::Kind kind) {
    if (!node.is(kind))
      refuse(node, std::string{rules::kind_name(kind)} + " is expected here, not " +
                       rules::kind_name(node.kind()));
  }

  // False, with a fault, unless `node` is an object with no other members than these.
  bool members(const Json& node, std::initializer_list<std::string_view> known) {
    expect(node, Json::Kind::object);
    for (const auto& [member, value] : node.members()) {
      if (std::ranges::find(known, member) != known.end()) continue;
      std::string names;
      for (const std::string_view each : known)
        names.append(names.empty() ? "" : ", ").append(each);
      refuse(value, "unknown member; known here: " + names);
    }
    return !fault_;
  }

  const Json& required(const Json& node, std::string_view member) {
    static const Json nothing;
    const Json* found = node.find(member);
    if (found == nullptr) refuse(node, "the member '" + std::string{member} + "' is missing");
    return found == nullptr ? nothing : *found;
  }

  std::string text(const Json& node) {
    expect(node, Json::Kind::string);
    return node.text();
  }

  std::string name(const Json& node) {
    std::string value = text(node);
    const bool plain =
        !value.empty() && value.size() <= 64 && std::ranges::all_of(value, [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        });
    if (!plain) refuse(node, "a name of 1 to 64 characters out of a-z, 0-9, _ and - is expected");
    return value;
  }

  bool boolean(const Json& node) {
    expect(node, Json::Kind::boolean);
    return node.boolean();
  }

  // One text or a list of texts; at least one.
  std::vector<std::string> texts(const Json& node) {
    if (node.is(Json::Kind::string)) return {node.text()};
    expect(node, Json::Kind::array);
    std::vector<std::string> values;
    for (const Json& item : node.items()) values.push_back(text(item));
    if (values.empty()) refuse(node, "at least one text is expected");
    return values;
  }

  template <class T>
  T choice(const Json& node, std::span<const Choice<T>> choices) {
    std::string names;
    for (const auto& [choice_name, value] : choices) {
      if (node.is(Json::Kind::string) && node.text() == choice_name) return value;
      names.append(names.empty() ? "" : ", ").append(choice_name);
    }
    refuse(node, "one of these is expected: " + names);
    return choices.front().value;
  }

  char character(const Json& node) {
    const std::string value = text(node);
    if (value.size() != 1) refuse(node, "one character is expected");
    return value.empty() ? ' ' : value.front();
  }

  // A canonical feed needs no reading rules: its description has a name, a freshness and guards alone.
  bool is_of_canonical_feed(const Json& root, const FeedDescription& description) {
    if (root.find("files") != nullptr || root.find("records") != nullptr ||
        (root.find("freshness") == nullptr && root.find("guards") == nullptr))
      return false;
    members(root, {"$schema", "feed", "description", "freshness", "guards"});
    if (!kind_from(description.name))
      refuse(root, "'" + description.name +
                       "' is no canonical feed: its description needs 'files' and 'records'");
    return true;
  }

  FreshnessRule read_freshness(const Json& node) {
    FreshnessRule rule;
    if (!members(node, {"limit", "behaviour", "not_ready_after"})) return rule;
    rule.limit = span(required(node, "limit"));
    if (const Json* behaviour = node.find("behaviour"))
      rule.behaviour = stale_behaviour(*behaviour);
    if (const Json* after = node.find("not_ready_after")) {
      rule.not_ready_after = span(*after);
      if (*rule.not_ready_after < rule.limit)
        refuse(*after, "it must not be shorter than the limit");
    }
    return rule;
  }

  GuardRules read_guards(const Json& node) {
    GuardRules rules;
    if (!members(node, {"refused_rows", "vanished", "price_jump", "zero_price", "below_cost"}))
      return rules;
    if (const Json* guard = node.find("refused_rows")) rules.refused_rows = read_share(*guard);
    if (const Json* guard = node.find("vanished")) rules.vanished = read_share(*guard);
    if (const Json* guard = node.find("price_jump")) rules.price_jump = read_jump(*guard);
    if (const Json* guard = node.find("zero_price")) {
      members(*guard, {"then"});
      rules.zero_price = guard_action(*guard);
    }
    if (const Json* guard = node.find("below_cost")) {
      members(*guard, {"cost", "then"});
      rules.below_cost = CostGuard{text(required(*guard, "cost")), guard_action(*guard)};
    }
    return rules;
  }

  GuardAction guard_action(const Json& guard) {
    constexpr std::array<Choice<GuardAction>, 3> actions{{{"accept", GuardAction::accept},
                                                          {"flag", GuardAction::flag},
                                                          {"hold", GuardAction::hold}}};
    return choice<GuardAction>(required(guard, "then"), actions);
  }

  ShareGuard read_share(const Json& node) {
    ShareGuard guard;
    if (!members(node, {"percent", "then"})) return guard;
    guard.percent = percent(required(node, "percent"), 100);
    guard.then = guard_action(node);
    return guard;
  }

  JumpGuard read_jump(const Json& node) {
    JumpGuard guard;
    if (!members(node, {"up", "down", "then"})) return guard;
    constexpr std::int64_t up_max = 1'000'000;
    if (const Json* up = node.find("up")) guard.up = percent(*up, up_max);
    if (const Json* down = node.find("down")) guard.down = percent(*down, 100);
    if (!guard.up && !guard.down) refuse(node, "at least one of 'up' and 'down' is expected");
    guard.then = guard_action(node);
    return guard;
  }

  std::int64_t percent(const Json& node, std::int64_t most) {
    expect(node, Json::Kind::number);
    const std::string digits{node.text()};
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
    if (!whole || value < 0 || value > most)
      refuse(node, "a whole number of per cent from 0 to " + std::to_string(most) + " is expected");
    return value;
  }

  // "90m", "26h": seconds, minutes, hours or days.
  std::int64_t span(const Json& node) {
    const std::string value = text(node);
    constexpr std::array<std::pair<char, std::int64_t>, 4> units{
        {{'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}}};
    const auto unit = std::ranges::find(units, value.empty() ? '\0' : value.back(),
                                        &std::pair<char, std::int64_t>::first);
    std::int64_t number = 0;
    const char* const end = value.data() + (value.empty() ? 0 : value.size() - 1);
    const auto read = std::from_chars(value.data(), end, number);
    const bool usable = unit != units.end() && read.ec == std::errc{} && read.ptr == end &&
                        number > 0 && number <= span_seconds_max / unit->second;
    if (!usable) {
      refuse(node, "a time from 1s to 3650d is expected: a whole number followed by s, m, h or d");
      return 0;
    }
    return number * unit->second;
  }

  engine::snapshot::StaleBehaviour stale_behaviour(const Json& node) {
    using engine::snapshot::StaleBehaviour;
    constexpr std::array<Choice<StaleBehaviour>, 4> behaviours{
        {{"serve", StaleBehaviour::serve},
         {"flag", StaleBehaviour::flag},
         {"price_on_request", StaleBehaviour::price_on_request},
         {"refuse", StaleBehaviour::refuse}}};
    return choice<StaleBehaviour>(node, behaviours);
  }

  // Members that are absent leave what `format` has: a join's format begins as its feed's.
  void read_format(const Json& node, FileFormat& format) {
    if (!members(node, {"layout", "separator", "row_end", "quote", "encoding", "header", "columns",
                        "extra_columns", "missing_columns", "trim", "empty_values"})) {
      return;
    }
    if (const Json* value = node.find("layout")) format.layout = choice<Layout>(*value, layouts);
    if (const Json* value = node.find("separator")) format.csv.separator = text(*value);
    if (const Json* value = node.find("row_end")) format.csv.row_end = text(*value);
    if (const Json* value = node.find("quote")) {
      const bool none = value->is(Json::Kind::string) && value->text() == "none";
      format.csv.quote = none ? std::nullopt : std::optional{character(*value)};
    }
    if (const Json* value = node.find("encoding"))
      format.encoding = choice<Encoding>(*value, encodings);
    if (const Json* value = node.find("header")) format.header = boolean(*value);
    if (const Json* value = node.find("columns")) read_columns(*value, format);
    if (const Json* value = node.find("extra_columns"))
      format.extra_columns = choice<ExtraColumns>(*value, extra_columns);
    if (const Json* value = node.find("missing_columns"))
      format.missing_columns = choice<MissingColumns>(*value, missing_columns);
    if (const Json* value = node.find("trim")) format.trim = boolean(*value);
    if (const Json* value = node.find("empty_values")) format.empty_values = texts(*value);
    check_separators(node, format.csv);
  }

  // "-" stands for a column that is not used and needs no name.
  void read_columns(const Json& node, FileFormat& format) {
    format.columns = texts(node);
    std::vector<std::string> sorted = format.columns;
    std::erase(sorted, "-");
    std::ranges::sort(sorted);
    const auto twice = std::ranges::adjacent_find(sorted);
    if (twice != sorted.end()) refuse(node, "the column '" + *twice + "' stands twice");
  }

  void check_separators(const Json& node, const CsvFormat& csv) {
    const bool usable = !csv.separator.empty() && csv.separator.find('\n') == std::string::npos &&
                        csv.separator != csv.row_end &&
                        !(csv.quote && csv.separator.find(*csv.quote) != std::string::npos);
    if (!usable)
      refuse(node,
             "the separator must be some text without line end and quote, and not the row end");
  }

  void check_columns(const Json& node, const FileFormat& format) {
    if (!format.header && format.columns.empty())
      refuse(node, "without a header, format.columns must name the columns");
    if (format.header && !format.columns.empty())
      refuse(node, "format.columns is for files without a header: say \"header\": false");
  }

  void read_numbers(const Json& node, NumberFormat& numbers) {
    if (!members(node, {"decimal_point", "thousands_separator", "trailing_minus"})) return;
    if (const Json* value = node.find("decimal_point")) numbers.decimal_point = character(*value);
    if (const Json* value = node.find("thousands_separator")) numbers.thousands = character(*value);
    if (const Json* value = node.find("trailing_minus")) numbers.trailing_minus = boolean(*value);
    const auto usable = [](char c) { return (c < '0' || c > '9') && c != '-' && c != '+'; };
    if (!usable(numbers.decimal_point) || !usable(numbers.thousands) ||
        numbers.decimal_point == numbers.thousands) {
      refuse(node,
             "decimal point and thousands separator must differ, and be neither digit nor sign");
    }
  }

  std::vector<DatePattern> patterns(const Json& node) {
    std::vector<DatePattern> compiled;
    for (const std::string& pattern : texts(node)) {
      auto one = DatePattern::compile(pattern);
      if (one) {
        compiled.push_back(*std::move(one));
      } else {
        refuse(node, one.error().detail);
      }
    }
    return compiled;
  }

  void read_dates(const Json& node, FeedDescription& description) {
    if (!members(node, {"formats", "open", "end"})) return;
    description.dates = patterns(required(node, "formats"));
    if (const Json* value = node.find("open")) description.open_dates = texts(*value);
    if (const Json* value = node.find("end")) description.end = choice<EndMeaning>(*value, ends);
    const bool has_time = std::ranges::any_of(
        description.dates, [](const DatePattern& pattern) { return pattern.has_time(); });
    if (has_time && !description.end) {
      refuse(node,
             "these dates have a time of day: 'end' must say what the end of a validity means");
    }
  }

  void read_joins(const Json& node, FeedDescription& description) {
    expect(node, Json::Kind::object);
    for (const auto& [join_name, value] : node.members()) {
      if (!members(value, {"file", "format", "key", "on", "rows", "missing"})) return;
      Join join;
      join.name = join_name;
      join.file = text(required(value, "file"));
      join.format = description.format;
      join.format.columns.clear();
      if (const Json* format = value.find("format")) read_format(*format, join.format);
      check_columns(value, join.format);
      join.key = texts(required(value, "key"));
      join.on = sources(required(value, "on"), 0);
      if (const Json* rows = value.find("rows")) join.rows = choice<Join::Rows>(*rows, join_rows);
      if (const Json* missing = value.find("missing"))
        join.may_miss = choice<bool>(*missing, join_missing);
      if (join.key.size() != join.on.size())
        refuse(value, "'key' and 'on' must have the same number of columns");
      description.joins.push_back(std::move(join));
    }
  }

  void read_skip(const Json& node, FeedDescription& description) {
    expect(node, Json::Kind::array);
    for (const Json& item : node.items()) {
      if (!members(item, {"when", "reason"})) return;
      SkipRule rule;
      rule.when = test(required(item, "when"), 0);
      const Json& reason = required(item, "reason");
      if (reason.is(Json::Kind::string)) {
        rule.reason.kind = Source::Kind::constant;
        rule.reason.text = reason.text();
      } else {
        rule.reason = source(reason, 0);
      }
      description.skip.push_back(std::move(rule));
    }
  }

  void read_records(const Json& node, FeedDescription& description) {
    if (node.is(Json::Kind::array) && node.items().empty())
      refuse(node, "at least one record is expected");
    if (!fault_) expect(node, Json::Kind::array);
    for (const Json& item : node.items()) {
      if (!members(item, {"kind", "when", "distinct", "fields"})) return;
      RecordRule rule;
      const auto kind = kind_from(text(required(item, "kind")));
      if (!kind) refuse(required(item, "kind"), "there is no such kind of record");
      rule.kind = kind.value_or(Kind::currencies);
      if (const Json* when = item.find("when")) rule.when = test(*when, 0);
      if (const Json* distinct = item.find("distinct"))
        rule.distinct = choice<bool>(*distinct, distinct_values);
      const Json& fields = required(item, "fields");
      expect(fields, Json::Kind::object);
      for (const auto& [column, value] : fields.members())
        rule.fields.push_back({column, source(value, 0)});
      if (rule.distinct && !fault_ && fields.find("code") == nullptr)
        refuse(item, "'distinct' is for records with a code");
      description.records.push_back(std::move(rule));
    }
  }

  std::vector<Source> sources(const Json& node, std::size_t depth) {
    if (!node.is(Json::Kind::array)) return {source(node, depth)};
    std::vector<Source> parts;
    for (const Json& item : node.items()) parts.push_back(source(item, depth));
    if (parts.empty()) refuse(node, "at least one source is expected");
    return parts;
  }

  Source source(const Json& node, std::size_t depth) {
    Source made;
    if (depth == nesting_max) refuse(node, "sources stand too deep within each other");
    if (node.is(Json::Kind::string)) {
      made.text = node.text();
      return made;
    }
    expect(node, Json::Kind::object);
    if (fault_ || !read_operation(node, made, depth + 1)) {
      refuse(node,
             "a source is a column's name or has one of: column, constant, join, first, add, "
             "subtract, multiply, map, date");
    }
    return made;
  }

  bool read_operation(const Json& node, Source& made, std::size_t depth) {
    if (const Json* value = node.find("column")) {
      members(node, {"column"});
      made.text = text(*value);
    } else if (const Json* constant = node.find("constant")) {
      members(node, {"constant"});
      made.kind = Source::Kind::constant;
      made.text = text(*constant);
    } else if (node.find("map") != nullptr) {
      read_map(node, made, depth);
    } else if (node.find("date") != nullptr) {
      read_date_source(node, made, depth);
    } else {
      return read_operands(node, made, depth);
    }
    return true;
  }

  bool read_operands(const Json& node, Source& made, std::size_t depth) {
    constexpr std::array<Choice<Source::Kind>, 5> operations{
        {{"join", Source::Kind::join},
         {"first", Source::Kind::first},
         {"add", Source::Kind::add},
         {"subtract", Source::Kind::subtract},
         {"multiply", Source::Kind::multiply}}};
    for (const auto& [operation, kind] : operations) {
      const Json* parts = node.find(operation);
      if (parts == nullptr) continue;
      members(node, {operation, kind == Source::Kind::join ? "separator" : operation});
      made.kind = kind;
      made.parts = sources(*parts, depth);
      if (const Json* separator = node.find("separator")) made.text = text(*separator);
      return true;
    }
    return false;
  }

  void read_map(const Json& node, Source& made, std::size_t depth) {
    if (!members(node, {"map", "values", "else"})) return;
    made.kind = Source::Kind::map;
    made.parts.push_back(source(required(node, "map"), depth));
    const Json& values = required(node, "values");
    expect(values, Json::Kind::object);
    for (const auto& [from, to] : values.members()) made.values.emplace_back(from, text(to));
    std::ranges::sort(made.values);
    if (const Json* otherwise = node.find("else")) made.parts.push_back(source(*otherwise, depth));
  }

  void read_date_source(const Json& node, Source& made, std::size_t depth) {
    if (!members(node, {"date", "formats", "end"})) return;
    made.kind = Source::Kind::date;
    made.parts.push_back(source(required(node, "date"), depth));
    if (const Json* formats = node.find("formats")) made.patterns = patterns(*formats);
    if (const Json* end = node.find("end")) made.end = choice<EndMeaning>(*end, ends);
  }

  Test test(const Json& node, std::size_t depth) {
    Test made;
    if (depth == nesting_max) refuse(node, "tests stand too deep within each other");
    expect(node, Json::Kind::object);
    if (fault_) return made;
    if (node.find("value") != nullptr) {
      read_value_test(node, made, depth);
    } else if (const Json* join = node.find("found")) {
      members(node, {"found"});
      made.kind = Test::Kind::found;
      made.join = text(*join);
    } else if (const Json* negated = node.find("not")) {
      members(node, {"not"});
      made.kind = Test::Kind::negation;
      made.parts.push_back(test(*negated, depth + 1));
    } else {
      read_combination(node, made, depth);
    }
    return made;
  }

  void read_value_test(const Json& node, Test& made, std::size_t depth) {
    if (!members(node, {"value", "equals", "in", "empty"})) return;
    made.value = source(required(node, "value"), depth + 1);
    if (node.members().size() != 2)
      return refuse(node, "beside 'value' stands one of: equals, in, empty");
    if (const Json* expected = node.find("equals")) made.allowed = {text(*expected)};
    if (const Json* list = node.find("in")) made.allowed = texts(*list);
    if (const Json* empty = node.find("empty")) {
      const bool wanted = boolean(*empty);
      made.kind = Test::Kind::empty;
      if (wanted) return;
      Test positive = std::move(made);
      made = Test{};
      made.kind = Test::Kind::negation;
      made.parts.push_back(std::move(positive));
    }
  }

  void read_combination(const Json& node, Test& made, std::size_t depth) {
    const Json* all = node.find("all");
    const Json* any = node.find("any");
    if (!members(node, {"all", "any"})) return;
    if ((all == nullptr) == (any == nullptr))
      return refuse(node, "a test has one of: value, found, not, all, any");
    made.kind = all != nullptr ? Test::Kind::all : Test::Kind::any;
    const Json& parts = all != nullptr ? *all : *any;
    expect(parts, Json::Kind::array);
    for (const Json& part : parts.items()) made.parts.push_back(test(part, depth + 1));
    if (made.parts.empty()) refuse(parts, "at least one test is expected");
  }

  std::optional<Fault> fault_;
};

}  // namespace

Result<FeedDescription> parse_feed_description(std::string_view json) {
  const auto tree = rules::parse_json(json);
  if (!tree) return tree.error();
  return DescriptionReader{}.read(*tree);
}

}  // namespace server::feed
