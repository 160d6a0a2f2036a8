#include "server/cli/price_list_rows.hpp"

#include "engine/avail/band.hpp"
#include "engine/base/decimal.hpp"
#include "engine/base/parallel.hpp"
#include "server/cli/csv.hpp"
#include "server/cli/price_list_digits.hpp"
#include "server/json/json_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace server::cli {

using engine::base::CivilMinutes;
using engine::model::ArticleId;
using engine::model::FieldSide;
using engine::model::Outcome;
using engine::model::Schema;
using engine::quote::BulkList;

namespace {

constexpr std::size_t rows_at_once = ShortDecimals::count_max;  // room is made for so many
constexpr std::uint32_t chunk_articles = 4'096;  // ranges of prices never lie across two of them
static_assert(engine::quote::bulk_task_articles % chunk_articles == 0);
static_assert(chunk_articles % engine::price::BulkRun::lines_at_once == 0);

// The longest text that a cell of a line can come to: a code whose characters are all escaped.
constexpr std::size_t cell_bytes = 6 * engine::base::limits::code_length + 64;

// Most cells are plain, and short: a loop is faster here than a search for each of four characters.
bool is_plain(std::string_view text) {
  bool plain = true;
  for (const char c : text) plain = plain && c != ',' && c != '"' && c != '\r' && c != '\n';
  return plain;
}

void append_cell(std::string& out, RowFormat format, ListColumn column, std::string_view text) {
  if (format == RowFormat::csv) {
    if (!is_plain(text)) return append_csv_cell(out, text);
    out += text;
    return;
  }
  if (text.empty()) return;
  std::string member;
  json::JsonWriter json{member};
  json.key(column_name(column));
  if (column == ListColumn::price_unit) {
    json.raw(text);
  } else {
    json.text(text);
  }
  out += member;
  out += ',';
}

}  // namespace

void RowBuffer::grow(std::size_t bytes) {
  capacity_ = std::max(size_ + bytes, std::max<std::size_t>(capacity_ * 2, 1U << 16U));
  auto larger =
      std::make_unique_for_overwrite<char[]>(capacity_);  // NOLINT(modernize-avoid-c-arrays)
  if (size_ != 0) std::copy_n(data_.get(), size_, larger.get());
  data_ = std::move(larger);
}

ListRows::ListRows(const BulkList& list, const RowShape& shape)
    : list_{list},
      snapshot_{*list.snapshot},
      shape_{shape},
      quantity_{engine::base::to_string_short(list.quantity.decimal())} {
  for (const auto& question : list.customers)
    bands_by_article_ = bands_by_article_ && question.date == list.customers.front().date;
  for (const auto& row : snapshot_.band_lookup()) {
    for (const auto& [field, ids] : row.when)
      bands_by_article_ =
          bands_by_article_ && snapshot_.schema().field(field).side == FieldSide::article;
  }
  plan();
  if (article_stretches_ == 0) return;
  const std::size_t articles = snapshot_.articles().base_units.size();
  chunks_.resize((articles + chunk_articles - 1) / chunk_articles);
  engine::base::parallel_for(chunks_.size(), 1,
                             [&](std::size_t begin, std::size_t end, std::size_t) {
                               for (std::size_t i = begin; i < end; ++i) fill(i);
                             });
}

ListRows::Source ListRows::source_of(ListColumn column) const {
  switch (column) {
    case ListColumn::customer:
      return Source::customer;
    case ListColumn::quantity:
      return shape_.per == RowsPer::tier ? Source::line : Source::customer;
    case ListColumn::article:
    case ListColumn::name:
    case ListColumn::unit:
      return Source::article;
    case ListColumn::band:
    case ListColumn::expected:
      return bands_by_article_ ? Source::article : Source::line;
    default:
      return Source::line;
  }
}

