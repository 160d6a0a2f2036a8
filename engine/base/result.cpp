#include "engine/base/result.hpp"

#include <array>
#include <cstddef>

namespace engine::base {

const char* fault_name(FaultCode code) {
  static constexpr std::array names{
      "missing_value",
      "bad_number",
      "bad_date",
      "bad_text",
      "out_of_range",
      "unknown_currency",
      "unknown_unit",
      "unknown_article",
      "unknown_article_group",
      "unknown_customer",
      "unknown_customer_group",
      "unknown_document",
      "unknown_warehouse",
      "unknown_condition_type",
      "unknown_key_fields",
      "unknown_field",
      "unknown_language",
      "duplicate_key",
      "circular_reference",
      "contradicting_values",
      "bad_json",
      "bad_document",
      "bad_expression",
      "width_unprovable",
      "no_procedure",
      "too_large",
      "too_deep",
      "too_many",
      "file_missing",
      "file_unreadable",
      "wrong_delimiter",
      "wrong_header",
      "wrong_columns",
      "bad_encoding",
      "bad_feed_description",
      "store_unavailable",
      "store_format",
      "store_corrupt",
      "refused_share",
      "bad_request",
      "unsupported",
  };
  static_assert(names.size() == static_cast<std::size_t>(FaultCode::unsupported) + 1);
  return names[static_cast<std::size_t>(code)];
}

}  // namespace engine::base
