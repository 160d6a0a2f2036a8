#include "server/feed/row_plan.hpp"

#include "engine/base/decimal.hpp"
#include "engine/base/int128.hpp"

#include <algorithm>

namespace server::feed {

using engine::base::Decimal;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Int128;
using engine::base::Result;

namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string{text} + "'"; }

template <class Visit>
void visit_columns(const Source& source, const Visit& visit) {
  if (source.kind == Source::Kind::column) visit(source.text);
  for (const Source& part : source.parts) visit_columns(part, visit);
}

template <class Visit>
void visit_columns(const Test& test, const Visit& visit) {
  const bool has_value = test.kind == Test::Kind::equals || test.kind == Test::Kind::empty;
  if (has_value) visit_columns(test.value, visit);
  for (const Test& part : test.parts) visit_columns(part, visit);
}

template <class Visit>
void visit_columns(const FeedDescription& description, const Visit& visit) {
  for (const Join& join : description.joins) {
    for (const Source& source : join.on) visit_columns(source, visit);
  }
  for (const SkipRule& rule : description.skip) {
    visit_columns(rule.when, visit);
    visit_columns(rule.reason, visit);
  }
  for (const RecordRule& record : description.records) {
    if (record.when) visit_columns(*record.when, visit);
    for (const auto& field : record.fields) visit_columns(field.source, visit);
  }
}

std::optional<Decimal> combined(Source::Kind operation, const Decimal& a, const Decimal& b) {
  Decimal result;
  Int128 mantissa = 0;
  bool overflow = false;
  if (operation == Source::Kind::multiply) {
    overflow = a.decimals + b.decimals > engine::base::pow10_128_max ||
               __builtin_mul_overflow(a.mantissa, b.mantissa, &mantissa);
    result.decimals = static_cast<std::uint8_t>(a.decimals + b.decimals);
  } else {
    result.decimals = std::max(a.decimals, b.decimals);
    const auto x = mantissa_at(a, result.decimals);
    const auto y = mantissa_at(b, result.decimals);
    overflow = !x || !y ||
               (operation == Source::Kind::add ? __builtin_add_overflow(*x, *y, &mantissa)
                                               : __builtin_sub_overflow(*x, *y, &mantissa));
  }
  if (overflow) return std::nullopt;
  result.mantissa = mantissa;
  return result;
}

}  // namespace

void RowPlan::begin_row(const TableReader& rows) {
  rows_ = &rows;
  ++row_number_;
  texts_used_ = 0;
}

std::string& RowPlan::new_text() {
  if (texts_used_ == texts_.size()) texts_.emplace_back();
  std::string& text = texts_[texts_used_++];
  text.clear();
  return text;
}

bool RowPlan::refuse(Fault fault) {
  fault_ = std::move(fault);
  return false;
}

Result<std::optional<std::string_view>> RowPlan::set_aside() {
  for (const BoundSkip& rule : skip_) {
    bool skips = false;
    if (!holds(rule.when, skips)) return fault_;
    if (!skips) continue;
    Value reason;
    if (!evaluate(rule.reason, reason)) return fault_;
    return std::optional{reason.text};
  }
  return std::optional<std::string_view>{};
}

Result<bool> RowPlan::applies(std::size_t record) {
  bool result = true;
  const auto& when = records_[record].when;
  if (when && !holds(*when, result)) return fault_;
  return result;
}

Result<void> RowPlan::cells(std::size_t record, std::vector<std::string_view>& cells) {
  cells.clear();
  const BoundRecord& bound = records_[record];
  bool removes = false;
  if (bound.op) {
    Value op;
    if (!read_field(bound.fields[*bound.op], op)) return fault_;
    removes = op.text == "delete";
  }
  for (const BoundField& field : bound.fields) {
    Value value;
    const bool is_read = !removes || field.is_identity;
    if (is_read && !read_field(field, value)) return fault_;
    cells.push_back(value.text);
  }
  return {};
}

bool RowPlan::read_field(const BoundField& field, Value& value) {
  if (evaluate_for(field, value)) return true;
  fault_.where = field.column;
  return false;
}

