#include "server/feed/ndjson_reader.hpp"

#include "rules/json_tree.hpp"

#include <algorithm>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using rules::Json;

namespace {

// The text of one value that is neither array nor object.
Result<std::string> scalar_text(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::null:
      return std::string{};
    case Json::Kind::boolean:
      return std::string{value.boolean() ? "true" : "false"};
    case Json::Kind::number:
    case Json::Kind::string:
      return value.text();
    default:
      return Fault{FaultCode::bad_text, "",
                   value.pointer() + " holds " + rules::kind_name(value.kind()) +
                       "; a text, a number, true, false, null or a list of these is expected"};
  }
}

Result<std::string> cell_text(const Json& value) {
  if (!value.is(Json::Kind::array)) return scalar_text(value);
  std::string list;
  for (const Json& item : value.items()) {
    auto text = scalar_text(item);
    if (!text) return text;
    if (text->find(';') != std::string::npos) {
      return Fault{FaultCode::bad_text, "", item.pointer() + " holds a ';', which separates lists"};
    }
    if (&item != &value.items().front()) list += ';';
    list += *text;
  }
  return list;
}

}  // namespace

NdjsonReader::NdjsonReader(std::string_view text) : text_{text} {
  while (next_line()) {
    const auto row = rules::parse_json(raw_);
    if (!row) continue;
    for (const auto& [name, value] : row->members()) {
      if (std::ranges::find(columns_, name) == columns_.end()) columns_.push_back(name);
    }
  }
  at_ = 0;
  line_ = 0;
}

bool NdjsonReader::next_line() {
  while (at_ < text_.size()) {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    raw_ = text_.substr(at_, end - at_);
    at_ = std::min(end + 1, text_.size());
    ++line_;
    if (raw_.find_first_not_of(" \t\r") != std::string_view::npos) return true;
  }
  return false;
}

bool NdjsonReader::next() {
  problem_.reset();
  fields_.clear();
  if (!next_line()) return false;
  read_row();
  if (!problem_) fields_.assign(cells_.begin(), cells_.end());
  return true;
}

void NdjsonReader::read_row() {
  const auto row = rules::parse_json(raw_);
  if (!row) {
    problem_ = Fault{FaultCode::bad_json, "", row.error().where + ": " + row.error().detail};
    return;
  }
  if (!row->is(Json::Kind::object)) {
    problem_ = Fault{FaultCode::bad_json, "", "one JSON object is expected on each line"};
    return;
  }
  cells_.assign(columns_.size(), "");
  for (const auto& [name, value] : row->members()) {
    auto text = cell_text(value);
    if (!text) {
      problem_ = text.error();
      return;
    }
    const auto column = std::ranges::find(columns_, name);
    cells_[static_cast<std::size_t>(column - columns_.begin())] = *std::move(text);
  }
}

}  // namespace server::feed
