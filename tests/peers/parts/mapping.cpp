#include "tests/peers/parts/mapping.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

namespace tests::peers {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using rules::Json;
using rules::JsonMember;

namespace {

Result<Json> read_json(const std::string& path) {
  const auto text = read_text_file(path);
  if (!text) return text.error();
  auto tree = rules::parse_json(*text);
  if (!tree) {
    Fault fault = tree.error();
    fault.where = path + ", " + fault.where;
    return fault;
  }
  return tree;
}

bool matches(std::string_view pattern, std::string_view key) {
  while (!pattern.empty()) {
    if (key.empty()) return false;
    const std::size_t part = std::min(pattern.find('.'), pattern.size());
    const std::size_t word = std::min(key.find('.'), key.size());
    const std::string_view wanted = pattern.substr(0, part);
    std::string_view given = key.substr(0, word);
    if (wanted.find("[]") == std::string_view::npos && given.find("[]") != std::string_view::npos)
      given = given.substr(0, given.find("[]"));
    if (wanted != "*" && wanted != given) return false;
    pattern.remove_prefix(std::min(part + 1, pattern.size()));
    key.remove_prefix(std::min(word + 1, key.size()));
  }
  return true;
}

bool among(const Json* patterns, const std::string& key) {
  if (patterns == nullptr) return false;
  for (const JsonMember& pattern : patterns->members()) {
    if (matches(pattern.name, key)) return true;
  }
  return false;
}

}  // namespace

Result<std::string> read_text_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return Fault{FaultCode::file_missing, path, "this file can't be opened"};
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

Result<const System*> Systems::find(const std::string& prefix) {
  const auto known = known_.find(prefix);
  if (known != known_.end()) return known->second.get();
  auto mapping = read_json(folder_ + "/mappings/" + prefix + ".json");
  if (!mapping) return mapping.error();
  auto common = read_json(folder_ + "/mappings/common.json");
  if (!common) return common.error();
  auto procedure = read_json(folder_ + "/procedures/" + prefix + ".json");
  if (!procedure) return procedure.error();
  auto made = std::make_unique<System>(
      System{*std::move(mapping), *std::move(common), *std::move(procedure)});
  return known_.emplace(prefix, std::move(made)).first->second.get();
}

bool is_ignored(const System& system, const std::string& key) {
  return among(system.mapping.find("ignored"), key) || among(system.common.find("ignored"), key);
}

std::string key_of(const Json& root, const std::string& pointer) {
  std::string key;
  const Json* at = &root;
  std::istringstream words{pointer};
  std::string word;
  std::getline(words, word, '/');
  while (std::getline(words, word, '/')) {
    if (at != nullptr && at->is(Json::Kind::array)) {
      const auto index = static_cast<std::size_t>(std::stoul(word));
      key += "[]";
      at = index < at->items().size() ? &at->items()[index] : nullptr;
      continue;
    }
    key += (key.empty() ? "" : ".") + word;
    at = at == nullptr ? nullptr : at->find(word);
  }
  return key;
}

}  // namespace tests::peers
