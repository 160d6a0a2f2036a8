#include "tests/oracle/search.hpp"

#include <algorithm>
#include <tuple>

namespace oracle {

namespace {

// A way in which a question comes to a key's value.
struct Way {
  std::string code;
  int rank = 0;
  int distance = 0;
  Span validity;
};

struct Candidate {
  const RecordRow* record = nullptr;
  const AccessRule* access = nullptr;
  int list_rank = 0;
  int distance = 0;
};

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
    return ways;
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
  if (field == "price_list") return list_ways(line, access);
  for (const auto& [name, value] : line.ask.fields) {
    if (name == field) return {{value, 0, 0, {}}};
  }
  return attribute_ways(line.customer.attributes, field);
}

bool same_fields(const RecordRow& record, const AccessRule& access) {
  if (record.type != access.type || record.keys.size() != access.keys.size()) return false;
  return std::all_of(access.keys.begin(), access.keys.end(),
                     [&](const std::string& field) { return key_of(record, field) != nullptr; });
}

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

std::string currency_of(const OpenLine& line, const RecordRow& record) {
  if (!record.currency.empty()) return record.currency;
  const DocumentRow* document = document_of(line.world, record);
  return document == nullptr ? "" : document->currency;
}

bool agreement_fits(const OpenLine& line, const AccessRule& access, const RecordRow& record) {
  const DocumentRow* document = document_of(line.world, record);
  const bool of_agreement = document != nullptr && document->kind == "agreement";
  if (access.agreement == "none" && of_agreement) return false;
  if (access.agreement == "allowed" && !of_agreement) return false;
  if (access.agreement == "asked" &&
      (line.agreement.empty() || !of_agreement || document->code != line.agreement))
    return false;
  return !of_agreement || document->customers.empty() ||
         contains(document->customers, line.customer.code);
}

bool quantity_fits(const OpenLine& line, const RecordRow& record) {
  Rational counted = line.quantity < 0 ? Rational{-line.quantity} : line.quantity;
  if (!is_bound(line.article, record)) counted *= line.content;
  if (counted < number(record.from_quantity)) return false;
  return !record.to_quantity || counted <= number(*record.to_quantity);
}

// Everything but time.
bool fits(const OpenLine& line, const AccessRule& access, const RecordRow& record) {
  const std::string currency = currency_of(line, record);
  if (!currency.empty() && currency != line.currency) return false;
  if (is_bound(line.article, record) && record.unit != line.unit) return false;
  return quantity_fits(line, record) && agreement_fits(line, access, record);
}

void collect(const OpenLine& line, const AccessRule& access, std::vector<Candidate>& candidates,
             Minutes& until) {
  for (const RecordRow& record : line.world.records) {
    for (const Way& way : ways_to_record(line, access, record)) {
      if (!fits(line, access, record)) continue;
      const Span span{std::max(record.validity.from, way.validity.from),
                      std::min(record.validity.to, way.validity.to)};
      if (span.holds(line.date)) {
        until = std::min(until, span.to);
        candidates.push_back({&record, &access, way.rank, way.distance});
      } else if (line.date < span.from && span.from < span.to) {
        until = std::min(until, span.from);
      }
    }
  }
}

// ---- comparators: negative where a comes first
// ------------------------------------------------------

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int first_with(bool a, bool b) { return a == b ? 0 : (a ? -1 : 1); }

// Numbers of any length first, by value; then text.
int number_order(const std::string& a, const std::string& b) {
  const auto is_number = [](const std::string& code) {
    return !code.empty() &&
           std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (is_number(a) != is_number(b)) return is_number(a) ? -1 : 1;
  if (!is_number(a)) return order(a, b);
  const int by_value = order(number(a), number(b));
  return by_value != 0 ? by_value : order(a.size(), b.size());
}

Rational comparable(const OpenLine& line, const RecordRow& record) {
  const Rational value = value_of(line, record);
  const bool is_price = line.rules.types.at(record.type).value == "price";
  return is_price ? for_one_ordered(line, record, value) : value;
}

Rational threshold_in_base_units(const OpenLine& line, const RecordRow& record) {
  const Rational threshold = number(record.from_quantity);
  return is_bound(line.article, record) ? Rational{threshold * line.content} : threshold;
}

Minutes document_start(const OpenLine& line, const RecordRow& record) {
  const DocumentRow* document = document_of(line.world, record);
  return document == nullptr ? open_start : document->validity.from;
}

bool is_dated(const RecordRow& record) {
  return record.validity.from != open_start || record.validity.to != open_end;
}

int order_documents(const OpenLine& line, const RecordRow& a, const RecordRow& b, bool as_number) {
  const DocumentRow* x = document_of(line.world, a);
  const DocumentRow* y = document_of(line.world, b);
  if (x == nullptr || y == nullptr) return first_with(x != nullptr, y != nullptr);
  return as_number ? number_order(x->code, y->code) : order(x->code, y->code);
}

// What a record is known by where it has no external key: all that its identity is made of, then
// what it says.
auto identity(const OpenLine& line, const RecordRow& record) {
  Texts values;
  for (const bool article_side : {false, true}) {
    for (const std::string& field : line.rules.field_order) {
      if (line.rules.article_fields.contains(field) != article_side) continue;
      if (const std::string* code = key_of(record, field)) values.push_back(*code);
    }
  }
  return std::tuple{record.type,
                    values,
                    currency_of(line, record),
                    record.unit,
                    number(record.from_quantity),
                    record.validity.from,
                    text_of(value_of(line, record)),
                    record.price_unit};
}

int order_record_keys(const OpenLine& line, const RecordRow& a, const RecordRow& b,
                      bool as_number) {
  if (a.key.empty() != b.key.empty()) return first_with(!a.key.empty(), !b.key.empty());
  const int by_key = as_number ? number_order(a.key, b.key) : order(a.key, b.key);
  return by_key != 0 ? by_key : order(identity(line, a), identity(line, b));
}

int compare(const ChoiceRule& choice, const OpenLine& line, const Candidate& a,
            const Candidate& b) {
  const RecordRow& x = *a.record;
  const RecordRow& y = *b.record;
  if (choice.by == "rank") {
    const int by_list = order(a.list_rank, b.list_rank);
    return by_list != 0 ? by_list : order(x.rank, y.rank);
  }
  if (choice.by == "nearest") return order(a.distance, b.distance);
  if (choice.by == "most_fields") return order(b.access->keys.size(), a.access->keys.size());
  if (choice.by == "dated") return first_with(is_dated(x), is_dated(y));
  if (choice.by == "currency_bound")
    return first_with(!currency_of(line, x).empty(), !currency_of(line, y).empty());
  if (choice.by == "unit_bound") return first_with(!x.unit.empty(), !y.unit.empty());
  if (choice.by == "highest_threshold")
    return order(threshold_in_base_units(line, y), threshold_in_base_units(line, x));
  if (choice.by == "newest_start") return order(y.validity.from, x.validity.from);
  if (choice.by == "newest_document")
    return order(document_start(line, y), document_start(line, x));
  if (choice.by == "lowest_value") return order(comparable(line, x), comparable(line, y));
  if (choice.by == "highest_value") return order(comparable(line, y), comparable(line, x));
  if (choice.by == "flag_set")
    return first_with(has_flag(line, x, choice.flag), has_flag(line, y, choice.flag));
  if (choice.by == "flag_clear")
    return first_with(!has_flag(line, x, choice.flag), !has_flag(line, y, choice.flag));
  if (choice.by == "document_number") return order_documents(line, x, y, true);
  if (choice.by == "document_text") return order_documents(line, x, y, false);
  if (choice.by == "record_number") return order_record_keys(line, x, y, true);
  return order_record_keys(line, x, y, false);
}

std::set<std::string> flags_of(const OpenLine& line, const RecordRow& record) {
  std::set<std::string> flags = line.rules.types.at(record.type).flags;
  flags.insert(record.flags_set.begin(), record.flags_set.end());
  for (const std::string& flag : record.flags_cleared) flags.erase(flag);
  const DocumentRow* document = document_of(line.world, record);
  if (document != nullptr && document->refuses_discounts) flags.erase("discountable");
  return flags;
}

// What a record would make of the line, whoever it is.
auto answer_of(const OpenLine& line, const RecordRow& record) {
  const std::string unit = record.unit.empty() ? line.article.base_unit : record.unit;
  return std::tuple{value_of(line, record), unit, record.price_unit, flags_of(line, record)};
}

void choose(const FindRule& find, const OpenLine& line, std::vector<Candidate> candidates,
            Search& found) {
  for (const ChoiceRule& choice : find.choose) {
    std::vector<Candidate> best;
    for (const Candidate& candidate : candidates) {
      const bool beaten = std::any_of(
          candidates.begin(), candidates.end(),
          [&](const Candidate& other) { return compare(choice, line, other, candidate) < 0; });
      if (!beaten) best.push_back(candidate);
    }
    candidates = std::move(best);
  }
  const RecordRow* first = candidates.front().record;
  for (const Candidate& candidate : candidates) {
    const RecordRow& other = *candidate.record;
    if (answer_of(line, *first) != answer_of(line, other)) found.ambiguous = find.refuses_ties;
    const int by_document = order_documents(line, other, *first, false);
    if (by_document < 0 || (by_document == 0 && order_record_keys(line, other, *first, false) < 0))
      first = &other;
  }
  found.winner = found.ambiguous ? nullptr : first;
}

}  // namespace

Rational value_of(const OpenLine& line, const RecordRow& record) {
  const Rational value = number(record.value);
  return line.rules.types.at(record.type).value == "percent" ? Rational{value / 100} : value;
}

bool has_flag(const OpenLine& line, const RecordRow& record, const std::string& flag) {
  return flags_of(line, record).contains(flag);
}

bool is_bound(const ArticleRow& article, const RecordRow& record) {
  return !record.unit.empty() && record.unit != article.base_unit;
}

Rational for_one_ordered(const OpenLine& line, const RecordRow& record, const Rational& price) {
  const Rational content = is_bound(line.article, record) ? Rational{1} : line.content;
  return price * content / record.price_unit;
}

Search search(const FindRule& find, const OpenLine& line) {
  std::set<int> levels;
  for (const AccessRule& access : find.accesses) levels.insert(access.level);
  Search found;
  for (const int level : levels) {
    std::vector<Candidate> candidates;
    bool exclusive = false;
    for (const AccessRule& access : find.accesses) {
      if (access.level != level) continue;
      collect(line, access, candidates, found.valid_until);
      exclusive = exclusive || access.exclusive;
    }
    if (!candidates.empty()) {
      choose(find, line, candidates, found);
      return found;
    }
    if (exclusive && !line.agreement.empty()) {
      found.shut = true;
      return found;
    }
  }
  return found;
}

}  // namespace oracle