// As the canonical column wants it.
bool RowPlan::evaluate_for(const BoundField& field, Value& value) {
  target_ = field.type;
  if (!evaluate(field.node, value)) return false;
  if (value.canonical || value.text.empty()) return true;
  switch (field.type) {
    case ValueType::decimal:
    case ValueType::integer:
      return to_number(value);
    case ValueType::moment:
    case ValueType::validity_end:
      return to_date(value, description_->dates, description_->end);
    default:
      return true;
  }
}

bool RowPlan::evaluate(const Node& node, Value& value) {
  switch (node.source->kind) {
    case Source::Kind::column:
      return evaluate_column(node, value);
    case Source::Kind::constant:
      value = {node.source->text, true};
      return true;
    case Source::Kind::join:
      return evaluate_join_text(node, value);
    case Source::Kind::first:
      return evaluate_first(node, value);
    case Source::Kind::add:
    case Source::Kind::subtract:
    case Source::Kind::multiply:
      return evaluate_arithmetic(node, value);
    case Source::Kind::map:
      return evaluate_map(node, value);
    case Source::Kind::date:
      return evaluate_date(node, value);
  }
  return false;
}

bool RowPlan::evaluate_column(const Node& node, Value& value) {
  value = {};
  if (node.table == own_row) {
    value.text = rows_->cell(node.column);
    return true;
  }
  BoundJoin& join = joins_[static_cast<std::size_t>(node.table)];
  if (!find_row(join)) return false;
  if (join.found) {
    value.text = join.table->value(*join.found, node.column);
  } else if (!join.key.empty() && !join.join->may_miss) {
    std::string key = join.key;
    std::ranges::replace(key, JoinTable::key_separator, ' ');
    return refuse({FaultCode::missing_value, "",
                   "no row of " + join.join->file + " has the key " + in_quotes(key)});
  }
  return true;
}

// Sets the join's key and row for the row at hand. A key without any value of the row has nothing
// to look up.
bool RowPlan::find_row(BoundJoin& join) {
  if (join.row_number == row_number_) return true;
  join.key.clear();
  bool any = false;
  for (const Node& part : join.on) {
    Value value;
    if (!evaluate(part, value)) return false;
    if (&part != &join.on.front()) join.key += JoinTable::key_separator;
    join.key += value.text;
    any = any || (!value.text.empty() && part.source->kind != Source::Kind::constant);
  }
  if (!any) join.key.clear();
  join.found = any ? join.table->find(join.key) : std::nullopt;
  join.row_number = row_number_;
  return true;
}

bool RowPlan::evaluate_join_text(const Node& node, Value& value) {
  std::string& text = new_text();
  for (const Node& part : node.parts) {
    Value one;
    if (!evaluate(part, one)) return false;
    if (one.text.empty()) continue;
    if (!text.empty()) text += node.source->text;
    text += one.text;
  }
  value = {text, true};
  return true;
}

bool RowPlan::evaluate_first(const Node& node, Value& value) {
  for (const Node& part : node.parts) {
    if (!evaluate(part, value)) return false;
    if (!value.text.empty()) return true;
  }
  return true;
}

bool RowPlan::evaluate_arithmetic(const Node& node, Value& value) {
  std::optional<Decimal> result;
  for (const Node& part : node.parts) {
    if (!evaluate(part, value)) return false;
    if (value.text.empty()) {
      value = {};
      return true;
    }
    if (!to_number(value)) return false;
    const auto operand = engine::base::parse_decimal(value.text);
    if (!operand) return refuse(operand.error());
    result = result ? combined(node.source->kind, *result, *operand) : *operand;
    if (!result) return refuse({FaultCode::out_of_range, "", "the result has more than 38 digits"});
  }
  std::string& text = new_text();
  text = engine::base::to_string_short(*result);
  value = {text, true};
  return true;
}

bool RowPlan::evaluate_map(const Node& node, Value& value) {
  if (!evaluate(node.parts.front(), value)) return false;
  const auto& values = node.source->values;
  const auto found = std::ranges::lower_bound(
      values, value.text, {}, [](const auto& entry) { return std::string_view{entry.first}; });
  if (found != values.end() && found->first == value.text) {
    value = {found->second, true};
    return true;
  }
  if (node.parts.size() > 1) return evaluate(node.parts[1], value);
  return refuse({FaultCode::bad_text, "",
                 in_quotes(value.text) + " is none of the values that the feed description maps"});
}

