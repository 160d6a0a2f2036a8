#include "server/cli/price_list_file.hpp"

#include "engine/avail/band.hpp"
#include "engine/base/decimal.hpp"
#include "server/cli/csv.hpp"
#include "server/json/json_writer.hpp"

#include <array>
#include <map>
#include <mutex>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::model::Outcome;
using engine::price::Line;
using engine::price::PricedLine;
using engine::quote::PriceListRange;
using engine::snapshot::Snapshot;

namespace {

constexpr std::array<std::string_view, 13> columns{
    "article",  "name",       "quantity",    "unit",
    "currency", "price_unit", "unit_price",  "price_unit_of_measure",
    "outcome",  "document",   "valid_until", "band",
    "expected"};

constexpr std::size_t price_unit_column = 5;  // the one number of things, not an amount

// One row's cells; the texts that are made for it are kept from row to row.
struct Row {
  std::array<std::string_view, columns.size()> cells;
  std::string price_unit, unit_price, valid_until, expected;
};

class RowMaker {
 public:
  RowMaker(const Snapshot& snapshot, const engine::quote::Question& question,
           const PriceListOptions& options)
      : snapshot_{snapshot},
        question_{question},
        options_{options},
        currency_{snapshot.currency_code(question.header.currency)},
        quantity_{engine::base::to_string_short(options.quantity.decimal())} {}

  // Appends the rows of a range and returns how many of them have a price.
  std::uint64_t append(const PriceListRange& range, std::string& out) const {
    Row row;
    std::uint64_t priced = 0;
    for (std::size_t i = 0; i < range.lines.size(); ++i) {
      const auto& line = range.priced->lines[i];
      const bool has_price = line.outcome == Outcome::priced;
      priced += has_price ? 1 : 0;
      if (!has_price && options_.rows == RowsOf::priced) continue;
      fill(range.lines[i], line, row);
      if (options_.format == RowFormat::csv) {
        append_csv_row(out, row.cells);
      } else {
        append_object(row, out);
      }
    }
    return priced;
  }

 private:
  void fill(const Line& asked, const PricedLine& line, Row& row) const {
    const bool has_price = line.outcome == Outcome::priced;
    row.cells = {};
    row.cells[0] = snapshot_.article_code(asked.article);
    row.cells[1] = snapshot_.article_name(asked.article);
    row.cells[2] = quantity_;
    row.cells[3] = snapshot_.unit_code(asked.unit);
    row.cells[8] = outcome_name(line.outcome);
    if (has_price) fill_price(asked, line, row);
    fill_band(asked, row);
  }

  void fill_price(const Line& asked, const PricedLine& line, Row& row) const {
    row.price_unit = std::to_string(line.price_unit);
    row.unit_price.clear();
    engine::base::append_decimal(row.unit_price, line.unit_price.mantissa,
                                 line.unit_price.decimals);
    row.cells[4] = currency_;
    row.cells[price_unit_column] = row.price_unit;
    row.cells[6] = row.unit_price;
    row.cells[7] = snapshot_.unit_code(line.unit.is_none() ? asked.unit : line.unit);
    if (line.record != engine::price::no_record) {
      const auto document = snapshot_.conditions().record(line.record).document;
      if (!document.is_none()) row.cells[9] = snapshot_.documents()[document.raw()].code;
    }
    if (line.valid_until.is_open()) return;
    row.valid_until.clear();
    json::append_moment(row.valid_until, line.valid_until);
    row.cells[10] = row.valid_until;
  }

  void fill_band(const Line& asked, Row& row) const {
    const engine::avail::Viewer viewer{question_.header.customer,
                                       &question_.header.fields.front().texts};
    const auto set = engine::avail::band_set_for(snapshot_, asked.article, viewer);
    const auto seen = engine::avail::availability_of(snapshot_, asked.article, options_.quantity,
                                                     asked.date, set);
    if (seen.band == engine::avail::no_band) return;
    row.cells[11] = snapshot_.rules().band_sets[seen.band_set].bands[seen.band].code;
    if (seen.expected.is_open()) return;
    row.expected.clear();
    json::append_moment(row.expected, seen.expected);
    row.cells[12] = row.expected;
  }

  static void append_object(const Row& row, std::string& out) {
    std::string object;
    json::JsonWriter json{object};
    json.begin_object();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i == price_unit_column && !row.cells[i].empty()) {
        json.key(columns[i]);
        json.raw(row.cells[i]);
      } else {
        json.member_unless_empty(columns[i], row.cells[i]);
      }
    }
    json.end_object();
    out += object;
    out += '\n';
  }

  const Snapshot& snapshot_;
  const engine::quote::Question& question_;
  const PriceListOptions& options_;
  std::string_view currency_;
  std::string quantity_;
};

// Puts ranges, which are finished in any order, in the order of articles.
class InOrder {
 public:
  InOrder(const TextSink& sink, const PriceListProgress& progress, std::uint64_t articles)
      : sink_{sink}, progress_{progress}, counts_{articles, 0} {}

  void take(const PriceListRange& range, std::string text, std::uint64_t priced) {
    const std::lock_guard lock{mutex_};
    waiting_.emplace(range.number, std::move(text));
    counts_.priced += priced;
    done_ += range.lines.size();
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      is_taken_ = is_taken_ && sink_(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      ++next_;
    }
    if (progress_) progress_(done_, counts_.articles);
  }

  bool is_taken() const { return is_taken_; }

  const PriceListCounts& counts() const { return counts_; }

 private:
  const TextSink& sink_;
  const PriceListProgress& progress_;
  std::mutex mutex_;
  std::map<std::uint32_t, std::string> waiting_;
  std::uint32_t next_ = 0;
  std::uint64_t done_ = 0;
  PriceListCounts counts_;
  bool is_taken_ = true;
};

}  // namespace

Result<PriceListCounts> write_price_list(const Snapshot& snapshot,
                                         const engine::quote::Question& question,
                                         const PriceListOptions& options, const TextSink& sink,
                                         const PriceListProgress& progress) {
  InOrder in_order{sink, progress, snapshot.articles().base_units.size()};
  if (options.format == RowFormat::csv) {
    std::string heading;
    append_csv_row(heading, columns);
    if (!sink(heading)) return Fault{FaultCode::file_unreadable, "", "the output can't be written"};
  }
  const RowMaker maker{snapshot, question, options};
  engine::quote::price_list(snapshot, question, options.quantity, [&](const PriceListRange& range) {
    std::string text;
    const auto priced = maker.append(range, text);
    in_order.take(range, std::move(text), priced);
  });
  if (!in_order.is_taken())
    return Fault{FaultCode::file_unreadable, "", "the output can't be written"};
  return in_order.counts();
}

}  // namespace server::cli
