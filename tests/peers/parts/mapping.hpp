// Mappings: what differs from system to system, as data. One file a prefix beside this folder's
// parent (mappings/PREFIX.json), with what all share in mappings/common.json:
//   world     rules that put facts: {"each": path, "where": {...}, "put": kind, ...}
//   settings  table of the procedure's parameters: {"parameter": source}
//   ask       where customer, currency, date, fields and lines of a question stand
//   expect    what of the answer an expected key is compared with
//   open_fields  paths to objects whose member names become fields of the question
//   ignored   keys that say nothing to the procedure, with the reason
// and procedures/PREFIX.json, the procedure. One thread.
#pragma once

#include "engine/base/result.hpp"
#include "rules/json_tree.hpp"

#include <map>
#include <memory>
#include <string>

namespace tests::peers {

struct System {
  rules::Json mapping;
  rules::Json common;
  rules::Json procedure;
};

class Systems {
 public:
  // `folder` holds mappings/ and procedures/.
  explicit Systems(std::string folder) : folder_{std::move(folder)} {}

  // Read once each. Faults: of reading the files.
  engine::base::Result<const System*> find(const std::string& prefix);

 private:
  std::string folder_;
  std::map<std::string, std::unique_ptr<System>> known_;
};

// Whether a key such as "world.prices[].amount" is under one of the patterns that are ignored: "[]"
// stands in for every index, "*" for any member; what lies below is ignored, too.
bool is_ignored(const System& system, const std::string& key);

// "world.prices[].amount" of "/world/prices/3/amount".
std::string key_of(const rules::Json& root, const std::string& pointer);

engine::base::Result<std::string> read_text_file(const std::string& path);

}  // namespace tests::peers
