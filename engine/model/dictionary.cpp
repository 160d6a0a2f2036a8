#include "engine/model/dictionary.hpp"

#include "engine/base/contract.hpp"
#include "engine/base/hash.hpp"

#include <algorithm>
#include <array>

namespace engine::model {

std::string_view Dictionary::text(std::uint32_t number) const {
  ENSURE(number < ends_.size());
  const std::uint64_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view{texts_}.substr(begin, ends_[number] - begin);
}

std::size_t Dictionary::slot_of(std::string_view code) const {
  return slot_from(base::hash_text(code) & (slots_.size() - 1), code);
}

std::size_t Dictionary::slot_from(std::size_t slot, std::string_view code) const {
  const std::size_t mask = slots_.size() - 1;
  while (slots_[slot] != 0 && text(slots_[slot] - 1) != code) slot = (slot + 1) & mask;
  return slot;
}

std::optional<std::uint32_t> Dictionary::find(std::string_view code) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t found = slots_[slot_of(code)];
  if (found == 0) return std::nullopt;
  return found - 1;
}

void Dictionary::find_all(std::span<const std::string_view> codes,
                          std::span<std::uint32_t> numbers) const {
  constexpr std::size_t wave = 64;
  std::array<std::size_t, wave> slots;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::size_t first = 0; first < codes.size(); first += wave) {
    const auto count = std::min(wave, codes.size() - first);
    for (std::size_t i = 0; i < count && !slots_.empty(); ++i) {
      slots[i] = base::hash_text(codes[first + i]) & (slots_.size() - 1);
      __builtin_prefetch(&slots_[slots[i]]);
    }
    const auto each_entry = [&](auto&& visit) {
      for (std::size_t i = 0; i < count && !slots_.empty(); ++i) {
        if (slots_[slots[i]] != 0) visit(slots_[slots[i]] - 1);
      }
    };
    each_entry([&](std::uint32_t number) { __builtin_prefetch(&ends_[number]); });
    each_entry([&](std::uint32_t number) { __builtin_prefetch(text(number).data()); });
    for (std::size_t i = 0; i < count; ++i) {
      const auto found = slots_.empty() ? 0 : slots_[slot_from(slots[i], codes[first + i])];
      numbers[first + i] = found == 0 ? none : found - 1;
    }
  }
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
