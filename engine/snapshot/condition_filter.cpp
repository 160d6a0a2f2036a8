#include "engine/snapshot/condition_filter.hpp"

#include "engine/model/facts.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <algorithm>
#include <map>

namespace engine::snapshot {

namespace {

// The condition that a record is found by: its own, else its document's. Both are tested later.
std::uint32_t condition_of(const ConditionIndex& index, std::span<const model::Document> documents,
                           std::uint32_t record) {
  const model::RecordExtra* extra = index.find_extra(record);
  if (extra != nullptr && extra->when != model::nothing_there) return extra->when;
  const model::DocumentId document = index.record(record).document;
  return document.is_none() ? model::nothing_there : documents[document.raw()].when;
}

}  // namespace

void ConditionFilter::build(const ConditionIndex& index, std::span<const model::Document> documents,
                            std::span<const model::RecordText> texts, const Snapshot& snapshot,
                            const CodeResolver& codes) {
  if (texts.empty()) return;
  std::map<std::uint32_t, std::uint32_t> numbers;  // conditions by text, as keys meet them
  for (std::uint32_t position = 0; position < index.key_count(); ++position) {
    const KeyRange records = index.records_of(position);
    if (records.size() < conditions_min) continue;
    std::vector<Entry> found;
    std::vector<std::uint32_t> without;
    for (std::uint32_t record = records.begin; record < records.end; ++record) {
      const std::uint32_t text = condition_of(index, documents, record);
      if (text == model::nothing_there) {
        without.push_back(record);
      } else {
        found.push_back({text, record});
      }
    }
    if (found.size() < conditions_min) continue;
    for (Entry& entry : found) {
      const auto next = static_cast<std::uint32_t>(texts_.size());
      const auto [known, is_new] = numbers.try_emplace(entry.condition, next);
      if (is_new) texts_.push_back(entry.condition);
      entry.condition = known->second;
    }
    std::ranges::sort(found, {}, [](const Entry& entry) {
      return std::pair{entry.condition, entry.record};
    });
    Key key;
    key.position = position;
    key.plain = {static_cast<std::uint32_t>(plain_.size()),
                 static_cast<std::uint32_t>(plain_.size() + without.size())};
    key.entries = {static_cast<std::uint32_t>(entries_.size()),
                   static_cast<std::uint32_t>(entries_.size() + found.size())};
    key.word = found.front().condition / 64;
    key.words = found.back().condition / 64 - key.word + 1;
    key.bits = static_cast<std::uint32_t>(bits_.size());
    bits_.resize(bits_.size() + key.words, 0);
    for (const Entry& entry : found)
      bits_[key.bits + entry.condition / 64 - key.word] |= std::uint64_t{1}
                                                           << (entry.condition % 64);
    plain_.insert(plain_.end(), without.begin(), without.end());
    entries_.insert(entries_.end(), found.begin(), found.end());
    keys_.push_back(key);
  }
  if (!keys_.empty()) articles_.build(texts_, texts, snapshot, codes);
}

const ConditionFilter::Key* ConditionFilter::find(std::uint32_t position) const {
  const auto found = std::ranges::lower_bound(keys_, position, {}, &Key::position);
  return found == keys_.end() || found->position != position ? nullptr : &*found;
}

}  // namespace engine::snapshot
