#include "tests/property/world_maker.hpp"

#include "tests/oracle/masters.hpp"
#include "tests/oracle/numbers.hpp"

#include <algorithm>
#include <set>

namespace property {

namespace {

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
  if (field == "country") return countries;
  if (field == "sales_organisation") return organisations;
  if (field == "tier") return tiers;
  if (field == "region") return regions;
  if (field == "brand") return brands;
  return channels;
}

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
    for (int i = 0; i < plan_.records; ++i) make_record();
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
        if (draw_.percent(40)) article.units.push_back(unit);
      }
      if (draw_.percent(70)) article.attributes.emplace_back("brand", draw_.of(values_of("brand")));
      article.safety_stock = draw_.of(Texts{"0", "0", "5", "0.000001"});
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
      world_.documents.push_back(
          {"promotion", code, draw_.of(Texts{"", "EUR"}), some_span(), 0, draw_.percent(20), {}});
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

  // ---- condition records
  // --------------------------------------------------------------------------

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
    if (draw_.percent(25)) {
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
    record.line = static_cast<std::uint32_t>(world_.records.size() + 2);
    if (draw_.percent(40)) {
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
                std::to_string(record.validity.from);
    return identities_.insert(identity).second;
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
  std::set<std::string> identities_;
};

// Aims at the borders of one record of the world.
class AskMaker {
 public:
  AskMaker(const World& world, Draw& draw) : world_{world}, draw_{draw} {}

  oracle::Ask make(std::size_t lines) {
    oracle::Ask ask;
    ask.customer = draw_.of(world_.customers).code;
    if (const auto* aimed = aim(); aimed != nullptr && draw_.percent(40)) {
      if (const std::string* customer = oracle::key_of(*aimed, "customer"))
        ask.customer = *customer;
    }
    const auto* customer = oracle::find_code(world_.customers, ask.customer);
    if (customer->currency.empty() || draw_.percent(30))
      ask.currency = draw_.of(Texts{"EUR", "EUR", "EUR", "JPY", "KWD"});
    ask.date = some_date(aim());
    for (const char* field : {"sales_organisation", "tier", "country", "region", "channel"}) {
      if (draw_.percent(45))
        ask.fields.emplace_back(field,
                                draw_.percent(90) ? draw_.of(values_of(field)) : "never seen");
    }
    returns_ = draw_.percent(20);
    if (returns_ || draw_.percent(10))
      ask.fields.emplace_back("document_kind", returns_ ? "return" : "order");
    for (std::size_t i = 0; i < lines; ++i) ask.lines.push_back(line());
    return ask;
  }

 private:
  const oracle::RecordRow* aim() {
    return world_.records.empty() ? nullptr : &draw_.of(world_.records);
  }

  Minutes some_date(const oracle::RecordRow* record) {
    Minutes date = draw_.of(borders());
    if (record != nullptr && record->validity.from != oracle::open_start)
      date = record->validity.from;
    if (record != nullptr && record->validity.to != oracle::open_end && draw_.percent(50))
      date = record->validity.to;
    return date + draw_.of(std::vector<int>{0, 0, -1, 1, 700});
  }

  std::string some_quantity(const oracle::RecordRow* record) {
    if (draw_.percent(6))
      return draw_.of(Texts{"0", "abc", "", "1.0000001", "-1", "1000000000", "1000000001", "-0",
                            "1e3", "99999999999999999999999999999999999999999"});
    std::string border = "1";
    if (record != nullptr && record->from_quantity != "0") border = record->from_quantity;
    if (record != nullptr && record->to_quantity && draw_.percent(50))
      border = *record->to_quantity;
    oracle::Rational quantity =
        oracle::number(border) +
        oracle::number(draw_.of(Texts{"0", "0", "1", "-1", "0.000001", "-0.000001", "2.5"}));
    if (quantity == 0) quantity = 1;
    if (quantity < 0) quantity = -quantity;
    if (draw_.percent(returns_ ? 50 : 3)) quantity = -quantity;
    return oracle::text_of(quantity);
  }

  oracle::LineAsk line() {
    const oracle::RecordRow* record = aim();
    oracle::LineAsk made;
    made.article = draw_.of(world_.articles).code;
    if (record != nullptr) {
      if (const std::string* article = oracle::key_of(*record, "article")) made.article = *article;
    } else {
      made.article = world_.articles.front().code;
    }
    made.quantity = some_quantity(record);
    const auto* article = oracle::find_code(world_.articles, made.article);
    if (!article->units.empty() && draw_.percent(40)) made.unit = draw_.of(article->units).unit;
    if (draw_.percent(10)) made.unit = article->base_unit;
    if (draw_.percent(2)) made.article = "A999";
    if (draw_.percent(2)) made.unit = draw_.of(Texts{"XXX", "PAL"});
    if (draw_.percent(15))
      made.agreement =
          draw_.of(Texts{"FA1", "FA2", "10", record != nullptr ? record->agreement : ""});
    if (draw_.percent(2)) made.agreement = "FA999";
    if (draw_.percent(40)) made.date = some_date(record);
    return made;
  }

  const World& world_;
  Draw& draw_;
  bool returns_ = false;
};

// Rows of a tree in a new order with every parent before its children.
template <class Row>
std::vector<Row> parents_first(std::vector<Row> rows) {
  std::vector<Row> sorted;
  std::set<std::string> known{""};
  while (sorted.size() < rows.size()) {
    for (const Row& row : rows) {
      if (known.contains(row.code) || !known.contains(row.parent)) continue;
      known.insert(row.code);
      sorted.push_back(row);
    }
  }
  return sorted;
}

}  // namespace

