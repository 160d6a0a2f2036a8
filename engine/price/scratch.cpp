#include "engine/price/scratch.hpp"

namespace engine::price {

void AmountColumn::resize_wider(std::size_t lines) {
  if (width == base::Width::bits128) {
    if (wide.size() < lines) wide.resize(lines);
  } else if (widest.size() < lines) {
    widest.resize(lines);
  }
}

}  // namespace engine::price
