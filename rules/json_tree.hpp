// Json: an immutable JSON tree for the files that people write (procedures, feed descriptions,
// questions in tests). Numbers keep the text of their token, so a decimal never passes through
// floating point; members keep the order of the file; every node knows its RFC 6901 pointer, for
// messages. simdjson does the reading and stays in the .cpp. Plain values: any thread may read a
// tree; pointers and views into it live as long as the tree does. Cost: one allocation or two a
// node; not meant for bulk data.
#pragma once

#include "engine/base/result.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rules {

struct JsonMember;

class Json {
 public:
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind() const { return kind_; }

  bool is(Kind kind) const { return kind_ == kind; }

  // False for every other kind than a boolean.
  bool boolean() const { return boolean_; }

  // A string's value, or a number's own token ("12.50" stays "12.50"); empty for the other kinds.
  const std::string& text() const { return text_; }

  // Empty unless an array.
  std::span<const Json> items() const { return items_; }

  // In the order of the file; empty unless an object.
  std::span<const JsonMember> members() const;

  // The member's value; null when there is none, or this is no object.
  const Json* find(std::string_view name) const;

  // "/steps/3/name"; empty for the root.
  const std::string& pointer() const { return pointer_; }

  // A copy in which the value that `instead` gives stands in place of each one that it gives one
  // for. Pointers stay those of this tree: all of what is put in has the pointer of its place.
  Json replaced(const std::function<const Json*(const Json&)>& instead) const;

 private:
  friend class JsonReader;

  void move_to(const std::string& pointer);

  Kind kind_ = Kind::null;
  bool boolean_ = false;
  std::string text_;
  std::string pointer_;
  std::vector<Json> items_;
  std::vector<JsonMember> members_;
};

struct JsonMember {
  std::string name;
  Json value;
};

// "a string", "an object": for messages.
const char* kind_name(Json::Kind kind);

inline constexpr std::size_t json_size_max = 16U << 20;  // bytes
inline constexpr std::size_t json_depth_max = 64;        // arrays and objects within each other

// Strict RFC 8259 in UTF-8; a byte order mark is passed over. Faults, with "line L, column C" as
// `where`: bad_json (a member name that stands twice is one too), too_deep, too_large.
engine::base::Result<Json> parse_json(std::string_view text);

}  // namespace rules
