#include "server/feed/canonical_row.hpp"

#include "engine/base/limits.hpp"
#include "server/feed/canonical_columns.hpp"

#include <algorithm>
#include <limits>

namespace server::feed {

namespace limits = engine::base::limits;
using engine::base::CivilMinutes;
using engine::base::Decimal;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Validity;

namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string{text} + "'"; }

// Numbers of up to 18 digits, which nearly all are, without 128-bit arithmetic. False: ask
// parse_decimal.
bool read_short_decimal(std::string_view text, Decimal& value) {
  constexpr std::size_t length_max = 18;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > length_max) return false;
  std::int64_t mantissa = 0;
  std::size_t point = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && point == text.size()) {
      point = i;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return false;
    mantissa = mantissa * 10 + (text[i] - '0');
  }
  if (point == 0 && text.size() == 1) return false;
  value.mantissa = negative ? -mantissa : mantissa;
  value.decimals = static_cast<std::uint8_t>(point == text.size() ? 0 : text.size() - point - 1);
  return true;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

void CanonicalTable::Row::refuse(FaultCode code, std::string_view column, std::string reason) {
  if (!fault_) fault_ = Fault{code, std::string{column}, std::move(reason)};
}

void CanonicalTable::Row::check_sizes() {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].size() <= limits::text_length) continue;
    refuse(FaultCode::too_large, table_.columns_[i],
           "a text has at most " + std::to_string(limits::text_length) + " bytes (text_length)");
  }
}

std::string_view CanonicalTable::Row::text(std::size_t place) const {
  const int cell = table_.cell_of_[place];
  return cell < 0 ? std::string_view{} : cells_[static_cast<std::size_t>(cell)];
}

std::string_view CanonicalTable::Row::name(std::size_t place) const {
  return columns_of(table_.kind_)[place].name;
}

std::optional<Decimal> CanonicalTable::Row::decimal(std::size_t place) {
  return number(text(place), name(place));
}

std::optional<Decimal> CanonicalTable::Row::number(std::string_view digits,
                                                   std::string_view column) {
  if (digits.empty()) return std::nullopt;
  Decimal value;
  if (read_short_decimal(digits, value)) return value;
  const auto read = engine::base::parse_decimal(digits);
  if (read) return *read;
  refuse(read.error().code, column, read.error().detail);
  return std::nullopt;
}

std::optional<Quantity> CanonicalTable::Row::quantity(std::size_t place) {
  const auto value = decimal(place);
  if (!value) return std::nullopt;
  const auto exact = Quantity::exactly(*value);
  const auto most = Quantity::whole(limits::quantity_whole);
  const auto least = Quantity::whole(-limits::quantity_whole);
  if (exact && *exact <= most && *exact >= least) return exact;
  refuse(FaultCode::out_of_range, name(place),
         in_quotes(text(place)) + " is no quantity: at most 6 decimals, at most a billion");
  return std::nullopt;
}

std::int64_t CanonicalTable::Row::integer(std::size_t place, std::int64_t otherwise,
                                          std::int64_t least, std::int64_t most) {
  const auto value = decimal(place);
  if (!value) return otherwise;
  const auto whole = mantissa_at(*value, 0);
  if (!whole) {
    refuse(FaultCode::bad_number, name(place), in_quotes(text(place)) + " is no whole number");
  } else if (*whole < least || *whole > most) {
    refuse(FaultCode::out_of_range, name(place),
           in_quotes(text(place)) + " does not lie between " + std::to_string(least) + " and " +
               std::to_string(most));
  } else {
    return static_cast<std::int64_t>(*whole);
  }
  return otherwise;
}

std::int32_t CanonicalTable::Row::rank(std::size_t place) {
  using Limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(integer(place, 0, Limits::min(), Limits::max()));
}

bool CanonicalTable::Row::boolean(std::size_t place, bool otherwise) {
  const std::string_view value = text(place);
  if (value.empty()) return otherwise;
  if (value == "true" || value == "1") return true;
  if (value != "false" && value != "0") {
    refuse(FaultCode::bad_text, name(place), in_quotes(value) + " is none of true, false, 1, 0");
  }
  return false;
}

CivilMinutes CanonicalTable::Row::moment(std::size_t place) {
  return read_date(place, table_.last_from_, DateRole::start);
}

Validity CanonicalTable::Row::validity(std::size_t from, std::size_t to) {
  Validity validity;
  if (!text(from).empty()) validity.from = moment(from);
  if (!text(to).empty()) validity.to = read_date(to, table_.last_to_, DateRole::end);
  return validity;
}

