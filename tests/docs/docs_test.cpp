// Runs what the documents show. In docs/*.md and README.md
//   ```csv file=prices.csv     (or json file=..., text file=...) writes the block into a file,
//   ```console                 runs every line that starts with "$ " and compares what it prints
//   with what follows.
// Each document has a temporary folder of its own, in which `docs` leads to the project's and
// `netto` is on the path; its blocks run from top to bottom. UPDATE_CASES=1 rewrites the outputs in
// the documents: review the difference.
#include "tests/catch.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "netto-docs-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
    fs::create_directory_symlink(fs::path{NETTO_SOURCE_DIR} / "docs", path_ / "docs");
    fs::create_directory_symlink(fs::path{NETTO_SOURCE_DIR} / "rules", path_ / "rules");
  }

  ~Folder() { fs::remove_all(path_); }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// What the command prints, both streams, as a reader of the document would see it.
std::vector<std::string> run(const std::string& command, const fs::path& folder) {
  const char* binary = std::getenv("NETTO");
  REQUIRE(binary != nullptr);
  const fs::path bin = fs::absolute(binary).parent_path();
  std::ofstream{folder / ".command"} << "cd '" << folder.string() << "'\nexport PATH='"
                                     << bin.string()
                                     << "':$PATH NO_COLOR=1 LC_ALL=C.UTF-8\nunset NETTO_DATA\n"
                                     << command << '\n';
  std::FILE* pipe =
      ::popen(("bash '" + (folder / ".command").string() + "' 2>&1 </dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string printed;
  std::array<char, 4096> buffer{};
  for (std::size_t read_bytes = 0;
       (read_bytes = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    printed.append(buffer.data(), read_bytes);
  }
  ::pclose(pipe);
  std::vector<std::string> lines = lines_of(printed);
  for (std::string& line : lines) {
    while (!line.empty() && line.back() == ' ') line.pop_back();
  }
  return lines;
}

// How long a thing took is no part of what a document promises.
std::vector<std::string> without_times(std::vector<std::string> lines) {
  static const std::regex time{"[0-9][0-9,.]* (ms|s)$"};
  for (std::string& line : lines) line = std::regex_replace(line, time, "T");
  return lines;
}

class Document {
 public:
  explicit Document(const fs::path& path) : path_{path}, lines_{lines_of(read(path))} {}

  // The number of commands run.
  int run_all(bool update) {
    for (next_ = 0; next_ < lines_.size();) {
      const std::string line = lines_[next_++];
      made_.push_back(line);
      if (line.rfind("```", 0) != 0) continue;
      const std::vector<std::string> block = take_block();
      const std::size_t file = line.find(" file=");
      if (line == "```console") {
        run_block(block);
      } else {
        if (file != std::string::npos) write(line.substr(file + 6), block);
        made_.insert(made_.end(), block.begin(), block.end());
      }
      made_.push_back("```");
    }
    if (update && made_ != lines_) rewrite();
    return commands_;
  }

 private:
  std::vector<std::string> take_block() {
    std::vector<std::string> block;
    while (next_ < lines_.size() && lines_[next_] != "```") block.push_back(lines_[next_++]);
    ++next_;
    return block;
  }

  void write(const std::string& name, const std::vector<std::string>& block) {
    fs::create_directories((folder_.path() / name).parent_path());
    std::ofstream file{folder_.path() / name, std::ios::binary};
    for (const std::string& line : block) file << line << '\n';
  }

  void run_block(const std::vector<std::string>& block) {
    for (std::size_t i = 0; i < block.size();) {
      const std::string& line = block[i++];
      made_.push_back(line);
      if (line.rfind("$ ", 0) != 0) continue;
      std::string command = line.substr(2);
      for (; command.back() == '\\' && i < block.size(); ++i) {
        command.pop_back();
        command += block[i];
        made_.push_back(block[i]);
      }
      std::vector<std::string> expected;
      while (i < block.size() && block[i].rfind("$ ", 0) != 0) expected.push_back(block[i++]);
      const std::vector<std::string> printed = run(command, folder_.path());
      ++commands_;
      INFO(path_.filename().string() << ": $ " << command);
      const bool same = without_times(printed) == without_times(expected);
      if (std::getenv("UPDATE_CASES") == nullptr)
        CHECK(without_times(printed) == without_times(expected));
      const std::vector<std::string>& kept = same ? expected : printed;
      made_.insert(made_.end(), kept.begin(), kept.end());
    }
  }

  void rewrite() const {
    std::ofstream file{path_, std::ios::binary};
    for (const std::string& line : made_) file << line << '\n';
  }

  fs::path path_;
  std::vector<std::string> lines_;
  std::vector<std::string> made_;
  std::size_t next_ = 0;
  int commands_ = 0;
  Folder folder_;
};

}  // namespace

TEST_CASE("docs: every command shown in a document prints what the document says",
          "[cases][docs]") {
  const bool update = std::getenv("UPDATE_CASES") != nullptr;
  std::vector<fs::path> documents{fs::path{NETTO_SOURCE_DIR} / "README.md"};
  for (const auto& entry : fs::directory_iterator{fs::path{NETTO_SOURCE_DIR} / "docs"}) {
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  }
  int commands = 0;
  for (const fs::path& path : documents) commands += Document{path}.run_all(update);
  CHECK(commands > 0);
}
