#include "rules/check_key_pairs.hpp"

#include <algorithm>

namespace rules {

using engine::snapshot::ArticleSide;
using engine::snapshot::ConditionIndex;
using engine::snapshot::KeyRange;

void KeyPairs::each(const Meeting& meeting, const Visit& visit) {
  visit_ = &visit;
  meeting_ = &meeting;
  table_a_ = &context_.table_of_part(meeting.part_a);
  table_b_ = &context_.table_of_part(meeting.part_b);
  a_ = index_.part_keys(meeting.part_a);
  b_ = index_.part_keys(meeting.part_b);
  if (meeting.same_way) {
    for (std::uint32_t key = a_.begin; key < a_.end; ++key) visit(key, key);
    if (table_a_->side == ArticleSide::mapped) each_neighbour();
  } else if (table_a_->side == ArticleSide::none || table_b_->side == ArticleSide::none) {
    for (std::uint32_t x = a_.begin; x < a_.end; ++x) {
      for (std::uint32_t y = b_.begin; y < b_.end; ++y) visit(x, y);
    }
  } else if (table_a_->side == ArticleSide::article && table_b_->side == ArticleSide::article) {
    each_common();
  } else if (table_a_->side == ArticleSide::mapped && table_b_->side == ArticleSide::mapped) {
    each_neighbour();
  } else {
    each_mapped();
  }
}

// Keys of articles on one side, of what articles have on the other.
void KeyPairs::each_mapped() {
  const auto& mappings = context_.snapshot().articles().mappings;
  if (table_a_->side == ArticleSide::article) {
    for (std::uint32_t x = a_.begin; x < a_.end; ++x) {
      for (const auto& key : mappings[table_b_->mapping][index_.key_at(x)]) meet_found(x, key.key);
    }
    return;
  }
  for (std::uint32_t y = b_.begin; y < b_.end; ++y) {
    for (const auto& key : mappings[table_a_->mapping][index_.key_at(y)]) {
      const std::uint32_t x = find_key(a_, key.key);
      if (x != ConditionIndex::no_key) (*visit_)(x, y);
    }
  }
}

void KeyPairs::each_common() {
  std::uint32_t x = a_.begin;
  std::uint32_t y = b_.begin;
  while (x < a_.end && y < b_.end) {
    const std::uint32_t key_x = index_.key_at(x);
    const std::uint32_t key_y = index_.key_at(y);
    if (key_x == key_y) {
      (*visit_)(x++, y++);
    } else if (key_x < key_y) {
      x = seek(x, a_.end, key_y);
    } else {
      y = seek(y, b_.end, key_x);
    }
  }
}

// The first key from `from` on that is not below the article's, by doubling steps.
std::uint32_t KeyPairs::seek(std::uint32_t from, std::uint32_t end, std::uint32_t article) const {
  std::uint32_t step = 1;
  while (from + step < end && index_.key_at(from + step) < article) {
    from += step;
    step *= 2;
  }
  std::uint32_t high = std::min(from + step + 1, end);
  while (from < high) {
    const std::uint32_t middle = from + (high - from) / 2;
    if (index_.key_at(middle) < article) {
      from = middle + 1;
    } else {
      high = middle;
    }
  }
  return from;
}

void KeyPairs::each_neighbour() {
  const auto& lists = neighbours_.between(table_a_->mapping, table_b_->mapping);
  const bool one_part = meeting_->part_a == meeting_->part_b;
  for (std::uint32_t x = a_.begin; x < a_.end; ++x) {
    for (const std::uint32_t key : lists[index_.key_at(x)]) {
      if (one_part && meeting_->same_way && key <= index_.key_at(x)) continue;
      meet_found(x, key);
    }
  }
}

std::uint32_t KeyPairs::find_key(KeyRange range, std::uint32_t key) const {
  return range.size() == 0 ? ConditionIndex::no_key : index_.find_key_in_run(range, key);
}

void KeyPairs::meet_found(std::uint32_t x, std::uint32_t key) {
  const std::uint32_t y = find_key(b_, key);
  if (y != ConditionIndex::no_key) (*visit_)(x, y);
}

}  // namespace rules
