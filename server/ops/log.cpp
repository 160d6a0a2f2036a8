#include "server/ops/log.hpp"

#include "server/json/json_writer.hpp"
#include "server/json/utf8.hpp"

#include <spdlog/details/console_globals.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <chrono>
#include <ctime>
#include <string>

namespace server::ops {

namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

constexpr std::array<spdlog::level::level_enum, 5> spdlog_levels{
    spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err,
    spdlog::level::off};

spdlog::level::level_enum spdlog_level(Level level) {
  return spdlog_levels[static_cast<std::size_t>(level)];
}

// "2026-03-01T02:00:00.000Z".
std::string moment_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const auto seconds = static_cast<std::time_t>(milliseconds / 1'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%FT%T", &parts);
  const auto thousandths = std::to_string(1'000 + milliseconds % 1'000).substr(1);
  return std::string{text.data(), size} + "." + thousandths + "Z";
}

// What may stand in a line: valid UTF-8, and not too much of it.
std::string fit_to_tell(std::string_view text) {
  std::string told{text.substr(0, log_text_bytes)};
  if (text.size() > log_text_bytes) {
    while (!told.empty() && !json::is_utf8(told) && json::is_utf8(text)) told.pop_back();
    told += "...";
  }
  if (!json::is_utf8(told)) {
    for (char& c : told) {
      if (static_cast<unsigned char>(c) >= 0x80U) c = '?';
    }
  }
  return told;
}

bool is_empty(const Field& field) {
  const auto* text = std::get_if<std::string_view>(&field.value);
  return text != nullptr && text->empty();
}

void write_value(const Field& field, json::JsonWriter& json) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    json.text(fit_to_tell(*text));
  } else if (const auto* number = std::get_if<std::uint64_t>(&field.value)) {
    json.number(*number);
  } else {
    json.boolean(std::get<bool>(field.value));
  }
}

std::string json_line(Level level, std::string_view name, std::string_view message,
                      std::initializer_list<Field> fields) {
  std::string line;
  json::JsonWriter json{line};
  json.begin_object();
  json.member("time", moment_text());
  json.member("level", level_names[static_cast<std::size_t>(level)]);
  json.member("event", name);
  json.member("message", fit_to_tell(message));
  for (const Field& field : fields) {
    if (is_empty(field)) continue;
    json.key(field.name);
    write_value(field, json);
  }
  json.end_object();
  return line;
}

// Control characters would let a text pretend to be a line of its own.
std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20U || c == 0x7F) c = ' ';
  }
  return text;
}

std::string text_line(Level level, std::string_view name, std::string_view message,
                      std::initializer_list<Field> fields) {
  std::string line = moment_text() + " netto: ";
  if (level >= Level::warning) line.append(level_names[static_cast<std::size_t>(level)]) += ": ";
  line.append(name) += ": ";
  line += on_one_line(fit_to_tell(message));
  for (const Field& field : fields) {
    if (is_empty(field)) continue;
    line.append(" ").append(field.name) += '=';
    std::string value;
    json::JsonWriter json{value};
    write_value(field, json);
    line += value;
  }
  return line;
}

}  // namespace

struct Log::Sink {
  explicit Sink(std::FILE* to)
      : logger{
            "netto",
            std::make_shared<spdlog::sinks::stdout_sink_base<spdlog::details::console_mutex>>(to)} {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::debug);
    logger.flush_on(spdlog::level::debug);
  }

  spdlog::logger logger;
};

Log::Log(const LogOptions& options)
    : format_{options.format}, level_{options.level}, sink_{std::make_unique<Sink>(options.to)} {}

Log::~Log() = default;

void Log::event(Level level, std::string_view name, std::string_view message,
                std::initializer_list<Field> fields) {
  if (!says(level) || level == Level::off) return;
  sink_->logger.log(spdlog_level(level), format_ == LogFormat::json
                                             ? json_line(level, name, message, fields)
                                             : text_line(level, name, message, fields));
}

}  // namespace server::ops
