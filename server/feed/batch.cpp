#include "server/feed/batch.hpp"

#include "server/feed/batch_section.hpp"
#include "server/feed/csv_reader.hpp"
#include "server/feed/importer.hpp"

#include <charconv>
#include <utility>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

class BatchReader {
 public:
  BatchReader(engine::model::Facts& facts, std::string_view batch) : facts_{facts}, batch_{batch} {}

  Result<std::uint64_t> replay() {
    facts_.begin_batch();
    while (at_ < batch_.size()) {
      if (auto ok = replay_section(); !ok) return ok.error();
    }
    return rows_;
  }

 private:
  Fault corrupt(const std::string& what) const {
    return Fault{FaultCode::store_corrupt, "byte " + std::to_string(at_) + " of the batch", what};
  }

  Result<void> replay_section() {
    const std::size_t line_end = batch_.find('\n', at_);
    const auto section = section_from(batch_.substr(at_, line_end - at_));
    if (line_end == std::string_view::npos || !section)
      return corrupt("a section does not begin with its kind, rows and feed");
    const std::size_t start = line_end + 1;
    CsvReader rows{batch_.substr(start), CsvFormat{}};
    if (!rows.next() || rows.problem()) return corrupt("a section has no header");
    if (!section->names.empty()) return know_names(*section, start, rows);
    if (section->import) facts_.begin_import(*section->import);
    auto table = open(*section, rows);
    if (!table) return table.error();
    at_ = start + rows.offset();
    for (std::uint64_t i = 0; i < section->rows; ++i) {
      if (auto ok = put(*table, rows); !ok) return ok;
      at_ = start + rows.offset();
    }
    return {};
  }

  Result<void> know_names(const BatchSection& section, std::size_t start, CsvReader& rows) {
    const bool is_units = section.names == "units";
    if (!is_units && section.names != "record_keys") return corrupt("there are no such names");
    for (std::uint64_t i = 0; i < section.rows; ++i) {
      if (!rows.next() || rows.problem() || rows.fields().size() != 1)
        return corrupt("a name is missing");
      is_units ? facts_.know_unit(rows.fields()[0]) : facts_.know_record_key(rows.fields()[0]);
    }
    at_ = start + rows.offset();
    return {};
  }

  Result<CanonicalTable> open(const BatchSection& section, const CsvReader& rows) {
    std::vector<std::string> columns{rows.fields().begin(), rows.fields().end()};
    if (carries_line(section.kind)) {
      if (columns.front() != batch_line_column)
        return corrupt("a section of conditions has no lines");
      columns.erase(columns.begin());
    }
    return CanonicalTable::bind(facts_, section.kind, std::move(columns), section.feed);
  }

  Result<void> put(CanonicalTable& table, CsvReader& rows) {
    if (!rows.next() || rows.problem()) return corrupt("a row is missing or can't be split");
    std::span<const std::string_view> cells = rows.fields();
    std::uint32_t line = 0;
    if (carries_line(table.kind())) {
      const auto number = batch_number_from(cells.front());
      if (!number || *number > UINT32_MAX) return corrupt("a row has no line");
      line = static_cast<std::uint32_t>(*number);
      cells = cells.subspan(1);
    }
    if (cells.size() != table.columns().size())
      return corrupt("a row has another number of columns than its header");
    if (auto ok = table.put(cells, line); !ok) {
      const Fault& fault = ok.error();
      return Fault{fault.code,
                   "byte " + std::to_string(at_) + " of the batch, " +
                       std::string{kind_name(table.kind())} + " " + fault.where,
                   fault.detail};
    }
    ++rows_;
    return {};
  }

  engine::model::Facts& facts_;
  std::string_view batch_;
  std::size_t at_ = 0;
  std::uint64_t rows_ = 0;
};

}  // namespace

void write_row_count(std::string& text, std::size_t at, std::uint64_t rows) {
  for (std::size_t digit = row_count_digits; rows != 0 && digit > 0; --digit, rows /= 10) {
    text[at + digit - 1] = static_cast<char>('0' + rows % 10);
  }
  ENSURE(rows == 0);
}

void BatchWriter::add(const CanonicalTable& table, std::span<const std::string_view> cells,
                      std::uint32_t line) {
  if (&table != table_) begin_section(table);
  bool first = true;
  if (carries_line(table.kind())) {
    append_number(text_, line);
    first = false;
  }
  for (const std::string_view cell : cells) {
    if (!first) text_ += ',';
    append_cell(text_, cell);
    first = false;
  }
  text_ += '\n';
  ++rows_;
}

void BatchWriter::begin_section(const CanonicalTable& table) {
  end_section();
  table_ = &table;
  text_.append("kind ").append(kind_name(table.kind())).append(" rows ");
  count_at_ = text_.size();
  text_.append(row_count_digits, '0').append(" feed ").append(table.feed()).append("\n");
  bool first = true;
  if (carries_line(table.kind())) {
    text_ += batch_line_column;
    first = false;
  }
  for (const std::string& column : table.columns()) {
    if (!first) text_ += ',';
    append_cell(text_, column);
    first = false;
  }
  text_ += '\n';
}

void BatchWriter::end_section() {
  if (table_ == nullptr) return;
  write_row_count(text_, count_at_, std::exchange(rows_, 0));
  table_ = nullptr;
}

std::string BatchWriter::take() {
  end_section();
  return std::move(text_);
}

Result<std::uint64_t> replay_batch(engine::model::Facts& facts, std::string_view batch) {
  return BatchReader{facts, batch}.replay();
}

}  // namespace server::feed
