// The fixed columns of the canonical feeds, each with an enumerator that names its position. Only
// for canonical*.cpp.
#pragma once

#include "server/feed/canonical.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace server::feed {

inline constexpr std::string_view attribute_prefix = "attribute:";

namespace columns {

using enum ValueType;

inline constexpr std::array currencies{Column{"code", text, true},
                                       Column{"decimals", integer, true}, Column{"name"}};

inline constexpr std::array exchange_rates{
    Column{"from", text, true},    Column{"to", text, true}, Column{"kind"},
    Column{"rate", decimal, true}, Column{"per", integer},   Column{"valid_from", moment}};

inline constexpr std::array article_groups{Column{"code", text, true}, Column{"parent"},
                                           Column{"name"}};

inline constexpr std::array articles{Column{"code", text, true},
                                     Column{"name"},
                                     Column{"groups", codes},
                                     Column{"base_unit"},
                                     Column{"safety_stock", decimal},
                                     Column{"min_quantity", decimal},
                                     Column{"max_quantity", decimal},
                                     Column{"multiple_quantity", decimal},
                                     Column{"status"},
                                     Column{"successor"}};

inline constexpr std::array article_units{Column{"article", text, true}, Column{"unit", text, true},
                                          Column{"numerator", integer, true},
                                          Column{"denominator", integer}};

inline constexpr std::array customer_groups{Column{"code", text, true}, Column{"parent"},
                                            Column{"rank", integer}, Column{"name"}};

inline constexpr std::array customers{
    Column{"code", text, true},  Column{"name"},    Column{"parent"},
    Column{"groups", codes},     Column{"country"}, Column{"currency"},
    Column{"price_lists", codes}};

inline constexpr std::array price_lists{Column{"code", text, true},
                                        Column{"name"},
                                        Column{"currency"},
                                        Column{"valid_from", moment},
                                        Column{"valid_to", validity_end},
                                        Column{"discountable", boolean},
                                        Column{"rank", integer},
                                        Column{"when"},
                                        Column{"based_on"},
                                        Column{"merge", boolean}};

inline constexpr std::array promotions{
    Column{"code", text, true},       Column{"name"}, Column{"valid_from", moment},
    Column{"valid_to", validity_end}, Column{"when"}, Column{"rank", integer}};

inline constexpr std::array agreements{Column{"code", text, true}, Column{"name"},
                                       Column{"customers", codes}, Column{"valid_from", moment},
                                       Column{"valid_to", validity_end}};

inline constexpr std::array price_list_assignments{
    Column{"price_list", text, true}, Column{"customer"},
    Column{"customer_group"},         Column{"rank", integer},
    Column{"valid_from", moment},     Column{"valid_to", validity_end}};

// Beside these: one column for each key field, and for each number that a condition type declares.
// One of value, scale and formula must be there; see check_header.
inline constexpr std::array conditions{Column{"type", text, true},
                                       Column{"agreement"},
                                       Column{"promotion"},
                                       Column{"value", decimal, true},
                                       Column{"currency"},
                                       Column{"unit"},
                                       Column{"price_unit", integer},
                                       Column{"from_quantity", decimal},
                                       Column{"to_quantity", decimal},
                                       Column{"valid_from", moment},
                                       Column{"valid_to", validity_end},
                                       Column{"rank", integer},
                                       Column{"flags", codes},
                                       Column{"key"},
                                       Column{"when"},
                                       Column{"formula"},
                                       Column{"scale"},
                                       Column{"scale_kind"},
                                       Column{"buy_when"},
                                       Column{"free_article"}};

inline constexpr std::array warehouses{Column{"code", text, true}, Column{"name"}};

inline constexpr std::array stock{Column{"article", text, true}, Column{"warehouse", text, true},
                                  Column{"on_hand", decimal, true}, Column{"reserved", decimal}};

inline constexpr std::array receipts{Column{"article", text, true}, Column{"warehouse"},
                                     Column{"date", moment, true},
                                     Column{"quantity", decimal, true}, Column{"reference"}};

}  // namespace columns

// Positions in the tables above.
namespace place {

namespace currencies {
enum : std::size_t { code, decimals, name };
}

namespace exchange_rates {
enum : std::size_t { from, to, kind, rate, per, valid_from };
}

namespace article_groups {
enum : std::size_t { code, parent, name };
}

namespace articles {
enum : std::size_t {
  code,
  name,
  groups,
  base_unit,
  safety_stock,
  min_quantity,
  max_quantity,
  multiple_quantity,
  status,
  successor
};
}

namespace article_units {
enum : std::size_t { article, unit, numerator, denominator };
}

namespace customer_groups {
enum : std::size_t { code, parent, rank, name };
}

namespace customers {
enum : std::size_t { code, name, parent, groups, country, currency, price_lists };
}

namespace price_lists {
enum : std::size_t {
  code,
  name,
  currency,
  valid_from,
  valid_to,
  discountable,
  rank,
  when,
  based_on,
  merge
};
}

namespace promotions {
enum : std::size_t { code, name, valid_from, valid_to, when, rank };
}

namespace agreements {
enum : std::size_t { code, name, customers, valid_from, valid_to };
}

namespace price_list_assignments {
enum : std::size_t { price_list, customer, customer_group, rank, valid_from, valid_to };
}

namespace conditions {
enum : std::size_t {
  type,
  agreement,
  promotion,
  value,
  currency,
  unit,
  price_unit,
  from_quantity,
  to_quantity,
  valid_from,
  valid_to,
  rank,
  flags,
  key,
  when,
  formula,
  scale,
  scale_kind,
  buy_when,
  free_article
};
}

namespace warehouses {
enum : std::size_t { code, name };
}

namespace stock {
enum : std::size_t { article, warehouse, on_hand, reserved };
}

namespace receipts {
enum : std::size_t { article, warehouse, date, quantity, reference };
}

}  // namespace place

}  // namespace server::feed
