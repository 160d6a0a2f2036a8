// CanonicalTable::Row: the cells of one row by canonical position, as typed values. The first cell
// that can't be read is the row's fault; what is read after it has no meaning.
// Only for canonical*.cpp. Good while the row's cells are.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/decimal.hpp"
#include "engine/base/fixed.hpp"
#include "server/feed/canonical_table.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::feed {

class CanonicalTable::Row {
 public:
  Row(CanonicalTable& table, std::span<const std::string_view> cells)
      : table_{table}, cells_{cells} {}

  const std::optional<engine::base::Fault>& fault() const { return fault_; }

  void refuse(engine::base::FaultCode code, std::string_view column, std::string reason);

  // Refuses the row where a cell exceeds limits::text_length.
  void check_sizes();

  // Empty where the table has no such column.
  std::string_view text(std::size_t place) const;

  // Nothing where the cell is empty.
  std::optional<engine::base::Decimal> decimal(std::size_t place);
  std::optional<engine::base::Quantity> quantity(std::size_t place);

  std::int64_t integer(std::size_t place, std::int64_t otherwise, std::int64_t least,
                       std::int64_t most);
  std::int32_t rank(std::size_t place);
  bool boolean(std::size_t place, bool otherwise);
  engine::base::CivilMinutes moment(std::size_t place);
  engine::base::Validity validity(std::size_t from, std::size_t to);

  // The codes of a cell separated by `;`, in `list`.
  std::span<const std::string_view> codes(std::size_t place,
                                          std::vector<std::string_view>& list) const;

  // Key fields or attributes that are not empty here.
  std::span<const engine::model::KeyText> open_values();

  // Numbers of the record that are not empty here, by the names that its type gives them.
  std::span<const std::pair<std::string_view, engine::base::Decimal>> parameters();

  // The one of value, scale and formula that the record has.
  void value(engine::model::ConditionDraft& draft);

  // `name` sets a flag, `-name` clears it.
  void flags(engine::model::ConditionDraft& draft);

 private:
  enum class DateRole { start, end };

  std::string_view name(std::size_t place) const;
  std::optional<engine::base::Decimal> number(std::string_view digits, std::string_view column);
  void scale_kind(engine::model::ConditionDraft& draft);
  engine::base::CivilMinutes read_date(std::size_t place, LastDate& last, DateRole role);
  void refuse_flag(std::string_view flag);

  CanonicalTable& table_;
  std::span<const std::string_view> cells_;
  std::optional<engine::base::Fault> fault_;
};

}  // namespace server::feed
