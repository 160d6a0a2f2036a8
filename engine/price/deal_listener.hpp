// What becomes of the records that an apply step could apply, told record by record and line by
// line while an explained run applies them. A plain run has no listener and tells nothing; nothing
// that is told changes an answer. Lines are those of the question.
#pragma once

#include "engine/price/priced.hpp"

#include <cstdint>

namespace engine::price {

class DealListener {
 public:
  virtual ~DealListener() = default;
  // It changed the line, gave units for it, or changed a charge of an order that the line is in.
  virtual void applied(std::uint32_t line, std::uint32_t record) = 0;
  virtual void not_applied(std::uint32_t line, std::uint32_t record, Loss why) = 0;
  // Told before applied() or not_applied().
  virtual void cut(std::uint32_t line, const Cut& cut) = 0;
};

}  // namespace engine::price
