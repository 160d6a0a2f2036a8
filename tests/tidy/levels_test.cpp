// What no other tool knows about this source tree: who may include whom, which words stay out of
// which room, what a header opens with, and what lies at the top of the project. The levels are
// read from docs/LEVELS.txt.
#include "tests/catch.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

using Levels = std::map<std::string, int>;
using Findings = std::vector<std::string>;

struct Source {
  std::string path;  // from the project's root
  std::string text;
};

const fs::path project = NETTO_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  REQUIRE(in);
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool starts = at == 0 || !is_word_char(line[at - 1]);
    const bool ends = end == line.size() || !is_word_char(line[end]);
    if (starts && ends) return true;
  }
  return false;
}

// ---- reading C++
// ----------------------------------------------------------------------------------

enum class Literals { keep, blank };

// The end of the string or character literal that opens at `at`, one past its closing quote.
std::size_t literal_end(const std::string& text, std::size_t at) {
  const bool raw = text[at] == '"' && at > 0 && text[at - 1] == 'R';
  if (raw) {
    const auto open = text.find('(', at);
    if (open == std::string::npos) return text.size();
    const auto close = ")" + text.substr(at + 1, open - at - 1) + "\"";
    const auto end = text.find(close, open);
    return end == std::string::npos ? text.size() : end + close.size();
  }
  for (auto i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[at]) {
      return i + 1;
    }
  }
  return text.size();
}

// The text with comments blanked, and the insides of literals too if asked; lines keep their
// numbers.
std::string code_of(std::string text, Literals literals) {
  const auto blank = [&text](std::size_t from, std::size_t to) {
    for (auto i = from; i < std::min(to, text.size()); ++i) {
      if (text[i] != '\n') text[i] = ' ';
    }
  };
  for (std::size_t i = 0; i < text.size();) {
    const bool digit_separator = text[i] == '\'' && i > 0 && is_word_char(text[i - 1]);
    std::size_t end = i + 1;
    if (text.compare(i, 2, "//") == 0) {
      end = std::min(text.find('\n', i), text.size());
      blank(i, end);
    } else if (text.compare(i, 2, "/*") == 0) {
      const auto close = text.find("*/", i + 2);
      end = close == std::string::npos ? text.size() : close + 2;
      blank(i, end);
    } else if ((text[i] == '"' || text[i] == '\'') && !digit_separator) {
      end = literal_end(text, i);
      if (literals == Literals::blank) blank(i + 1, end - 1);
    }
    i = end;
  }
  return text;
}

struct Include {
  std::size_t line = 0;
  char bracket = '"';
  std::string target;
};

std::vector<Include> includes_of(const Source& source) {
  std::vector<Include> includes;
  const auto lines = lines_of(code_of(source.text, Literals::keep));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::istringstream in{lines[i]};
    std::string word;
    if (!(in >> word) || word[0] != '#') continue;
    if (word == "#") in >> word;
    if (word.find("include") == std::string::npos) continue;
    const auto open = lines[i].find_first_of("<\"");
    const auto close = lines[i].find_first_of(">\"", open + 1);
    if (open == std::string::npos || close == std::string::npos) continue;
    includes.push_back({i + 1, lines[i][open], lines[i].substr(open + 1, close - open - 1)});
  }
  return includes;
}

// ---- rooms
// ----------------------------------------------------------------------------------------

Levels levels_from(const std::string& text) {
  Levels levels;
  for (const auto& line : lines_of(text)) {
    std::istringstream in{line};
    std::string folder;
    int level = 0;
    if (line.empty() || line[0] == '#') continue;
    CAPTURE(line);
    REQUIRE(in >> folder >> level);
    REQUIRE(levels.emplace(folder, level).second);
  }
  return levels;
}

bool is_under(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.compare(0, folder.size(), folder) == 0 &&
         path[folder.size()] == '/';
}

// The room a path belongs to; empty when no room of LEVELS.txt holds it.
std::string room_of(const std::string& path, const Levels& levels) {
  for (const auto& [folder, level] : levels) {
    if (is_under(path, folder)) return folder;
  }
  return "";
}

std::string place(const Source& source, std::size_t line) {
  std::string text = source.path;
  text.append(":").append(std::to_string(line)).append(": ");
  return text;
}

Findings level_findings(const Source& source, const Levels& levels) {
  const auto own = room_of(source.path, levels);
  if (own.empty()) return {source.path + ": lies in no room of docs/LEVELS.txt"};
  Findings findings;
  for (const auto& include : includes_of(source)) {
    if (include.bracket == '<') continue;
    auto at = place(source, include.line);
    at.append("includes ").append(include.target);
    const auto other = room_of(include.target, levels);
    if (other.empty()) {
      findings.push_back(at + ", which lies in no room of docs/LEVELS.txt");
    } else if (other != own && levels.at(other) >= levels.at(own)) {
      findings.push_back(at + ", which is not below " + own);
    }
  }
  return findings;
}

// ---- banned words and libraries
// -------------------------------------------------------------------

struct Ban {
  std::vector<std::string> words;     // whole words, outside comments and literals
  std::vector<std::string> includes;  // beginnings of what stands between the brackets
  bool (*applies)(const std::string& path);
  std::string reason;
};

