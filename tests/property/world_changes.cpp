// Of world_maker.hpp: the same facts in another order, and other facts under the same codes.
#include "tests/property/world_maker.hpp"

#include <set>

namespace property {

namespace {

using oracle::day;

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
  draw.shuffle(world.rates);
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
    record.scale.clear();
    record.formula.clear();
    record.price_unit = 10;
    record.rank = 5;
    record.to_quantity = "1000";
    record.flags_set = {"stackable"};
    record.flags_cleared = {"discountable"};
    for (auto& [field, code] : record.keys) {
      if (!record.key.empty() && field == "article") code = draw.of(world.articles).code;
    }
  }
  for (auto& row : world.rates) row.rate = "2";
  for (auto& row : world.stock) row.on_hand = "55";
  for (auto& row : world.receipts) row.quantity = "3";
  return world;
}

}  // namespace property