void ListRows::plan() {
  const bool csv = shape_.format == RowFormat::csv;
  std::size_t customers = 0;
  for (std::size_t i = 0; i < shape_.columns.size(); ++i) {
    const ListColumn column = shape_.columns[i];
    std::string before = csv ? (i == 0 ? "" : ",") : (i == 0 ? "{" : "");
    const Source source = source_of(column);
    const bool joins =
        source != Source::line && !stretches_.empty() && stretches_.back().source == source;
    if (source == Source::line && !before.empty()) {  // what stands before it is not the line's
      if (stretches_.empty() || stretches_.back().source == Source::line)
        stretches_.push_back({Source::customer, customers++, {}, ""});
      stretches_.back().tail += before;
      before.clear();
    }
    if (!joins) {
      std::size_t number = static_cast<std::size_t>(column);
      if (source == Source::article) number = article_stretches_++;
      if (source == Source::customer) number = customers++;
      stretches_.push_back({source, number, {}, ""});
    }
    Stretch& stretch = stretches_.back();
    if (!stretch.tail.empty()) before = std::exchange(stretch.tail, "") + before;
    stretch.parts.emplace_back(std::move(before), column);
  }
  if (!csv) return;  // what ends an object depends on what is in it
  if (stretches_.back().source == Source::line)
    stretches_.push_back({Source::customer, customers, {}, ""});
  stretches_.back().tail += "\r\n";
}

void ListRows::fill(std::size_t chunk) {
  Chunk& to = chunks_[chunk];
  const auto articles = static_cast<std::uint32_t>(snapshot_.articles().base_units.size());
  const auto first = static_cast<std::uint32_t>(chunk) * chunk_articles;
  const std::uint32_t end = std::min(articles, first + chunk_articles);
  to.begins.reserve((end - first) * article_stretches_ + 1);
  for (std::uint32_t article = first; article < end; ++article) {
    const std::size_t begin = to.text.size();
    const bool wanted = list_.wanted.empty() || list_.wanted[article] != 0;
    for (const Stretch& stretch : stretches_) {
      if (stretch.source != Source::article) continue;
      to.begins.push_back(static_cast<std::uint32_t>(to.text.size()));
      if (wanted) append(to.text, stretch, 0, ArticleId{article});
    }
    to.longest = std::max(to.longest, to.text.size() - begin);
  }
  to.begins.push_back(static_cast<std::uint32_t>(to.text.size()));
  to.text.append(2 * short_text, '\0');
}

void ListRows::append(std::string& out, const Stretch& stretch, std::size_t customer,
                      ArticleId article) const {
  std::string made;
  for (const auto& [before, column] : stretch.parts) {
    out += before;
    append_cell(out, shape_.format, column, cell(column, customer, article, made));
  }
  out += stretch.tail;
}

// What does not depend on the price. `made` keeps what is not there already.
std::string_view ListRows::cell(ListColumn column, std::size_t customer, ArticleId article,
                                std::string& made) const {
  switch (column) {
    case ListColumn::customer:
      return snapshot_.customer_code(list_.customers[customer].header.customer);
    case ListColumn::quantity:
      return quantity_;
    case ListColumn::article:
      return snapshot_.article_code(article);
    case ListColumn::name:
      return snapshot_.article_name(article);
    case ListColumn::unit:
      return snapshot_.unit_code(snapshot_.articles().base_units[article.raw()]);
    default:
      return band_cell(column, customer, article, made);
  }
}

std::string_view ListRows::band_cell(ListColumn column, std::size_t customer, ArticleId article,
                                     std::string& made) const {
  if (list_.customers.empty()) return {};
  const auto& question = list_.customers[customer];
  const engine::avail::Viewer viewer{question.header.customer,
                                     &question.header.fields.front().texts};
  const auto set = engine::avail::band_set_for(snapshot_, article, viewer);
  const auto seen =
      engine::avail::availability_of(snapshot_, article, list_.quantity, question.date, set);
  if (seen.band == engine::avail::no_band) return {};
  if (column == ListColumn::band)
    return snapshot_.rules().band_sets[seen.band_set].bands[seen.band].code;
  made.clear();
  if (!seen.expected.is_open()) json::append_moment(made, seen.expected);
  return made;
}

void RowWriter::start(std::size_t customer) {
  if (customer == customer_) return;
  customer_ = customer;
  customer_texts_.clear();
  customer_begins_.clear();
  customer_bytes_ = 0;
  currency_ = rows_.snapshot_.currency_code(rows_.list_.customers[customer].header.currency);
  for (const ListRows::Stretch& stretch : rows_.stretches_) {
    if (stretch.source != ListRows::Source::customer) continue;
    std::string& text = customer_texts_.emplace_back();
    rows_.append(text, stretch, customer, {});
    customer_begins_.push_back({0, static_cast<std::uint32_t>(text.size())});
    customer_bytes_ += text.size();
    text.append(2 * short_text, '\0');
  }
}

