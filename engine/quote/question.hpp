// A question as it comes (codes as text, views into the caller's buffer) and as the engine takes it
// (ids). resolve() turns one into the other against a snapshot. What concerns the whole question
// (an unknown customer, currency or field) is a Fault whose `where` is the JSON pointer of the
// field; what concerns one line becomes that line's outcome and leaves the others alone, but for a
// value of a field that is none (a bad number or date), which is the caller's mistake. No clock: a
// question without a date takes the `today` it is given.
#pragma once

#include "engine/base/result.hpp"
#include "engine/price/line.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::quote {

struct LineRequest {
  std::string_view article;
  std::string_view quantity = "1";         // the token's own text
  std::string_view unit;                   // empty: the article's base unit
  std::string_view agreement;              // empty: none named
  std::optional<base::CivilMinutes> date;  // else the request's
  // Fields of the question that this line gives itself, by name.
  std::vector<std::pair<std::string_view, std::string_view>> fields = {};
};

struct QuoteRequest {
  std::string_view customer;
  std::string_view currency;               // empty: the customer's
  std::string_view language = "en";        // of texts in the answer
  std::optional<base::CivilMinutes> date;  // deciding date; else today
  // Question fields by name: sales_organisation, site, channel, document_kind and what procedures
  // declare.
  std::vector<std::pair<std::string_view, std::string_view>> fields = {};
  std::vector<LineRequest> lines;
};

// What a line may see of the others. In line scope each stands for itself: sums over lines are those
// of the line, and steps of the order do nothing. So are single prices and lists, which say so.
enum class Scope : std::uint8_t { order, line };

struct Question {
  price::Header header;         // customer, currency, field values
  std::uint16_t procedure = 0;  // index into the snapshot's procedures
  base::CivilMinutes date;
  Scope scope = Scope::order;
  std::vector<price::Line> lines;
};

base::Result<Question> resolve(const snapshot::Snapshot& snapshot, const QuoteRequest& request,
                               base::CivilMinutes today);

}  // namespace engine::quote