bool in_engine(const std::string& path) { return is_under(path, "engine"); }

bool in_engine_or_rules(const std::string& path) {
  return in_engine(path) || is_under(path, "rules");
}

bool is_everywhere(const std::string&) { return true; }

// In rules the sources (not the headers) whose name says that they read JSON: a reader or
// json_....cpp.
bool is_no_json_reader(const std::string& path) {
  const fs::path file{path};
  const auto name = file.stem().string();
  const bool named = name.find("reader") != std::string::npos || name.compare(0, 5, "json_") == 0;
  const bool rules_reader = is_under(path, "rules") && file.extension() == ".cpp" && named;
  return !is_under(path, "server/json") && !rules_reader;
}

bool is_no_http_source(const std::string& path) {
  return !is_under(path, "server/http") || fs::path{path}.extension() != ".cpp";
}

bool is_not_wide(const std::string& path) { return path != "engine/base/wide.hpp"; }

bool is_not_parallel(const std::string& path) { return path != "engine/base/parallel.cpp"; }

const std::vector<Ban>& bans() {
  static const std::vector<Ban> all{
      {{"double", "float"}, {}, in_engine_or_rules, "amounts are never floating point"},
      {{"std::cout", "std::cerr", "std::clog", "std::getenv", "getenv", "httplib"},
       {"iostream", "fstream", "filesystem"},
       in_engine,
       "the engine is pure: values in, values out"},
      {{"system_clock::now", "steady_clock", "high_resolution_clock"},
       {},
       in_engine_or_rules,
       "time is an argument; only the server reads a clock"},
      {{"simdjson"},
       {"simdjson"},
       is_no_json_reader,
       "simdjson stays in server/json and the reader of rules"},
      {{}, {"httplib"}, is_no_http_source, "httplib.h is included by sources of server/http only"},
      {{}, {"boost/multiprecision"}, is_not_wide, "engine/base/wide.hpp is the only door to it"},
      {{"tbb"},
       {"tbb/", "oneapi/"},
       is_not_parallel,
       "engine/base/parallel.hpp is the only door to TBB"},
      {{"std::views", "std::ranges::views", "std::source_location", "std::format"},
       {"format", "source_location"},
       is_everywhere,
       "clang 14 must be able to read every file"},
  };
  return all;
}

// One finding per word and file: the first place is enough to mend it.
Findings word_findings(const Source& source, const Ban& ban,
                       const std::vector<std::string>& lines) {
  Findings findings;
  for (const auto& word : ban.words) {
    const auto at = std::ranges::find_if(lines, [&](const auto& line) {
      return line.find("#include") == std::string::npos && has_word(line, word);
    });
    if (at == lines.end()) continue;
    const auto line = static_cast<std::size_t>(at - lines.begin()) + 1;
    findings.push_back(place(source, line) + word + ": " + ban.reason);
  }
  return findings;
}

Findings include_findings(const Source& source, const Ban& ban,
                          const std::vector<Include>& includes) {
  Findings findings;
  for (const auto& include : includes) {
    const bool banned = std::ranges::any_of(ban.includes, [&](const auto& start) {
      return include.target.compare(0, start.size(), start) == 0;
    });
    if (banned)
      findings.push_back(place(source, include.line) + include.target + ": " + ban.reason);
  }
  return findings;
}

Findings ban_findings(const Source& source) {
  Findings findings;
  const auto lines = lines_of(code_of(source.text, Literals::blank));
  const auto includes = includes_of(source);
  for (const auto& ban : bans()) {
    if (!ban.applies(source.path)) continue;
    std::ranges::move(word_findings(source, ban, lines), std::back_inserter(findings));
    std::ranges::move(include_findings(source, ban, includes), std::back_inserter(findings));
  }
  return findings;
}

// ---- the tree
// -------------------------------------------------------------------------------------

