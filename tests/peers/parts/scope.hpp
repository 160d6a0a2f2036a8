// Scope: where a mapping's paths are looked up - a row of a case file, the rows it stands in, and
// the case as a whole. It notes every value that was read, so that a key which no mapping reads is
// told instead of being passed over.
//   product        of the row; of a line also of the query and the ask around it
//   for.customer   a member of a member
//   ^id            of the row around this one
//   /world.x.y     from the root of the case; x[] is the first element that has what follows,
//                  x[id=A] the first one whose member is so
//   .              the row itself, where it is a text or a number
//   #              its place among the rows, from 1 on
//   @name, @value  of a member, where rows are the members of an object
// One thread; trees must outlive it.
#pragma once

#include "rules/json_tree.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tests::peers {

// Pointers of the values of a case that were read.
class Reads {
 public:
  void add(const rules::Json& value) { pointers_.insert(value.pointer()); }

  bool contains(const std::string& pointer) const { return pointers_.contains(pointer); }

 private:
  std::set<std::string> pointers_;
};

struct Scope {
  const rules::Json* root = nullptr;
  const rules::Json* row = nullptr;
  const Scope* around = nullptr;
  bool inherits = false;    // what the row does not have is looked for around it
  std::string member_name;  // where the row is a member of an object
  std::size_t place = 1;
  std::vector<const rules::Json*> siblings = {};  // all rows of the same kind, this one included
  Reads* reads = nullptr;                         // null: nothing is noted
};

// The value at a path; null where there is none, or it is JSON's null. Notes it as read.
const rules::Json* look_up(const Scope& scope, std::string_view path);

// All values at a path: the elements of a list, one after the other; of a single value itself.
std::vector<const rules::Json*> look_up_all(const Scope& scope, std::string_view path);

// A scalar's text; "true" and "false"; nothing for null, lists and objects.
std::optional<std::string> scalar(const rules::Json& value);

}  // namespace tests::peers
