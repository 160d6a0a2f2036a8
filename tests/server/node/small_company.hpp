// A company of two articles and one customer, as files: what the tests of node and command line
// import.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace tests {

inline void write_file(const std::string& path, std::string_view text) {
  std::ofstream out{path, std::ios::binary};
  out << text;
}

inline constexpr std::string_view base_price_rules = R"json({
  "procedure": "base",
  "title": "Base price",
  "condition_types": {"base_price": {"value": "price", "title": "Base price"}},
  "steps": [
    {"step": "price", "title": "Price",
     "find": {"type": "base_price", "accesses": [{"keys": ["customer", "article"]}, {"keys": ["article"]}],
              "search": "first", "choose": ["highest_threshold"], "tie": "report", "required": true}},
    {"step": "line_amount", "title": "Amount", "amount": "round(extended(price, price), 2, 'half_up')"}
  ],
  "answer": {"price": "price", "unit_price": "price", "line_amount": "line_amount"}
}
)json";

inline constexpr std::string_view base_prices =
    "type,customer,article,value,currency,from_quantity,valid_from,valid_to,key\r\n"
    "base_price,,S-10,4.95,EUR,,,,B-1\r\n"
    "base_price,,S-10,4.45,EUR,100,2026-01-01,2026-12-31,B-2\r\n"
    "base_price,K1,S-10,4.00,EUR,,,,K-1\r\n"
    "base_price,,S-20,9.80,EUR,,,,B-3\r\n";

// Everything but what a test adds itself.
inline void write_small_company(const std::string& folder) {
  std::filesystem::create_directories(folder);
  write_file(folder + "/base.json", base_price_rules);
  write_file(folder + "/currencies.csv", "code,name,decimals\r\nEUR,Euro,2\r\n");
  write_file(folder + "/article_groups.csv", "code,name,parent\r\nF,Fasteners,\r\nS,Screws,F\r\n");
  write_file(folder + "/articles.csv",
             "code,name,base_unit,groups,safety_stock\r\nS-10,\"Screw, "
             "short\",PCE,S,5\r\nS-20,Screw long,PCE,S,0\r\n");
  write_file(folder + "/customers.csv", "code,name,currency\r\nK1,Karlsson AB,EUR\r\n");
  write_file(folder + "/warehouses.csv", "code,name\r\nHQ,Head quarters\r\n");
  write_file(folder + "/stock.csv", "article,warehouse,on_hand,reserved\r\nS-10,HQ,120,20\r\n");
  write_file(folder + "/receipts.csv",
             "article,warehouse,date,quantity,reference\r\nS-10,HQ,2026-05-03,500,PO-7\r\n");
  write_file(folder + "/conditions.csv", base_prices);
}

}  // namespace tests
