// Turns the ask of a case into questions: `lines` are the lines of one, each of `queries` is one of
// its own (of several lines where it has `lines`), else the ask itself is one of one line. Texts
// live as long as the asked question does.
#pragma once

#include "engine/base/result.hpp"

#include "tests/peers/parts/mapping.hpp"
#include "tests/peers/parts/scope.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tests::peers {

struct AskedLine {
  std::string article;
  std::string quantity = "1";
  std::string unit;
  std::string agreement;
  std::string date;
  std::string name;  // what the case calls the line
  std::vector<std::pair<std::string, std::string>> fields;
};

struct AskedQuestion {
  std::string customer;
  std::string currency;
  std::string date;
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<AskedLine> lines;
  bool ladder = false;  // from which quantity on each line costs what is asked, too
};

std::vector<AskedQuestion> make_questions(const System& system, const Scope& scope);

// Every unit of a line as a line of its own. Lines of no whole quantity stay as they are.
void split_units(std::vector<AskedQuestion>& questions);

// For the table of the prices in force: a question of one line, with its ladder, for each row that
// the mapping's `ladder` finds, each article, unit and currency once.
std::vector<AskedQuestion> make_ladder_questions(const System& system, const Scope& scope);

}  // namespace tests::peers
