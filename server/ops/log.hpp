// Log: what an operator needs to know, one line an event - to a person as text, to a machine as
// JSON. An event has a name that stays, a message that may change, and fields. Texts are cut at a
// length, so that nothing a caller sends gets in whole; bodies and addresses' queries never do. Any
// thread; one lock a line that is written, none for what the level leaves out.
#pragma once

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

namespace server::ops {

enum class Level : std::uint8_t { debug, info, warning, error, off };
enum class LogFormat : std::uint8_t { text, json };

inline constexpr std::size_t log_text_bytes = 1'000;  // of one value; cut beyond

struct LogOptions {
  LogFormat format = LogFormat::text;
  Level level = Level::info;
  std::FILE* to = stderr;  // must outlive the log
};

struct Field {
  std::string_view name;  // of static storage, [a-z_]
  std::variant<std::string_view, std::uint64_t, bool> value;
};

class Log {
 public:
  explicit Log(const LogOptions& options);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool says(Level level) const { return level >= level_; }

  // Fields with an empty text are left out.
  void event(Level level, std::string_view name, std::string_view message,
             std::initializer_list<Field> fields = {});

 private:
  struct Sink;

  LogFormat format_;
  Level level_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace server::ops
