// What a caller asks, read from a JSON body: baskets (POST /v1/quote) and lists of articles (POST
// /v1/availability). Strict: a member that is not known, stands twice or has the wrong type is a
// Fault whose `where` is its RFC 6901 pointer. Decimals are taken from the token's own text, string
// or number alike, and never pass through floating point. `null` counts as absent. Nothing below
// the shape itself (three levels) is descended into, so no depth of nesting can hurt. Faults:
// bad_json (with the place in the text as `where`), missing_value, bad_request, bad_text, bad_date,
// unknown_field, duplicate_key, too_many. A reader belongs to one thread and keeps its buffers; the
// views in a body are good until its next read. Cost: about 30 ns a line beside simdjson's own pass
// over the text.
#pragma once

#include "engine/base/result.hpp"
#include "engine/quote/question.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace server::json {

struct QuoteBody {
  engine::quote::QuoteRequest request;
  std::vector<std::string_view>
      line_ids;  // the caller's own, one a line; empty where none was given
  bool explain = false;
  bool ladder = false;
  bool availability = true;
};

// As new, but with the memory of its lists.
void reset(QuoteBody& body);

class BodyReader {
 public:
  BodyReader();
  ~BodyReader();
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;

  // `body` is overwritten; after a Fault its content means nothing.
  engine::base::Result<void> read_quote(std::string_view text, QuoteBody& body);

  // The lines are the "articles"; the customer may be empty.
  engine::base::Result<void> read_availability(std::string_view text, QuoteBody& body);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

inline constexpr std::size_t attributes_max = 64;  // of one question, and of one line
inline constexpr std::size_t number_length = 64;   // bytes of a number

// A member's name as a step of an RFC 6901 pointer: "a/b" as "/a~1b".
std::string pointer_step(std::string_view name);

}  // namespace server::json
