#include "server/audit/answer_text.hpp"

#include "server/json/json_writer.hpp"

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

std::string gap_text(const AuditGap& gap) {
  return "batches " + std::to_string(gap.from) + " to " + std::to_string(gap.to) +
         " are not known here";
}

}  // namespace server::audit
