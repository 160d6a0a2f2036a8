#include "tests/property/world_maker.hpp"

#include "tests/oracle/masters.hpp"
#include "tests/property/record_maker.hpp"

#include <set>

namespace property {

using oracle::day;
using oracle::Minutes;
using oracle::Texts;
using oracle::World;

const std::vector<Minutes>& borders() {
  static const std::vector<Minutes> all{day(2024, 2, 28), day(2024, 2, 29),
                                        day(2024, 3, 1),  day(2024, 12, 31),
                                        day(2025, 1, 1),  day(2026, 6, 15) + 870};
  return all;
}

const Texts& values_of(const std::string& field) {
  static const Texts countries{"SE", "DE", ""};
  static const Texts organisations{"1000", "2000"};
  static const Texts tiers{"gold", "silver", ""};
  static const Texts regions{"north", "south"};
  static const Texts brands{"acme", "zeta"};
  static const Texts channels{"shop", "phone"};
  static const Texts levels{"1", "5", "3.5", "0"};
  static const Texts truths{"true", "false"};
  static const Texts days{"2024-02-29", "2025-01-01", "2026-06-15"};
  static const Texts weights{"2", "0.5", "10", "0"};
  if (field == "country") return countries;
  if (field == "sales_organisation") return organisations;
  if (field == "tier") return tiers;
  if (field == "region") return regions;
  if (field == "brand") return brands;
  if (field == "level" || field == "credit") return levels;
  if (field == "express" || field == "hot") return truths;
  if (field == "order_day") return days;
  if (field == "weight") return weights;
  return channels;
}

namespace {

class WorldMaker {
 public:
  WorldMaker(const oracle::Rules& rules, const WorldPlan& plan, Draw& draw)
      : rules_{rules}, plan_{plan}, draw_{draw} {}

  World make() {
    world_.currencies = {{"EUR", 2}, {"JPY", 0}, {"KWD", 3}};
    world_.warehouses = {"W1", "W2"};
    world_.article_groups = tree("AG", 5);
    world_.customer_groups = tree("CG", 5);
    for (auto& group : world_.customer_groups) group.rank = draw_.between(0, 3);
    make_articles();
    make_documents();
    make_customers();
    make_assignments();
    if (plan_.whole_language) make_rates();
    make_records(rules_, plan_, draw_, world_);
    make_supply();
    return std::move(world_);
  }

 private:
  std::vector<oracle::GroupRow> tree(const std::string& prefix, int count) {
    std::vector<oracle::GroupRow> groups;
    for (int i = 1; i <= count; ++i) {
      const bool rooted = i == 1 || draw_.percent(40);
      groups.push_back(
          {prefix + std::to_string(i), rooted ? "" : groups[draw_.below(groups.size())].code, 0});
    }
    return groups;
  }

  template <class Row>
  Texts some_codes(const std::vector<Row>& rows, std::size_t most) {
    Texts codes;
    for (std::size_t i = draw_.below(most + 1); i > 0; --i) {
      const std::string& code = draw_.of(rows).code;
      if (!oracle::contains(codes, code)) codes.push_back(code);
    }
    return codes;
  }

