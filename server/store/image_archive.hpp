// ImageWriter and ImageReader: values to bytes and back, by visiting their members. Plain values go
// as they lie in memory, arrays of them at once; texts, lists and tables with their length before
// them. A reader never reads beyond its bytes and never makes room for more than they can hold: what
// does not fit ends as `failed`, and what was read then is of no use. The order of bytes is the
// machine's: an image is read where it was written. One thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace server::store {

class ImageWriter {
 public:
  static constexpr bool reads = false;

  using Sink = std::function<void(std::string_view bytes)>;

  explicit ImageWriter(Sink sink) : sink_{std::move(sink)} {}

  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }

 private:
  void put_bytes(const void* from, std::size_t count) {
    sink_({static_cast<const char*>(from), count});
  }

  void put_count(std::size_t count) {
    const auto number = static_cast<std::uint64_t>(count);
    put_bytes(&number, sizeof number);
  }

  template <class Type>
  void put(const Type& value) {
    if constexpr (requires { members(*this, const_cast<Type&>(value)); }) {
      members(*this,
              const_cast<Type&>(value));  // visited for writing as for reading, changed never
    } else {
      static_assert(std::is_trivially_copyable_v<Type> && !std::is_pointer_v<Type>);
      put_bytes(&value, sizeof value);
    }
  }

  void put(const std::string& text) {
    put_count(text.size());
    put_bytes(text.data(), text.size());
  }

  template <class Item, class Allocator>
  void put(const std::vector<Item, Allocator>& items) {
    put_count(items.size());
    if constexpr (std::is_trivially_copyable_v<Item>) {
      put_bytes(items.data(), items.size() * sizeof(Item));
    } else {
      for (const Item& item : items) put(item);
    }
  }

  template <class First, class Second>
  void put(const std::pair<First, Second>& pair) {
    put(pair.first);
    put(pair.second);
  }

  template <class Key, class Value>
  void put(const std::map<Key, Value>& table) {
    put_count(table.size());
    for (const auto& [key, value] : table) {
      put(key);
      put(value);
    }
  }

  template <class Type>
  void put(const std::shared_ptr<Type>& value) {
    put(*value);
  }

  Sink sink_;
};

class ImageReader {
 public:
  static constexpr bool reads = true;

  explicit ImageReader(std::string_view bytes) : rest_{bytes} {}

  template <class... Values>
  void operator()(Values&... values) {
    (take(values), ...);
  }

  bool failed() const { return failed_; }

  // All bytes were needed.
  bool at_end() const { return rest_.empty(); }

 private:
  void take_bytes(void* to, std::size_t count) {
    if (count > rest_.size()) failed_ = true;
    if (failed_ || count == 0) return;
    std::memcpy(to, rest_.data(), count);
    rest_.remove_prefix(count);
  }

  // Of items that take `least` bytes each, or more.
  std::size_t take_count(std::size_t least) {
    std::uint64_t count = 0;
    take_bytes(&count, sizeof count);
    if (count > rest_.size() / least) failed_ = true;
    return failed_ ? 0 : static_cast<std::size_t>(count);
  }

  template <class Type>
  void take(Type& value) {
    if constexpr (requires { members(*this, value); }) {
      members(*this, value);
    } else {
      static_assert(std::is_trivially_copyable_v<Type> && !std::is_pointer_v<Type>);
      take_bytes(&value, sizeof value);
    }
  }

  void take(std::string& text) {
    text.resize(take_count(1));
    take_bytes(text.data(), text.size());
  }

  template <class Item, class Allocator>
  void take(std::vector<Item, Allocator>& items) {
    if constexpr (std::is_trivially_copyable_v<Item>) {
      items.resize(take_count(sizeof(Item)));
      take_bytes(items.data(), items.size() * sizeof(Item));
    } else {
      const std::size_t count = take_count(1);
      items.clear();
      items.reserve(count);
      for (std::size_t i = 0; i < count && !failed_; ++i) take(items.emplace_back());
    }
  }

  template <class First, class Second>
  void take(std::pair<First, Second>& pair) {
    take(pair.first);
    take(pair.second);
  }

  template <class Key, class Value>
  void take(std::map<Key, Value>& table) {
    table.clear();
    for (std::size_t left = take_count(1); left > 0 && !failed_; --left) {
      std::pair<Key, Value> entry;
      take(entry);
      table.emplace_hint(table.end(), std::move(entry));
    }
  }

  template <class Type>
  void take(std::shared_ptr<Type>& value) {
    auto made = std::make_shared<std::remove_const_t<Type>>();
    take(*made);
    value = std::move(made);
  }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace server::store
