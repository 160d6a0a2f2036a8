#include "rules/json_tree.hpp"
#include "server/feed/description_json.hpp"
#include "server/feed/feed_description.hpp"
#include "server/feed/format_reader.hpp"
#include "server/feed/freshness_reader.hpp"
#include "server/feed/guards_reader.hpp"
#include "server/feed/source_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace server::feed {

using engine::base::Result;
using rules::Json;

namespace {

constexpr std::array<Choice<Join::Rows>, 3> join_rows{
    {{"one", Join::Rows::one}, {"first", Join::Rows::first}, {"all", Join::Rows::all}}};
constexpr std::array<Choice<bool>, 2> join_missing{{{"refuse", false}, {"empty", true}}};
constexpr std::array<Choice<bool>, 1> distinct_values{{{"first", true}}};

// Reads the whole tree: what a feed is made of.
class DescriptionReader {
 public:
  Result<FeedDescription> read(const Json& root) {
    FeedDescription description;
    if (!json_.members(root, {"$schema", "feed", "description", "files", "format", "numbers",
                              "dates", "joins", "skip", "records", "freshness", "guards"})) {
      return *json_.fault();
    }
    description.name = json_.name(json_.required(root, "feed"));
    if (const Json* freshness = root.find("freshness"))
      description.freshness = read_freshness(*freshness, json_);
    if (const Json* guards = root.find("guards")) description.guards = read_guards(*guards, json_);
    if (is_of_canonical_feed(root, description)) {
      if (json_.fault()) return *json_.fault();
      return description;
    }
    description.files = json_.texts(json_.required(root, "files"));
    if (const Json* format = root.find("format")) read_format(*format, description.format, json_);
    if (const Json* numbers = root.find("numbers"))
      read_numbers(*numbers, description.numbers, json_);
    if (const Json* dates = root.find("dates")) read_dates(*dates, description);
    if (const Json* joins = root.find("joins")) read_joins(*joins, description);
    if (const Json* skip = root.find("skip")) read_skip(*skip, description);
    read_records(json_.required(root, "records"), description);
    check_columns(root, description.format, json_);
    if (json_.fault()) return *json_.fault();
    return description;
  }

 private:
  // A canonical feed needs no reading rules: its description has a name, a freshness and guards alone.
  bool is_of_canonical_feed(const Json& root, const FeedDescription& description) {
    if (root.find("files") != nullptr || root.find("records") != nullptr ||
        (root.find("freshness") == nullptr && root.find("guards") == nullptr))
      return false;
    json_.members(root, {"$schema", "feed", "description", "freshness", "guards"});
    if (!kind_from(description.name))
      json_.refuse(root, "'" + description.name +
                             "' is no canonical feed: its description needs 'files' and 'records'");
    return true;
  }

  void read_dates(const Json& node, FeedDescription& description) {
    if (!json_.members(node, {"formats", "open", "end"})) return;
    description.dates = sources_.patterns(json_.required(node, "formats"));
    if (const Json* value = node.find("open")) description.open_dates = json_.texts(*value);
    if (const Json* value = node.find("end"))
      description.end = json_.choice<EndMeaning>(*value, end_meanings);
    const bool has_time = std::ranges::any_of(
        description.dates, [](const DatePattern& pattern) { return pattern.has_time(); });
    if (has_time && !description.end) {
      json_.refuse(
          node, "these dates have a time of day: 'end' must say what the end of a validity means");
    }
  }

  void read_joins(const Json& node, FeedDescription& description) {
    json_.expect(node, Json::Kind::object);
    for (const auto& [join_name, value] : node.members()) {
      if (!json_.members(value, {"file", "format", "key", "on", "rows", "missing"})) return;
      Join join;
      join.name = join_name;
      join.file = json_.text(json_.required(value, "file"));
      join.format = description.format;
      join.format.columns.clear();
      if (const Json* format = value.find("format")) read_format(*format, join.format, json_);
      check_columns(value, join.format, json_);
      join.key = json_.texts(json_.required(value, "key"));
      join.on = sources_.sources(json_.required(value, "on"));
      if (const Json* rows = value.find("rows"))
        join.rows = json_.choice<Join::Rows>(*rows, join_rows);
      if (const Json* missing = value.find("missing"))
        join.may_miss = json_.choice<bool>(*missing, join_missing);
      if (join.key.size() != join.on.size())
        json_.refuse(value, "'key' and 'on' must have the same number of columns");
      description.joins.push_back(std::move(join));
    }
  }

  void read_skip(const Json& node, FeedDescription& description) {
    json_.expect(node, Json::Kind::array);
    for (const Json& item : node.items()) {
      if (!json_.members(item, {"when", "reason"})) return;
      SkipRule rule;
      rule.when = sources_.test(json_.required(item, "when"));
      const Json& reason = json_.required(item, "reason");
      if (reason.is(Json::Kind::string)) {
        rule.reason.kind = Source::Kind::constant;
        rule.reason.text = reason.text();
      } else {
        rule.reason = sources_.source(reason);
      }
      description.skip.push_back(std::move(rule));
    }
  }

  void read_records(const Json& node, FeedDescription& description) {
    if (node.is(Json::Kind::array) && node.items().empty())
      json_.refuse(node, "at least one record is expected");
    if (!json_.fault()) json_.expect(node, Json::Kind::array);
    for (const Json& item : node.items()) {
      if (!json_.members(item, {"kind", "when", "distinct", "fields"})) return;
      RecordRule rule;
      const auto kind = kind_from(json_.text(json_.required(item, "kind")));
      if (!kind) json_.refuse(json_.required(item, "kind"), "there is no such kind of record");
      rule.kind = kind.value_or(Kind::currencies);
      if (const Json* when = item.find("when")) rule.when = sources_.test(*when);
      if (const Json* distinct = item.find("distinct"))
        rule.distinct = json_.choice<bool>(*distinct, distinct_values);
      const Json& fields = json_.required(item, "fields");
      json_.expect(fields, Json::Kind::object);
      for (const auto& [column, value] : fields.members())
        rule.fields.push_back({column, sources_.source(value)});
      if (rule.distinct && !json_.fault() && fields.find("code") == nullptr)
        json_.refuse(item, "'distinct' is for records with a code");
      description.records.push_back(std::move(rule));
    }
  }

  DescriptionJson json_;
  SourceReader sources_{json_};
};

}  // namespace

Result<FeedDescription> parse_feed_description(std::string_view json) {
  const auto tree = rules::parse_json(json);
  if (!tree) return tree.error();
  return DescriptionReader{}.read(*tree);
}

}  // namespace server::feed
