#include "server/audit/batch_rows.hpp"

#include "engine/base/date.hpp"
#include "rules/json_tree.hpp"
#include "server/feed/batch_section.hpp"
#include "server/feed/csv_reader.hpp"

#include <algorithm>
#include <array>

namespace server::audit {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using feed::Kind;
using feed::ValueType;

namespace {

constexpr char between = '\x1f';  // what no cell that is a code has in it

// Of conditions, what is neither key field nor number of a type.
constexpr std::array<std::string_view, 12> plain_values{
    "value",   "price_unit", "to_quantity", "valid_to", "rank",         "flags",
    "formula", "scale",      "scale_kind",  "buy_when", "free_article", "op"};

// The master records and documents that are known by their code alone.
bool has_code(Kind kind) { return !feed::is_removable(kind); }

// What an empty cell means, where that is a value, too.
std::string_view default_of(std::string_view column) {
  if (column == "price_unit" || column == "per" || column == "denominator") return "1";
  if (column == "from_quantity" || column == "reserved") return "0";
  return {};
}

ValueType type_of_value(Kind kind, std::string_view column) {
  const auto fixed = feed::columns_of(kind);
  const auto found = std::ranges::find(fixed, column, &feed::Column::name);
  return found == fixed.end() ? ValueType::text : found->type;
}

// "+004.50" is "4.5"; what is no number stays as it is.
void append_number_text(std::string& out, std::string_view value) {
  const bool is_number = value.find_first_not_of("+-.0123456789") == std::string_view::npos;
  if (!is_number) {
    out += value;
    return;
  }
  const bool negative = value.starts_with('-');
  while (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  while (value.starts_with('0')) value.remove_prefix(1);
  if (value.find('.') != std::string_view::npos) {
    while (value.ends_with('0')) value.remove_suffix(1);
    if (value.ends_with('.')) value.remove_suffix(1);
  }
  if (value.empty()) {
    out += '0';
    return;
  }
  if (negative) out += '-';
  if (value.starts_with('.')) out += '0';
  out += value;
}

void append_moment_text(std::string& out, std::string_view value) {
  constexpr std::size_t day_size = 10;
  if (value.size() > day_size) {
    if (const auto at = engine::base::parse_civil(value)) {
      out += engine::base::to_string(*at);
      return;
    }
  }
  out += value;
}

void append_typed(std::string& out, ValueType type, std::string_view value) {
  switch (type) {
    case ValueType::decimal:
    case ValueType::integer:
      if (!value.empty()) append_number_text(out, value);
      return;
    case ValueType::moment:
      return append_moment_text(out, value);
    default:
      out += value;
  }
}

}  // namespace

void add_parameters(std::string_view rules, ParameterNames& names) {
  const auto tree = rules::parse_json(rules);
  if (!tree) return;
  const rules::Json* const types = tree->find("condition_types");
  if (types == nullptr) return;
  for (const rules::JsonMember& type : types->members()) {
    const rules::Json* const parameters = type.value.find("parameters");
    if (parameters == nullptr) continue;
    for (const rules::Json& name : parameters->items()) names.insert(name.text());
  }
}

void append_comparable(std::string& out, Kind kind, std::string_view column,
                       std::string_view value) {
  append_typed(out, type_of_value(kind, column), value.empty() ? default_of(column) : value);
}

bool is_known_by(Kind kind, std::string_view column, const ParameterNames& parameters) {
  if (column == feed::op_column) return false;
  if (has_code(kind)) return column == "code";
  switch (kind) {
    case Kind::exchange_rates:
      return column != "rate" && column != "per";
    case Kind::article_units:
      return column == "article" || column == "unit";
    case Kind::price_list_assignments:
      return column != "rank" && column != "valid_to";
    case Kind::stock:
      return column == "article" || column == "warehouse";
    case Kind::receipts:
      return column != "quantity";
    default:
      return std::ranges::find(plain_values, column) == plain_values.end() &&
             !parameters.contains(column);
  }
}

RowShape::RowShape(Kind kind, std::string feed, std::vector<std::string> columns,
                   const ParameterNames& parameters)
    : kind_{kind}, feed_{std::move(feed)}, columns_{std::move(columns)} {
  op_ = column(feed::op_column);
  if (kind == Kind::conditions) {
    key_ = column("key");
    type_ = column("type");
  }
  if (kind == Kind::receipts) reference_ = column("reference");
  for (std::size_t cell = 0; cell < columns_.size(); ++cell) {
    const std::string& name = columns_[cell];
    if (name != "key" && is_known_by(kind, name, parameters))
      known_by_.push_back({cell, type_of_value(kind, name), default_of(name)});
    if (const auto code = named_by(kind, name))
      naming_.push_back({cell, *code, is_list(kind, name)});
  }
  std::ranges::sort(known_by_, {}, [this](const KnownBy& of) { return columns_[of.cell]; });
}

std::string_view RowShape::feed() const {
  return feed_ == "canonical" ? feed::kind_name(kind_) : std::string_view{feed_};
}

std::optional<std::size_t> RowShape::column(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

bool RowShape::removes(std::span<const std::string_view> cells) const {
  return op_ && cells[*op_] == "delete";
}

void RowShape::identity(std::span<const std::string_view> cells, std::string& out) const {
  out = feed::kind_name(kind_);
  const auto add = [&out](std::string_view name) {
    out += between;
    out += name;
    out += '=';
  };
  if (key_ && !cells[*key_].empty()) {
    add("type");
    out += type_ ? cells[*type_] : std::string_view{};
    add("feed");
    out += feed_;
    add("key");
    out += cells[*key_];
    return;
  }
  const bool has_reference = reference_ && !cells[*reference_].empty();
  for (const KnownBy& of : known_by_) {
    if (cells[of.cell].empty()) continue;  // as good as no such column
    const std::string& name = columns_[of.cell];
    if (has_reference && name == "date") continue;
    const std::size_t begin = out.size();
    add(name);
    const std::size_t value = out.size();
    append_typed(out, of.type, cells[of.cell]);
    if (std::string_view{out}.substr(value) == of.otherwise) out.resize(begin);
  }
}

namespace {

class RowsReader {
 public:
  RowsReader(std::string_view rows, const ParameterNames& parameters, const VisitRow& visit)
      : text_{rows}, parameters_{parameters}, visit_{visit} {}

  Result<void> read() {
    while (at_ < text_.size()) {
      if (auto ok = read_section(); !ok) return ok;
    }
    return {};
  }

 private:
  Fault damaged(const char* what) const {
    return {FaultCode::store_corrupt, "byte " + std::to_string(at_) + " of the batch", what};
  }

  Result<void> read_section() {
    const std::size_t line_end = text_.find('\n', at_);
    const auto section = feed::section_from(text_.substr(at_, line_end - at_));
    if (line_end == std::string_view::npos || !section)
      return damaged("a section does not begin with its kind, rows and feed");
    const std::size_t start = line_end + 1;
    feed::CsvReader rows{text_.substr(start), feed::CsvFormat{}};
    const std::size_t skipped = feed::carries_line(section->kind) ? 1 : 0;
    if (!rows.next() || rows.problem() || rows.fields().size() < skipped)
      return damaged("a section has no header");
    const auto header = rows.fields().subspan(skipped);
    const RowShape shape{section->kind, section->feed, {header.begin(), header.end()}, parameters_};
    for (std::uint64_t i = 0; i < section->rows; ++i) {
      if (!rows.next() || rows.problem() ||
          rows.fields().size() != shape.columns().size() + skipped)
        return damaged("a row is missing or can't be split");
      visit_(shape, rows.fields().subspan(skipped));
    }
    at_ = start + rows.offset();
    return {};
  }

  std::string_view text_;
  const ParameterNames& parameters_;
  const VisitRow& visit_;
  std::size_t at_ = 0;
};

}  // namespace

Result<void> read_rows(std::string_view rows, const ParameterNames& parameters,
                       const VisitRow& visit) {
  return RowsReader{rows, parameters, visit}.read();
}

std::string identity_of_text(std::string_view kind, std::string_view name) {
  return std::string{kind} + between + std::string{name};
}

}  // namespace server::audit
