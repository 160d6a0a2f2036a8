#include "server/feed/row_plan.hpp"

#include <algorithm>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

RowPlan::RowPlan(const FeedDescription& description, std::vector<const JoinTable*> tables)
    : description_{&description} {
  ENSURE(tables.size() == description.joins.size());
  for (std::size_t i = 0; i < tables.size(); ++i) {
    BoundJoin& join = joins_.emplace_back();
    join.join = &description.joins[i];
    join.table = tables[i];
  }
}

Result<RowPlan> RowPlan::bind(const FeedDescription& description,
                              std::vector<const JoinTable*> joins, const TableReader& rows,
                              const engine::model::Schema& schema) {
  RowPlan plan{description, std::move(joins)};
  if (auto ok = plan.bind_joins(rows); !ok) return ok.error();
  if (auto ok = plan.bind_skip(rows); !ok) return ok.error();
  if (auto ok = plan.bind_records(rows, schema); !ok) return ok.error();
  return plan;
}

// A join may be asked by what comes after it only, so look-ups can't run in a circle.
Result<void> RowPlan::bind_joins(const TableReader& rows) {
  for (std::size_t i = 0; i < joins_.size(); ++i) {
    for (const Source& source : joins_[i].join->on) {
      auto node = bind_source(source, rows, i);
      if (!node) return node.error();
      joins_[i].on.push_back(*std::move(node));
    }
  }
  return {};
}

Result<void> RowPlan::bind_skip(const TableReader& rows) {
  for (const SkipRule& rule : description_->skip) {
    auto when = bind_test(rule.when, rows);
    if (!when) return when.error();
    auto reason = bind_source(rule.reason, rows, joins_.size());
    if (!reason) return reason.error();
    skip_.push_back({*std::move(when), *std::move(reason)});
  }
  return {};
}

Result<void> RowPlan::bind_records(const TableReader& rows, const engine::model::Schema& schema) {
  for (const RecordRule& rule : description_->records) {
    BoundRecord& record = records_.emplace_back();
    if (rule.when) {
      auto when = bind_test(*rule.when, rows);
      if (!when) return when.error();
      record.when = *std::move(when);
    }
    for (const auto& field : rule.fields) {
      auto node = bind_source(field.source, rows, joins_.size());
      if (!node) return node.error();
      const auto column = find_column(rule.kind, field.column, schema);
      if (field.column == op_column) record.op = record.fields.size();
      record.fields.push_back({field.column, column ? column->type : ValueType::text,
                               *std::move(node), is_identity(rule.kind, field.column, schema)});
    }
  }
  return {};
}

Result<RowPlan::Node> RowPlan::bind_source(const Source& source, const TableReader& rows,
                                           std::size_t join_count) const {
  Node node;
  node.source = &source;
  if (source.kind == Source::Kind::column) {
    if (auto ok = bind_column(node, rows, join_count); !ok) return ok.error();
  }
  for (const Source& part : source.parts) {
    auto bound = bind_source(part, rows, join_count);
    if (!bound) return bound;
    node.parts.push_back(*std::move(bound));
  }
  return node;
}

// The file's own column of this name, else join.column.
Result<void> RowPlan::bind_column(Node& node, const TableReader& rows,
                                  std::size_t join_count) const {
  const std::string& name = node.source->text;
  const auto count = std::ranges::count(rows.columns(), name);
  if (count > 1)
    return Fault{FaultCode::wrong_header, name,
                 "the column '" + name + "' stands twice in the file"};
  if (count == 1) {
    node.column = *rows.column(name);
    return {};
  }
  for (std::size_t i = 0; i < joins_.size(); ++i) {
    const std::string prefix = joins_[i].join->name + ".";
    if (!name.starts_with(prefix)) continue;
    if (i >= join_count) {
      return Fault{FaultCode::bad_feed_description, name,
                   "a look-up can be asked only by what stands after it"};
    }
    node.table = static_cast<int>(i);
    node.column = *joins_[i].table->column(name.substr(prefix.size()));
    return {};
  }
  std::string known;
  for (const std::string& column : rows.columns()) known += (known.empty() ? "" : ", ") + column;
  return Fault{FaultCode::wrong_header, name,
               "the file has no column '" + name + "'; it has " + known};
}

Result<RowPlan::BoundTest> RowPlan::bind_test(const Test& test, const TableReader& rows) const {
  BoundTest bound;
  bound.test = &test;
  if (test.kind == Test::Kind::equals || test.kind == Test::Kind::empty) {
    auto node = bind_source(test.value, rows, joins_.size());
    if (!node) return node.error();
    bound.value = *std::move(node);
  }
  if (test.kind == Test::Kind::found) {
    const auto join = std::ranges::find(description_->joins, test.join, &Join::name);
    if (join == description_->joins.end()) {
      return Fault{FaultCode::bad_feed_description, test.join,
                   "there is no join '" + test.join + "'"};
    }
    bound.join = static_cast<int>(join - description_->joins.begin());
  }
  for (const Test& part : test.parts) {
    auto one = bind_test(part, rows);
    if (!one) return one;
    bound.parts.push_back(*std::move(one));
  }
  return bound;
}

}  // namespace server::feed
