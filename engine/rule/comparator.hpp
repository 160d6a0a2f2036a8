// Comparators: how candidates that an access lets through are brought down to one. Published,
// ordered: append only; the names are those of rules documents and of explained answers. Any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace engine::rule {

enum class Comparator : std::uint8_t {
  rank,            // smaller first: of the list's assignment, then of the record
  nearest,         // fewer steps up the tree of groups, or up the customer's parents
  most_fields,     // more key fields
  dated,           // records with a start or an end before open ones
  currency_bound,  // records with a currency before those without
  unit_bound,      // records with a unit before those without
  highest_threshold,
  newest_start,     // of the record
  newest_document,  // start of its document
  lowest_value,     // the price of this quantity's unit, not the bare number
  highest_value,
  flag_set,         // records with the flag first
  flag_clear,       // records without it first
  document_number,  // smaller document code, compared as numbers where both are, else as text
  document_text,
  record_number,  // smaller external key of the record, or row
  record_text,
  document_rank,  // smaller rank of its document first; records of no document last
  highest_rank,   // the other way round: the larger of the record's rank
  highest_document_rank,
  access,  // in the order of the step's accesses
  lowest_threshold,
};

inline constexpr std::array<std::string_view, 22> comparator_names{
    "rank",
    "nearest",
    "most_fields",
    "dated",
    "currency_bound",
    "unit_bound",
    "highest_threshold",
    "newest_start",
    "newest_document",
    "lowest_value",
    "highest_value",
    "flag_set",
    "flag_clear",
    "document_number",
    "document_text",
    "record_number",
    "record_text",
    "document_rank",
    "highest_rank",
    "highest_document_rank",
    "access",
    "lowest_threshold",
};

static_assert(comparator_names.size() ==
              static_cast<std::size_t>(Comparator::lowest_threshold) + 1);

constexpr std::string_view comparator_name(Comparator comparator) {
  return comparator_names[static_cast<std::size_t>(comparator)];
}

}  // namespace engine::rule
