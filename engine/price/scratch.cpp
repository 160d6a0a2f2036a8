#include "engine/price/scratch.hpp"

namespace engine::price {

void AmountColumn::resize(base::Width wanted, std::size_t lines) {
  width = wanted;
  switch (width) {
    case base::Width::bits64:
      if (narrow.size() < lines) narrow.resize(lines);
      return;
    case base::Width::bits128:
      if (wide.size() < lines) wide.resize(lines);
      return;
    case base::Width::bits256:
      if (widest.size() < lines) widest.resize(lines);
  }
}

}  // namespace engine::price
