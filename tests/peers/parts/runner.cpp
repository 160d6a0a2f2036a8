#include "tests/peers/parts/runner.hpp"

#include "tests/peers/parts/case_run.hpp"
#include "tests/peers/parts/mutation.hpp"
#include "tests/peers/parts/source.hpp"

#include <random>
#include <sstream>
#include <stdexcept>

namespace tests::peers {

using engine::base::Result;
using rules::Json;

namespace {

std::string member_text(const Json& tree, std::string_view name) {
  const Json* found = tree.find(name);
  return found == nullptr ? std::string{} : found->text();
}

class FileRun {
 public:
  explicit FileRun(const Options& options) : options_{options}, systems_{options.folder} {}

  CaseResult run(const std::string& line, std::size_t number) {
    CaseResult result;
    const auto tree = rules::parse_json(line);
    result.id = tree ? member_text(*tree, "id") : "line " + std::to_string(number);
    result.system = result.id.substr(0, result.id.find('-'));
    if (!tree || tree->find("world") == nullptr || tree->find("ask") == nullptr ||
        tree->find("expect") == nullptr) {
      result.standing = Standing::failed;
      result.why = tree ? "world, ask and expect are wanted"
                        : tree.error().where + ": " + tree.error().detail;
      return result;
    }
    run_case(*tree, result);
    return result;
  }

 private:
  void run_case(const Json& tree, CaseResult& result) {
    const std::string topic = member_text(tree, "topic");
    const auto system = systems_.find(result.system);
    if (!system || options_.later_topics.contains(topic)) {
      result.standing = Standing::not_expressible;
      result.why = system ? "topic " + topic
                          : "system: " + system.error().where + ": " + system.error().detail;
      return;
    }
    try {
      CaseRun run{**system, tree, result};
      run.run(nullptr);
      if (is_wanted_over_http(tree, result)) {
        run.run_over_http();
        asked_.insert(result.system);
      }
      if (options_.mutate && result.standing == Standing::passed)
        run_mutated(tree, **system, run.questions(), result);
    } catch (const NoWord& word) {
      result.standing = Standing::not_expressible;
      result.why = std::string{"there is no word for "} + word.what() + " of its mapping";
    } catch (const std::exception& error) {
      result.standing = Standing::failed;
      result.why = error.what();
    }
  }

  // The seed of a case is its own, so that one case alone is mutated as it is among all.
  void run_mutated(const Json& tree, const System& system,
                   const std::vector<AskedQuestion>& questions, CaseResult& result) {
    std::seed_seq seeds(result.id.begin(), result.id.end());
    std::vector<std::uint32_t> own(2);
    seeds.generate(own.begin(), own.end());
    std::mt19937_64 random{*options_.mutate ^ (std::uint64_t{own[0]} << 32U | own[1])};
    const Mutation mutation = mutate(tree, system, questions, random);
    result.shuffled = true;
    result.renamed = mutation.renamed > 0;
    result.shifted = mutation.shifted;
    result.scaled = mutation.scaled;
    const auto mutated = rules::parse_json(mutation.text);
    if (!mutated) throw std::runtime_error("mutated: " + mutated.error().detail);
    try {
      CaseRun run{system, *mutated, result};
      run.run(&random);
      if (result.standing == Standing::passed) run.run_by_oracle(random);
    } catch (const NoWord& word) {
      result.standing = Standing::failed;
      result.why = std::string{"there is no word for "} + word.what() + " any more";
    }
    if (result.standing == Standing::passed) return;
    result.standing = Standing::failed;  // there was a word for it before
    result.why = "mutated: " + result.why + "; the case: " + mutation.text;
  }

  // One case of each system, so that the sample is of all kinds.
  bool is_wanted_over_http(const Json& tree, const CaseResult& result) const {
    return asked_.size() < options_.over_http && !asked_.contains(result.system) &&
           result.standing == Standing::passed && tree.find("expect")->find("error") == nullptr;
  }

  const Options& options_;
  Systems systems_;
  std::set<std::string> asked_;
};

}  // namespace

Result<std::vector<CaseResult>> run_file(const std::string& file, const Options& options) {
  const auto text = read_text_file(file);
  if (!text) return text.error();
  std::vector<CaseResult> results;
  FileRun run{options};
  std::istringstream lines{*text};
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") != std::string::npos)
      results.push_back(run.run(line, number));
  }
  return results;
}

Mutated count_mutated(const std::vector<CaseResult>& results) {
  Mutated mutated;
  for (const CaseResult& result : results) {
    mutated.shuffled += result.shuffled ? 1 : 0;
    mutated.renamed += result.renamed ? 1 : 0;
    mutated.shifted += result.shifted ? 1 : 0;
    mutated.scaled += result.scaled ? 1 : 0;
    mutated.by_oracle += result.by_oracle;
  }
  return mutated;
}

std::string to_text(const Mutated& mutated) {
  const auto part = [&mutated](std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + " (" + std::to_string(mutated.shuffled - count) +
           " left)";
  };
  return std::to_string(mutated.shuffled) + " mutated: all with their facts in another order, " +
         part(mutated.renamed, "with other ids") + ", " + part(mutated.shifted, "on other dates") +
         ", " + part(mutated.scaled, "with other amounts") + "; " +
         std::to_string(mutated.by_oracle) + " times with other numbers, against the oracle";
}

Counts count(const std::vector<CaseResult>& results) {
  Counts counts;
  for (const CaseResult& result : results) {
    if (result.standing == Standing::passed) ++counts.passed;
    if (result.standing == Standing::failed) ++counts.failed;
    if (result.standing == Standing::not_expressible) ++counts.not_expressible;
  }
  return counts;
}

std::map<std::string, Counts> count_by_system(const std::vector<CaseResult>& results) {
  std::map<std::string, std::vector<CaseResult>> parts;
  for (const CaseResult& result : results) parts[result.system].push_back(result);
  std::map<std::string, Counts> counts;
  for (const auto& [system, part] : parts) counts[system] = count(part);
  return counts;
}

std::string to_text(const Counts& counts) {
  return std::to_string(counts.passed) + " passed, " + std::to_string(counts.failed) + " failed, " +
         std::to_string(counts.not_expressible) + " not expressible";
}

}  // namespace tests::peers
