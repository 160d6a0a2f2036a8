#include "tests/property/record_maker.hpp"

#include "tests/oracle/masters.hpp"
#include "tests/oracle/numbers.hpp"

#include <algorithm>
#include <set>

namespace property {

namespace {

using oracle::Minutes;
using oracle::Texts;
using oracle::World;

class RecordMaker {
 public:
  RecordMaker(const oracle::Rules& rules, const WorldPlan& plan, Draw& draw, World& world)
      : rules_{rules}, plan_{plan}, draw_{draw}, world_{world} {
    for (const oracle::ProcedureRule& procedure : rules.procedures) {
      for (const oracle::StepRule& step : procedure.steps)
        over_line_ = over_line_ || (step.apply && !step.apply->over_order);
    }
  }

  // Mostly one of the first: so that several records meet under one key.
  template <class Row>
  std::string popular(const std::vector<Row>& rows) {
    return rows[draw_.percent(65) ? draw_.below(2) : draw_.below(rows.size())].code;
  }

  std::string key_value(const std::string& field) {
    if (field == "article") return popular(world_.articles);
    if (field == "article_group") return popular(world_.article_groups);
    if (field == "customer") return popular(world_.customers);
    if (field == "customer_group") return popular(world_.customer_groups);
    if (field == "price_list") return draw_.of(Texts{"9", "10", "010", "LX"});
    return draw_.of(values_of(field));
  }

  const oracle::AccessRule& some_access() {
    std::vector<const oracle::AccessRule*> accesses;
    const bool only_prices = draw_.percent(40);
    for (const oracle::ProcedureRule& procedure : rules_.procedures) {
      for (const oracle::StepRule& step : procedure.steps) {
        if (!step.find || (only_prices && step.name != procedure.price_step)) continue;
        for (const oracle::AccessRule& access : step.find->accesses) accesses.push_back(&access);
      }
    }
    return *draw_.of(accesses);
  }

  std::string digits(int count) {
    std::string text(1, static_cast<char>('1' + draw_.between(0, 8)));
    while (static_cast<int>(text.size()) < count)
      text += static_cast<char>('0' + draw_.between(0, 9));
    return text;
  }

  std::string some_price() {
    if (draw_.percent(10)) return draw_.of(Texts{"0", "-12.50", "0.01", "-0.01"});
    if (draw_.percent(30))
      return draw_.of(
          Texts{"10", "9.99", "1565.00", "1.08", "49.7536", "100"});  // so that some tie
    if (plan_.wide_values && draw_.percent(30)) return digits(draw_.between(19, 24));
    std::string text = digits(draw_.between(1, 4));
    const int decimals = draw_.between(0, plan_.decimals_max);
    if (decimals > 0) text += "." + digits(decimals);
    return text;
  }

  std::string some_value(const std::string& kind) {
    if (kind == "percent")
      return draw_.of(Texts{"0", "5", "10", "12.5", "33.333", "99.99", "100", "150", "-10", "10"});
    if (kind == "factor") return draw_.of(Texts{"0", "1", "1.5", "0.001", "-2", "3"});
    return some_price();
  }

  void set_quantities(oracle::RecordRow& record) {
    record.from_quantity =
        draw_.of(Texts{"0", "0", "0", "1", "5", "10", "12", "100", "0.5", "0.000001", "11.999999"});
    if (!draw_.percent(20)) return;
    const oracle::Rational to = oracle::number(record.from_quantity) +
                                oracle::number(draw_.of(Texts{"0", "1", "5", "95", "0.000001"}));
    record.to_quantity = oracle::text_of(to);
  }

  void set_document(oracle::RecordRow& record) {
    if (oracle::key_of(record, "price_list") != nullptr) return;
    const bool applied = rules_.types.at(record.type).calculation != "none";
    if (applied && draw_.percent(30)) {
      record.promotion = draw_.of(Texts{"PR1", "7"});
    } else if (draw_.percent(25)) {
      record.agreement = draw_.of(Texts{"FA1", "FA2", "10"});
    } else if (draw_.percent(15)) {
      record.promotion = draw_.of(Texts{"PR1", "7"});
    }
  }

  void set_flags(oracle::RecordRow& record) {
    if (draw_.percent(25))
      record.flags_set.insert(draw_.of(Texts{"discountable", "stackable", "find_next"}));
    if (draw_.percent(3)) record.flags_set.insert("price_on_request");
    if (draw_.percent(20)) record.flags_cleared.insert("discountable");
  }

  // ---- what only some records have
  // ----------------------------------------------------------------

