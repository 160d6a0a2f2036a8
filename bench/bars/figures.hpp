// Measured figures on their way from the tools that measure to the report that compares.
//
// A file of figures has one JSON object a line: {"figure":"engine.m.lookup.per_s","value":1.5e6,
// "unit":"1/s"}, {"skipped":"redis","reason":"..."} for what could not be measured, and
// {"run":{"commit":"...","cpu":"..."}} with texts that say where and on what. Names are lower-case
// words between dots; the first word is who was measured. Tools append, one after the other; a
// figure that comes twice counts with its last value. Failures to write or read throw
// std::runtime_error naming the file and the line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bench::bars {

// Appends to a file; with an empty path it keeps quiet. One thread.
class FigureFile {
 public:
  explicit FigureFile(std::filesystem::path path) : path_{std::move(path)} {}

  void add(std::string_view name, double value, std::string_view unit) const;
  void skip(std::string_view whom, std::string_view reason) const;
  void run(const std::vector<std::pair<std::string, std::string>>& facts) const;

 private:
  void append(const std::string& line) const;

  std::filesystem::path path_;
};

struct Figure {
  double value = 0;
  std::string unit;
};

struct Figures {
  std::map<std::string, Figure, std::less<>> by_name;
  std::map<std::string, std::string, std::less<>> skipped;  // whom: reason
  std::vector<std::pair<std::string, std::string>> run;     // what: text, in the order of the file

  const Figure* find(std::string_view name) const;  // null: not measured
};

Figures read_figures(const std::filesystem::path& path);

// Machine, kernel and build of this process, for FigureFile::run.
std::vector<std::pair<std::string, std::string>> machine_facts();

double median(std::vector<double> values);  // of at least one value

}  // namespace bench::bars
