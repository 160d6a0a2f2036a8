// Shop: a company whose data shows whether a batch went in whole. Its articles lie in groups, each
// of which belongs to one sender, and a batch gives all records of one group the same number: as
// the price, and where the sender's feed has them, as stock on hand and as the day of the next
// receipt. So one answer about a group that names two numbers has seen half a batch, and which
// batch is in can be told from what is answered. Numbers of a sender grow. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tests::crash {

enum class Kind : std::uint8_t {
  prices,  // the canonical feed "conditions", by batch ids
  goods,   // a feed description: price, stock and receipt of a row; by the sender's own sequence
  tiers    // the canonical feed, large: a hundred tiers an article; by batch ids
};

inline constexpr std::size_t articles_per_group = 20;
inline constexpr std::size_t groups_per_sender = 8;
inline constexpr std::size_t tiers_per_article = 100;

// A sender's place in the shop.
struct Range {
  std::size_t sender = 0;
  Kind kind = Kind::prices;
  std::size_t articles = articles_per_group;  // of a group

  std::size_t rows() const { return kind == Kind::tiers ? articles * tiers_per_article : articles; }
};

// Rules, feed descriptions and masters, and every group with the number 1.
void write_shop(const std::string& folder, const std::vector<Range>& ranges);

// The rows that give `group` the number.
std::string batch_text(const Range& range, std::size_t group, std::uint64_t number);
std::string feed_of(const Range& range);

// A quote about all articles of a group; of tiers about one of each, `pick` says which.
std::string question_about(const Range& range, std::size_t group, std::uint64_t pick);

// The same about every tier, in as many questions as it takes.
std::vector<std::string> questions_about_all(const Range& range, std::size_t group);

// The one number of an answer to such a question. Throws std::runtime_error, with what is odd, where
// it is not one number on every line.
std::uint64_t number_of(const Range& range, const std::string& answer);

// The answer without what may differ from node to node: how old its data is.
std::string without_ages(const std::string& answer);

}  // namespace tests::crash
