#include "tests/peers/parts/question_maker.hpp"

#include "tests/peers/parts/source.hpp"

#include <set>
#include <stdexcept>

namespace tests::peers {

using rules::Json;
using rules::JsonMember;

namespace {

class QuestionMaker {
 public:
  QuestionMaker(const System& system, const Scope& scope)
      : ask_{system.mapping.find("ask")}, common_{system.common.find("ask")}, case_{scope} {
    if (ask_ == nullptr || common_ == nullptr)
      throw std::runtime_error("mapping: 'ask' is missing");
  }

  std::vector<AskedQuestion> make() {
    Scope ask = case_;
    ask.row = case_.root->find("ask");
    ask.around = &case_;
    std::vector<AskedQuestion> made;
    auto queries = inner(ask, "queries");
    if (queries.empty()) return {question(ask)};
    for (const Scope& query : queries) made.push_back(question(query));
    return made;
  }

 private:
  // What a row does not say itself, the one around it says.
  static std::vector<Scope> inner(const Scope& scope, const char* name) {
    if (scope.row->find(name) == nullptr) return {};
    auto rows = scopes_at(scope, name);
    for (Scope& row : rows) row.inherits = true;
    return rows;
  }

  const Json* source(const char* name, const char* part = nullptr) const {
    for (const Json* ask : {ask_, common_}) {
      const Json* from = part == nullptr ? ask : ask->find(part);
      const Json* found = from == nullptr ? nullptr : from->find(name);
      if (found != nullptr) return found;
    }
    return nullptr;
  }

  std::string text(const Scope& scope, const char* name, const char* part = nullptr) const {
    const Json* found = source(name, part);
    return found == nullptr ? std::string{} : evaluate(*found, scope).value_or("");
  }

  // Without seconds: questions are dated by the minute.
  static std::string minute(const std::string& moment) { return moment.substr(0, 16); }

  std::vector<std::pair<std::string, std::string>> fields(const Scope& scope,
                                                          const char* part) const {
    std::vector<std::pair<std::string, std::string>> made;
    const Json* sources = source("fields", part);
    if (sources == nullptr) return made;
    for (const JsonMember& member : sources->members()) {
      for (std::string& value : evaluate_all(member.value, scope))
        made.emplace_back(member.name, std::move(value));
    }
    return made;
  }

  // The members of an object, each a field of its own name.
  void add_open_fields(const Scope& scope, AskedQuestion& made) const {
    const Json* path = source("open_fields");
    if (path == nullptr) return;
    for (const Scope& member : member_scopes_at(scope, path->text())) {
      const Text value = fill_in("{@value}", member);
      const bool taken = value && is_open_field(member.member_name);
      if (taken) made.fields.emplace_back(member.member_name, *value);
    }
  }

  bool is_open_field(const std::string& name) const {
    const Json* closed = source("closed_fields");
    if (closed == nullptr) return true;
    for (const Json& one : closed->items()) {
      if (one.text() == name) return false;
    }
    return true;
  }

  AskedQuestion question(const Scope& scope) const {
    AskedQuestion made;
    made.customer = text(scope, "customer");
    made.currency = text(scope, "currency");
    made.date = minute(text(scope, "date"));
    made.fields = fields(scope, nullptr);
    add_open_fields(scope, made);
    const char* path = text(scope, "lines_at").empty() ? "lines" : nullptr;
    const std::string other = text(scope, "lines_at");
    const auto lines = inner_at(scope, path == nullptr ? other : path);
    if (lines.empty()) made.lines.push_back(line(scope));
    for (const Scope& one : lines) made.lines.push_back(line(one));
    return made;
  }

  static std::vector<Scope> inner_at(const Scope& scope, const std::string& path) {
    if (look_up(scope, path) == nullptr) return {};
    auto rows = scopes_at(scope, path);
    for (Scope& row : rows) row.inherits = true;
    return rows;
  }

  AskedLine line(const Scope& scope) const {
    AskedLine made;
    made.article = text(scope, "article", "line");
    made.quantity = text(scope, "quantity", "line");
    made.unit = text(scope, "unit", "line");
    made.agreement = text(scope, "agreement", "line");
    made.date = minute(text(scope, "date", "line"));
    made.name = text(scope, "name", "line");
    made.fields = fields(scope, "line");
    return made;
  }

  const Json* ask_;
  const Json* common_;
  const Scope& case_;
};

}  // namespace

void split_units(std::vector<AskedQuestion>& questions) {
  constexpr std::size_t most = 1'000;
  for (AskedQuestion& question : questions) {
    std::vector<AskedLine> units;
    for (const AskedLine& line : question.lines) {
      const bool whole = !line.quantity.empty() && line.quantity.size() < 4 &&
                         line.quantity.find_first_not_of("0123456789") == std::string::npos;
      const auto count = whole ? static_cast<std::size_t>(std::stoul(line.quantity)) : 1;
      for (std::size_t i = 0; i < count && units.size() < most; ++i) {
        units.push_back(line);
        if (whole) units.back().quantity = "1";
      }
    }
    question.lines = std::move(units);
  }
}

std::vector<AskedQuestion> make_ladder_questions(const System& system, const Scope& scope) {
  const Json* ladder = system.mapping.find("ladder");
  if (ladder == nullptr) throw std::runtime_error("mapping: 'ladder' is missing");
  const auto text = [ladder](const Scope& row, const char* name) {
    const Json* source = ladder->find(name);
    return source == nullptr ? std::string{} : evaluate(*source, row).value_or("");
  };
  std::vector<AskedQuestion> made;
  std::set<std::string> asked;
  for (const Scope& row : scopes_at(scope, ladder->find("each")->text())) {
    AskedQuestion& question = made.emplace_back();
    question.customer = text(row, "customer");
    question.currency = text(row, "currency");
    question.date = text(row, "date");
    AskedLine& line = question.lines.emplace_back();
    line.article = text(row, "article");
    line.unit = text(row, "unit");
    question.ladder = true;
    const std::string slot = line.article + "\n" + line.unit + "\n" + question.currency;
    if (!asked.insert(slot).second) made.pop_back();
  }
  return made;
}

std::vector<AskedQuestion> make_questions(const System& system, const Scope& scope) {
  return QuestionMaker{system, scope}.make();
}

}  // namespace tests::peers