  std::string some_condition(const oracle::TypeRule& type) {
    Texts all{"quantity >= 2",
              "tier == 'gold'",
              "brand == 'acme' || weight > 1",
              "has(weight)",
              "country in ['SE', 'DE']",
              "article_group == 'AG1'",
              "level > 3 || !has(level)",
              "!express",
              "hot",
              "lines.sum(l, l.quantity) > 5",
              "lines.exists(l, l.brand == 'zeta')",
              "base_quantity < 100",
              "currency == 'EUR'"};
    for (const std::string& input : type.inputs) {
      all.push_back(input + " >= 10");
      all.push_back(input + " < 50 || quantity > 3");
      all.push_back("lines.sum(l, l." + input + ") > 30");
    }
    if (!type.parameters.empty()) all.push_back("has(" + type.parameters.front() + ")");
    if (!may_sum(rules_))
      std::erase_if(all, [](const std::string& text) { return text.rfind("lines.", 0) == 0; });
    return draw_.of(all);
  }

  std::string some_formula(const oracle::TypeRule& type) {
    Texts all{"weight * 1.5",
              "(has(weight) ? weight : 3) + 0.25",
              "quantity < 5 ? 9.99 : 8.5",
              "round((has(credit) ? credit : 1) * 7.1, 1, 'half_up')",
              "12.5",
              "ending(base_quantity * 1.1, [0.49, 0.99], 1, 'nearest')"};
    for (const std::string& input : type.inputs) {
      all.push_back(input + " * 0.1");
      all.push_back("min(" + input + ", 40) + 1");
    }
    if (type.calculation != "none")
      all.erase(all.begin());  // what acts without a value is not undone
    if (!type.parameters.empty())
      all.push_back("has(" + type.parameters.front() + ") ? " + type.parameters.front() + " : 2");
    return draw_.of(all);
  }

  void set_scale(oracle::RecordRow& record, bool is_percent) {
    const std::string kind =
        draw_.of(is_percent ? Texts{"whole", "graduated"} : Texts{"whole", "graduated", "package"});
    record.scale_kind = kind;
    Texts all{"10; 9.50 from 5; 8 from 12", "10 to 5; 12 to 12; 15", "7.5 to 10; 5 to 100",
              "20; 15.25 from 1; 12.5 from 10; 10 from 100"};
    if (kind == "whole") all.push_back("9 from 1; 8 from 5");
    if (!is_percent) all.insert(all.end(), {"10 + 2 to 10; 5 + 3", "1.5 + 4; 1.25 + 1 from 5"});
    record.scale = kind == "package"
                       ? draw_.of(Texts{"4.50 per 10 after 2", "1.25 per 3", "20 per 0.5"})
                       : draw_.of(all);
    record.value.clear();
    const bool plain = kind != "package" && record.scale.find('+') == std::string::npos;
    if (!plain && !packages_by_price_unit) record.price_unit = 1;
  }

  void set_more(oracle::RecordRow& record, const oracle::TypeRule& type) {
    const bool is_percent = type.value == "percent";
    if (draw_.percent(25)) record.when = some_condition(type);
    const bool plain = !is_percent || percent_formulas;
    if (plain && draw_.percent(15)) {
      record.formula = some_formula(type);
      record.value.clear();
    } else if (draw_.percent(15)) {
      set_scale(record, is_percent);
    }
    if (type.calculation != "none") return set_applied(record, type);
    for (const std::string& name : type.parameters) {
      if (draw_.percent(30))
        record.parameters.emplace_back(name, draw_.of(Texts{"1.5", "0", "10", "-2.25"}));
    }
  }

  void set_applied(oracle::RecordRow& record, const oracle::TypeRule& type) {
    if (!record.value.empty()) {
      record.value = type.value == "percent"
                         ? draw_.of(Texts{"10", "5", "12.5", "33.333", "100", "10", "-5", "50"})
                         : draw_.of(Texts{"5", "0.99", "10", "1", "20", "-2", "3.333", "0"});
    }
    const auto give = [&](const std::string& name, unsigned chance, const Texts& values) {
      const bool known = std::ranges::find(type.parameters, name) != type.parameters.end();
      if (known && draw_.percent(chance)) record.parameters.emplace_back(name, draw_.of(values));
    };
    give("extra", 30, {"1.5", "0", "10"});
    if (type.calculation == "percent" || type.calculation == "per_unit" ||
        type.calculation == "new_price") {
      give("max_units", 25, {"2", "5", "0.5", "0"});
      give("unit_step", 20, {"2", "3", "0.5"});
    }
    if (type.calculation == "buy_get") {
      give("buy", 100, {"1", "2", "3", "0"});
      give("get", 100, {"1", "1", "2"});
      give("groups", 30, {"1", "2", "5"});
      if (over_line_ && !pools_of_one_line) record.flags_set.insert("per_line");
      if (draw_.percent(20)) record.buy_when = some_condition(type);
    }
    if (type.calculation == "free_goods") {
      give("get", 60, {"1", "2", "0.5"});
      give("every", 60, {"5", "10", "2", "0.25"});
      if (draw_.percent(40)) record.free_article = draw_.of(world_.articles).code;
    }
    for (const char* flag : {"exclusive", "stop", "stackable", "on_original", "on_running",
                             "partial_group", "per_line"}) {
      if (draw_.percent(12)) record.flags_set.insert(flag);
    }
    const bool whole_groups =
        record.flags_set.contains("per_line") && !record.flags_set.contains("partial_group");
    if (whole_groups && draw_.percent(40)) record.flags_set.insert("per_group");
  }

