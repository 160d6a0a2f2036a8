#include "server/node/schema_text.hpp"

#include "server/feed/csv_reader.hpp"

#include <charconv>
#include <optional>
#include <span>
#include <vector>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::model::ConditionType;
using engine::model::ConditionTypeId;
using engine::model::FieldId;
using engine::model::FlagId;
using engine::model::Schema;
using engine::model::TableId;

namespace {

// Lines of cells: what is declared, its name, and what belongs to it; empty cells fill the rest.
constexpr std::size_t cells_a_line = 8;

class SchemaWriter {
 public:
  std::string take() { return std::move(text_); }

  SchemaWriter& cell(std::string_view cell) {
    if (cells_++ > 0) text_ += ',';
    server::feed::append_cell(text_, cell);
    return *this;
  }

  template <class Number>
  SchemaWriter& number(Number value) {
    return cell(std::to_string(static_cast<std::uint32_t>(value)));
  }

  SchemaWriter& list(const std::vector<std::string>& names) {
    std::string joined;
    for (const std::string& name : names) joined += (joined.empty() ? "" : ";") + name;
    return cell(joined);
  }

  void end_line() {
    text_.append(cells_a_line - cells_, ',').append("\n");
    cells_ = 0;
  }

 private:
  std::string text_;
  std::size_t cells_ = 0;
};

std::optional<std::uint32_t> number_in(std::string_view cell, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || end != cell.data() + cell.size() || value > most) return std::nullopt;
  return value;
}

std::vector<std::string> list_in(std::string_view cell) {
  std::vector<std::string> names;
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find(';'), cell.size());
    names.emplace_back(cell.substr(0, end));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return names;
}

using Cells = std::span<const std::string_view>;

bool declare_field(Cells cells, Schema& schema) {
  const auto side =
      number_in(cells[2], static_cast<std::uint32_t>(engine::model::FieldSide::article));
  const auto domain = number_in(cells[3], static_cast<std::uint32_t>(engine::model::Domain::unit));
  const auto value =
      number_in(cells[4], static_cast<std::uint32_t>(engine::model::FieldValue::truth));
  return side && domain && value &&
         schema.declare_field(cells[1], static_cast<engine::model::FieldSide>(*side),
                              static_cast<engine::model::Domain>(*domain),
                              static_cast<engine::model::FieldValue>(*value));
}

bool declare_type(Cells cells, Schema& schema) {
  const auto value =
      number_in(cells[2], static_cast<std::uint32_t>(engine::model::ValueKind::factor));
  const auto flags = number_in(cells[3], UINT32_MAX);
  const auto calculation =
      number_in(cells[4], static_cast<std::uint32_t>(engine::model::Calculation::free_goods));
  if (!value || !flags || !calculation) return false;
  ConditionType type;
  type.name = cells[1];
  type.value = static_cast<engine::model::ValueKind>(*value);
  type.default_flags = *flags;
  type.calculation = static_cast<engine::model::Calculation>(*calculation);
  type.charge = cells[5];
  type.inputs = list_in(cells[6]);
  type.parameters = list_in(cells[7]);
  return schema.declare_type(type).has_value();
}

bool declare_table(Cells cells, Schema& schema) {
  const auto type = schema.find_type(cells[1]);
  if (!type) return false;
  std::vector<FieldId> fields;
  for (const std::string& name : list_in(cells[2])) {
    const auto field = schema.find_field(name);
    if (!field) return false;
    fields.push_back(*field);
  }
  return schema.declare_table(*type, std::move(fields)).has_value();
}

bool declare(Cells cells, Schema& schema) {
  if (cells.size() != cells_a_line) return false;
  if (cells[0] == "field") return declare_field(cells, schema);
  if (cells[0] == "flag") return schema.declare_flag(cells[1]).has_value();
  if (cells[0] == "type") return declare_type(cells, schema);
  return cells[0] == "table" && declare_table(cells, schema);
}

}  // namespace

std::string schema_text(const Schema& schema) {
  SchemaWriter writer;
  for (std::uint32_t i = 0; i < schema.field_count(); ++i) {
    const auto& field = schema.field(FieldId{i});
    writer.cell("field").cell(field.name).number(field.side).number(field.domain);
    writer.number(field.value).end_line();
  }
  for (std::uint32_t i = 0; i < schema.flag_count(); ++i)
    writer.cell("flag").cell(schema.flag_name(FlagId{i})).end_line();
  for (std::uint32_t i = 0; i < schema.type_count(); ++i) {
    const ConditionType& type = schema.type(ConditionTypeId{i});
    writer.cell("type").cell(type.name).number(type.value).number(type.default_flags);
    writer.number(type.calculation).cell(type.charge).list(type.inputs).list(type.parameters);
    writer.end_line();
  }
  for (std::uint32_t i = 0; i < schema.table_count(); ++i) {
    const auto& table = schema.table(TableId{i});
    std::vector<std::string> names;
    for (const FieldId field : table.party_fields) names.push_back(schema.field(field).name);
    for (const FieldId field : table.article_fields) names.push_back(schema.field(field).name);
    writer.cell("table").cell(schema.type(table.type).name).list(names).end_line();
  }
  return writer.take();
}

Result<void> read_schema(std::string_view text, Schema& schema) {
  feed::CsvReader lines{text, feed::CsvFormat{}};
  while (lines.next()) {
    if (lines.problem() || !declare(lines.fields(), schema)) {
      return Fault{FaultCode::store_corrupt, "schema",
                   "line " + std::to_string(lines.line()) + " is no declaration"};
    }
  }
  return {};
}

}  // namespace server::node
