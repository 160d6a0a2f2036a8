// Every named maximum of the engine in one place, with how they relate proved at compile time.
// What exceeds one is told to whoever sent it, with the limit's name; nothing is cut off in
// silence.
#pragma once

#include <cstddef>
#include <cstdint>

namespace engine::base::limits {

inline constexpr std::size_t lines_per_question = 10'000;
inline constexpr std::size_t lines_few = 4;         // their keys are prefetched together
inline constexpr std::size_t lines_per_block = 64;  // a block's open lines are one 64-bit mask
inline constexpr std::size_t lines_parallel_from = 1'024;  // smaller baskets are faster on one core
inline constexpr std::size_t ladder_lines = 1'000;         // of a question that asks for ladders
inline constexpr std::size_t ladder_quantities = 128;      // that one ladder is priced at
inline constexpr std::size_t steps_per_procedure = 64;
inline constexpr std::size_t accesses_per_step = 32;
inline constexpr std::size_t comparators_per_step = 16;
inline constexpr std::size_t formula_length = 256;  // instructions
inline constexpr std::size_t formula_depth = 16;    // values on the evaluation stack
inline constexpr std::size_t expression_nesting = 32;
inline constexpr std::size_t key_fields = 6;    // fields of one access
inline constexpr std::size_t group_depth = 32;  // ancestors of a group
inline constexpr std::size_t condition_types = 1'024;
inline constexpr std::size_t record_numbers = 4'096;   // names of numbers that records may carry
inline constexpr std::size_t record_origins = 60'000;  // imports that lines are told apart by
inline constexpr std::size_t keyed_feeds = 5'000;      // feeds whose records have external keys
inline constexpr std::size_t terms = 32'767;  // distinct combinations of a record's terms; each may
                                              // have a twin in documents that refuse discounts
inline constexpr std::size_t fields = 256;
inline constexpr std::size_t code_length = 256;                // bytes of any code
inline constexpr std::size_t text_length = 4'096;              // bytes of any name or text
inline constexpr int value_decimals = 18;                      // of one record
inline constexpr std::int64_t quantity_whole = 1'000'000'000;  // a billion units on a line
inline constexpr std::size_t bands_per_set = 32;
inline constexpr std::size_t aggregates_per_procedure = 64;
inline constexpr int amount_digits = 24;  // of what an apply step takes, at its decimals

static_assert(record_origins + keyed_feeds <= UINT16_MAX);
static_assert(lines_per_block == 64);
static_assert(lines_parallel_from % lines_per_block == 0);
static_assert(quantity_whole <= INT64_MAX / 1'000'000);  // a Quantity of 6 decimals holds it

}  // namespace engine::base::limits
