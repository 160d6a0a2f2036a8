#include "tests/cases/case_world.hpp"

#include "tests/oracle/masters.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

namespace cases {

namespace {

using oracle::Texts;

oracle::Minutes date_of(const std::string& text) {
  if (text.size() != 10) throw std::runtime_error("'" + text + "' is no date such as 2026-06-15");
  return oracle::day(std::stoi(text.substr(0, 4)), std::stoi(text.substr(5, 2)),
                     std::stoi(text.substr(8, 2)));
}

oracle::World standard_world() {
  oracle::World world;
  world.currencies = {{"EUR", 2}, {"JPY", 0}, {"KWD", 3}, {"USD", 2}};
  world.article_groups = {{"AG all", "", 0}, {"AG", "AG all", 0}};
  world.articles = {{"A", "PCE", {"AG"}, {}, {{"BOX", 12, 1}}, "0"}};
  world.customer_groups = {{"CG all", "", 0}, {"CG", "CG all", 0}};
  world.customers = {{"C", "", "EUR", {"CG"}, {"own list"}, {}}};
  world.documents = {{"price_list", "own list", "EUR", {}, 0, false, {}},
                     {"price_list", "group list", "EUR", {}, 0, false, {}},
                     {"agreement", "FA", "EUR", {}, 0, false, {}}};
  world.assignments = {{"group list", "", "CG", 2, {}}};
  return world;
}

// A column of condition records: "discount by customer + article", "price in group list", "price on
// FA".
struct RecordColumn {
  std::string type;
  Texts keys;
  std::string list = "own list";
  std::string agreement;
};

class CaseMaker {
 public:
  CaseMaker(const Table& table, std::size_t row, const oracle::Rules& rules)
      : table_{table}, row_{row}, rules_{rules} {}

  Case make() {
    made_.world = standard_world();
    made_.ask.customer = "C";
    made_.ask.currency = cell("currency");
    made_.ask.date = cell("date").empty() ? oracle::day(2026, 6, 15) : date_of(cell("date"));
    made_.ask.lines = {{"A",
                        cell("quantity").empty() ? "1" : cell("quantity"),
                        cell("unit"),
                        cell("agreement"),
                        {}}};
    for (std::size_t i = 0; i < table_.header.size(); ++i)
      take_column(table_.header[i], table_.rows[row_][i]);
    return std::move(made_);
  }

 private:
  std::string cell(const std::string& column) const { return table_.cell(row_, column); }

  void take_column(const std::string& name, const std::string& text) {
    static const std::set<std::string> known{"case", "quantity", "unit",
                                             "date", "currency", "agreement"};
    if (name.rfind('=', 0) == 0 || known.contains(name)) return;
    const bool is_field = std::find(rules_.field_order.begin(), rules_.field_order.end(), name) !=
                          rules_.field_order.end();
    if (is_field) {
      if (!text.empty()) made_.ask.fields.emplace_back(name, text);
      return;
    }
    const RecordColumn column = record_column(name);
    std::istringstream records{text};
    for (std::string record; std::getline(records, record, ';');) add_record(column, record);
  }

  RecordColumn record_column(const std::string& name) const {
    RecordColumn column;
    column.type = name.substr(0, name.find(' '));
    if (!rules_.types.contains(column.type))
      throw std::runtime_error("column '" + name + "' is no field and no condition type");
    const std::string rest =
        name.size() > column.type.size() ? name.substr(column.type.size() + 1) : "";
    if (rest.rfind("in ", 0) == 0) column.list = rest.substr(3);
    if (rest.rfind("on ", 0) == 0) column.agreement = rest.substr(3);
    const Texts wanted = rest.rfind("by ", 0) == 0 ? split(rest.substr(3)) : Texts{};
    column.keys = wanted.empty() ? access_of(column, name).keys : wanted;
    return column;
  }

  static Texts split(const std::string& text) {
    Texts parts;
    std::istringstream words{text};
    for (std::string word; words >> word;) {
      if (word != "+") parts.push_back(word);
    }
    return parts;
  }

  // The first access of the type; of one with a list where the column names a list.
  const oracle::AccessRule& access_of(const RecordColumn& column, const std::string& name) const {
    const bool in_list = name.find(" in ") != std::string::npos;
    for (const oracle::ProcedureRule& procedure : rules_.procedures) {
      for (const oracle::StepRule& step : procedure.steps) {
        if (!step.find) continue;
        for (const oracle::AccessRule& access : step.find->accesses) {
          if (access.type == column.type &&
              (!in_list || oracle::contains(access.keys, "price_list")))
            return access;
        }
      }
    }
    throw std::runtime_error("column '" + name + "': no access looks for it");
  }

  std::string key_code(const RecordColumn& column, const std::string& field) const {
    static const std::vector<std::pair<std::string, std::string>> standard{
        {"article", "A"}, {"article_group", "AG"}, {"customer", "C"}, {"customer_group", "CG"}};
    for (const auto& [name, code] : standard) {
      if (name == field) return code;
    }
    if (field == "price_list") return column.list;
    for (const oracle::ProcedureRule& procedure : rules_.procedures) {
      for (const oracle::StepRule& step : procedure.steps) {
        if (!step.find) continue;
        for (const oracle::AccessRule& access : step.find->accesses) {
          const auto constant = access.constants.find(field);
          if (access.type == column.type && constant != access.constants.end())
            return constant->second.front();
        }
      }
    }
    return cell(field);
  }

  void add_record(const RecordColumn& column, const std::string& text) {
    std::istringstream words{text};
    oracle::RecordRow record;
    if (!(words >> record.value)) return;
    if (record.value.back() == '%') record.value.pop_back();
    record.type = column.type;
    for (const std::string& field : column.keys)
      record.keys.emplace_back(field, key_code(column, field));
    record.agreement = column.agreement;
    record.line = static_cast<std::uint32_t>(made_.world.records.size() + 1);
    for (std::string word; words >> word;) add_word(record, word, words);
    const std::string& kind = rules_.types.at(column.type).value;
    if (record.currency.empty() && (kind == "price" || kind == "amount")) record.currency = "EUR";
    made_.world.records.push_back(std::move(record));
  }

  static void add_word(oracle::RecordRow& record, const std::string& word,
                       std::istringstream& words) {
    if (word == "%") return;
    if (word.front() == '+') return void(record.flags_set.insert(word.substr(1)));
    if (word.front() == '-') return void(record.flags_cleared.insert(word.substr(1)));
    if (word == "EUR" || word == "JPY" || word == "KWD" || word == "USD")
      return void(record.currency = word);
    std::string value;
    if (!(words >> value)) throw std::runtime_error("'" + word + "' wants something behind it");
    if (word == "per") {
      record.price_unit = std::stoi(value);
    } else if (word == "a") {
      record.unit = value;
    } else if (word == "from") {
      record.from_quantity = value;
    } else if (word == "to") {
      record.to_quantity = value;
    } else if (word == "starts") {
      record.validity.from = date_of(value);
    } else if (word == "ends") {
      record.validity.to = date_of(value);
    } else if (word == "rank") {
      record.rank = std::stoi(value);
    } else if (word == "key") {
      record.feed = "cases";
      record.key = value;
    } else {
      throw std::runtime_error("'" + word + "' says nothing about a record");
    }
  }

  const Table& table_;
  std::size_t row_;
  const oracle::Rules& rules_;
  Case made_;
};

}  // namespace

Case make_case(const Table& table, std::size_t row, const oracle::Rules& rules) {
  return CaseMaker{table, row, rules}.make();
}

}  // namespace cases
