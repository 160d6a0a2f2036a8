#include "server/http/documents.hpp"

#include "rules/json_tree.hpp"
#include "server/http/batch_parts.hpp"
#include "server/http/problem.hpp"
#include "server/http/query.hpp"
#include "server/json/json_writer.hpp"

#include <algorithm>
#include <utility>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using json::JsonWriter;
using rules::Json;

namespace {

Fault wrong_document(const Json& node, std::string detail) {
  return {FaultCode::bad_request, node.pointer(), std::move(detail)};
}

Result<std::vector<node::TextFile>> read_documents(std::string_view body) {
  const auto tree = rules::parse_json(body);
  if (!tree) return tree.error();
  const Json* const told = tree->find("documents");
  if (told == nullptr || told->items().empty() || told->items().size() > documents_max) {
    return Fault{FaultCode::bad_request, "/documents",
                 "the body has documents: a list of 1 to " + std::to_string(documents_max) +
                     " objects with name and text"};
  }
  std::vector<node::TextFile> documents;
  for (const Json& each : told->items()) {
    const Json* const name = each.find("name");
    const Json* const text = each.find("text");
    if (name == nullptr || name->text().empty() || text == nullptr || !text->is(Json::Kind::string))
      return wrong_document(each, "a document has a name, for people, and its text, as a string");
    if (std::ranges::find(documents, name->text(), &node::TextFile::path) != documents.end())
      return wrong_document(*name, "'" + name->text() + "' is the name of two documents");
    documents.push_back({name->text(), text->text()});
  }
  return documents;
}

bool accepts_documents(const Request& request, const Target& target, Response& response) {
  const auto media_type =
      request.content_type.substr(0, request.content_type.find_first_of("; \t"));
  if (!equals_ignoring_case(media_type, "application/json")) {
    write_problem({415, "wrong_content_type", "Documents are sent as application/json."}, response);
    return false;
  }
  if (!target.parameters.empty()) {
    write_query_problem({FaultCode::bad_request, "/" + target.parameters.front().first,
                         "this call takes no parameters"},
                        response);
    return false;
  }
  return is_uncompressed(request, response);
}

// All that is wrong with them, since rules are mended in one go.
void write_document_faults(const std::vector<Fault>& faults, Response& response) {
  std::string members;
  JsonWriter json{members};
  json.begin_object();
  json.key("faults");
  json.begin_array();
  for (const Fault& fault : faults) {
    json.begin_object();
    json.member("where", fault.where);
    json.member("code", fault_name(fault.code));
    json.member("detail", fault.detail);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  response.body.pop_back();
  response.body.append(",").append(members, 1);
}

}  // namespace

std::string documents_body(const std::vector<node::TextFile>& documents) {
  std::string body;
  JsonWriter json{body};
  json.begin_object();
  json.key("documents");
  json.begin_array();
  for (const node::TextFile& document : documents) {
    json.begin_object();
    json.member("name", document.path);
    json.member("text", document.text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return body;
}

void post_documents(node::Writer& writer, const Request& request, const Target& target,
                    Response& response) {
  if (!accepts_documents(request, target, response)) return;
  auto documents = read_documents(request.body);
  if (!documents) return write_body_problem(documents.error(), response);
  node::ImportRequest batch;
  batch.source = "POST documents";
  batch.documents = *std::move(documents);
  const auto names = batch.documents;
  const auto outcome = writer.write(std::move(batch));
  if (!outcome) return write_unwritten(outcome.error(), response);
  if (!outcome->accepted()) {
    write_not_taken(*outcome, response);
    return write_document_faults(outcome->faults, response);
  }
  JsonWriter json{response.body};
  json.begin_object();
  json.key("documents");
  json.begin_array();
  for (const node::TextFile& document : names) json.text(document.path);
  json.end_array();
  json.key("sequence");
  outcome->sequence == 0 ? json.null() : json.number(outcome->sequence);
  json.key("generation");
  json.number(std::max(outcome->sequence, writer.feeds()->sequence));
  json.key("repeated");
  json.boolean(outcome->sequence == 0);
  json.end_object();
}

}  // namespace server::http
