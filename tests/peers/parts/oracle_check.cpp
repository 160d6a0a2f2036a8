#include "tests/peers/parts/oracle_check.hpp"

#include "engine/base/date.hpp"
#include "engine/base/decimal.hpp"

#include "tests/oracle/engine_of.hpp"
#include "tests/oracle/pricer.hpp"

#include <optional>
#include <stdexcept>

namespace tests::peers {

namespace base = engine::base;
using engine::quote::Detail;

namespace {

class NumberMaker {
 public:
  explicit NumberMaker(std::mt19937_64& random) : random_{random} {}

  bool percent(int share) { return between(1, 100) <= share; }

  int between(int least, int most) {
    return std::uniform_int_distribution<int>{least, most}(random_);
  }

  // Between half and one and a half of it.
  void change(std::string& number) {
    if (number.empty() || !percent(50)) return;
    auto read = base::parse_decimal(number);
    if (!read) return;
    read->mantissa = read->mantissa * between(50, 150) / 100;
    number = base::to_string(*read);
  }

  // The same of a count: whole, and no less than one.
  void change_count(std::string& number) {
    const auto read = base::parse_decimal(number);
    if (!read || read->decimals > 0 || read->mantissa < 1 || !percent(40)) return;
    number = base::to_string({read->mantissa + between(read->mantissa > 1 ? -1 : 0, 2), 0});
  }

  void change_day(std::string& date) {
    if (date.empty() || !percent(30)) return;
    const auto read = base::parse_civil(date);
    if (!read) return;
    const int minutes = between(-40, 40) * base::CivilMinutes::minutes_per_day;
    date = base::to_string(base::CivilMinutes{read->raw() + minutes});
  }

 private:
  std::mt19937_64& random_;
};

oracle::Minutes minutes_of(const std::string& date) {
  const auto read = base::parse_civil(date);
  if (!read) throw std::runtime_error("'" + date + "' is no date");
  return read->raw();
}

oracle::Ask ask_of(const AskedQuestion& asked) {
  oracle::Ask ask;
  ask.customer = asked.customer;
  ask.currency = asked.currency;
  ask.date = asked.date.empty() ? 0 : minutes_of(asked.date);
  ask.fields = asked.fields;
  for (const AskedLine& line : asked.lines) {
    oracle::LineAsk& made = ask.lines.emplace_back();
    made.article = line.article;
    made.quantity = line.quantity;
    made.unit = line.unit;
    made.agreement = line.agreement;
    if (!line.date.empty()) made.date = minutes_of(line.date);
    made.fields = line.fields;
  }
  return ask;
}

std::string differs(const oracle::Engine& engine, const oracle::Pricer& pricer,
                    const oracle::Ask& ask) {
  const oracle::Said said = pricer.answer(ask);
  const auto question = engine.question(ask);
  if (question && said.fault.empty())
    return difference(engine, ask, engine.answer(*question, Detail::explained), said);
  const std::string fault = question ? "none" : base::fault_name(question.error().code);
  return fault == said.fault ? ""
                             : "fault: the engine says " + fault + ", the oracle " + said.fault;
}

}  // namespace

void draw_numbers(oracle::World& world, std::vector<AskedQuestion>& questions,
                  std::mt19937_64& random) {
  NumberMaker numbers{random};
  for (oracle::RecordRow& record : world.records) {
    numbers.change(record.value);
    numbers.change_count(record.from_quantity);
    for (auto& [name, number] : record.parameters) numbers.change_count(number);
  }
  for (oracle::RateRow& rate : world.rates) numbers.change(rate.rate);
  for (AskedQuestion& question : questions) {
    numbers.change_day(question.date);
    for (AskedLine& line : question.lines) numbers.change_count(line.quantity);
  }
}

OracleCheck check_by_oracle(const oracle::World& world,
                            std::span<const rules::RuleDocument> documents,
                            const std::vector<AskedQuestion>& questions) {
  std::vector<std::string> texts;
  for (const rules::RuleDocument& document : documents) texts.push_back(document.text);
  std::optional<oracle::Engine> engine;
  try {
    engine.emplace(world, texts);
  } catch (const std::runtime_error& refused) {
    return {refused.what(), true};
  }
  const oracle::Rules rules = oracle::read_rules(texts);
  const oracle::Pricer pricer{world, rules};
  for (const AskedQuestion& question : questions) {
    const oracle::Ask ask = ask_of(question);
    std::string found = differs(*engine, pricer, ask);
    if (!found.empty()) return {oracle::describe(ask) + ": " + found, false};
  }
  return {};
}

}  // namespace tests::peers
