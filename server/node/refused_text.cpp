#include "server/node/refused_text.hpp"

#include "server/feed/csv_reader.hpp"
#include "server/json/json_writer.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

std::string refused_csv(const store::Refused& refused) {
  std::string text = "file,line,column,value,code,reason,row\r\n";
  for (const store::RefusedRow& row : refused.rows) {
    const std::string line = std::to_string(row.line);
    bool first = true;
    for (const std::string_view cell :
         {std::string_view{row.file}, std::string_view{line}, std::string_view{row.column},
          std::string_view{row.value}, std::string_view{row.code}, std::string_view{row.reason},
          std::string_view{row.text}}) {
      if (!first) text += ',';
      feed::append_cell(text, cell);
      first = false;
    }
    text += "\r\n";
  }
  return text;
}

std::string refused_ndjson(const store::Refused& refused) {
  std::string text;
  for (const store::RefusedRow& row : refused.rows) {
    std::string object;
    json::JsonWriter json{object};
    json.begin_object();
    json.member("file", row.file);
    json.key("line");
    json.number(row.line);
    json.member("column", row.column);
    json.member("value", row.value);
    json.member("code", row.code);
    json.member("reason", row.reason);
    json.member("row", row.text);
    json.end_object();
    text += object + "\n";
  }
  return text;
}

Result<std::string> refused_as_sent(const store::Refused& refused, std::string_view file) {
  std::vector<std::string> files;
  for (const store::RefusedRow& row : refused.rows) {
    if (std::ranges::find(files, row.file) == files.end()) files.push_back(row.file);
  }
  if (file.empty() && files.size() == 1) file = files.front();
  if (std::ranges::find(files, file) == files.end()) {
    std::string listed;
    for (const std::string& name : files) listed += (listed.empty() ? "" : ", ") + name;
    return Fault{FaultCode::file_missing, std::string{file},
                 files.empty() ? "no row of this batch was refused"
                               : "the refused rows are of these files; name one: " + listed};
  }
  std::string text;
  const auto header = std::ranges::find(refused.headers, file, &store::RefusedHeader::file);
  if (header != refused.headers.end()) text = header->text + "\r\n";
  std::size_t without_text = 0;
  for (const store::RefusedRow& row : refused.rows) {
    if (row.file != file) continue;
    if (row.text.empty()) ++without_text;
    text += row.text + "\r\n";
  }
  if (without_text == 0) return text;
  return Fault{
      FaultCode::missing_value, std::string{file},
      std::to_string(without_text) +
          " rows were not kept as text (they are in no known encoding, or came before rows "
          "were kept); correct them where they came from"};
}

}  // namespace server::node
