#include "server/audit/answer_text.hpp"

#include "rules/json_tree.hpp"
#include "server/json/json_writer.hpp"

#include <charconv>

namespace server::audit {

using json::JsonWriter;

namespace {

void write_columns(const AuditChange& change, JsonWriter& json) {
  const auto text_or_null = [&json](bool is_there, const std::string& text) {
    is_there ? json.text(text) : json.null();
  };
  json.begin_array();
  for (const ColumnChange& column : change.columns) {
    json.begin_object();
    json.member("column", column.column);
    json.key("old");
    text_or_null(!column.old_value.empty(), column.old_value);
    json.key("new");
    text_or_null(!column.new_value.empty(), column.new_value);
    json.end_object();
  }
  json.end_array();
}

void write_change(const AuditChange& change, JsonWriter& json) {
  json.begin_object();
  json.member("received_at", change.received_at);
  json.key("sequence");
  json.number(change.sequence);
  json.member("feed", change.feed);
  json.member("source", change.source);
  json.member("batch_id", change.batch_id);
  json.key("sender_sequence");
  change.sender_sequence ? json.number(*change.sender_sequence) : json.null();
  json.member("kind", change.kind);
  json.member("what", std::string_view{what_name(change.what)});
  json.key("record");
  json.begin_object();
  for (const auto& [column, value] : change.record) {
    json.key(std::string_view{column});
    json.text(value);
  }
  json.end_object();
  json.key("old_known");
  json.boolean(change.is_old_known);
  json.member_unless_empty("not_known_before", change.known_since);
  json.key("columns");
  write_columns(change, json);
  json.end_object();
}

}  // namespace

void write_answer(const AuditAnswer& answer, std::string& out) {
  JsonWriter json{out};
  json.begin_object();
  json.key("first_sequence");
  json.number(answer.reach.first);
  json.key("last_sequence");
  json.number(answer.reach.last);
  json.member("since", answer.reach.since);
  json.key("gaps");
  json.begin_array();
  for (const AuditGap& gap : answer.reach.gaps) {
    json.begin_object();
    json.key("from");
    json.number(gap.from);
    json.key("to");
    json.number(gap.to);
    json.end_object();
  }
  json.end_array();
  json.key("more");
  json.boolean(answer.has_more);
  json.key("changes");
  json.begin_array();
  for (const AuditChange& change : answer.changes) write_change(change, json);
  json.end_array();
  json.end_object();
}

namespace {

using rules::Json;

// Empty where there is no such member, or it is null.
std::string text_in(const Json& object, std::string_view member) {
  const Json* const found = object.find(member);
  return found == nullptr ? std::string{} : found->text();
}

bool boolean_in(const Json& object, std::string_view member) {
  const Json* const found = object.find(member);
  return found != nullptr && found->boolean();
}

std::uint64_t number_in(const Json& object, std::string_view member) {
  const std::string text = text_in(object, member);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::span<const Json> items_in(const Json& object, std::string_view member) {
  const Json* const found = object.find(member);
  return found == nullptr ? std::span<const Json>{} : found->items();
}

What what_from(std::string_view name) {
  for (const What what : {What::is_new, What::changed, What::removed, What::removed_by_replace}) {
    if (name == what_name(what)) return what;
  }
  return What::set;
}

AuditChange change_from(const Json& json) {
  AuditChange change;
  change.sequence = number_in(json, "sequence");
  change.received_at = text_in(json, "received_at");
  change.source = text_in(json, "source");
  change.feed = text_in(json, "feed");
  change.batch_id = text_in(json, "batch_id");
  if (!text_in(json, "sender_sequence").empty())
    change.sender_sequence = number_in(json, "sender_sequence");
  change.kind = text_in(json, "kind");
  change.what = what_from(text_in(json, "what"));
  if (const Json* const record = json.find("record")) {
    for (const rules::JsonMember& member : record->members())
      change.record.emplace_back(member.name, member.value.text());
  }
  for (const Json& column : items_in(json, "columns"))
    change.columns.push_back(
        {text_in(column, "column"), text_in(column, "old"), text_in(column, "new")});
  change.is_old_known = boolean_in(json, "old_known");
  change.known_since = text_in(json, "not_known_before");
  return change;
}

}  // namespace

engine::base::Result<AuditAnswer> read_answer(std::string_view json) {
  const auto tree = rules::parse_json(json);
  if (!tree) return tree.error();
  if (tree->find("changes") == nullptr) {
    return engine::base::Fault{engine::base::FaultCode::bad_json, "",
                               "this is no answer of an audit"};
  }
  AuditAnswer answer;
  answer.reach.first = number_in(*tree, "first_sequence");
  answer.reach.last = number_in(*tree, "last_sequence");
  answer.reach.since = text_in(*tree, "since");
  answer.has_more = boolean_in(*tree, "more");
  for (const Json& gap : items_in(*tree, "gaps"))
    answer.reach.gaps.push_back({number_in(gap, "from"), number_in(gap, "to")});
  for (const Json& change : items_in(*tree, "changes"))
    answer.changes.push_back(change_from(change));
  return answer;
}

std::string gap_text(const AuditGap& gap) {
  return "batches " + std::to_string(gap.from) + " to " + std::to_string(gap.to) +
         " are not known here";
}

}  // namespace server::audit
