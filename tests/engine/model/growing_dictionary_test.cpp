#include "engine/model/growing_dictionary.hpp"

#include "tests/catch.hpp"

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

using engine::model::GrowingDictionary;

namespace {

std::string nth_code(std::uint32_t number) { return "K-" + std::to_string(number * 7919U); }

}  // namespace

TEST_CASE("growing dictionary: codes get numbers in the order they come, and keep them",
          "[engine][model]") {
  GrowingDictionary codes;
  CHECK(codes.size() == 0);
  CHECK_FALSE(codes.find("A"));
  CHECK(codes.intern("A") == 0);
  CHECK(codes.intern("") == 1);
  CHECK(codes.intern("B") == 2);
  CHECK(codes.intern("A") == 0);
  CHECK(codes.find("") == 1U);
  CHECK_FALSE(codes.find("C"));
  CHECK(codes.text(0) == "A");
  CHECK(codes.text(1).empty());
  CHECK(codes.size() == 3);
}

TEST_CASE("growing dictionary: codes of all lengths, in any order, as a table beside it has them",
          "[engine][model]") {
  std::mt19937 random{20'261'130};  // NOLINT(cert-msc51-cpp): the same cases each time
  GrowingDictionary codes;
  std::map<std::string, std::uint32_t> plain;
  for (int i = 0; i < 60'000; ++i) {
    const std::size_t longest = random() % 1'000 == 0 ? GrowingDictionary::code_bytes_max : 24;
    std::string code(random() % (longest + 1), 'x');
    for (std::size_t at = 0; at < std::min<std::size_t>(code.size(), 3); ++at)
      code[at] = static_cast<char>(random() % 256);
    const auto number = static_cast<std::uint32_t>(plain.size());
    const auto wanted = plain.try_emplace(code, number).first->second;
    REQUIRE(codes.intern(code) == wanted);
  }
  REQUIRE(codes.size() == plain.size());
  for (const auto& [code, number] : plain) {
    REQUIRE(codes.find(code) == number);
    REQUIRE(codes.text(number) == code);
  }
}

TEST_CASE("growing dictionary: a copy has what was there when it was made, and nothing of it moves",
          "[engine][model]") {
  GrowingDictionary codes;
  for (std::uint32_t i = 0; i < 1'000; ++i) codes.intern(nth_code(i));
  const GrowingDictionary copy = codes;
  const char* const at = codes.text(0).data();
  for (std::uint32_t i = 1'000; i < 100'000; ++i) codes.intern(nth_code(i));
  CHECK(codes.text(0).data() == at);
  CHECK(copy.text(0).data() == at);
  CHECK(copy.size() == 1'000);
  CHECK(copy.find(nth_code(999)) == 999U);
  CHECK_FALSE(copy.find(nth_code(1'000)));
  CHECK_FALSE(copy.find(nth_code(99'999)));
}

TEST_CASE("growing dictionary: copies that are given codes of their own do not get into each other",
          "[engine][model]") {
  GrowingDictionary codes;
  codes.intern("both");
  GrowingDictionary copy = codes;
  const char* const at = codes.text(0).data();
  CHECK(copy.intern("the copy's") == 1);
  CHECK(codes.intern("the first one's") == 1);
  CHECK(codes.intern("the copy's") == 2);
  CHECK(copy.text(1) == "the copy's");
  CHECK(copy.size() == 2);
  CHECK(codes.text(1) == "the first one's");
  CHECK(codes.text(0).data() == at);  // it went on where it was
  CHECK(copy.text(0).data() != at);

  GrowingDictionary moved = std::move(codes);
  CHECK(moved.intern("more") == 3);
  CHECK(moved.text(0).data() == at);
}

TEST_CASE("growing dictionary: copies are read on other threads while it grows",
          "[engine][model]") {
  constexpr std::uint32_t codes_max = 30'000;
  GrowingDictionary codes;
  std::vector<std::thread> readers;
  std::atomic<std::uint32_t> wrong{0};
  for (std::uint32_t number = 0; number < codes_max; ++number) {
    codes.intern(nth_code(number));
    if (number % 10'000 != 0) continue;
    readers.emplace_back([copy = codes, &wrong] {
      for (int round = 0; round < 3; ++round) {
        for (std::uint32_t i = 0; i < codes_max; i += 7) {
          const auto found = copy.find(nth_code(i));
          const bool is_known = i < copy.size();
          if (found.has_value() != is_known || (found && copy.text(*found) != nth_code(i))) ++wrong;
        }
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
}
