// A customer's price list as a file: rows are formatted by the workers that priced them and written
// in the order of articles. Complete or not there: a file appears under its name only when
// everything is in it. One thread starts it; what it costs beside pricing is about 50 ns a row.
#pragma once

#include "engine/base/result.hpp"
#include "engine/quote/price_list.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace server::cli {

enum class RowFormat : std::uint8_t { csv, ndjson };
enum class RowsOf : std::uint8_t {
  all,
  priced
};  // articles without a price stand there with their reason, or don't

struct PriceListOptions {
  RowFormat format = RowFormat::csv;
  RowsOf rows = RowsOf::all;
  engine::base::Quantity quantity =
      engine::base::Quantity::whole(1);  // of every article, in its base unit
};

struct PriceListCounts {
  std::uint64_t articles = 0;
  std::uint64_t priced = 0;
};

// Takes text in the order of the file; false when it can't be taken.
using TextSink = std::function<bool(std::string_view text)>;
// Called now and then with the articles done; never twice at once.
using PriceListProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// Columns: article, name, quantity, unit, currency, price_unit, unit_price, price_unit_of_measure,
// outcome, document, valid_until, band, expected. NDJSON has the same members and leaves out what
// is empty. Faults: file_unreadable when the sink takes no more.
engine::base::Result<PriceListCounts> write_price_list(const engine::snapshot::Snapshot& snapshot,
                                                       const engine::quote::Question& question,
                                                       const PriceListOptions& options,
                                                       const TextSink& sink,
                                                       const PriceListProgress& progress);

}  // namespace server::cli