  void make_articles() {
    const std::vector<oracle::UnitRow> units{
        {"BOX", 12, 1}, {"PAL", 1000, 7}, {"THD", 1, 3}, {"BIG", 1'000'000'000, 999'999'937}};
    for (int i = 1; i <= 7; ++i) {
      oracle::ArticleRow& article = world_.articles.emplace_back();
      article.code = "A" + std::to_string(i);
      article.base_unit = draw_.of(Texts{"PCE", "KG", ""});
      article.groups = some_codes(world_.article_groups, 3);
      for (const oracle::UnitRow& unit : units) {
        const bool finite = unit.denominator == 1;
        if (draw_.percent(40) && (finite || exact_counts || !counts_over_lines()))
          article.units.push_back(unit);
      }
      if (draw_.percent(70)) article.attributes.emplace_back("brand", draw_.of(values_of("brand")));
      article.safety_stock = draw_.of(Texts{"0", "0", "5", "0.000001"});
      if (plan_.whole_language) describe(article);
    }
  }

  bool counts_over_lines() const {
    for (const oracle::ProcedureRule& procedure : rules_.procedures) {
      for (const oracle::StepRule& step : procedure.steps) {
        if (step.find && step.find->counted != "line") return true;
      }
    }
    return false;
  }

  void describe(oracle::ArticleRow& article) {
    for (const char* field : {"weight", "hot"}) {
      if (draw_.percent(60)) article.attributes.emplace_back(field, draw_.of(values_of(field)));
    }
    if (draw_.percent(20)) article.status = "ended";
    if (draw_.percent(40)) article.max_quantity = draw_.of(Texts{"10", "100", "0.5"});
    if (draw_.percent(20)) article.min_quantity = "2";
  }

  // Both ways, by two kinds, and over a third currency.
  void make_rates() {
    const Texts kinds{"", "", "special"};
    world_.rates.push_back({"EUR", "KWD", "", "0.31", 1, oracle::open_start});
    std::set<std::string> seen{"EURKWD"};
    for (int i = draw_.between(0, 5); i > 0; --i) {
      oracle::RateRow row;
      row.from = draw_.of(world_.currencies).code;
      row.to = draw_.of(world_.currencies).code;
      row.kind = draw_.of(kinds);
      row.rate = draw_.of(Texts{"1.25", "0.0062", "160.5", "3.3333"});
      row.per = draw_.of(std::vector<int>{1, 1, 100});
      if (draw_.percent(40)) row.start = draw_.of(borders());
      const bool is_new =
          row.from != row.to &&
          seen.insert(row.from + row.to + row.kind +
                      (row.start == oracle::open_start ? "" : std::to_string(row.start)))
              .second;
      if (is_new) world_.rates.push_back(row);
    }
  }

  Minutes some_start() { return draw_.percent(50) ? oracle::open_start : draw_.of(borders()); }

  oracle::Span some_span() {
    oracle::Span span{some_start(), oracle::open_end};
    if (draw_.percent(45)) span.to = draw_.of(borders());
    if (span.from >= span.to) span.to = span.from + draw_.between(1, oracle::minutes_a_day);
    return span;
  }

  void make_documents() {
    // Numbers that sort otherwise as text, and one code for documents of two kinds.
    for (const char* code : {"9", "10", "010", "LX"}) {
      world_.documents.push_back({"price_list",
                                  code,
                                  draw_.of(Texts{"", "EUR", "JPY"}),
                                  some_span(),
                                  draw_.between(0, 3),
                                  draw_.percent(30),
                                  {}});
    }
    for (const char* code : {"FA1", "FA2", "10"}) {
      world_.documents.push_back(
          {"agreement", code, draw_.of(Texts{"", "EUR"}), some_span(), 0, draw_.percent(30), {}});
    }
    for (const char* code : {"PR1", "7"}) {
      world_.documents.push_back({"promotion",
                                  code,
                                  draw_.of(Texts{"", "EUR"}),
                                  some_span(),
                                  draw_.between(0, 2),
                                  draw_.percent(20),
                                  {}});
    }
    if (!plan_.whole_language) return;
    for (oracle::DocumentRow& document : world_.documents) {
      document.refuses_merge = document.kind == "price_list" && draw_.percent(25);
      if (document.kind == "price_list" && &document != &world_.documents.front() &&
          draw_.percent(40))
        document.based_on = (&document - 1)->code;
      if (document.kind != "agreement" && draw_.percent(25))
        document.when = draw_.of(
            Texts{"tier == 'gold'", "quantity > 1", "has(region)", "country != 'DE' && !express",
                  "about > 10", "spent >= 20",
                  may_sum(rules_) ? "lines.count(l, quantity > 1) >= 1" : "base_quantity >= 2"});
    }
  }

  void make_customers() {
    for (int i = 1; i <= 5; ++i) {
      oracle::CustomerRow& customer = world_.customers.emplace_back();
      customer.code = "C" + std::to_string(i);
      if (i > 1 && draw_.percent(50))
        customer.parent = "C" + std::to_string(draw_.between(1, i - 1));
      customer.currency = draw_.of(Texts{"EUR", "EUR", "EUR", "EUR", "JPY", ""});
      customer.groups = some_codes(world_.customer_groups, 3);
      for (const char* list : {"9", "10", "010", "LX"}) {
        if (draw_.percent(25)) customer.price_lists.emplace_back(list);
      }
      draw_.shuffle(customer.price_lists);
      if (draw_.percent(70))
        customer.attributes.emplace_back("country", draw_.of(values_of("country")));
      if (draw_.percent(50))
        customer.attributes.emplace_back("region", draw_.of(values_of("region")));
      if (plan_.whole_language && draw_.percent(60))
        customer.attributes.emplace_back("credit", draw_.of(values_of("credit")));
    }
    for (oracle::DocumentRow& document : world_.documents) {
      if (document.kind == "agreement" && draw_.percent(50))
        document.customers = some_codes(world_.customers, 2);
    }
  }

  void make_assignments() {
    std::set<std::string> seen;
    for (const oracle::CustomerRow& customer : world_.customers) {
      for (const std::string& list : customer.price_lists)
        seen.insert(list + "|" + customer.code + "||" + std::to_string(oracle::open_start));
    }
    for (int i = 0; i < 9; ++i) {
      oracle::AssignmentRow row;
      row.price_list = draw_.of(Texts{"9", "10", "010", "LX"});
      if (draw_.percent(30)) {
        row.customer = draw_.of(world_.customers).code;
      } else if (draw_.percent(75)) {
        row.customer_group = draw_.of(world_.customer_groups).code;
      }
      if (draw_.percent(70)) row.rank = draw_.between(0, 3);
      row.validity = some_span();
      const auto identity = row.price_list + "|" + row.customer + "|" + row.customer_group + "|" +
                            std::to_string(row.validity.from);
      if (seen.insert(identity).second) world_.assignments.push_back(row);
    }
  }

  void make_supply() {
    for (const oracle::ArticleRow& article : world_.articles) {
      for (const std::string& warehouse : world_.warehouses) {
        if (!draw_.percent(60)) continue;
        world_.stock.push_back({article.code, warehouse,
                                draw_.of(Texts{"0", "1", "9", "10", "100", "5.5"}),
                                draw_.of(Texts{"0", "1", "4", "20"})});
      }
      for (int i = draw_.between(0, 3); i > 0; --i) {
        world_.receipts.push_back(
            {article.code, draw_.of(Texts{"", "W1"}), "PO" + std::to_string(i),
             draw_.of(borders()) + draw_.of(std::vector<int>{0, -1, 60, 1440}),
             draw_.of(Texts{"0", "1", "10", "0.5", "1000"})});
      }
    }
  }

  const oracle::Rules& rules_;
  const WorldPlan& plan_;
  Draw& draw_;
  World world_;
};

}  // namespace

oracle::World make_world(const oracle::Rules& rules, const WorldPlan& plan, Draw& draw) {
  return WorldMaker{rules, plan, draw}.make();
}

}  // namespace property
