// The masters a question refers to: articles, customers, their groups, currencies, units, stock.
// Plain records.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/fixed.hpp"
#include "engine/model/ids.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace engine::model {

struct Attribute {
  FieldId field;
  TextId value;

  friend bool operator==(const Attribute&, const Attribute&) = default;
};

struct ArticleUnit {
  UnitId unit;
  std::int64_t numerator = 1;  // one of `unit` is numerator / denominator base units
  std::int64_t denominator = 1;

  friend bool operator==(const ArticleUnit&, const ArticleUnit&) = default;
};

struct Article {
  std::string name;
  bool declared = false;  // false: known only from records that name it, where the feed allows that
  UnitId base_unit;
  base::Quantity safety_stock;
  base::Quantity minimum_quantity;   // 0: none
  base::Quantity maximum_quantity;   // 0: none
  base::Quantity multiple_quantity;  // 0: none
  std::string status;
  std::string successor;
  std::vector<ArticleGroupId> groups;
  std::vector<ArticleUnit> units;
  std::vector<Attribute> attributes;
};

struct ArticleGroup {
  std::string name;
  ArticleGroupId parent;
};

struct Customer {
  std::string name;
  CustomerId parent;
  std::vector<CustomerGroupId> groups;
  CurrencyId currency;                // default of a question that names none
  std::vector<Attribute> attributes;  // country among them
};

struct CustomerGroup {
  std::string name;
  CustomerGroupId parent;
  std::int32_t rank = 0;
};

// A price list given to a customer or to a customer group; neither: to everybody.
struct ListAssignment {
  DocumentId list;
  CustomerId customer;
  CustomerGroupId group;
  std::int32_t rank = 0;
  base::Validity validity;
  bool has_own_rank = true;    // false: `rank` is the list's, and changes with it
  bool from_customer = false;  // named by the customer's own row
  bool withdrawn = false;      // by a later row of the customer, or removed
};

struct Currency {
  std::uint8_t decimals = 2;
  std::string name;
};

// One unit of `from` is numerator / 10^decimals / per of `to`, from `valid_from` on.
struct ExchangeRate {
  CurrencyId from;
  CurrencyId to;
  TextId kind;
  base::CivilMinutes valid_from = base::CivilMinutes::earliest();
  std::int64_t mantissa = 0;
  std::uint8_t decimals = 0;
  std::int64_t per = 1;
};

struct Warehouse {
  std::string name;
};

struct Stock {
  base::Quantity on_hand;
  base::Quantity reserved;
};

struct Receipt {
  ArticleId article;
  WarehouseId warehouse;  // none: not told
  base::CivilMinutes date;
  base::Quantity quantity;
  std::string reference;
};

}  // namespace engine::model
