#include "bench/load/report.hpp"

#include "server/json/json_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace bench::load {

namespace {

constexpr std::array quantiles{std::pair{"p50", 0.5}, std::pair{"p90", 0.9}, std::pair{"p99", 0.99},
                               std::pair{"p99_9", 0.999}, std::pair{"p99_99", 0.9999}};

double microseconds(std::int64_t ns) { return static_cast<double>(ns) / 1e3; }

std::uint64_t middle_of(const std::vector<std::uint64_t>& ascending) {
  return ascending[ascending.size() / 2];
}

void write_number(server::json::JsonWriter& json, std::string_view name, double value) {
  json.key(name);
  json.raw(fmt::format("{:.6g}", value));
}

void write_row(server::json::JsonWriter& json, const RunRow& row) {
  const auto& result = row.result;
  json.begin_object();
  json.member("what", row.what);
  json.member("server", row.server);
  json.member("mode", row.mode());
  write_number(json, "connections", static_cast<double>(row.connections));
  if (row.rate > 0) write_number(json, "rate", row.rate);
  write_number(json, "seconds", result.seconds);
  json.key("answers");
  json.number(result.answers);
  write_number(json, "per_s", result.per_second());
  write_number(json, "lines_per_s", static_cast<double>(result.lines) / result.seconds);
  write_number(json, "bytes_per_answer",
               static_cast<double>(result.bytes) / static_cast<double>(result.answers));
  json.key("latency_us");
  json.begin_object();
  json.member("from", row.rate > 0 ? "intended send" : "actual send");
  for (const auto& [name, quantile] : quantiles)
    write_number(json, name, microseconds(result.latency.at_quantile(quantile)));
  write_number(json, "max", microseconds(result.latency.max()));
  write_number(json, "mean", result.latency.mean() / 1e3);
  json.end_object();
  json.key("answers_per_connection");
  json.begin_object();
  json.key("min");
  json.number(result.per_connection.front());
  json.key("median");
  json.number(middle_of(result.per_connection));
  json.key("max");
  json.number(result.per_connection.back());
  json.end_object();
  write_number(json, "server_core", row.server_core());
  write_number(json, "server_us_per_answer", row.server_us_per_answer());
  write_number(json, "driver_core", result.driver_seconds / row.whole_seconds);
  json.end_object();
}

}  // namespace

std::string table_head() {
  return fmt::format("{:<21}{:<18}{:<11}{:>5} {:>9} {:>10}  {:>8} {:>8} {:>8} {:>8}  {:>17}  {}\n",
                     "", "", "", "conn.", "answers/s", "lines/s", "p50 us", "p99", "p99.9", "max",
                     "answers per conn.", "server us  cores: server, driver") +
         fmt::format("{:<21}{:<18}{:<11}{:>5} {:>9} {:>10}  {:>8} {:>8} {:>8} {:>8}  {:>17}\n",
                     "request", "server", "mode", "", "", "", "", "", "", "", "min / med / max");
}

std::string table_line(const RunRow& row) {
  const auto& result = row.result;
  const auto& each = result.per_connection;
  const auto at = [&](double quantile) {
    return microseconds(result.latency.at_quantile(quantile));
  };
  return fmt::format(
      "{:<21}{:<18}{:<11}{:>5} {:>9.0f} {:>10.0f}  {:>8.0f} {:>8.0f} {:>8.0f} {:>8.0f}  {:>17}  "
      "{:>9.1f}  {:.2f}, {:.2f}\n",
      row.what, row.server, row.mode(), row.connections, result.per_second(),
      static_cast<double>(result.lines) / result.seconds, at(0.5), at(0.99), at(0.999),
      microseconds(result.latency.max()),
      fmt::format("{} / {} / {}", each.front(), middle_of(each), each.back()),
      row.server_us_per_answer(), row.server_core(), result.driver_seconds / row.whole_seconds);
}

std::string json_of(const Session& session) {
  std::string text;
  server::json::JsonWriter json{text};
  json.begin_object();
  json.key("run");
  json.begin_object();
  for (const auto& [name, value] : session.facts) json.member(name, value);
  json.end_object();
  json.key("runs");
  json.begin_array();
  for (const auto& row : session.rows) write_row(json, row);
  json.end_array();
  json.key("figures");
  json.begin_object();
  for (const auto& [name, value] : session.figures) write_number(json, name, value);
  json.end_object();
  json.end_object();
  return text + "\n";
}

void write_file(const std::string& path, const std::string& text) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file{std::fopen(path.c_str(), "wb"), close};
  if (file == nullptr || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0)
    throw std::runtime_error{path + ": can't be written"};
}

}  // namespace bench::load
