// A price and a quantity have the same six decimals and still do not add up to anything.
#include "engine/base/fixed.hpp"

using engine::base::Quantity;
using engine::base::UnitPrice;

UnitPrice total(UnitPrice price, [[maybe_unused]] Quantity ordered) {
#ifdef NETTO_MUST_NOT_COMPILE
  return price + ordered;
#else
  return price + price;
#endif
}