std::uint64_t RowWriter::append(std::size_t customer, const engine::price::BulkPrices& prices,
                                int decimals, RowBuffer& out) {
  start(customer);
  start(prices);
  decimals_ = decimals;
  std::size_t row_bytes = customer_bytes_ + rows_.shape_.columns.size() * cell_bytes + 64;
  if (!rows_.chunks_.empty())
    row_bytes += rows_.chunks_[prices.first_article / chunk_articles].longest;
  const std::size_t count = prices.outcomes.size();
  std::uint64_t priced = 0;
  for (std::size_t begin = 0; begin < count; begin += rows_at_once) {
    const std::size_t end = std::min(count, begin + rows_at_once);
    char* const to = out.room(row_bytes * rows_at_once);
    if (are_short(begin, end)) {
      priced += end - begin;
      out.end_at(put_short_rows(begin, end, to));
    } else {
      out.end_at(put_rows(begin, end, to, priced));
    }
  }
  return priced;
}

std::uint64_t RowWriter::append(std::size_t customer, ArticleId article,
                                engine::base::Quantity from, const engine::price::PricedLine& line,
                                RowBuffer& out) {
  quantity_ = engine::base::to_string_short(from.decimal());
  const std::array<std::int64_t, 1> narrow{};
  engine::price::BulkPrices prices;
  prices.first_article = article.raw();
  prices.outcomes = {&line.outcome, 1};
  prices.unit_prices = narrow;
  prices.wide_prices = {&line.unit_price.mantissa, 1};
  prices.records = {&line.record, 1};
  prices.untils = {&line.valid_until, 1};
  return append(customer, prices, line.unit_price.decimals, out);
}

bool RowWriter::are_short(std::size_t begin, std::size_t end) const {
  if (!is_short_ || !prices_->wide_prices.empty() || decimals_ > 18) return false;
  bool all_priced = true;
  for (const Outcome one : prices_->outcomes.subspan(begin, end - begin))
    all_priced = static_cast<bool>(all_priced & (one == Outcome::priced));
  return all_priced;
}

char* RowWriter::put_rows(std::size_t begin, std::size_t end, char* to, std::uint64_t& priced) {
  const bool is_json = rows_.shape_.format == RowFormat::ndjson;
  const auto& wanted = rows_.list_.wanted;
  Row row;
  for (row.number = begin; row.number < end; ++row.number) {
    row.article = ArticleId{prices_->first_article + static_cast<std::uint32_t>(row.number)};
    row.has_price = prices_->outcomes[row.number] == Outcome::priced;
    if (!wanted.empty() && wanted[row.article.raw()] == 0) continue;
    priced += row.has_price ? 1 : 0;
    if (!row.has_price && rows_.shape_.rows == RowsOf::priced) continue;
    to = put_row(row, to);
    if (!is_json) continue;
    if (to[-1] == ',') --to;
    *to++ = '}';
    *to++ = '\n';
  }
  return to;
}

void RowWriter::start(const engine::price::BulkPrices& prices) {
  prices_ = &prices;
  pieces_.clear();
  is_short_ = rows_.shape_.format == RowFormat::csv && rows_.list_.wanted.empty();
  price_piece_ = rows_.stretches_.size();
  for (const ListRows::Stretch& stretch : rows_.stretches_) {
    Piece& piece = pieces_.emplace_back();
    if (stretch.source == ListRows::Source::customer) {
      piece.text = customer_texts_[stretch.number].data();
      piece.begins = customer_begins_[stretch.number].data();
    } else if (stretch.source == ListRows::Source::article) {
      const ListRows::Chunk& chunk = rows_.chunks_[prices.first_article / chunk_articles];
      piece.text = chunk.text.data();
      piece.stride = rows_.article_stretches_;
      piece.begins = chunk.begins.data() + stretch.number +
                     prices.first_article % chunk_articles * rows_.article_stretches_;
    } else {
      piece.column = static_cast<ListColumn>(stretch.number);
      is_short_ = is_short_ && piece.column == ListColumn::unit_price &&
                  price_piece_ == rows_.stretches_.size();
      price_piece_ = pieces_.size() - 1;
    }
  }
}

