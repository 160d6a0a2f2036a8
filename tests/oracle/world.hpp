// World: a company's facts as plain text and numbers, the way a person would write them down: no
// id, no index, no dictionary. The oracle answers from it by straight loops; engine_of.hpp puts the
// same rows into the engine. Copy, change and shuffle it freely.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oracle {

// Minutes since 1970-01-01 00:00.
using Minutes = std::int32_t;

inline constexpr Minutes open_start = std::numeric_limits<Minutes>::min();
inline constexpr Minutes open_end = std::numeric_limits<Minutes>::max();
inline constexpr Minutes minutes_a_day = 1440;

// The calendar by counting: no library is asked.
Minutes day(int year, int month, int day_of_month);

// "2024-02-29": the moment that day begins.
Minutes day_from(std::string_view text);

struct Span {
  Minutes from = open_start;
  Minutes to = open_end;  // no longer valid at this moment

  bool holds(Minutes at) const { return from <= at && at < to; }
};

using Texts = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct CurrencyRow {
  std::string code;
  int decimals = 2;
};

struct GroupRow {
  std::string code;
  std::string parent;
  int rank = 0;  // of a customer group
};

struct UnitRow {
  std::string unit;
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
};

struct ArticleRow {
  std::string code;
  std::string base_unit;
  Texts groups;
  Pairs attributes;
  std::vector<UnitRow> units;
  std::string safety_stock = "0";
  std::string status = {};
  std::string min_quantity = "0";  // 0: none
  std::string max_quantity = "0";
  std::string multiple_quantity = "0";
};

struct CustomerRow {
  std::string code;
  std::string parent;
  std::string currency;
  Texts groups;
  Texts price_lists;
  Pairs attributes;
};

struct DocumentRow {
  std::string kind = "price_list";  // price_list, agreement, promotion
  std::string code;
  std::string currency;
  Span validity;
  int rank = 0;
  bool refuses_discounts = false;
  Texts customers;
  std::string when = {};       // a condition of all of its records; empty: none
  bool refuses_merge = false;  // of a price list
  std::string based_on = {};   // of a price list: the one that its prices are made from
};

struct AssignmentRow {
  std::string price_list;
  std::string customer;
  std::string customer_group;
  std::optional<int> rank;
  Span validity;
};

struct RecordRow {
  std::string type;
  Pairs keys;
  std::string value;
  std::string currency;
  std::string unit;
  int price_unit = 1;
  std::string from_quantity = "0";
  std::optional<std::string> to_quantity;
  Span validity;
  int rank = 0;
  std::set<std::string> flags_set;
  std::set<std::string> flags_cleared;
  std::string agreement;
  std::string promotion;
  std::string feed;
  std::string key;
  std::uint32_t line = 0;
  // One of value, scale and formula.
  std::string scale = {};
  std::string scale_kind = "whole";  // graduated, package
  std::string formula = {};
  std::string when = {};
  std::string buy_when = {};
  std::string free_article = {};
  Pairs parameters = {};
};

struct RateRow {
  std::string from;
  std::string to;
  std::string kind;
  std::string rate = "1";
  int per = 1;
  Minutes start = open_start;
};

struct StockRow {
  std::string article;
  std::string warehouse;
  std::string on_hand = "0";
  std::string reserved = "0";
};

struct ReceiptRow {
  std::string article;
  std::string warehouse;
  std::string reference;
  Minutes date = 0;
  std::string quantity = "0";
};

struct World {
  std::vector<CurrencyRow> currencies;
  std::vector<GroupRow> article_groups;  // parents first
  std::vector<ArticleRow> articles;
  std::vector<GroupRow> customer_groups;  // parents first
  std::vector<DocumentRow> documents;
  std::vector<CustomerRow> customers;  // parents first
  std::vector<AssignmentRow> assignments;
  std::vector<RecordRow> records;
  std::vector<RateRow> rates = {};
  Texts warehouses;
  std::vector<StockRow> stock;
  std::vector<ReceiptRow> receipts;
};

struct LineAsk {
  std::string article;
  std::string quantity = "1";
  std::string unit;
  std::string agreement;
  std::optional<Minutes> date;
  Pairs fields = {};  // of this line alone
};

struct Ask {
  std::string customer;
  std::string currency;
  Minutes date = 0;
  Pairs fields;
  std::vector<LineAsk> lines;
};

}  // namespace oracle
