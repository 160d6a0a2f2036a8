#include "engine/model/growing_dictionary.hpp"

#include "engine/base/contract.hpp"
#include "engine/base/hash.hpp"

#include <algorithm>
#include <bit>

namespace engine::model {

template <class Item, unsigned first_bits>
std::size_t GrowingDictionary::Chunks<Item, first_bits>::chunk_of(std::uint64_t at) {
  return static_cast<std::size_t>(std::bit_width((at >> first_bits) + 1)) - 1;
}

template <class Item, unsigned first_bits>
void GrowingDictionary::Chunks<Item, first_bits>::make_room_at(std::uint64_t at) {
  const std::size_t chunk = chunk_of(at);
  ENSURE(chunk < count);
  if (chunks_[chunk] == nullptr)
    chunks_[chunk] = std::make_unique_for_overwrite<Item[]>(first << chunk);
}

template <class Item, unsigned first_bits>
std::size_t GrowingDictionary::Chunks<Item, first_bits>::memory_bytes() const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i)
    bytes += chunks_[i] == nullptr ? 0 : (first << i) * sizeof(Item);
  return bytes;
}

void GrowingDictionary::swap(GrowingDictionary& other) noexcept {
  std::swap(texts_, other.texts_);
  std::swap(places_, other.places_);
  std::swap(size_, other.size_);
  std::swap(gives_numbers_, other.gives_numbers_);
}

std::string_view GrowingDictionary::text(std::uint32_t number) const {
  ENSURE(number < size_);
  const Entry entry = *texts_->entries.at(number);
  if (entry.size == 0) return {};
  return {texts_->characters.at(entry.begin), static_cast<std::size_t>(entry.size)};
}

// Where the code stands, or where it would come to stand.
std::size_t GrowingDictionary::place_of(std::string_view code) const {
  const std::size_t mask = places_->size() - 1;
  std::size_t place = base::hash_text(code) & mask;
  for (;; place = (place + 1) & mask) {
    const std::uint32_t found = (*places_)[place].load(std::memory_order_acquire);
    if (found == 0) return place;
    if (found <= size_ && text(found - 1) == code) return place;
  }
}

std::optional<std::uint32_t> GrowingDictionary::find(std::string_view code) const {
  if (size_ == 0) return std::nullopt;
  const std::uint32_t found = (*places_)[place_of(code)].load(std::memory_order_acquire);
  if (found == 0 || found > size_) return std::nullopt;
  return found - 1;
}

std::uint32_t GrowingDictionary::intern(std::string_view code) {
  if (const auto known = find(code)) return *known;
  own();
  ENSURE(size_ < UINT32_MAX - 1);
  append(code);
  if (std::size_t{size_} * 4 > places_->size() * 3) {
    make_places(places_->size() * 2);
  } else {
    (*places_)[place_of(code)].store(size_, std::memory_order_release);
  }
  return size_ - 1;
}

// From here on this one goes on in the memory that it has.
void GrowingDictionary::own() {
  if (gives_numbers_) return;
  const GrowingDictionary before = std::move(*this);
  *this = GrowingDictionary{};
  gives_numbers_ = true;
  texts_ = std::make_shared<Texts>();
  for (std::uint32_t number = 0; number < before.size_; ++number) append(before.text(number));
  make_places(before.places_ == nullptr ? 16 : before.places_->size());
}

void GrowingDictionary::append(std::string_view code) {
  using Characters = Chunks<char, 16>;
  ENSURE(code.size() <= code_bytes_max);
  std::uint64_t begin = texts_->end;
  // A text lies in one chunk.
  while (begin + code.size() > Characters::begin_of(Characters::chunk_of(begin) + 1))
    begin = Characters::begin_of(Characters::chunk_of(begin) + 1);
  if (!code.empty()) {
    texts_->characters.make_room_at(begin);
    std::ranges::copy(code, texts_->characters.at(begin));
  }
  texts_->end = begin + code.size();
  texts_->entries.make_room_at(size_);
  Entry& entry = *texts_->entries.at(size_);
  entry.begin = begin & ((std::uint64_t{1} << 48U) - 1);  // of more there is no chunk
  entry.size = static_cast<std::uint16_t>(code.size());
  ++size_;
}

// Copies go on with the table that they have.
void GrowingDictionary::make_places(std::size_t count) {
  places_ = std::make_shared<Places>(count);
  for (std::uint32_t number = 0; number < size_; ++number)
    (*places_)[place_of(text(number))].store(number + 1, std::memory_order_relaxed);
}

void GrowingDictionary::texts_from(std::uint64_t first, std::vector<std::uint32_t>& sizes,
                                   std::string& characters) const {
  constexpr std::uint64_t block = 65'536;
  sizes.clear();
  characters.clear();
  const std::uint64_t end = std::min<std::uint64_t>(first + block, size_);
  for (std::uint64_t number = first; number < end; ++number) {
    const std::string_view code = text(static_cast<std::uint32_t>(number));
    sizes.push_back(static_cast<std::uint32_t>(code.size()));
    characters += code;
  }
}

// False where they are not of each other.
bool GrowingDictionary::append_all(const std::vector<std::uint32_t>& sizes,
                                   std::string_view characters) {
  own();
  for (const std::uint32_t size : sizes) {
    if (size > characters.size() || size > code_bytes_max) return false;
    append(characters.substr(0, size));
    characters.remove_prefix(size);
  }
  return characters.empty();
}

std::vector<std::uint32_t> GrowingDictionary::places() const {
  std::vector<std::uint32_t> numbers;
  if (size_ == 0) return numbers;
  numbers.reserve(places_->size());
  for (const auto& place : *places_) {
    const std::uint32_t number = place.load(std::memory_order_acquire);
    numbers.push_back(number <= size_ ? number : 0);  // of codes that came since
  }
  return numbers;
}

void GrowingDictionary::set_places(const std::vector<std::uint32_t>& places) {
  if (size_ == 0) return;
  if (!std::has_single_bit(places.size()) || places.size() <= size_)
    return make_places(std::bit_ceil(std::size_t{size_} * 2));
  places_ = std::make_shared<Places>(places.size());
  for (std::size_t i = 0; i < places.size(); ++i)
    (*places_)[i].store(places[i], std::memory_order_relaxed);
}

std::size_t GrowingDictionary::memory_bytes() const {
  if (texts_ == nullptr) return 0;
  return texts_->entries.memory_bytes() + texts_->characters.memory_bytes() +
         places_->size() * sizeof(Places::value_type);
}

}  // namespace engine::model
