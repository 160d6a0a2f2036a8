// What the evaluator needs to know of a question, in ids. A line that can't be priced from the
// start (its article is unknown, its quantity absurd) comes with its outcome set and is carried
// along untouched.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/decimal.hpp"
#include "engine/base/fixed.hpp"
#include "engine/model/ids.hpp"
#include "engine/model/outcome.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace engine::price {

// A number given for a field of the question.
using FieldNumbers = std::vector<std::pair<model::FieldId, base::Decimal>>;

// Fields given for one line, with those of the whole question that it does not give itself. Sorted
// by field. A text that no record and no rule knows has an id of its own in the question; see
// Header::texts.
struct LineFields {
  snapshot::FieldValues texts;
  FieldNumbers numbers;

  friend bool operator==(const LineFields&, const LineFields&) = default;
};

struct Line {
  model::ArticleId article;
  base::Quantity quantity;     // in `unit`
  model::UnitId unit;          // none: the base unit
  std::int64_t numerator = 1;  // one of `unit` is numerator / denominator base units
  std::int64_t denominator = 1;
  base::CivilMinutes date;
  model::DocumentId agreement;  // named by the line; none
  std::uint16_t fields = 0;     // index into Header::fields; lines without own fields share 0
  model::Outcome outcome = model::Outcome::priced;
};

struct Header {
  model::CustomerId customer;
  model::CurrencyId currency;
  base::CivilMinutes date;  // of what belongs to no line
  // Question fields given, for the whole question first; a field that is missing matches no key.
  std::vector<LineFields> fields{1};
  // Texts that the snapshot does not know, by id beyond its last one.
  std::vector<std::string> texts;
};

}  // namespace engine::price
