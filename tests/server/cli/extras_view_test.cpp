#include "server/cli/extras_view.hpp"

#include "server/cli/answer_view.hpp"

#include "tests/catch.hpp"

using rules::Json;

namespace {

constexpr std::string_view full_answer = R"json({
  "customer": "C", "currency": "EUR", "procedure": "shop", "date": "2026-06-01",
  "lines": [
    {"line": 1, "article": "D-18", "quantity": "3", "unit": "PCE", "outcome": "priced",
     "unit_price": "128.00", "price_unit": 1, "price_unit_of_measure": "PCE",
     "line_amount": "284.00", "components": {"net": "284.00"},
     "notes": ["margin_too_low", "lower_general_price"],
     "adjustments": [
       {"step": "promotions", "type": "volume", "record": "row 4",
        "document": {"kind": "promotion", "code": "SPRING"}, "amount": "100.00"},
       {"step": "promotions", "type": "fee", "record": "F-1", "amount": "-0.50"}]},
    {"line": 2, "article": "B-10", "quantity": "1", "outcome": "refused",
     "reason": "The price is below the lowest one allowed.", "reason_code": "below_floor"}],
  "totals": {"line_amount": "284.00"},
  "order": {"shipping": "4.90", "small_order_fee": "0.00"},
  "order_adjustments": [{"charge": "shipping", "step": "promotions", "type": "ship_free",
                         "record": "row 9", "amount": "4.90"}],
  "free_lines": [{"article": "BIT-10", "name": "Bit set", "quantity": "2", "unit": "PCE",
                  "unit_price": "0.00", "earned_by": 1, "step": "gifts", "type": "gift",
                  "record": "row 3", "document": {"kind": "promotion", "code": "SPRING"}},
                 {"article": "MUG", "quantity": "1", "unit_price": "1.00", "step": "gifts"}]
})json";

Json parsed(std::string_view text) {
  auto json = rules::parse_json(text);
  REQUIRE(json);
  return *std::move(json);
}

}  // namespace

TEST_CASE("quote: notes, adjustments, the order's amounts and free lines are shown below the lines",
          "[server]") {
  const auto text = server::cli::extras_text(parsed(full_answer), false);
  CHECK(text == R"(
Notes and adjustments
  line 1  note              The margin above cost is too low.
  line 1  note              A general price is lower than the agreement's.
  line 1  took off  100.00  volume row 4 of promotion SPRING                promotions
  line 1  put on      0.50  fee F-1                                         promotions

Adjustments of the order
  order  took off  4.90  of shipping by ship_free row 9  promotions

Order
  shipping         4.90
  small order fee  0.00

Free
  2 PCE  BIT-10  Bit set  at 0.00  for line 1     gift row 3 of promotion SPRING
      1  MUG              at 1.00  for the order
)");
}

TEST_CASE("quote: an answer with nothing beside its lines shows nothing more", "[server]") {
  CHECK(server::cli::extras_text(parsed(R"({"lines":[{"line":1,"outcome":"priced"}]})"), false)
            .empty());
}

TEST_CASE("quote: a note that this program does not know is shown by its code", "[server]") {
  const auto text =
      server::cli::extras_text(parsed(R"({"lines":[{"line":7,"notes":["odd_thing"]}]})"), false);
  CHECK(text.find("line 7  note  odd thing\n") != std::string::npos);
}

TEST_CASE("quote: a spreadsheet gets the reason's code, the notes and a row for each free line",
          "[server]") {
  const auto csv = server::cli::quote_csv(parsed(full_answer));
  CHECK(csv ==
        "line,id,article,name,quantity,unit,outcome,unit_price,price_unit,price_unit_of_measure,"
        "line_amount,currency,net,band,expected,source,document_kind,document,record,valid_until,"
        "reason,reason_code,notes\r\n"
        "1,,D-18,,3,PCE,priced,128.00,1,PCE,284.00,EUR,284.00,,,,,,,,,,"
        "margin_too_low;lower_general_price\r\n"
        "2,,B-10,,1,,refused,,,,,EUR,,,,,,,,,The price is below the lowest one allowed.,"
        "below_floor,\r\n"
        "1,,BIT-10,Bit set,2,PCE,free,0.00,1,PCE,,EUR,,,,gift,promotion,SPRING,row 3,,,,\r\n"
        ",,MUG,,1,,free,1.00,1,,,EUR,,,,,,,,,,,\r\n");
}
