// Documents that condition records come from: price lists, framework agreements, promotions.
#pragma once

#include "engine/base/date.hpp"
#include "engine/model/ids.hpp"

#include <string>
#include <vector>

namespace engine::model {

enum class DocumentKind : std::uint8_t { price_list, agreement, promotion };

struct Document {
  DocumentKind kind = DocumentKind::price_list;
  std::string code;
  std::string name;
  base::Validity
      validity;  // of a price list or promotion it bounds its records; of an agreement it is only
                 // reported
  CurrencyId currency;                // default of its records
  std::int32_t rank = 0;              // smaller comes first
  bool refuses_discounts = false;     // clears `discountable` on every record of the list
  bool declared = false;              // false: known only from records that name it
  std::vector<CustomerId> customers;  // who may call off an agreement; empty: whoever names it
  std::uint32_t when = UINT32_MAX;    // index of its condition among the record texts; none
  DocumentId based_on;                // the price list whose prices this one's are made from
  bool refuses_merge = false;         // of a price list, where lists are merged slot by slot
};

}  // namespace engine::model
