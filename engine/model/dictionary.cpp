#include "engine/model/dictionary.hpp"

#include "engine/base/contract.hpp"
#include "engine/base/hash.hpp"

namespace engine::model {

std::string_view Dictionary::text(std::uint32_t number) const {
  ENSURE(number < ends_.size());
  const std::uint64_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view{texts_}.substr(begin, ends_[number] - begin);
}

std::size_t Dictionary::slot_of(std::string_view code) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = base::hash_text(code) & mask;
  while (slots_[slot] != 0 && text(slots_[slot] - 1) != code) slot = (slot + 1) & mask;
  return slot;
}

std::optional<std::uint32_t> Dictionary::find(std::string_view code) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(code)];
  if (found == 0) return std::nullopt;
  return found - 1;
}

std::uint32_t Dictionary::intern(std::string_view code) {
  if ((ends_.size() + 1) * 4 > slots_.size() * 3) grow();
  const std::size_t slot = slot_of(code);
  if (slots_[slot] != 0) return slots_[slot] - 1;
  ENSURE(ends_.size() < UINT32_MAX - 1);
  texts_.append(code);
  ends_.push_back(texts_.size());
  slots_[slot] = static_cast<std::uint32_t>(ends_.size());
  return slots_[slot] - 1;
}

void Dictionary::grow() {
  slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, 0);
  for (std::uint32_t number = 0; number < ends_.size(); ++number) {
    slots_[slot_of(text(number))] = number + 1;
  }
}

std::size_t Dictionary::memory_bytes() const {
  return texts_.capacity() + ends_.capacity() * sizeof(std::uint64_t) +
         slots_.capacity() * sizeof(std::uint32_t);
}

}  // namespace engine::model