char* RowWriter::put_row(const Row& row, char* to) {
  for (const Piece& piece : pieces_) {
    if (piece.text == nullptr) {
      to = put_cell(piece.column, row, to);
    } else {
      const std::uint32_t* begin = piece.begins + row.number * piece.stride;
      to = put_text(to, piece.text + begin[0], begin[1] - begin[0]);
    }
  }
  return to;
}

// Rows of texts and at most one price.
template <class PutPrice>
char* RowWriter::put_text_rows(std::size_t begin, std::size_t end, char* to,
                               const PutPrice& put_price) const {
  const Piece* const first = pieces_.data();
  const Piece* const last = first + pieces_.size();
  const Piece* const price = first + price_piece_;
  const auto put_piece = [&](const Piece& piece, std::size_t row) {
    const std::uint32_t* own = piece.begins + row * piece.stride;
    to = put_text(to, piece.text + own[0], own[1] - own[0]);
  };
  for (std::size_t row = begin; row < end; ++row) {
    for (const Piece* piece = first; piece != price; ++piece) put_piece(*piece, row);
    if (price == last) continue;
    to = put_price(to, row - begin);
    for (const Piece* piece = price + 1; piece != last; ++piece) put_piece(*piece, row);
  }
  return to;
}

// Rows of texts and one unit price, all of articles that have one: what lists mostly are.
char* RowWriter::put_short_rows(std::size_t begin, std::size_t end, char* to) const {
  const std::span<const std::int64_t> prices = prices_->unit_prices.subspan(begin, end - begin);
  ShortDecimals digits;
  if (digits.set(prices, decimals_)) {
    return put_text_rows(begin, end, to,
                         [&](char* at, std::size_t row) { return digits.put(at, row); });
  }
  return put_text_rows(begin, end, to, [&](char* at, std::size_t row) {
    return put_decimal(at, prices[row], decimals_);
  });
}

char* RowWriter::put_cell(ListColumn column, const Row& row, char* to) {
  escaped_.clear();
  append_cell(escaped_, rows_.shape_.format, column, line_text(column, row));
  std::memcpy(to, escaped_.data(), escaped_.size());
  return to + escaped_.size();
}

std::string_view RowWriter::line_text(ListColumn column, const Row& row) {
  const auto& snapshot = rows_.snapshot_;
  if (column == ListColumn::outcome) return outcome_name(prices_->outcomes[row.number]);
  if (column == ListColumn::band || column == ListColumn::expected)
    return rows_.band_cell(column, customer_, row.article, scratch_);
  if (column == ListColumn::quantity) return quantity_;
  if (!row.has_price) return {};
  if (column == ListColumn::currency) return currency_;
  if (column == ListColumn::unit_price) {
    scratch_.clear();
    const bool is_wide = !prices_->wide_prices.empty();
    const engine::base::Int128 price =
        is_wide ? prices_->wide_prices[row.number] : prices_->unit_prices[row.number];
    engine::base::append_decimal(scratch_, price, decimals_);
    return scratch_;
  }
  if (column == ListColumn::valid_until) return moment(prices_->untils[row.number]);
  const std::uint32_t number = prices_->records[row.number];
  const auto& index = snapshot.conditions();
  const bool has_record = number != engine::price::no_record;
  if (column == ListColumn::document) {
    if (!has_record) return {};
    const auto document = index.record(number).document;
    return document.is_none() ? std::string_view{} : snapshot.documents()[document.raw()].code;
  }
  const engine::model::Terms terms =
      has_record ? index.terms(index.record(number)) : engine::model::Terms{};
  if (column == ListColumn::price_unit) return scratch_ = std::to_string(terms.price_unit);
  const auto base_unit = snapshot.articles().base_units[row.article.raw()];
  return snapshot.unit_code(terms.unit.is_none() ? base_unit : terms.unit);
}

// The same few days over and over.
std::string_view RowWriter::moment(CivilMinutes at) {
  if (at.is_open()) return {};
  if (at != moment_) {
    moment_ = at;
    moment_text_.clear();
    json::append_moment(moment_text_, at);
  }
  return moment_text_;
}

}  // namespace server::cli
