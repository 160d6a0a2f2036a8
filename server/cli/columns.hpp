// Columns: rows of cells as aligned text, with colour where the caller may use it. Widths count
// characters, not bytes nor escape sequences. One thread.
#pragma once

#include "server/cli/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace server::cli {

enum class Colour : std::uint8_t { none, bold, dim, red, yellow, green, cyan };

struct Cell {
  Cell(std::string text_shown,
       Colour shown_in = Colour::none)  // NOLINT(google-explicit-constructor)
      : text{std::move(text_shown)}, colour{shown_in} {}

  Cell(const char* text_shown) : text{text_shown} {}  // NOLINT(google-explicit-constructor)

  std::string text;
  Colour colour = Colour::none;
};

class Columns {
 public:
  explicit Columns(std::vector<Align> aligns) : aligns_{std::move(aligns)} {}

  // Requires as many cells as columns.
  void add(std::vector<Cell> row);
  // A column that no row has anything in takes no room.
  std::string text(std::string_view indent, bool may_colour) const;

 private:
  std::vector<Align> aligns_;
  std::vector<std::vector<Cell>> rows_;
};

std::string coloured(std::string_view text, Colour colour, bool may_colour);
// The colour of a band by the name its rules give it; none for names that terminals don't have.
Colour colour_named(std::string_view name);
// At most `width` characters, the last one an ellipsis where some are left out.
std::string shortened(std::string_view text, std::size_t width);

}  // namespace server::cli
