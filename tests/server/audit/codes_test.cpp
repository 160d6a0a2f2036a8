// Codes, the hashes that batches are found by, and what rows are known by.
#include "server/audit/codes.hpp"

#include "server/audit/batch_rows.hpp"
#include "server/audit/packed.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

namespace {

using namespace server::audit;  // NOLINT(google-build-using-namespace)
using server::feed::Kind;

std::string identity_in(Kind kind, const std::vector<std::string>& columns,
                        const std::vector<std::string_view>& cells,
                        const ParameterNames& declared = {}) {
  std::string identity;
  RowShape{kind, "canonical", columns, declared}.identity(cells, identity);
  return identity;
}

}  // namespace

TEST_CASE("audit codes: the same text of two kinds of code has two hashes", "[server][audit]") {
  CHECK(hash_of(Code::article, "A-1") != hash_of(Code::customer, "A-1"));
  CHECK(hash_of(Code::article, "A-1") != hash_of(Code::article, "A-2"));
  // Part of the stored format.
  CHECK(hash_of(Code::article, "") == 0x29620a60U);
  CHECK(hash_of(Code::article, "A-1") == 0x59fc43d5U);
}

TEST_CASE("audit codes: sets of hashes are sorted, and asked for all or any", "[server][audit]") {
  CodeHashes hashes{7, 3, 7, 9, 1};
  sort_hashes(hashes);
  CHECK(hashes == CodeHashes{1, 3, 7, 9});
  CHECK(has_all(hashes, CodeHashes{}));
  CHECK(has_all(hashes, CodeHashes{9, 1}));
  CHECK_FALSE(has_all(hashes, CodeHashes{1, 2}));
  CHECK_FALSE(has_any(hashes, CodeHashes{}));
  CHECK_FALSE(has_any(hashes, CodeHashes{0, 2, 8, 10}));
  CHECK(has_any(hashes, CodeHashes{0, 9}));
  CodeHashes many;
  for (CodeHash hash = 0; hash < 1'000; ++hash) many.push_back(hash * 2);
  for (const CodeHash wanted : {0U, 1U, 500U, 1'997U, 1'998U, 1'999U}) {
    CAPTURE(wanted);
    CHECK(has_any(many, CodeHashes{wanted}) == (wanted % 2 == 0));
    CHECK(has_any(CodeHashes{wanted}, many) == (wanted % 2 == 0));
  }
}

TEST_CASE("audit codes: a list names each of its codes", "[server][audit]") {
  std::string seen;
  for_each_code(" K1; K2 ;;K3", true, [&](std::string_view code) { (seen += code) += '|'; });
  CHECK(seen == "K1|K2|K3|");
  seen.clear();
  for_each_code("A;B", false, [&](std::string_view code) { (seen += code) += '|'; });
  CHECK(seen == "A;B|");
}

TEST_CASE("audit rows: a record is the same however its columns stand and its digits are written",
          "[server][audit]") {
  const auto one = identity_in(Kind::conditions, {"type", "article", "value", "from_quantity"},
                               {"PRICE", "A-1", "5", "10"});
  CHECK(one == identity_in(Kind::conditions,
                           {"from_quantity", "value", "article", "type", "customer"},
                           {"10.00", "6", "A-1", "PRICE", ""}));
  CHECK(one != identity_in(Kind::conditions, {"type", "article", "value", "from_quantity"},
                           {"PRICE", "A-1", "5", "100"}));
  CHECK(identity_in(Kind::conditions, {"type", "from_quantity"}, {"P", "0.0"}) ==
        identity_in(Kind::conditions, {"type"}, {"P"}));
  CHECK(identity_in(Kind::conditions, {"type", "valid_from"}, {"P", "2026-01-01T00:00"}) ==
        identity_in(Kind::conditions, {"type", "valid_from"}, {"P", "2026-01-01"}));
}

TEST_CASE("audit rows: a key is all that a keyed record is known by", "[server][audit]") {
  CHECK(
      identity_in(Kind::conditions, {"type", "article", "value", "key"}, {"P", "A-1", "5", "B"}) ==
      identity_in(Kind::conditions, {"op", "key", "type"}, {"delete", "B", "P"}));
  CHECK(identity_in(Kind::conditions, {"type", "key"}, {"P", "B"}) !=
        identity_in(Kind::conditions, {"type", "key"}, {"Q", "B"}));
  CHECK(identity_in(Kind::receipts, {"article", "date", "reference", "quantity"},
                    {"A", "2026-01-01", "PO", "5"}) ==
        identity_in(Kind::receipts, {"article", "date", "reference", "quantity"},
                    {"A", "2026-02-01", "PO", "5"}));
  CHECK(identity_in(Kind::receipts, {"article", "date"}, {"A", "2026-01-01"}) !=
        identity_in(Kind::receipts, {"article", "date"}, {"A", "2026-02-01"}));
}

TEST_CASE("audit rows: numbers that a type declares are no part of what a record is known by",
          "[server][audit]") {
  ParameterNames parameters;
  add_parameters(R"({"condition_types": {"part_off": {"parameters": ["max_units"]}, "x": {}}})",
                 parameters);
  CHECK(parameters == ParameterNames{"max_units"});
  const auto of = [&](std::string_view units, const ParameterNames& known) {
    return identity_in(Kind::conditions, {"type", "article", "max_units"}, {"part_off", "A", units},
                       known);
  };
  CHECK(of("3", parameters) == of("4", parameters));
  CHECK(of("3", {}) != of("4", {}));
}

TEST_CASE("audit rows: content comes back as it was packed, and damage is told",
          "[server][audit]") {
  for (const std::string& text : {std::string{"x"}, std::string(100'000, 'y')}) {
    const std::string bytes = packed(text);
    std::string back = "before ";
    REQUIRE(append_unpacked(bytes, text.size(), back));
    CHECK(back == "before " + text);
    CHECK_FALSE(append_unpacked(bytes, text.size() + 1, back));
    CHECK_FALSE(
        append_unpacked(std::string_view{bytes}.substr(0, bytes.size() - 1), text.size(), back));
  }
  std::string nothing;
  CHECK_FALSE(append_unpacked("", 0, nothing));
}
