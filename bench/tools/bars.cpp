// Holds measured figures against the bars: `bars report FIGURES.jsonl` prints the bars and the
// tables of peers. `bars start FIGURES.jsonl` begins a new file of figures with machine, build and
// what `--fact NAME=TEXT` adds; `bars skip` notes what could not be measured. Exit code 0 whatever
// the verdicts: figures of a shared machine are read, not asserted.

#include "bench/bars/figures.hpp"
#include "bench/bars/report.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Options {
  std::string figures;
  std::string bars = NETTO_SOURCE_DIR "/bench/bars/bars.json";
  std::string out;
  std::string whom;
  std::string reason;
  std::vector<std::string> facts;
};

void start(const Options& options) {
  std::filesystem::remove(options.figures);
  auto facts = bench::bars::machine_facts();
  for (const std::string& fact : options.facts) {
    const auto equals = fact.find('=');
    if (equals == std::string::npos)
      throw std::runtime_error{"--fact takes NAME=TEXT, not '" + fact + "'"};
    facts.emplace_back(fact.substr(0, equals), fact.substr(equals + 1));
  }
  bench::bars::FigureFile{options.figures}.run(facts);
}

void report(const Options& options) {
  const auto text = bench::bars::report(bench::bars::read_bars(options.bars),
                                        bench::bars::read_figures(options.figures));
  std::fputs(text.c_str(), stdout);
  if (options.out.empty()) return;
  std::ofstream file{options.out};
  file << text;
  file.close();
  if (!file) throw std::runtime_error{"cannot write to " + options.out};
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Measured figures held against the bars."};
  app.require_subcommand(1);
  auto* begin = app.add_subcommand("start", "begin a new file of figures");
  auto* skip = app.add_subcommand("skip", "note who was not measured, and why");
  auto* print = app.add_subcommand("report", "print the bars and the peers");
  for (auto* command : {begin, skip, print})
    command->add_option("figures", options.figures, "file of figures, one JSON object a line")
        ->required();
  begin->add_option("--fact", options.facts, "NAME=TEXT, told at the head of the report");
  skip->add_option("whom", options.whom, "first word of the figures' names")->required();
  skip->add_option("reason", options.reason, "why")->required();
  print->add_option("--bars", options.bars, "the bars")->capture_default_str();
  print->add_option("--out", options.out, "write the report there, too");
  CLI11_PARSE(app, argc, argv);
  try {
    if (begin->parsed()) start(options);
    if (skip->parsed()) bench::bars::FigureFile{options.figures}.skip(options.whom, options.reason);
    if (print->parsed()) report(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bars: %s\n", error.what());
    return 1;
  }
  return 0;
}
