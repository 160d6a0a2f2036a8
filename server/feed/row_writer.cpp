#include "server/feed/row_writer.hpp"

#include "engine/base/contract.hpp"
#include "engine/base/hash.hpp"
#include "server/feed/batch.hpp"
#include "server/feed/csv_reader.hpp"

#include <functional>
#include <utility>

namespace server::feed {

void RowWriter::begin(Kind kind, std::vector<std::string> columns, std::string feed,
                      std::optional<std::uint64_t> import) {
  close_section();
  section_ = "kind " + std::string{kind_name(kind)} + " rows ";
  section_end_ = (import ? " import " + std::to_string(*import) : "") + " feed " + feed + "\n";
  columns_ = std::move(columns);
  section_hash_ = std::hash<std::string>{}(section_ + section_end_);
}

void RowWriter::begin_names(std::string_view what) {
  close_section();
  section_ = "names " + std::string{what} + " rows ";
  section_end_ = " feed \n";
  columns_ = {"name"};
  section_hash_ = std::hash<std::string>{}(section_);
}

void RowWriter::open_section() {
  text_ += section_;
  count_at_ = text_.size();
  text_.append(row_count_digits, '0').append(section_end_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) text_ += ',';
    append_cell(text_, columns_[i]);
  }
  text_ += '\n';
  is_open_ = true;
}

void RowWriter::close_section() {
  if (!is_open_) return;
  write_row_count(text_, count_at_, std::exchange(rows_, 0));
  is_open_ = false;
}

RowWriter& RowWriter::cell(std::string_view text) {
  if (!is_open_) open_section();
  if (cells_ == 0) row_at_ = text_.size();
  if (cells_++ > 0) text_ += ',';
  append_cell(text_, text);
  return *this;
}

RowWriter& RowWriter::number(std::int64_t value) { return cell(std::to_string(value)); }

void RowWriter::end_row() {
  ENSURE(cells_ == columns_.size());
  text_ += '\n';
  const std::hash<std::string_view> hash;
  rows_sum_ += engine::base::mix(
      engine::base::combine(section_hash_, hash(std::string_view{text_}.substr(row_at_))));
  cells_ = 0;
  ++rows_;
  if (text_.size() >= piece_bytes_) end_piece();
}

void RowWriter::end_piece() {
  close_section();
  if (text_.empty()) return;
  sink_(std::exchange(text_, {}));
}

std::string start_text(engine::base::CivilMinutes at) {
  return at.is_open() ? std::string{} : to_string(at);
}

std::string end_text(engine::base::CivilMinutes at) {
  if (at.is_open()) return {};
  std::string text = to_string(at);
  constexpr std::size_t day_length = 10;
  return text.size() == day_length ? text + "T00:00" : text;  // else it were the last day
}

std::string quantity_text(engine::base::Quantity quantity) {
  if (quantity == engine::base::Quantity{}) return {};
  return engine::base::to_string_short(quantity.decimal());
}

}  // namespace server::feed
