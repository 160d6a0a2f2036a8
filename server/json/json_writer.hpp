// JsonWriter: appends JSON to a string that the caller keeps and reuses, so that writing an answer
// allocates nothing once the buffer has grown. Commas are set by what was written last; the caller
// pairs begin and end. Texts must be UTF-8 (what comes in is checked); decimals are written as
// strings, digits as they stand.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/int128.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace server::json {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_{out} {}

  void begin_object() { open('{'); }

  void end_object() { out_ += '}'; }

  void begin_array() { open('['); }

  void end_array() { out_ += ']'; }

  // A member's name; its value follows.
  void key(std::string_view name);

  void text(std::string_view value);
  void number(std::uint64_t value);
  void boolean(bool value);
  void null();
  // A value that is JSON already.
  void raw(std::string_view json);
  // "12.50", with all its decimals.
  void decimal(engine::base::Int128 mantissa, int decimals);
  // An ISO 8601 day or moment; null where the end is open.
  void moment(engine::base::CivilMinutes at);

  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }

  // Nothing where the text is empty.
  void member_unless_empty(std::string_view name, std::string_view value) {
    if (!value.empty()) member(name, value);
  }

 private:
  void open(char bracket);
  void separate();
  void append_escaped(std::string_view value);

  std::string& out_;
};

// Appends "2026-11-22", with "T14:30" only where the time is not midnight. Requires that `at` is
// not open.
void append_moment(std::string& out, engine::base::CivilMinutes at);

}  // namespace server::json
