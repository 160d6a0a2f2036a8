// JsonWriter: appends JSON to a string that the caller keeps and reuses, so that writing an answer
// allocates nothing once the buffer has grown. Commas are set by what was written last; the caller
// pairs begin and end, and reads the string when all that was begun has ended: before, it ends in
// bytes not yet written. Texts must be UTF-8 (what comes in is checked); decimals are written as
// strings, digits as they stand. Cost: 2 to 5 ns a name, a text or a decimal.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/int128.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace server::json {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_{out} {}

  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void begin_object() { open('{'); }

  void end_object() { close('}'); }

  void begin_array() { open('['); }

  void end_array() { close(']'); }

  // A member's name; its value follows.
  void key(std::string_view name);

  // A name that stands in the source, which must need no escape: its length is known when this is
  // compiled, and it is nearly half of an answer.
  template <std::size_t Size>
  void key(const char (&name)[Size]) {
    char* to = separated(Size + 2);
    *to = '"';
    std::memcpy(to + 1, name, Size - 1);
    to[Size] = '"';
    to[Size + 1] = ':';
    wrote(to + Size + 2);
  }

  // A value that is JSON already.
  void raw(std::string_view json);
  void text(std::string_view value);
  void number(std::uint64_t value);

  void boolean(bool value) { raw(value ? "true" : "false"); }

  void null() { raw("null"); }

  // "12.50", with all its decimals.
  void decimal(engine::base::Int128 mantissa, int decimals);
  // An ISO 8601 day or moment; null where the end is open.
  void moment(engine::base::CivilMinutes at);

  template <class Name>
  void member(const Name& name, std::string_view value) {
    key(name);
    text(value);
  }

  // Nothing where the text is empty.
  template <class Name>
  void member_unless_empty(const Name& name, std::string_view value) {
    if (!value.empty()) member(name, value);
  }

 private:
  void open(char bracket) {
    char* to = separated(1);
    *to = bracket;
    ++depth_;
    wrote(to + 1);
  }

  void close(char bracket) {
    char* to = room(1);
    *to = bracket;
    --depth_;
    wrote(to + 1);
  }

  // Where the next bytes go, of which there may be `size`.
  char* room(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) grow(size);
    return at_;
  }

  // The same, after the comma that stands before a name or value unless it is the first one, or
  // follows its own name.
  char* separated(std::size_t size) {
    char* to = room(size + 1);
    if (to == out_.data()) return to;
    const char last = to[-1];
    if (last != '{' && last != '[' && last != ':') *to++ = ',';
    return to;
  }

  void wrote(char* end) {
    at_ = end;
    if (depth_ == 0) settle();
  }

  void grow(std::size_t size);
  void settle();

  std::string& out_;
  char* at_ = nullptr;   // within out_, while anything is open; behind it are bytes to be written
  char* end_ = nullptr;  // of out_
  std::size_t depth_ = 0;
};

// Appends "2026-11-22", with "T14:30" only where the time is not midnight. Requires that `at` is
// not open.
void append_moment(std::string& out, engine::base::CivilMinutes at);

}  // namespace server::json
