// Answers as JSON, in the form that docs and openapi.json promise: decimals as strings with all
// their digits, dates in ISO 8601, codes as the caller knows them. Members that have nothing to say
// are left out, but for `valid_until`, which is null where nothing known will change the answer.
// Exact stock never appears here. Appends to a buffer that the caller reuses; a plain line
// allocates nothing. Cost: about 0.2 us a line; a waterfall is several microseconds, since each
// record is traced back to its key.
#pragma once

#include "engine/quote/answer.hpp"
#include "server/json/json_writer.hpp"
#include "server/json/quote_body.hpp"

#include <span>
#include <string>
#include <string_view>

namespace server::json {

// What is said of the age of the data.
struct FreshnessTold {
  std::string_view feeds;      // a JSON array; empty: nothing is
  bool is_flagged = false;     // some of it is older than it should be
  bool stock_unknown = false;  // too old for any band to be shown
};

// A question as asked and as resolved, its answer, and the snapshot that gave it. Lines correspond
// one to one.
struct Answered {
  const engine::snapshot::Snapshot& snapshot;
  const QuoteBody& body;
  const engine::quote::Question& question;
  const engine::quote::Answer& answer;
  FreshnessTold freshness = {};
};

void write_quote(const Answered& answered, std::string& out);

// The answer to a question of one line, without the list around it. The day stands in it where it
// was asked for, so that the same words mean the same answer until `valid_until`.
void write_price(const Answered& answered, std::string& out);

// Bands alone: one of `availability` a line of the question.
void write_availability(const Answered& answered, std::string& out);

// The first of them, without the list around it.
void write_available_article(const Answered& answered, std::string& out);

// What a buyer sees of stock, as an object. Requires a band.
void write_band(const engine::snapshot::Snapshot& snapshot,
                const engine::avail::Availability& availability, std::string_view language,
                JsonWriter& json);

}  // namespace server::json
