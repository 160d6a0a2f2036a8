// What the evaluator needs to know of a question, in ids. A line that can't be priced from the
// start (its article is unknown, its quantity absurd) comes with its outcome set and is carried
// along untouched.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/fixed.hpp"
#include "engine/model/ids.hpp"
#include "engine/model/outcome.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>

namespace engine::price {

struct Line {
  model::ArticleId article;
  base::Quantity quantity;     // in `unit`
  model::UnitId unit;          // none: the base unit
  std::int64_t numerator = 1;  // one of `unit` is numerator / denominator base units
  std::int64_t denominator = 1;
  base::CivilMinutes date;
  model::DocumentId agreement;  // named by the line; none
  model::Outcome outcome = model::Outcome::priced;
};

struct Header {
  model::CustomerId customer;
  model::CurrencyId currency;
  // Question fields given, by field; sorted by field. A field that is missing matches no key.
  snapshot::FieldValues fields;
};

}  // namespace engine::price
