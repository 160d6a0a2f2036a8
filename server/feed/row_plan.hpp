// RowPlan: a feed description bound to one file and its look-ups: says of each row whether it is
// set aside, which records it makes and their canonical cells. Owns the row's derived texts, so
// views are good until begin_row(). One thread. Cost: a cell that is passed on as it stands costs a
// copy of its view.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/schema.hpp"
#include "server/feed/feed_description.hpp"
#include "server/feed/join_table.hpp"
#include "server/feed/table_reader.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

class RowPlan {
 public:
  // `joins` stand in the order of the description's. Requires that both outlive the plan. Faults:
  // wrong_header for a column that the description names and the file lacks; bad_feed_description.
  static engine::base::Result<RowPlan> bind(const FeedDescription& description,
                                            std::vector<const JoinTable*> joins,
                                            const TableReader& rows,
                                            const engine::model::Schema& schema);

  // What follows is about the reader's row.
  void begin_row(const TableReader& rows);

  // The reason why the row is set aside; nothing when it is not. Faults: as cells().
  engine::base::Result<std::optional<std::string_view>> set_aside();

  engine::base::Result<bool> applies(std::size_t record);

  // The record's cells in the order of its fields. Faults, with the canonical column as `where`: a
  // value that can't be read, a look-up without a row (missing_value), a text that a map does not
  // know (bad_text). Of a record that is to go only what it is known by is read.
  engine::base::Result<void> cells(std::size_t record, std::vector<std::string_view>& cells);

  // The column of the file behind a canonical one, and what stands there; the canonical name when
  // there is none.
  std::string source_column(std::size_t record, std::string_view canonical) const;
  std::string source_value(std::size_t record, std::string_view canonical);

 private:
  static constexpr int own_row = -1;

  struct Node {
    const Source* source = nullptr;
    int table = own_row;  // of a column: the row's own, or the join's number
    std::size_t column = 0;
    std::vector<Node> parts;
  };

  struct BoundTest {
    const Test* test = nullptr;
    Node value;
    int join = 0;
    std::vector<BoundTest> parts;
  };

  struct BoundJoin {
    const Join* join = nullptr;
    const JoinTable* table = nullptr;
    std::vector<Node> on;
    std::uint64_t row_number = 0;  // of the row that key and found are about
    std::string key;               // empty: nothing to look up
    std::optional<std::uint32_t> found;
  };

  struct BoundField {
    std::string column;
    ValueType type{};
    Node node;
    bool is_identity = true;  // read also where the record is to go
  };

  struct BoundRecord {
    std::optional<BoundTest> when;
    std::vector<BoundField> fields;
    std::optional<std::size_t> op;  // the field that says whether the record is to go
  };

  struct BoundSkip {
    BoundTest when;
    Node reason;
  };

  struct Value {
    std::string_view text;
    bool canonical = false;  // else as the file writes it
  };

  template <class T>
  using Result = engine::base::Result<T>;

  RowPlan(const FeedDescription& description, std::vector<const JoinTable*> tables);

  Result<Node> bind_source(const Source& source, const TableReader& rows,
                           std::size_t join_count) const;
  Result<BoundTest> bind_test(const Test& test, const TableReader& rows) const;
  Result<void> bind_column(Node& node, const TableReader& rows, std::size_t join_count) const;
  Result<void> bind_joins(const TableReader& rows);
  Result<void> bind_skip(const TableReader& rows);
  Result<void> bind_records(const TableReader& rows, const engine::model::Schema& schema);

  // False, with fault_, when there is no value.
  bool evaluate(const Node& node, Value& value);
  bool evaluate_column(const Node& node, Value& value);
  bool evaluate_join_text(const Node& node, Value& value);
  bool evaluate_first(const Node& node, Value& value);
  bool evaluate_arithmetic(const Node& node, Value& value);
  bool evaluate_map(const Node& node, Value& value);
  bool evaluate_date(const Node& node, Value& value);
  bool evaluate_for(const BoundField& field, Value& value);
  bool read_field(const BoundField& field, Value& value);
  bool to_number(Value& value);
  bool to_date(Value& value, const std::vector<DatePattern>& patterns,
               std::optional<EndMeaning> end);
  bool find_row(BoundJoin& join);
  bool holds(const BoundTest& test, bool& result);
  bool holds_parts(const BoundTest& test, bool& result);
  bool refuse(engine::base::Fault fault);
  std::string& new_text();

  const Node* first_column(const Node& node) const;

  const FeedDescription* description_;
  const TableReader* rows_ = nullptr;
  std::vector<BoundJoin> joins_;
  std::vector<BoundSkip> skip_;
  std::vector<BoundRecord> records_;
  std::uint64_t row_number_ = 0;
  std::deque<std::string> texts_;  // derived texts of the row; the first texts_used_ of them
  std::size_t texts_used_ = 0;
  ValueType target_ = ValueType::text;  // of the field being evaluated
  engine::base::Fault fault_{};
};

// The columns of `join` that the description asks for.
std::vector<std::string> columns_asked(const FeedDescription& description, const Join& join);

}  // namespace server::feed
