// Of Finder: which of several candidates comes first.
#include "tests/oracle/rates.hpp"
#include "tests/oracle/search.hpp"

#include <algorithm>
#include <tuple>

namespace oracle {

namespace {

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

bool is_dated(const RecordRow& record) {
  return record.validity.from != open_start || record.validity.to != open_end;
}

int order_documents(const World& world, const RecordRow& a, const RecordRow& b, bool as_number) {
  const DocumentRow* x = document_of(world, a);
  const DocumentRow* y = document_of(world, b);
  if (x == nullptr || y == nullptr) return first_with(x != nullptr, y != nullptr);
  return as_number ? number_order(x->code, y->code) : order(x->code, y->code);
}

int order_document_ranks(const World& world, const RecordRow& a, const RecordRow& b, bool highest) {
  const DocumentRow* x = document_of(world, a);
  const DocumentRow* y = document_of(world, b);
  if (x == nullptr || y == nullptr) return first_with(x != nullptr, y != nullptr);
  return highest ? order(y->rank, x->rank) : order(x->rank, y->rank);
}

Minutes document_start(const World& world, const RecordRow& record) {
  const DocumentRow* document = document_of(world, record);
  return document == nullptr ? open_start : document->validity.from;
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
                    text_of(written_value(line, record)),
                    record.price_unit,
                    record.when};
}

int order_record_keys(const OpenLine& line, const RecordRow& a, const RecordRow& b,
                      bool as_number) {
  if (a.key.empty() != b.key.empty()) return first_with(!a.key.empty(), !b.key.empty());
  const int by_key = as_number ? number_order(a.key, b.key) : order(a.key, b.key);
  return by_key != 0 ? by_key : order(identity(line, a), identity(line, b));
}

Rational threshold_in_ordered_units(const OpenLine& line, const RecordRow& record) {
  return number(record.from_quantity) / units_of_record(line, record);
}

}  // namespace

// The price of one ordered unit in the question's currency; percents and amounts have no unit.
Rational Finder::comparable(const LineState& line, const RecordRow& record) const {
  Rational value = value_of(line, record).number;
  if (order_.rules.types.at(record.type).value == "price")
    value *= units_of_record(line.open, record) / record.price_unit;
  const std::string currency = currency_of(line.open, record);
  if (currency.empty() || currency == line.open.currency) return value;
  const auto rate =
      find_rate(order_.world, order_.procedure, currency, line.open.currency, line.open.date);
  return rate ? Rational{value * *rate} : value;
}

int Finder::compare_by(const ChoiceRule& choice, const LineState& line, const Candidate& a,
                       const Candidate& b) const {
  const RecordRow& x = *a.record;
  const RecordRow& y = *b.record;
  const World& world = order_.world;
  const OpenLine& open = line.open;
  const std::string& by = choice.by;
  if (by == "rank" || by == "highest_rank") {
    const int by_list = order(a.list_rank, b.list_rank);
    const int smaller = by_list != 0 ? by_list : order(x.rank, y.rank);
    return by == "rank" ? smaller : -smaller;
  }
  if (by == "document_rank") return order_document_ranks(world, x, y, false);
  if (by == "highest_document_rank") return order_document_ranks(world, x, y, true);
  if (by == "access") return order(a.access->number, b.access->number);
  if (by == "nearest") return order(a.distance, b.distance);
  if (by == "most_fields") return order(b.access->keys.size(), a.access->keys.size());
  if (by == "dated") return first_with(is_dated(x), is_dated(y));
  if (by == "currency_bound")
    return first_with(!currency_of(open, x).empty(), !currency_of(open, y).empty());
  if (by == "unit_bound") return first_with(!x.unit.empty(), !y.unit.empty());
  if (by == "highest_threshold" || by == "lowest_threshold") {
    const int lower =
        order(threshold_in_ordered_units(open, x), threshold_in_ordered_units(open, y));
    return by == "lowest_threshold" ? lower : -lower;
  }
  if (by == "newest_start") return order(y.validity.from, x.validity.from);
  if (by == "newest_document") return order(document_start(world, y), document_start(world, x));
  if (by == "lowest_value") return order(comparable(line, x), comparable(line, y));
  if (by == "highest_value") return order(comparable(line, y), comparable(line, x));
  if (by == "flag_set")
    return first_with(has_flag(open, x, choice.flag), has_flag(open, y, choice.flag));
  if (by == "flag_clear")
    return first_with(!has_flag(open, x, choice.flag), !has_flag(open, y, choice.flag));
  if (by == "document_number") return order_documents(world, x, y, true);
  if (by == "document_text") return order_documents(world, x, y, false);
  return order_record_keys(open, x, y, by == "record_number");
}

int Finder::compare(const Choices& choices, const LineState& line, const Candidate& a,
                    const Candidate& b) const {
  for (const ChoiceRule& choice : choices) {
    const int by_choice = compare_by(choice, line, a, b);
    if (by_choice != 0) return by_choice;
  }
  return 0;
}

int Finder::compare_outside(const LineState& line, const RecordRow& a, const RecordRow& b) const {
  const int by_document = order_documents(order_.world, a, b, false);
  return by_document != 0 ? by_document : order_record_keys(line.open, a, b, false);
}

// What a record would make of the line, whoever it is.
bool Finder::same_answer(const LineState& line, const RecordRow& a, const RecordRow& b) const {
  if (&a == &b) return true;
  const auto answer = [&](const RecordRow& record) {
    const std::string unit = record.unit.empty() ? line.open.article.base_unit : record.unit;
    auto parameters = record.parameters;
    std::sort(parameters.begin(), parameters.end());
    return std::tuple{value_of(line, record).number,
                      unit,
                      record.price_unit,
                      currency_of(line.open, record),
                      flags_of(line.open, record),
                      parameters,
                      record.scale,
                      record.scale.empty() ? "" : record.scale_kind};
  };
  return answer(a) == answer(b);
}

Candidate Finder::choose(const LineState& line, const Choices& choices, Candidates candidates,
                         bool& ambiguous) const {
  for (const ChoiceRule& choice : choices) {
    Candidates best;
    for (const Candidate& candidate : candidates) {
      const bool beaten = std::any_of(
          candidates.begin(), candidates.end(),
          [&](const Candidate& other) { return compare_by(choice, line, other, candidate) < 0; });
      if (!beaten) best.push_back(candidate);
    }
    candidates = std::move(best);
  }
  Candidate first = candidates.front();
  for (const Candidate& candidate : candidates) {
    if (!same_answer(line, *first.record, *candidate.record)) ambiguous = find_.refuses_ties;
    if (compare_outside(line, *candidate.record, *first.record) < 0) first = candidate;
  }
  return first;
}

}  // namespace oracle
