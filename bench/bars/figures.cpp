#include "bench/bars/figures.hpp"

#include <fmt/core.h>
#include <simdjson.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace bench::bars {

namespace {

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string first_line_after(const char* path, std::string_view key) {
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const auto colon = line.find(": ");
    return colon == std::string::npos ? line : line.substr(colon + 2);
  }
  return "unknown";
}

std::string text_of(simdjson::dom::element object, const char* key) {
  return std::string{std::string_view{object[key]}};
}

void take(Figures& figures, simdjson::dom::element line) {
  if (simdjson::dom::element name; line["figure"].get(name) == simdjson::SUCCESS) {
    figures.by_name.insert_or_assign(std::string{std::string_view{name}},
                                     Figure{double{line["value"]}, text_of(line, "unit")});
  } else if (simdjson::dom::element whom; line["skipped"].get(whom) == simdjson::SUCCESS) {
    figures.skipped.insert_or_assign(std::string{std::string_view{whom}}, text_of(line, "reason"));
  } else if (simdjson::dom::object run; line["run"].get(run) == simdjson::SUCCESS) {
    for (const auto field : run)
      figures.run.emplace_back(std::string{field.key}, std::string{std::string_view{field.value}});
  }
}

}  // namespace

void FigureFile::add(std::string_view name, double value, std::string_view unit) const {
  append(fmt::format(R"({{"figure":{},"value":{},"unit":{}}})", json_text(name), value,
                     json_text(unit)));
}

void FigureFile::skip(std::string_view whom, std::string_view reason) const {
  append(fmt::format(R"({{"skipped":{},"reason":{}}})", json_text(whom), json_text(reason)));
}

void FigureFile::run(const std::vector<std::pair<std::string, std::string>>& facts) const {
  std::string line;
  for (const auto& [what, text] : facts)
    line += fmt::format("{}{}:{}", line.empty() ? "" : ",", json_text(what), json_text(text));
  append(fmt::format(R"({{"run":{{{}}}}})", line));
}

void FigureFile::append(const std::string& line) const {
  if (path_.empty()) return;
  std::ofstream file{path_, std::ios::app};
  file << line << '\n';
  file.close();
  if (!file) throw std::runtime_error{"cannot write to " + path_.string()};
}

const Figure* Figures::find(std::string_view name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : &found->second;
}

Figures read_figures(const std::filesystem::path& path) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error{"cannot read " + path.string()};
  Figures figures;
  simdjson::dom::parser parser;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty()) continue;
    try {
      take(figures, parser.parse(line));
    } catch (const simdjson::simdjson_error& error) {
      throw std::runtime_error{fmt::format("{}, line {}: {}", path.string(), number, error.what())};
    }
  }
  return figures;
}

std::vector<std::pair<std::string, std::string>> machine_facts() {
  utsname names{};
  uname(&names);

  struct sysinfo memory {};

  sysinfo(&memory);
  const auto gib =
      static_cast<double>(memory.totalram) * memory.mem_unit / (1024.0 * 1024.0 * 1024.0);
  return {{"cpu", first_line_after("/proc/cpuinfo", "model name")},
          {"cores", std::to_string(std::thread::hardware_concurrency())},
          {"memory", fmt::format("{:.0f} GiB", gib)},
          {"kernel", fmt::format("{} {}", names.sysname, names.release)},
          {"compiler", NETTO_BUILD_COMPILER},
          {"flags", NETTO_BUILD_FLAGS}};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const auto half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace bench::bars
