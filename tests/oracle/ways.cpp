#include "tests/oracle/ways.hpp"

#include <algorithm>

namespace oracle {

namespace {

std::vector<Way> customer_ways(const OpenLine& line, const AccessRule& access) {
  std::vector<Way> ways;
  int distance = 0;
  for (const CustomerRow* customer = &line.customer; customer != nullptr; ++distance) {
    ways.push_back({customer->code, 0, distance, {}});
    if (!access.parents) break;
    customer = find_code(line.world.customers, customer->parent);
  }
  return ways;
}

std::vector<Way> group_ways(const Texts& own, const std::vector<GroupRow>& groups, bool ancestors) {
  std::vector<Way> ways;
  for (const auto& [code, distance] : groups_reached(own, groups)) {
    if (distance == 0 || ancestors)
      ways.push_back({code, find_code(groups, code)->rank, distance, {}});
  }
  return ways;
}

Way list_way(const OpenLine& line, const std::string& code, int rank, int distance,
             const Span& given) {
  const Span own = find_document(line.world, "price_list", code)->validity;
  return {code, rank, distance, {std::max(given.from, own.from), std::min(given.to, own.to)}};
}

// The list, the one that it is based on, and so on: as long as all of them hold.
std::vector<Way> with_bases(const OpenLine& line, const AccessRule& access,
                            const std::vector<Way>& lists) {
  std::vector<Way> ways;
  for (Way way : lists) {
    ways.push_back(way);
    if (!access.bases) continue;
    const DocumentRow* list = find_document(line.world, "price_list", way.code);
    while (!list->based_on.empty()) {
      list = find_document(line.world, "price_list", list->based_on);
      way = list_way(line, list->code, way.rank, way.distance + 1, way.validity);
      ways.push_back(way);
    }
  }
  return ways;
}

std::vector<Way> list_ways(const OpenLine& line, const AccessRule& access) {
  std::vector<Way> ways;
  const auto wanted = [&](const char* via) { return access.lists == "any" || access.lists == via; };
  if (wanted("customer")) {
    int rank = 0;
    for (const std::string& list : line.customer.price_lists)
      ways.push_back(list_way(line, list, ++rank, 0, {}));
  }
  const auto groups = groups_reached(line.customer.groups, line.world.customer_groups);
  for (const AssignmentRow& row : line.world.assignments) {
    const int rank =
        row.rank.value_or(find_document(line.world, "price_list", row.price_list)->rank);
    int distance = 0;
    if (!row.customer.empty()) {
      if (row.customer != line.customer.code || !wanted("customer")) continue;
    } else if (!row.customer_group.empty()) {
      const auto group = groups.find(row.customer_group);
      if (group == groups.end() || !wanted("group")) continue;
      distance = group->second;
      if (distance > 0 && !access.ancestors) continue;
    } else if (!wanted("everyone")) {
      continue;
    }
    ways.push_back(list_way(line, row.price_list, rank, distance, row.validity));
  }
  return ways;
}

std::vector<Way> attribute_ways(const Pairs& attributes, const std::string& field) {
  std::vector<Way> ways;
  for (const auto& [name, value] : attributes) {
    if (name == field) ways.push_back({value, 0, 0, {}});
  }
  return ways;
}

std::vector<Way> ways_to(const OpenLine& line, const AccessRule& access, const std::string& field) {
  if (const auto constant = access.constants.find(field); constant != access.constants.end()) {
    std::vector<Way> ways;
    for (const std::string& code : constant->second) {
      if (field != "price_list") {
        ways.push_back({code, 0, 0, {}});
      } else if (const DocumentRow* list = find_document(line.world, "price_list", code)) {
        ways.push_back(list_way(line, code, list->rank, 0, {}));
      }
    }
    return field == "price_list" ? with_bases(line, access, ways) : ways;
  }
  if (field == "article") return {{line.article.code, 0, 0, {}}};
  if (field == "article_group") {
    auto ways = group_ways(line.article.groups, line.world.article_groups, access.ancestors);
    for (Way& way : ways) way.rank = 0;
    return ways;
  }
  if (line.rules.article_fields.contains(field))
    return attribute_ways(line.article.attributes, field);
  if (field == "customer") return customer_ways(line, access);
  if (field == "customer_group")
    return group_ways(line.customer.groups, line.world.customer_groups, access.ancestors);
  if (field == "price_list") return with_bases(line, access, list_ways(line, access));
  for (const Pairs* given : {line.own_fields, &line.ask.fields}) {
    if (given == nullptr) continue;
    for (const auto& [name, value] : *given) {
      if (name == field) return {{value, 0, 0, {}}};
    }
  }
  return attribute_ways(line.customer.attributes, field);
}

bool same_fields(const RecordRow& record, const AccessRule& access) {
  if (record.type != access.type || record.keys.size() != access.keys.size()) return false;
  return std::all_of(access.keys.begin(), access.keys.end(),
                     [&](const std::string& field) { return key_of(record, field) != nullptr; });
}

}  // namespace

// All ways to all of the record's keys at once. A list's rank counts before a group's.
std::vector<Way> ways_to_record(const OpenLine& line, const AccessRule& access,
                                const RecordRow& record) {
  if (!same_fields(record, access)) return {};
  const bool by_list = key_of(record, "price_list") != nullptr;
  std::vector<Way> whole{Way{}};
  for (const auto& [field, code] : record.keys) {
    std::vector<Way> next;
    for (const Way& way : ways_to(line, access, field)) {
      if (way.code != code) continue;
      const bool ranks = field == (by_list ? "price_list" : "customer_group");
      for (const Way& so_far : whole) {
        next.push_back({"",
                        ranks ? way.rank : so_far.rank,
                        so_far.distance + way.distance,
                        {std::max(so_far.validity.from, way.validity.from),
                         std::min(so_far.validity.to, way.validity.to)}});
      }
    }
    whole = std::move(next);
  }
  return whole;
}

}  // namespace oracle
