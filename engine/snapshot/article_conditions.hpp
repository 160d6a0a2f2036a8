// What the conditions of records say about the article alone, worked out for all articles when a
// snapshot is built. Articles of which all of these conditions say the same are one class; a class
// has a bit for each condition, and a clear bit proves that the condition is false for its
// articles, whatever else it says. Immutable; any thread. Cost: a row of bits per class; a test of
// each value of the fields named and of each condition per class to build.
#pragma once

#include "engine/model/record_text.hpp"
#include "engine/snapshot/bind.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::snapshot {

struct Articles;
class Snapshot;

class ArticleConditions {
 public:
  // Of these texts, by their place in `numbers`.
  void build(std::span<const std::uint32_t> numbers, std::span<const model::RecordText> texts,
             const Snapshot& snapshot, const CodeResolver& codes);

  // One bit a condition; the last word's spare bits are clear.
  const std::uint64_t* bits_of(std::uint32_t article) const {
    return bits_.data() + static_cast<std::size_t>(class_of_[article]) * words_;
  }

  std::size_t words() const { return words_; }

  std::size_t classes() const { return words_ == 0 ? 0 : bits_.size() / words_; }

 private:
  std::size_t words_ = 0;
  std::vector<std::uint32_t> class_of_;  // by article
  std::vector<std::uint64_t> bits_;      // class after class
};

}  // namespace engine::snapshot
