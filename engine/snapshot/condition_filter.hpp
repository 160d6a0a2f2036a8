// Records under conditions, found by what can still apply. A key with several such records - the
// promotions of everybody, say - keeps them by the number of their condition: a line then meets
// only those that its article's class does not rule out (ArticleConditions), less those that the
// question has ruled out for the customer. A filter only ever leaves out what is false: what it
// lets through is still tested in full. Immutable; any thread.
#pragma once

#include "engine/model/document.hpp"
#include "engine/snapshot/article_conditions.hpp"
#include "engine/snapshot/condition_index.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::snapshot {

class ConditionFilter {
 public:
  struct Entry {
    std::uint32_t condition = 0;  // bit number
    std::uint32_t record = 0;
  };

  struct Key {
    std::uint32_t position = 0;
    KeyRange plain;           // records without a condition: into plain_
    KeyRange entries;         // the others, by condition
    std::uint32_t word = 0;   // the first word of bits that has one of theirs
    std::uint32_t words = 0;  // how many have
    std::uint32_t bits = 0;   // where those stand
  };

  // Keys with fewer such records are scanned as they are.
  static constexpr std::size_t conditions_min = 2;

  void build(const ConditionIndex& index, std::span<const model::Document> documents,
             std::span<const model::RecordText> texts, const Snapshot& snapshot,
             const CodeResolver& codes);

  bool empty() const { return keys_.empty(); }

  // Null for keys that are not filtered.
  const Key* find(std::uint32_t position) const;

  std::span<const std::uint32_t> plain(const Key& key) const {
    return std::span{plain_}.subspan(key.plain.begin, key.plain.size());
  }

  std::span<const Entry> entries(const Key& key) const {
    return std::span{entries_}.subspan(key.entries.begin, key.entries.size());
  }

  const std::uint64_t* bits(const Key& key) const { return bits_.data() + key.bits; }

  // Of the key's words, those of the article start at `key.word`.
  const std::uint64_t* article_bits(std::uint32_t article) const {
    return articles_.bits_of(article);
  }

  // The record text of a condition.
  std::uint32_t text_of(std::uint32_t condition) const { return texts_[condition]; }

  std::size_t condition_words() const { return articles_.words(); }

 private:
  std::vector<Key> keys_;  // by position
  std::vector<std::uint32_t> plain_;
  std::vector<Entry> entries_;
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> texts_;  // by condition
  ArticleConditions articles_;
};

}  // namespace engine::snapshot
