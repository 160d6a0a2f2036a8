// Classes of records under two keys that meet: two records of different classes are told apart by a
// comparator whatever the line, or can't be candidates of one line at all; so only records of one
// class have to be compared. What a comparator makes of records of mixed units, currencies or kinds
// depends on the line: it divides into classes only where the keys' records are of one kind. One
// worker; a pass over the records.
#pragma once

#include "rules/check_context.hpp"

#include <cstdint>
#include <span>

namespace rules {

class RecordClasses {
 public:
  RecordClasses(const CheckContext& context, const engine::rule::Find& find,
                const std::vector<engine::rule::Choice>& choices)
      : context_{context}, find_{find}, choices_{choices} {}

  // Looks at what the records of the two keys have in common.
  void divide(std::uint32_t key_a, std::uint32_t key_b);

  // The class of a record of the two keys, as a number that says nothing else.
  std::uint64_t of(std::uint32_t record, std::uint32_t key) const;

 private:
  void look_at(std::uint32_t key);
  std::uint64_t by(const engine::rule::Choice& choice, std::uint32_t record,
                   std::uint32_t key) const;
  std::uint64_t by_document(engine::rule::Comparator comparator,
                            engine::model::DocumentId document) const;
  std::uint64_t by_record_key(std::uint32_t record, std::uint32_t key) const;

  const CheckContext& context_;
  const engine::rule::Find& find_;
  const std::vector<engine::rule::Choice>& choices_;
  const engine::model::Terms* first_ = nullptr;
  bool one_unit_ = true;
  bool one_price_unit_ = true;
  bool one_currency_ = true;
  bool all_bound_ = true;  // none without a currency
  bool all_plain_ = true;
  bool one_type_ = true;
};

}  // namespace rules
