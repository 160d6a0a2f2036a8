// There is no way from a floating-point number to a price: 1.1 is not a price anyone agreed on.
#include "engine/base/fixed.hpp"

using engine::base::UnitPrice;

UnitPrice agreed() {
#ifdef NETTO_MUST_NOT_COMPILE
  UnitPrice price = 1.5;
#else
  UnitPrice price = UnitPrice::from_mantissa(1'500'000);
#endif
  return price;
}
