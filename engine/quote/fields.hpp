// Fields of a question - texts, numbers, truths, by name - turned into what the evaluator takes: one
// entry for the whole question, and one for each different set of fields that lines give
// themselves. Lives while one question is resolved; one thread. Cost: a hash a field.
#pragma once

#include "engine/base/result.hpp"
#include "engine/price/line.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace engine::quote {

using NamedField = std::pair<std::string_view, std::string_view>;

class FieldTaker {
 public:
  // Requires that both outlive the taker, and a header as it is made: with one entry, empty.
  FieldTaker(const snapshot::Snapshot& snapshot, price::Header& header)
      : snapshot_{snapshot}, header_{header} {}

  // Faults, whose `where` is `pointer`, a slash and the field's name: unknown_field, duplicate_key,
  // missing_value, bad_number, out_of_range, bad_text.
  base::Result<void> take_header(std::span<const NamedField> fields);

  // Of one line: index into Header::fields. Faults as above. Requires that the header is taken.
  base::Result<std::uint16_t> take_line(std::span<const NamedField> fields,
                                        const std::string& pointer);

 private:
  base::Result<price::LineFields> read(std::span<const NamedField> fields,
                                       const std::string& pointer);
  base::Result<void> read_value(model::FieldId id, std::string_view value,
                                price::LineFields& fields) const;
  model::TextId text_id(std::string_view text);
  std::uint16_t entry(price::LineFields fields);

  const snapshot::Snapshot& snapshot_;
  price::Header& header_;
  std::unordered_map<std::string, std::uint32_t> own_texts_;       // indices of Header::texts
  std::unordered_multimap<std::uint64_t, std::uint16_t> entries_;  // by hash
};

// Of a field's value in a question; empty for none. Good as long as both.
std::string_view text_of(const snapshot::Snapshot& snapshot, const price::Header& header,
                         model::TextId id);

}  // namespace engine::quote
