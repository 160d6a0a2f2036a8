// Result<T>: a value, or the Fault that says why there is none. Same surface as std::expected
// (absent from GCC 12 in C++20), so that it can be swapped later. A Fault names its place (`where`:
// a column, a JSON pointer, a file) and says in `detail` what was found and what to do. Faults are
// bad input or a failing world; a business "no" (no price, unknown article on a line) is an
// ordinary value and never a Fault.
#pragma once

#include "engine/base/contract.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace engine::base {

// Published, ordered: append only. fault_name() gives the stable text used in reports and over
// HTTP.
enum class FaultCode {
  missing_value,
  bad_number,
  bad_date,
  bad_text,
  out_of_range,
  unknown_currency,
  unknown_unit,
  unknown_article,
  unknown_article_group,
  unknown_customer,
  unknown_customer_group,
  unknown_document,
  unknown_warehouse,
  unknown_condition_type,
  unknown_key_fields,
  unknown_field,
  unknown_language,
  duplicate_key,
  circular_reference,
  contradicting_values,
  bad_json,
  bad_document,
  bad_expression,
  width_unprovable,
  no_procedure,
  too_large,
  too_deep,
  too_many,
  file_missing,
  file_unreadable,
  wrong_delimiter,
  wrong_header,
  wrong_columns,
  bad_encoding,
  bad_feed_description,
  store_unavailable,
  store_format,
  store_corrupt,
  refused_share,
  bad_request,
  unsupported,
};

const char* fault_name(FaultCode code);

struct Fault {
  FaultCode code;
  std::string where;
  std::string detail;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_{std::in_place_index<0>, std::move(value)} {}  // NOLINT(google-explicit-constructor)

  Result(Fault fault)
      : state_{std::in_place_index<1>, std::move(fault)} {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }

  explicit operator bool() const { return has_value(); }

  const T& value() const& {
    ENSURE(has_value());
    return std::get<0>(state_);
  }

  T& value() & {
    ENSURE(has_value());
    return std::get<0>(state_);
  }

  T&& value() && {
    ENSURE(has_value());
    return std::get<0>(std::move(state_));
  }

  const Fault& error() const {
    ENSURE(!has_value());
    return std::get<1>(state_);
  }

  T& operator*() & { return value(); }

  const T& operator*() const& { return value(); }

  T&& operator*() && { return std::move(*this).value(); }

  T* operator->() { return &value(); }

  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Fault> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;

  Result(Fault fault) : fault_{std::move(fault)} {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return !fault_; }

  explicit operator bool() const { return has_value(); }

  const Fault& error() const {
    ENSURE(fault_.has_value());
    return *fault_;
  }

 private:
  std::optional<Fault> fault_;
};

}  // namespace engine::base
