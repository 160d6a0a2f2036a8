// va_fss FILE.csv[.xz] --date YYYY-MM-DD: a Federal Supply Schedule imported and quoted as of a
// day. Imports the example of docs/examples/va-fss and FILE, as it is, into a data folder of its
// own, and asks
//   (a) every price in force on the day, by its contract and as an agency of its group: the answer
//   must be that row; (b) every article as an agency of each group without a contract: the answer
//   must be what the independent program
//       tests/replay/va_fss_expected.py says, its price, contract and price type, or that there is
//       none.
// The last line of the output is "N of M": right answers of all questions.
// Exit codes: 0 all answers are right, there is at least one, and every row of FILE is accounted
// for; 1 not so; 2 the file, the data or the arguments can't be used.
#include "tests/replay/parts/agency_questions.hpp"
#include "tests/replay/parts/csv_rows.hpp"
#include "tests/replay/parts/examples.hpp"
#include "tests/replay/parts/program.hpp"
#include "tests/replay/parts/published_prices.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace tests::replay;
using engine::base::CivilMinutes;
using engine::base::Fault;
using engine::base::Result;

constexpr std::size_t unusable_shown_max = 20;

int failed(const Fault& fault) {
  fmt::print(stderr, "va_fss: {}: {} ({})\n", fault.where, fault.detail,
             engine::base::fault_name(fault.code));
  return 2;
}

bool accepted(const char* what, const server::node::ImportOutcome& outcome) {
  fmt::print("imported {}\n{}", what, describe(outcome));
  if (!outcome.accepted()) fmt::print(stderr, "va_fss: the data can't be used\n");
  return outcome.accepted();
}

// Whether import and tool read the file alike: no row is lost on the way, and they refuse as many.
bool rows_agree(const server::feed::ImportReport& report, const PublishedPrices& prices) {
  const std::uint64_t told =
      report.rows_accepted() + report.rows_set_aside() + report.rows_refused();
  const bool all_told = report.rows_read() == told;
  if (!all_told) fmt::print("NOT ALL ROWS ARE TOLD: {} read, {} told\n", report.rows_read(), told);
  const bool alike =
      report.rows_read() == prices.read() && report.rows_accepted() == prices.rows.size();
  if (!alike) {
    fmt::print(
        "THE IMPORT READ THE FILE ANOTHER WAY: it read {} rows and took {}; the tool read {} and "
        "can use {}\n",
        report.rows_read(), report.rows_accepted(), prices.read(), prices.rows.size());
    for (std::size_t i = 0; i < std::min(prices.unusable.size(), unusable_shown_max); ++i) {
      fmt::print("  not usable for the tool: {}\n",
                 at_line(prices.unusable[i].line, prices.unusable[i].reason));
    }
  }
  return all_told && alike;
}

void tell_groups(const PublishedPrices& prices, CivilMinutes day) {
  std::uint64_t in_force = 0;
  std::map<std::string, std::uint64_t> rows;
  for (const PublishedPrice& row : prices.rows) {
    ++rows[row.type];
    if (row.in_force(day)) ++in_force;
  }
  fmt::print("{} prices can be used; {} of them are in force on {}\n", prices.rows.size(), in_force,
             engine::base::to_string(day));
  for (const std::string_view group : agency_groups) {
    const std::uint64_t count = rows[std::string{group}];
    if (count > 0) {
      fmt::print("  price type {}: {} rows\n", group, count);
    } else {
      fmt::print(
          "  price type {}: NO ROW of the file has it; its agencies get the prices of the groups "
          "above\n",
          group);
    }
  }
  std::uint64_t unknown = 0;
  for (const UnusableRow& row : prices.unusable) {
    if (row.reason.starts_with("PriceType")) ++unknown;
  }
  if (unknown > 0)
    fmt::print("  {} rows have a price type that is none of FSS, Big4, NC and are not used\n",
               unknown);
}

Result<std::vector<AgencyQuestion>> expected_by_python(const std::string& file, CivilMinutes day) {
  const auto run = run_program({"python3", project_path("tests/replay/va_fss_expected.py"), file,
                                "--date", engine::base::to_string(day)});
  if (!run)
    return Fault{
        run.error().code, "python3",
        run.error().detail + " (it says what answers are expected; Debian package python3)"};
  // 1 says that it left out rows it can't use.
  if (run->exit_code > 1) {
    return Fault{engine::base::FaultCode::unsupported, "tests/replay/va_fss_expected.py",
                 "ended with exit code " + std::to_string(run->exit_code)};
  }
  return questions_in(run->output);
}

void report(const char* what, const AgencyResult& result) {
  fmt::print("{}: {} of {}\n", what, result.right, result.asked);
  for (const auto& [answer, count] : result.priced_by) fmt::print("  {}: {}\n", answer, count);
  for (const std::string& text : result.shown) fmt::print("  {}\n", text);
}

int quote_all(const std::string& file, CivilMinutes day, const PublishedPrices& prices,
              bool rows_right, server::node::Node& node) {
  const auto expected = expected_by_python(file, day);
  if (!expected) return failed(expected.error());
  const auto snapshot = node.snapshot();
  const auto on_contracts = ask(*snapshot, day, questions_on_contracts(prices, day));
  if (!on_contracts) return failed(on_contracts.error());
  const auto by_group = ask(*snapshot, day, *expected);
  if (!by_group) return failed(by_group.error());
  report("(a) every price in force, by its contract", *on_contracts);
  report("(b) every article as each group, without a contract", *by_group);
  const std::uint64_t right = on_contracts->right + by_group->right;
  const std::uint64_t asked = on_contracts->asked + by_group->asked;
  fmt::print("{} of {}\n", right, asked);
  return rows_right && right == asked && asked > 0 ? 0 : 1;
}

int run(const std::string& file, CivilMinutes day) {
  const auto prices = read_published_prices(file);
  if (!prices) return failed(prices.error());
  auto folder = DataFolder::make();
  if (!folder) return failed(folder.error());
  server::node::Node& node = (*folder)->node();
  if (!accepted("docs/examples/va-fss", import_va_fss_rules(node))) return 2;
  const auto outcome = import_va_fss_prices(node, file);
  if (!accepted(file.c_str(), outcome)) return 2;
  tell_groups(*prices, day);
  const bool rows_right = rows_agree(outcome.report, *prices);
  return quote_all(file, day, *prices, rows_right, node);
}

int run_with(int count, char** values) {
  std::string file;
  std::string date;
  CLI::App app{"Imports a Federal Supply Schedule and compares every quote with what it should be.",
               "va_fss"};
  app.add_option("file", file, "the price file as published (.csv or .csv.xz)")->required();
  app.add_option("--date", date, "the day to quote for, YYYY-MM-DD")->required();
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto day = engine::base::parse_civil(date);
  if (!day || date.size() != std::string{"YYYY-MM-DD"}.size()) {
    fmt::print(stderr, "va_fss: --date: '{}' is no day YYYY-MM-DD\n", date);
    return 2;
  }
  return run(file, *day);
}

}  // namespace

int main(int count, char** values) {
  try {
    return run_with(count, values);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "va_fss: %s\n", error.what());
    return 2;
  }
}