bool RowPlan::evaluate_date(const Node& node, Value& value) {
  if (!evaluate(node.parts.front(), value)) return false;
  if (value.canonical || value.text.empty()) return true;
  const Source& source = *node.source;
  return to_date(value, source.patterns.empty() ? description_->dates : source.patterns,
                 source.end ? source.end : description_->end);
}

bool RowPlan::to_number(Value& value) {
  if (value.canonical || description_->numbers.is_canonical()) return true;
  std::string& text = new_text();
  if (auto ok = append_number(text, value.text, description_->numbers); !ok)
    return refuse(ok.error());
  value = {text, true};
  return true;
}

bool RowPlan::to_date(Value& value, const std::vector<DatePattern>& patterns,
                      std::optional<EndMeaning> end) {
  if (std::ranges::find(description_->open_dates, value.text) != description_->open_dates.end()) {
    value = {"", true};
    return true;
  }
  const EndMeaning meaning = end.value_or(EndMeaning::last_day);
  const bool is_end = target_ == ValueType::validity_end;
  constexpr std::size_t day_length = 10;
  const bool as_it_is = patterns.size() == 1 && patterns.front().is_canonical() &&
                        value.text.size() == day_length &&
                        (!is_end || meaning == EndMeaning::last_day);
  if (as_it_is) return true;
  const auto date = read_date(value.text, patterns);
  if (!date) return refuse(date.error());
  std::string& text = new_text();
  auto ok = is_end ? append_end(text, *date, meaning) : append_moment(text, *date);
  if (!ok) return refuse({ok.error().code, "", in_quotes(value.text) + ": " + ok.error().detail});
  value = {text, true};
  return true;
}

bool RowPlan::holds(const BoundTest& test, bool& result) {
  switch (test.test->kind) {
    case Test::Kind::equals:
    case Test::Kind::empty: {
      Value value;
      target_ = ValueType::text;
      if (!evaluate(test.value, value)) return false;
      const auto& allowed = test.test->allowed;
      result = test.test->kind == Test::Kind::empty
                   ? value.text.empty()
                   : std::ranges::find(allowed, value.text) != allowed.end();
      return true;
    }
    case Test::Kind::found: {
      BoundJoin& join = joins_[static_cast<std::size_t>(test.join)];
      if (!find_row(join)) return false;
      result = join.found.has_value();
      return true;
    }
    default:
      return holds_parts(test, result);
  }
}

bool RowPlan::holds_parts(const BoundTest& test, bool& result) {
  const bool wanted = test.test->kind == Test::Kind::any;  // that decides
  for (const BoundTest& part : test.parts) {
    if (!holds(part, result)) return false;
    if (test.test->kind == Test::Kind::negation) {
      result = !result;
      return true;
    }
    if (result == wanted) return true;
  }
  return true;
}

const RowPlan::Node* RowPlan::first_column(const Node& node) const {
  if (node.source->kind == Source::Kind::column) return &node;
  for (const Node& part : node.parts) {
    if (const Node* found = first_column(part)) return found;
  }
  return nullptr;
}

std::string RowPlan::source_column(std::size_t record, std::string_view canonical) const {
  const auto& fields = records_[record].fields;
  const auto field = std::ranges::find(fields, canonical, &BoundField::column);
  const Node* node = field == fields.end() ? nullptr : first_column(field->node);
  return node == nullptr ? std::string{canonical} : node->source->text;
}

std::string RowPlan::source_value(std::size_t record, std::string_view canonical) {
  const auto& fields = records_[record].fields;
  const auto field = std::ranges::find(fields, canonical, &BoundField::column);
  const Node* node = field == fields.end() ? nullptr : first_column(field->node);
  Value value;
  if (node == nullptr) return "";
  return evaluate(*node, value) ? std::string{value.text} : "";
}

std::vector<std::string> columns_asked(const FeedDescription& description, const Join& join) {
  const std::string prefix = join.name + ".";
  std::vector<std::string> columns;
  visit_columns(description, [&](const std::string& reference) {
    if (!reference.starts_with(prefix)) return;
    const std::string column = reference.substr(prefix.size());
    if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  });
  return columns;
}

}  // namespace server::feed
