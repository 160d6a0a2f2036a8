// What the files of Facts share: the wording of its Faults, identities, and copy-on-write of dictionaries that a
// snapshot still reads. Not for other rooms.
#pragma once

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/model/dictionary.hpp"
#include "engine/model/document.hpp"
#include "engine/model/identity_map.hpp"
#include "engine/model/masters.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace engine::model::detail {

inline base::Result<void> check_code(std::string_view code, const char* column) {
  if (code.empty()) return base::Fault{base::FaultCode::missing_value, column, "a code is missing"};
  if (code.size() > base::limits::code_length) {
    return base::Fault{
        base::FaultCode::too_large, column,
        "a code has at most " + std::to_string(base::limits::code_length) + " bytes"};
  }
  return {};
}

inline base::Fault duplicate(const char* column, std::string_view code) {
  return base::Fault{
      base::FaultCode::duplicate_key, column,
      "'" + std::string{code} + "' stands twice in this batch; the first one was kept"};
}

inline base::Fault unknown(base::FaultCode fault, const char* column, std::string_view code) {
  if (code.empty()) return base::Fault{base::FaultCode::missing_value, column, "a code is missing"};
  return base::Fault{fault, column, "'" + std::string{code} + "' is not known; import it first"};
}

// Snapshots share dictionaries with the facts: one that is still read by a snapshot is copied
// before it grows.
inline Dictionary& writable(std::shared_ptr<Dictionary>& dictionary) {
  if (dictionary.use_count() > 1) dictionary = std::make_shared<Dictionary>(*dictionary);
  return *dictionary;
}

inline Identity identity_of(const ListAssignment& assignment) {
  return Identity{}
      .add(assignment.list.raw())
      .add(assignment.customer.raw())
      .add(assignment.group.raw())
      .add(static_cast<std::uint32_t>(assignment.validity.from.raw()));
}

inline Identity identity_of(const Receipt& receipt) {
  Identity identity = Identity{}
                          .add(receipt.article.raw())
                          .add(receipt.warehouse.raw())
                          .add_text(receipt.reference);
  if (receipt.reference.empty()) identity.add(static_cast<std::uint32_t>(receipt.date.raw()));
  return identity;
}

inline Identity identity_of(CurrencyId from, CurrencyId to, std::string_view kind,
                            base::CivilMinutes valid_from) {
  return Identity{}
      .add(from.raw())
      .add(to.raw())
      .add_text(kind)
      .add(static_cast<std::uint32_t>(valid_from.raw()));
}

inline std::string document_key(DocumentKind kind, std::string_view code) {
  std::string key(1, static_cast<char>('a' + static_cast<int>(kind)));
  key += code;
  return key;
}

}  // namespace engine::model::detail