// An end without a time is the last valid day.
CivilMinutes CanonicalTable::Row::read_date(std::size_t place, LastDate& last, DateRole role) {
  constexpr std::size_t day_length = 10;
  const std::string_view value = text(place);
  if (!value.empty() && value == last.text) return last.minutes;
  const auto read = engine::base::parse_civil(value);
  if (!read) {
    refuse(read.error().code, name(place), read.error().detail);
    return {};
  }
  const bool whole_day = role == DateRole::end && value.size() == day_length;
  last = LastDate{std::string{value}, whole_day ? read->next_day() : *read};
  return last.minutes;
}

std::span<const std::string_view> CanonicalTable::Row::codes(
    std::size_t place, std::vector<std::string_view>& list) const {
  list.clear();
  std::string_view rest = text(place);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    if (const auto code = trimmed(rest.substr(0, end)); !code.empty()) list.push_back(code);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return list;
}

std::span<const engine::model::KeyText> CanonicalTable::Row::open_values() {
  table_.open_values_.clear();
  for (const auto& [field, cell] : table_.open_columns_) {
    if (!cells_[cell].empty()) table_.open_values_.emplace_back(field, cells_[cell]);
  }
  return table_.open_values_;
}

std::span<const std::pair<std::string_view, Decimal>> CanonicalTable::Row::parameters() {
  table_.parameters_.clear();
  for (const std::size_t cell : table_.parameter_columns_) {
    const std::string_view column = table_.columns_[cell];
    if (const auto value = number(cells_[cell], column))
      table_.parameters_.emplace_back(column, *value);
  }
  return table_.parameters_;
}

void CanonicalTable::Row::value(engine::model::ConditionDraft& draft) {
  namespace at = place::conditions;
  draft.formula = text(at::formula);
  draft.scale = text(at::scale);
  const auto given = decimal(at::value);
  if (given) draft.value = *given;
  const int count =
      int{given.has_value()} + int{!draft.formula.empty()} + int{!draft.scale.empty()};
  if (count == 0) refuse(FaultCode::missing_value, "value", "the value is missing");
  if (count > 1) {
    refuse(FaultCode::contradicting_values, draft.scale.empty() ? "formula" : "scale",
           "a record has one of value, scale and formula");
  }
  scale_kind(draft);
}

void CanonicalTable::Row::scale_kind(engine::model::ConditionDraft& draft) {
  using engine::model::ScaleKind;
  const std::string_view kind = text(place::conditions::scale_kind);
  if (kind.empty()) return;
  if (draft.scale.empty())
    refuse(FaultCode::contradicting_values, "scale_kind", "there is no scale in this row");
  if (kind == "graduated") {
    draft.scale_kind = ScaleKind::graduated;
  } else if (kind == "package") {
    draft.scale_kind = ScaleKind::package;
  } else if (kind != "whole") {
    refuse(FaultCode::bad_text, "scale_kind",
           in_quotes(kind) + " is none of whole, graduated, package");
  }
}

void CanonicalTable::Row::flags(engine::model::ConditionDraft& draft) {
  const std::string_view value = text(place::conditions::flags);
  if (value.empty()) return;
  LastFlags& last = table_.last_flags_;
  if (value != last.text) {
    LastFlags read{std::string{value}, 0, 0};
    for (std::string_view flag : codes(place::conditions::flags, table_.list_a_)) {
      const bool clears = flag.starts_with('-');
      if (clears) flag.remove_prefix(1);
      const auto id = table_.facts_->schema.find_flag(flag);
      if (!id) return refuse_flag(flag);
      std::uint32_t& bits = clears ? read.cleared : read.set;
      bits = static_cast<std::uint32_t>(bits | engine::model::flag_bit(*id));
    }
    last = std::move(read);
  }
  draft.flags_set = last.set;
  draft.flags_cleared = last.cleared;
}

void CanonicalTable::Row::refuse_flag(std::string_view flag) {
  const auto& schema = table_.facts_->schema;
  std::string known;
  for (std::uint32_t i = 0; i < schema.flag_count(); ++i) {
    known += (known.empty() ? "" : ", ") + schema.flag_name(engine::model::FlagId{i});
  }
  refuse(FaultCode::bad_text, "flags",
         in_quotes(flag) + " is no declared flag; there are " + known);
}

}  // namespace server::feed
