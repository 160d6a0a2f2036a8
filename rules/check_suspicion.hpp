// A suspicion: what the search for ties hands to those who prove it. A plain value; what it points to
// must outlive it. Any thread.
#pragma once

#include "rules/check_meetings.hpp"

#include <cstddef>
#include <cstdint>

namespace rules {

// Two records that no comparator tells apart on a line of the article.
struct Suspicion {
  std::uint16_t procedure = 0;
  std::uint16_t step = 0;
  std::uint32_t record_a = 0;
  std::uint32_t record_b = 0;
  std::uint32_t article = 0;
  engine::base::Validity validity;
  const Meeting* meeting = nullptr;
  engine::model::DocumentId agreement;  // that the line has to name; none
  bool computed = false;  // what they are worth depends on the question: asked for a while only
  std::size_t questions_max = SIZE_MAX;
};

}  // namespace rules