oracle::World make_world(const oracle::Rules& rules, const WorldPlan& plan, Draw& draw) {
  return WorldMaker{rules, plan, draw}.make();
}

oracle::Ask make_ask(const oracle::World& world, Draw& draw, std::size_t lines) {
  return AskMaker{world, draw}.make(lines);
}

oracle::World shuffled(oracle::World world, Draw& draw) {
  draw.shuffle(world.currencies);
  draw.shuffle(world.article_groups);
  draw.shuffle(world.customer_groups);
  draw.shuffle(world.customers);
  world.article_groups = parents_first(std::move(world.article_groups));
  world.customer_groups = parents_first(std::move(world.customer_groups));
  world.customers = parents_first(std::move(world.customers));
  draw.shuffle(world.articles);
  draw.shuffle(world.documents);
  draw.shuffle(world.assignments);
  draw.shuffle(world.records);
  draw.shuffle(world.stock);
  draw.shuffle(world.receipts);
  for (oracle::ArticleRow& article : world.articles) draw.shuffle(article.groups);
  for (oracle::CustomerRow& customer : world.customers) draw.shuffle(customer.groups);
  for (oracle::RecordRow& record : world.records) draw.shuffle(record.keys);
  return world;
}

oracle::World disturbed(oracle::World world, Draw& draw) {
  const oracle::Span other_span{draw.of(borders()), oracle::open_end};
  const auto other_parents = [&draw](auto& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i].parent = i > 0 && draw.percent(50) ? rows[draw.below(i)].code : "";
  };
  other_parents(world.article_groups);
  other_parents(world.customer_groups);
  other_parents(world.customers);
  for (auto& group : world.customer_groups) group.rank = draw.between(0, 3);
  for (auto& article : world.articles) {
    article.groups = {draw.of(world.article_groups).code};
    article.attributes.clear();
    article.safety_stock = "3";
  }
  for (auto& customer : world.customers) {
    customer.currency = "KWD";
    customer.groups = {draw.of(world.customer_groups).code};
    customer.price_lists = {"9", "LX"};
    customer.attributes = {{"country", "DE"}};
  }
  for (auto& document : world.documents) {
    document.rank = draw.between(0, 9);
    document.refuses_discounts = draw.percent(50);
    document.validity = other_span;
    document.customers.clear();
  }
  for (auto& assignment : world.assignments) {
    assignment.rank = draw.between(0, 9);
    assignment.validity.to = assignment.validity.from == oracle::open_start
                                 ? day(2025, 1, 1)
                                 : assignment.validity.from + 1;
  }
  for (auto& record : world.records) {
    record.value = "77.7";
    record.price_unit = 10;
    record.rank = 5;
    record.to_quantity = "1000";
    record.flags_set = {"stackable"};
    record.flags_cleared = {"discountable"};
    for (auto& [field, code] : record.keys) {
      if (!record.key.empty() && field == "article") code = draw.of(world.articles).code;
    }
  }
  for (auto& row : world.stock) row.on_hand = "55";
  for (auto& row : world.receipts) row.quantity = "3";
  return world;
}

}  // namespace property