  void make_record() {
    const oracle::AccessRule& access = some_access();
    oracle::RecordRow record;
    record.type = access.type;
    for (const std::string& field : access.keys) {
      const auto constants = access.constants.find(field);
      const bool constant = constants != access.constants.end() && draw_.percent(60);
      std::string code = constant ? draw_.of(constants->second) : key_value(field);
      if (code == "CG9") code = "CG1";  // rules may name a group that no one has put
      record.keys.emplace_back(field, std::move(code));
    }
    const std::string& kind = rules_.types.at(record.type).value;
    set_document(record);
    const oracle::DocumentRow* document = oracle::document_of(world_, record);
    const bool has_default = document != nullptr && !document->currency.empty();
    const bool needs_currency = kind == "price" || kind == "amount";
    if ((needs_currency && (!has_default || draw_.percent(40))) || draw_.percent(10)) {
      record.currency = draw_.of(Texts{"EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "JPY", "KWD"});
    }
    record.value = some_value(kind);
    if (draw_.percent(35))
      record.unit = draw_.of(Texts{"PCE", "PCE", "KG", "BOX", "BOX", "PAL", "THD", "BIG"});
    record.price_unit = kind == "price" && draw_.percent(30)
                            ? static_cast<int>(draw_.of(std::vector<int>{100, 1000, 7, 1'000'000}))
                            : 1;
    set_quantities(record);
    record.validity = some_span();
    record.rank = draw_.between(0, 2);
    set_flags(record);
    if (plan_.whole_language) set_more(record, rules_.types.at(record.type));
    record.line = static_cast<std::uint32_t>(world_.records.size() + 2);
    // Others are known by their value alone, which these are not.
    const bool has_more = record.value.empty() || !record.when.empty() ||
                          !record.buy_when.empty() || !record.parameters.empty();
    if (has_more || draw_.percent(40)) {
      record.feed = draw_.of(Texts{"prices", "offers"});
      record.key = (draw_.percent(50) ? "K" : "") + std::to_string(world_.records.size());
    }
    if (is_new(record)) world_.records.push_back(std::move(record));
  }

  bool is_new(const oracle::RecordRow& record) {
    if (!record.key.empty()) return true;  // numbered, so unique
    const oracle::DocumentRow* document = oracle::document_of(world_, record);
    auto keys = record.keys;
    std::ranges::sort(keys);
    std::string identity =
        record.type + "|" + (document == nullptr ? "" : document->kind + document->code);
    for (const auto& [field, code] : keys)
      identity.append("|").append(field).append("=").append(code);
    identity +=
        "|" +
        (record.currency.empty() && document != nullptr ? document->currency : record.currency) +
        "|" + record.unit;
    identity += "|" + oracle::text_of(oracle::number(record.from_quantity)) + "|" +
                std::to_string(record.validity.from) + "|" + record.when;
    return identities_.insert(identity).second;
  }

 private:
  Minutes some_start() { return draw_.percent(50) ? oracle::open_start : draw_.of(borders()); }

  oracle::Span some_span() {
    oracle::Span span{some_start(), oracle::open_end};
    if (draw_.percent(45)) span.to = draw_.of(borders());
    if (span.from >= span.to) span.to = span.from + draw_.between(1, oracle::minutes_a_day);
    return span;
  }

  const oracle::Rules& rules_;
  const WorldPlan& plan_;
  Draw& draw_;
  World& world_;
  bool over_line_ = false;  // a step applies records to each line by itself
  std::set<std::string> identities_;
};

}  // namespace

bool may_sum(const oracle::Rules& rules) {
  if (order_finds_see_lines) return true;
  for (const oracle::ProcedureRule& procedure : rules.procedures) {
    for (const oracle::StepRule& step : procedure.steps) {
      if (step.of_order && step.find) return false;
      // A line that a tie closes on one level is missing from the sums of the next.
      if (step.find && !step.apply && step.find->refuses_ties) return false;
    }
  }
  return true;
}

void make_records(const oracle::Rules& rules, const WorldPlan& plan, Draw& draw, World& world) {
  RecordMaker maker{rules, plan, draw, world};
  for (int i = 0; i < plan.records; ++i) maker.make_record();
}

}  // namespace property
