// Price lists as one text: rows are formatted by the workers that priced them and handed over in the
// order of customers, then articles, whatever the number of workers. What waits for its turn is
// bounded: whoever is too far ahead waits. One thread starts it; the sink is called by one worker at
// a time.
#pragma once

#include "engine/base/result.hpp"
#include "engine/quote/bulk_list.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "server/cli/price_list_rows.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::cli {

struct PriceListOptions {
  RowFormat format = RowFormat::csv;
  RowsOf rows = RowsOf::all;
  RowsPer per = RowsPer::article;
  engine::base::Quantity quantity =
      engine::base::Quantity::whole(1);  // of every article, in its base unit
  ListColumns columns;                   // empty: all but the customer
  std::vector<std::uint8_t> wanted;      // by article; empty: all of them
};

struct PriceListCounts {
  std::uint64_t rows = 0;    // prices looked at, left out or not
  std::uint64_t priced = 0;  // rows with a price
  std::uint64_t cut = 0;     // ladders that are not told to their end
};

// Takes whole rows of a customer (index into those asked for), customer after customer; false when
// they can't be taken.
using TextSink = std::function<bool(std::size_t customer, std::string_view text)>;
// Called now and then with the tasks done; never twice at once.
using PriceListProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// The line above the rows; empty for NDJSON.
std::string list_heading(const PriceListOptions& options);

// Without the heading. NDJSON has the same members as CSV has columns and leaves out what is empty. Faults:
// file_unreadable when the sink takes no more.
engine::base::Result<PriceListCounts> write_price_lists(
    const engine::snapshot::Snapshot& snapshot, std::span<const engine::quote::Question> customers,
    const PriceListOptions& options, const TextSink& sink, const PriceListProgress& progress);

}  // namespace server::cli
