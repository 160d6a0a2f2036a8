// CanonicalTable: puts rows of canonical cells of one kind, under one header, into the facts. The
// one way in for every row: canonical files, feed descriptions and the journal all end here, so
// what replays is what was imported. One writer (the facts'). Cost: some 100 ns a row beside
// Facts::put, no allocation for rows without lists.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"
#include "server/feed/canonical.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::feed {

// What a row did.
enum class RowEffect : std::uint8_t { put, removed, not_there };

class CanonicalTable {
 public:
  // `feed` is the scope of external keys. Requires that `facts` outlives the table. Faults:
  // wrong_header.
  static engine::base::Result<CanonicalTable> bind(engine::model::Facts& facts, Kind kind,
                                                   std::vector<std::string> columns,
                                                   std::string feed);

  Kind kind() const { return kind_; }

  const std::vector<std::string>& columns() const { return columns_; }

  const std::string& feed() const { return feed_; }

  // One cell for each column. `line` is where the row begins in its file. A fault's `where` is the
  // canonical column, or empty; the facts are then untouched.
  engine::base::Result<RowEffect> put(std::span<const std::string_view> cells, std::uint32_t line);

  // Of conditions: the record that the row says, good until the next row.
  engine::base::Result<engine::model::ConditionDraft> condition(
      std::span<const std::string_view> cells, std::uint32_t line);

  // Whether the row says that its record is to go.
  bool removes(std::span<const std::string_view> cells) const {
    return op_cell_ && cells[*op_cell_] == "delete";
  }

 private:
  class Row;

  // The last date read from a column: dates repeat from row to row.
  struct LastDate {
    std::string text;
    engine::base::CivilMinutes minutes;
  };

  struct LastFlags {
    std::string text;
    std::uint32_t set = 0, cleared = 0;
  };

  CanonicalTable() = default;

  engine::base::Result<void> put_row(Row& row, std::uint32_t line);
  engine::base::Result<bool> remove(Row& row);
  engine::base::Result<bool> remove_exchange_rate(Row& row);
  engine::base::Result<bool> remove_assignment(Row& row);
  engine::base::Result<bool> remove_condition(Row& row);
  engine::base::Result<bool> remove_receipt(Row& row);
  engine::model::ConditionDraft condition_identity(Row& row);
  engine::base::Result<engine::model::ConditionDraft> read_condition(Row& row, std::uint32_t line);

  engine::base::Result<void> put_currency(Row& row);
  engine::base::Result<void> put_exchange_rate(Row& row);
  engine::base::Result<void> put_article_group(Row& row);
  engine::base::Result<void> put_article(Row& row);
  engine::base::Result<void> put_article_unit(Row& row);
  engine::base::Result<void> put_customer_group(Row& row);
  engine::base::Result<void> put_price_list(Row& row);
  engine::base::Result<void> put_promotion(Row& row);
  engine::base::Result<void> put_customer(Row& row);
  engine::base::Result<void> put_agreement(Row& row);
  engine::base::Result<void> put_assignment(Row& row);
  engine::base::Result<void> put_condition(Row& row, std::uint32_t line);
  engine::base::Result<void> put_warehouse(Row& row);
  engine::base::Result<void> put_stock(Row& row);
  engine::base::Result<void> put_receipt(Row& row);

  engine::model::Facts* facts_ = nullptr;
  Kind kind_{};
  std::string feed_;
  std::vector<std::string> columns_;
  std::optional<std::size_t> op_cell_;
  std::vector<int> cell_of_;  // by position in columns_of(kind); -1: not there
  std::vector<std::pair<engine::model::FieldId, std::size_t>>
      open_columns_;                                 // key fields or attributes, and their cell
  std::vector<engine::model::KeyText> open_values_;  // of the row at hand
  std::vector<std::size_t> parameter_columns_;       // cells of numbers that a type declares
  std::vector<std::pair<std::string_view, engine::base::Decimal>> parameters_;
  std::vector<std::string_view> list_a_, list_b_;  // of the row at hand
  LastDate last_from_, last_to_;
  LastFlags last_flags_;
};

}  // namespace server::feed
