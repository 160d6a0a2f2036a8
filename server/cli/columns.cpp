#include "server/cli/columns.hpp"

#include "engine/base/contract.hpp"

#include <algorithm>

namespace server::cli {

namespace {

constexpr std::size_t gap = 2;  // blanks between columns

std::string_view escape_of(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[2m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::cyan:
      return "\x1b[36m";
  }
  return "";
}

}  // namespace

void Columns::add(std::vector<Cell> row) {
  ENSURE(row.size() == aligns_.size());
  rows_.push_back(std::move(row));
}

std::string Columns::text(std::string_view indent, bool may_colour) const {
  std::vector<std::size_t> widths(aligns_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], shown_width(row[i].text));
  }
  std::string text;
  for (const auto& row : rows_) {
    text += indent;
    std::size_t blanks = 0;  // owed before the next cell that has something
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths[i] == 0) continue;
      const auto padding = widths[i] - shown_width(row[i].text);
      if (aligns_[i] == Align::right) blanks += padding;
      if (!row[i].text.empty()) {
        text.append(blanks, ' ');
        text += coloured(row[i].text, row[i].colour, may_colour);
        blanks = 0;
      }
      if (aligns_[i] == Align::left) blanks += padding;
      blanks += gap;
    }
    text += '\n';
  }
  return text;
}

std::string coloured(std::string_view text, Colour colour, bool may_colour) {
  if (!may_colour || colour == Colour::none || text.empty()) return std::string{text};
  return std::string{escape_of(colour)}.append(text).append("\x1b[0m");
}

Colour colour_named(std::string_view name) {
  if (name == "red") return Colour::red;
  if (name == "yellow" || name == "orange" || name == "amber") return Colour::yellow;
  if (name == "green") return Colour::green;
  return Colour::none;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (shown_width(text) <= width) return std::string{text};
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (begins && characters++ == width - 1) break;
  }
  return std::string{text.substr(0, end)} + "…";
}

}  // namespace server::cli