std::vector<Source> sources_of_rooms() {
  std::vector<Source> sources;
  for (const char* top : {"engine", "rules", "server"}) {
    if (!fs::exists(project / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator{project / top}) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      sources.push_back({fs::relative(entry.path(), project).generic_string(), read(entry.path())});
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

std::string joined(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) text += "\n  " + finding;
  return text;
}

void require_none(const Findings& findings) {
  INFO(findings.size() << " findings:" << joined(findings));
  REQUIRE(findings.empty());
}

template <class Check>
void check_every_source(Check check) {
  Findings all;
  const auto sources = sources_of_rooms();
  REQUIRE_FALSE(sources.empty());
  for (const auto& source : sources) std::ranges::move(check(source), std::back_inserter(all));
  require_none(all);
}

}  // namespace

TEST_CASE("levels: no file includes upwards, sideways or out of the rooms", "[tidy]") {
  const auto levels = levels_from(read(project / "docs/LEVELS.txt"));
  check_every_source([&](const Source& source) { return level_findings(source, levels); });
}

TEST_CASE("levels: no room uses a word or a library that is banned from it", "[tidy]") {
  check_every_source(ban_findings);
}

TEST_CASE("levels: every header opens with a comment that says what it promises", "[tidy]") {
  check_every_source([](const Source& source) {
    const bool opens =
        source.text.compare(0, 3, "// ") == 0 || source.text.compare(0, 2, "/*") == 0;
    if (opens || fs::path{source.path}.extension() != ".hpp") return Findings{};
    return Findings{source.path + ":1: a header opens with a comment"};
  });
}

TEST_CASE("levels: CMake has one target for every room", "[tidy]") {
  const auto cmake = read(project / "CMakeLists.txt");
  std::set<std::string> folders;
  for (const auto& line : lines_of(cmake)) {
    std::istringstream in{line};
    std::string call;
    std::string keyword;
    std::string folder;
    if (line.compare(0, 11, "netto_room(") != 0) continue;
    REQUIRE(in >> call >> keyword >> folder);
    REQUIRE(keyword == "FOLDER");
    if (folder.back() == ')') folder.pop_back();
    folders.insert(folder);
  }
  std::set<std::string> rooms;
  for (const auto& [folder, level] : levels_from(read(project / "docs/LEVELS.txt")))
    rooms.insert(folder);
  REQUIRE(folders == rooms);
}

TEST_CASE("levels: the top of the project holds what belongs there and nothing else", "[tidy]") {
  const std::set<std::string> belonging{".ci",
                                        ".clang-format",
                                        ".clang-tidy",
                                        ".gitignore",
                                        "CHANGELOG.md",
                                        "CMakeLists.txt",
                                        "CMakePresets.json",
                                        "LICENSE",
                                        "README.md",
                                        "bench",
                                        "dev",
                                        "docs",
                                        "engine",
                                        "rules",
                                        "server",
                                        "tests"};
  // What a working copy may have on top of it, none of it kept in git.
  const std::set<std::string> tolerated{".git", "build", ".cache", "compile_commands.json"};
  std::set<std::string> present;
  for (const auto& entry : fs::directory_iterator{project}) {
    const auto name = entry.path().filename().string();
    if (!tolerated.contains(name)) present.insert(name);
  }
  REQUIRE(present == belonging);
}

// The checks above are checked too: each must find what it is there for.

TEST_CASE("levels: an upward, a sideways and a roomless include are found, lower ones pass",
          "[tidy]") {
  const Levels levels{{"engine/base", 1}, {"engine/price", 5}, {"engine/avail", 5}, {"rules", 7}};
  const auto count = [&](const std::string& include) {
    return level_findings({"engine/price/finder.cpp", "// why\n#include " + include + "\n"}, levels)
        .size();
  };
  CHECK(count("\"engine/price/finder.hpp\"") == 0);
  CHECK(count("\"engine/base/id.hpp\"") == 0);
  CHECK(count("<vector>") == 0);
  CHECK(count("\"rules/reader.hpp\"") == 1);
  CHECK(count("\"engine/avail/atp.hpp\"") == 1);
  CHECK(count("\"tests/catch.hpp\"") == 1);
  CHECK(count("\"finder.hpp\"") == 1);
  CHECK(level_findings({"server/web/page.cpp", ""}, levels).size() == 1);
}

TEST_CASE("levels: a banned word is found in code, not in comments, literals or longer words",
          "[tidy]") {
  const auto count = [](const std::string& path, const std::string& text) {
    return ban_findings({path, text}).size();
  };
  CHECK(count("engine/base/a.cpp", "int a = 1;\ndouble b = 2;\n") == 1);
  CHECK(count("rules/a.cpp", "float b;") == 1);
  CHECK(count("server/feed/a.cpp", "double b;") == 0);
  CHECK(count("engine/base/a.cpp", "// no double here\n/* nor\n float */ int double_entry;\n") ==
        0);
  CHECK(count("engine/base/a.cpp",
              "auto s = \"a \\\" double\"; auto r = R\"(float \")\"; int n = 1'000;") == 0);
  CHECK(count("engine/base/a.cpp", "int n = 1'000; double x; int m = 2'000;") == 1);
  CHECK(count("engine/base/a.cpp", "#include <iostream>\nvoid f() { std::cout << 1; }") == 2);
  CHECK(count("rules/a.cpp", "auto t = std::chrono::system_clock::now();") == 1);
  CHECK(count("server/node/a.cpp", "auto t = std::chrono::steady_clock::now();") == 0);
  CHECK(count("rules/procedure_reader.cpp", "#include <simdjson.h>") == 0);
  CHECK(count("rules/procedure_reader.hpp", "#include <simdjson.h>") == 1);
  CHECK(count("rules/checker.cpp", "#include <simdjson.h>") == 1);
  CHECK(count("server/http/routes.cpp", "#include <httplib.h>") == 0);
  CHECK(count("server/http/routes.hpp", "#include <httplib.h>") == 1);
  CHECK(count("engine/price/a.cpp", "#include <boost/multiprecision/cpp_int.hpp>") == 1);
  CHECK(count("engine/quote/a.cpp", "#include <tbb/parallel_for.h>") == 1);
  CHECK(count("server/cli/a.cpp", "for (int i : std::views::iota(0, 3)) {}") == 1);
}
