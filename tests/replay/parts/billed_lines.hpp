// The order lines of AdventureWorks as they were billed: what was asked (day, customer, article,
// quantity) and what came out (amounts and the offer used). A line that can't be used keeps its
// place and says why; it is never left out. Plain values; any thread.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/decimal.hpp"
#include "engine/base/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tests::replay {

// As the file's columns are called.
inline constexpr std::array<std::string_view, 6> amount_names{
    "unit_price", "unit_price_discount", "extended_amount", "line_total", "tax", "freight",
};
inline constexpr std::size_t amount_count = amount_names.size();

struct BilledLine {
  std::uint64_t line = 0;  // of the file
  std::string problem;     // why it can't be asked; the members below then mean nothing
  std::string channel;     // internet or reseller
  std::string order;
  std::string number;  // within the order
  engine::base::CivilMinutes date;
  std::string customer;  // an INETnnnnnn account is customer AW00nnnnnn
  std::string article;
  std::string quantity;
  std::string offer;  // noted at the time; on the internet channel without meaning
  std::array<engine::base::Decimal, amount_count> amounts{};

  bool is_reseller() const { return channel == "reseller"; }
};

// Plain or xz. Faults: the file can't be read; wrong_header.
engine::base::Result<std::vector<BilledLine>> read_billed_lines(const std::string& path);

// Lines that are asked together: consecutive ones of one order, customer, day and channel, as many
// as a question takes.
using Order = std::vector<const BilledLine*>;

// Of the lines without a problem, in the order of the file. Good as long as `lines`.
std::vector<Order> orders_of(const std::vector<BilledLine>& lines);

}  // namespace tests::replay
