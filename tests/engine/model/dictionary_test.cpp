#include "engine/model/dictionary.hpp"

#include "engine/model/identity_map.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

using engine::model::Dictionary;
using engine::model::Identity;
using engine::model::IdentityMap;
using engine::model::Place;

TEST_CASE("dictionary: codes get numbers in the order they come, and keep them",
          "[engine][model]") {
  Dictionary codes;
  CHECK_FALSE(codes.find("A"));
  CHECK(codes.intern("A") == 0);
  CHECK(codes.intern("B") == 1);
  CHECK(codes.intern("A") == 0);
  CHECK(codes.find("B") == 1U);
  CHECK_FALSE(codes.find("C"));
  CHECK(codes.text(0) == "A");
  CHECK(codes.size() == 2);
}

TEST_CASE("dictionary: codes are bytes: empty ones, long ones, ones that are parts of others",
          "[engine][model]") {
  Dictionary codes;
  const std::vector<std::string> all{"",
                                     "a",
                                     "aa",
                                     "aaa",
                                     std::string(7, 'x'),
                                     std::string(8, 'x'),
                                     std::string(9, 'x'),
                                     std::string(256, 'x'),
                                     std::string("nul\0inside", 10),
                                     "nul",
                                     "\xC3\xA4",
                                     "A",
                                     std::string(100'000, 'y')};
  for (std::uint32_t i = 0; i < all.size(); ++i) CHECK(codes.intern(all[i]) == i);
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    CHECK(codes.find(all[i]) == i);
    CHECK(codes.text(i) == all[i]);
  }
}

TEST_CASE("dictionary: a hundred thousand codes are found again after every growth",
          "[engine][model]") {
  Dictionary codes;
  for (std::uint32_t i = 0; i < 100'000; ++i)
    REQUIRE(codes.intern("SKU-" + std::to_string(i)) == i);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    REQUIRE(codes.find("SKU-" + std::to_string(i)) == i);
    REQUIRE(codes.text(i) == "SKU-" + std::to_string(i));
  }
  CHECK_FALSE(codes.find("SKU-100000"));
  CHECK(codes.memory_bytes() < 5'000'000);
}

TEST_CASE("dictionary: a copy goes its own way", "[engine][model]") {
  Dictionary first;
  first.intern("A");
  Dictionary second = first;
  CHECK(second.intern("B") == 1);
  CHECK(first.intern("C") == 1);
  CHECK_FALSE(first.find("B"));
  CHECK(second.text(1) == "B");
}

TEST_CASE("identity map: a place is given once and found again", "[engine][model]") {
  IdentityMap places;
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    const Place place = places.find_or_insert(Identity{}.add(i % 7).add(i), {i % 3, i});
    REQUIRE(place.row == i);
  }
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    const Place place = places.find_or_insert(Identity{}.add(i % 7).add(i), {9, 999'999});
    REQUIRE(place.row == i);
    REQUIRE(place.table == i % 3);
  }
}

TEST_CASE("identity: order, grouping and borders between texts count", "[engine][model]") {
  const auto texts = [](const char* a, const char* b) {
    return Identity{}.add_text(a).add_text(b);
  };
  CHECK(texts("ab", "c") == texts("ab", "c"));
  CHECK_FALSE(texts("ab", "c") == texts("a", "bc"));
  CHECK_FALSE(texts("a", "b") == texts("b", "a"));
  CHECK_FALSE(texts("", "a") == texts("a", ""));
  CHECK_FALSE(Identity{}.add(1).add(2) == Identity{}.add(2).add(1));
  CHECK_FALSE(Identity{}.add(0) == Identity{});
  CHECK_FALSE(Identity{}.add_text("") == Identity{});
}

TEST_CASE("dictionary: many codes looked up together are found as one by one", "[engine][model]") {
  engine::model::Dictionary dictionary;
  std::vector<std::string> texts;
  for (int i = 0; i < 1'000; ++i) texts.push_back("SKU-" + std::to_string(i * 7));
  const auto same = [&] {
    const std::vector<std::string_view> codes(texts.begin(), texts.end());
    std::vector<std::uint32_t> numbers(codes.size());
    dictionary.find_all(codes, numbers);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const auto one = dictionary.find(codes[i]);
      if (numbers[i] != one.value_or(engine::model::Dictionary::none)) return false;
    }
    return true;
  };
  CHECK(same());  // none is known
  for (std::size_t i = 0; i < texts.size(); i += 3) dictionary.intern(texts[i]);
  CHECK(same());
  dictionary.intern("");
  texts.emplace_back();
  CHECK(same());
}
