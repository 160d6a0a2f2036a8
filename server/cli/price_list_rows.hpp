// Rows of price lists as text, CSV or NDJSON. What a row says of its article alone is formatted once
// and copied for every customer, what it says of its customer once a customer; the rest is written
// straight into the caller's buffer: no locale, no allocation per row. ListRows is made once a list
// and read by any thread; a RowBuffer and a RowWriter are one worker's. About 10 ns a row of four
// columns; memory: the texts of all articles once.
#pragma once

#include "engine/quote/bulk_list.hpp"
#include "server/cli/price_list_columns.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::cli {

enum class RowFormat : std::uint8_t { csv, ndjson };
enum class RowsOf : std::uint8_t {
  all,
  priced
};  // articles without a price stand there with their reason, or don't

// Rows tell the price of one quantity, or a row each from which quantity on which price holds.
enum class RowsPer : std::uint8_t { article, tier };

struct RowShape {
  RowFormat format = RowFormat::csv;
  RowsOf rows = RowsOf::all;
  RowsPer per = RowsPer::article;
  ListColumns columns;
};

// Memory that grows without being cleared.
class RowBuffer {
 public:
  // Where the next byte goes; there is room for `bytes`.
  char* room(std::size_t bytes) {
    if (size_ + bytes > capacity_) grow(bytes);
    return data_.get() + size_;
  }

  void end_at(const char* end) { size_ = static_cast<std::size_t>(end - data_.get()); }

  const char* limit() const { return data_.get() + capacity_; }

  std::string_view text() const { return {data_.get(), size_}; }

  void clear() { size_ = 0; }

 private:
  void grow(std::size_t bytes);

  std::unique_ptr<char[]> data_;  // NOLINT(modernize-avoid-c-arrays): not to be cleared
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

class ListRows {
 public:
  // Formats what rows say of their articles, on all workers.
  ListRows(const engine::quote::BulkList& list, const RowShape& shape);

 private:
  friend class RowWriter;

  enum class Source : std::uint8_t { customer, article, line };

  // A stretch of the row that comes from one source.
  struct Stretch {
    Source source = Source::line;
    std::size_t number = 0;  // of the source's stretches; of a line: the column
    std::vector<std::pair<std::string, ListColumn>> parts;  // text before, column
    std::string tail;
  };

  // The articles' texts of some thousand articles for all stretches.
  struct Chunk {
    std::string text;                   // with room for a copy past its end
    std::vector<std::uint32_t> begins;  // by article, then stretch; one more at the end
    std::size_t longest = 0;            // of one article, all stretches together
  };

  Source source_of(ListColumn column) const;
  void plan();
  void fill(std::size_t chunk);
  void append(std::string& out, const Stretch& stretch, std::size_t customer,
              engine::model::ArticleId article) const;
  std::string_view cell(ListColumn column, std::size_t customer, engine::model::ArticleId article,
                        std::string& made) const;
  std::string_view band_cell(ListColumn column, std::size_t customer,
                             engine::model::ArticleId article, std::string& made) const;

  engine::quote::BulkList list_;
  const engine::snapshot::Snapshot& snapshot_;
  RowShape shape_;
  std::string quantity_;
  bool bands_by_article_ = true;  // who looks, and when, makes no difference to what is seen
  std::vector<Stretch> stretches_;
  std::size_t article_stretches_ = 0;
  std::vector<Chunk> chunks_;
};

class RowWriter {
 public:
  explicit RowWriter(const ListRows& rows) : rows_{rows} {}

  // Appends the rows of these prices and returns how many of them have a price.
  std::uint64_t append(std::size_t customer, const engine::price::BulkPrices& prices, int decimals,
                       RowBuffer& out);
  // The row of one tier of an article's ladder; returns how many of it have a price.
  std::uint64_t append(std::size_t customer, engine::model::ArticleId article,
                       engine::base::Quantity from, const engine::price::PricedLine& line,
                       RowBuffer& out);

 private:
  struct Row {
    std::size_t number = 0;  // within the prices
    engine::model::ArticleId article;
    bool has_price = false;
  };

  // A stretch of the row while rows of one range are written. Of the text it is what lies between
  // two places: those of the range's first article, and so many further on for each row; the same
  // for every row where the customer says it.
  struct Piece {
    const char* text = nullptr;  // null: the line's
    const std::uint32_t* begins = nullptr;
    std::size_t stride = 0;
    ListColumn column = ListColumn::customer;  // of a line
  };

  void start(std::size_t customer);
  void start(const engine::price::BulkPrices& prices);
  bool are_short(std::size_t begin, std::size_t end) const;
  char* put_short_rows(std::size_t begin, std::size_t end, char* to) const;
  template <class PutPrice>
  char* put_text_rows(std::size_t begin, std::size_t end, char* to,
                      const PutPrice& put_price) const;
  char* put_rows(std::size_t begin, std::size_t end, char* to, std::uint64_t& priced);
  char* put_row(const Row& row, char* to);
  char* put_cell(ListColumn column, const Row& row, char* to);
  std::string_view line_text(ListColumn column, const Row& row);
  std::string_view moment(engine::base::CivilMinutes at);

  const ListRows& rows_;
  const engine::price::BulkPrices* prices_ = nullptr;
  int decimals_ = 0;
  bool is_short_ = false;  // of texts and unit prices only, and of every article
  std::size_t customer_ = SIZE_MAX;
  std::vector<std::string> customer_texts_;                    // by stretch, padded; see put_text
  std::vector<std::array<std::uint32_t, 2>> customer_begins_;  // of each of them, and its end
  std::size_t customer_bytes_ = 0;
  std::vector<Piece> pieces_;
  std::size_t price_piece_ = 0;  // of a short row; after the last where it tells none
  std::string_view currency_;
  std::string quantity_;  // of a tier
  std::string scratch_;
  std::string escaped_;
  engine::base::CivilMinutes moment_ = engine::base::CivilMinutes::latest();  // of the text below
  std::string moment_text_;
};

}  // namespace server::cli
