// Runs every table of cases in this folder: each line against the engine, and the engine against
// the oracle. UPDATE_CASES=1 writes what the engine says into the tables instead of comparing.
#include "tests/cases/case_world.hpp"
#include "tests/cases/table.hpp"
#include "tests/catch.hpp"
#include "tests/oracle/engine_of.hpp"
#include "tests/oracle/pricer.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

namespace fs = std::filesystem;
using cases::Table;
using engine::quote::Detail;

const fs::path root = NETTO_SOURCE_DIR;

bool is_update() {
  const char* update = std::getenv("UPDATE_CASES");
  return update != nullptr && std::string{update} == "1";
}

std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string text_of(const engine::price::Amount& amount) {
  return engine::base::to_string({amount.mantissa, amount.decimals});
}

// What the engine says under one "=" column.
class Answered {
 public:
  Answered(const oracle::Engine& engine, const oracle::Ask& ask)
      : snapshot_{engine.snapshot()},
        question_{*engine.question(ask)},
        answer_{engine.answer(question_, Detail::explained)},
        text_{oracle::texts_of(snapshot_, question_, answer_).front()} {}

  const engine::quote::Answer& answer() const { return answer_; }

  std::string under(const std::string& column) const {
    const auto& line = answer_.priced.lines.front();
    if (column == "outcome") return text_.outcome;
    if (column == "valid_until") return text_.valid_until;
    if (column == "source")
      return text_.source.rfind(" / ", 0) == 0 ? text_.source.substr(3) : text_.source;
    const bool priced = line.outcome == engine::model::Outcome::priced;
    if (column == "unit_price") return priced ? ::text_of(line.unit_price) : "";
    if (column == "line_amount") return priced ? ::text_of(line.line_amount) : "";
    if (column == "unit") return text_.unit;
    if (column == "price_unit") return priced ? std::to_string(text_.price_unit) : "";
    return step_or_component(column, priced);
  }

 private:
  // A line without a price ends with the step that found none: neither that step nor a later one
  // came to anything.
  std::string step_or_component(const std::string& column, bool priced) const {
    const auto& rule = *snapshot_.procedures()[question_.procedure].rule;
    const auto& steps = answer_.traces.front().steps;
    for (const auto& step : steps) {
      const bool had = !step.skipped && (priced || &step != &steps.back());
      if (column == rule.steps[step.step].name) return had ? ::text_of(step.amount) : "";
      if (column == rule.steps[step.step].name + " exact")
        return had && step.exact_held ? ::text_of(step.exact) : "";
    }
    for (std::size_t i = 0; i < rule.answer.components.size(); ++i) {
      if (rule.answer.components[i].name == column)
        return priced ? ::text_of(answer_.priced.components[i]) : "";
    }
    for (const auto& step : rule.steps) {
      if (column == step.name || column == step.name + " exact") return "";
    }
    throw std::runtime_error("column '= " + column + "' is nothing that an answer has");
  }

  const engine::snapshot::Snapshot& snapshot_;
  engine::quote::Question question_;
  engine::quote::Answer answer_;
  oracle::LineText text_;
};

bool same(const std::string& one, const std::string& other) {
  const auto a = oracle::read_number(one);
  const auto b = oracle::read_number(other);
  return a && b ? *a == *b : one == other;
}

void run_row(Table& table, std::size_t row, const std::vector<std::string>& documents,
             const oracle::Rules& rules) {
  const cases::Case made = make_case(table, row, rules);
  const oracle::Engine engine{made.world, documents};
  const Answered answered{engine, made.ask};
  const oracle::Said said = oracle::Pricer{made.world, rules}.answer(made.ask);
  // The oracle knows no largest amount: where there is one, the table itself says so.
  if (table.cell(row, "= outcome") != "amount_out_of_range")
    CHECK(difference(engine, made.ask, answered.answer(), said) == "");
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string& column = table.header[i];
    if (column.rfind("= ", 0) != 0) continue;
    const std::string actual = answered.under(column.substr(2));
    std::string& expected = table.rows[row][i];
    if (is_update()) {
      if (!same(expected, actual)) expected = actual;
      continue;
    }
    INFO("column '" << column << "': expected " << (expected.empty() ? "nothing" : expected)
                    << ", the engine says " << (actual.empty() ? "nothing" : actual));
    CHECK(same(expected, actual));
  }
}

void run_table(const fs::path& path) {
  Table table = cases::read_table(path.string());
  std::vector<std::string> documents;
  for (const std::string& file : table.rules()) documents.push_back(read_file(root / file));
  REQUIRE_FALSE(documents.empty());
  const oracle::Rules rules = oracle::read_rules(documents);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    INFO(path.filename().string() << ", case " << row + 1 << ": " << table.cell(row, "case"));
    run_row(table, row, documents, rules);
  }
  if (is_update()) cases::write_table(path.string(), table);
}

}  // namespace

TEST_CASE("cases: every table that a pricing clerk wrote comes out as it says", "[cases]") {
  std::size_t tables = 0;
  for (const auto& entry : fs::directory_iterator{root / "tests/cases"}) {
    if (entry.path().extension() != ".csv") continue;
    ++tables;
    DYNAMIC_SECTION(entry.path().filename().string()) { run_table(entry.path()); }
  }
  REQUIRE(tables >= 8);
}
