#include "server/node/batch_content.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr std::array<std::string_view, 8> part_names{
    "rules", "feed_description", "rows", "replace", "feed", "draft_part", "schema", "feed_record"};

// The text up to `end`, taken off the front of `rest`; nothing where `end` does not come.
std::optional<std::string_view> take_to(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return taken;
}

std::optional<std::size_t> number_from(std::optional<std::string_view> text) {
  std::size_t number = 0;
  if (!text) return std::nullopt;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
  if (read.ec != std::errc{} || read.ptr != text->data() + text->size()) return std::nullopt;
  return number;
}

// The content after its name, and the line end behind it.
std::optional<Part> take_part(std::string_view& rest) {
  if (take_to(rest, ' ') != "part") return std::nullopt;
  const auto kind = take_to(rest, ' ');
  const auto name_size = number_from(take_to(rest, ' '));
  const auto size = number_from(take_to(rest, '\n'));
  if (!kind || !name_size || !size) return std::nullopt;
  const auto known = std::ranges::find(part_names, *kind);
  if (known == part_names.end() || *name_size > rest.size() || *size >= rest.size() - *name_size)
    return std::nullopt;
  Part part;
  part.kind = static_cast<PartKind>(known - part_names.begin());
  part.name = rest.substr(0, *name_size);
  part.content = rest.substr(*name_size, *size);
  rest.remove_prefix(*name_size + *size);
  if (rest.front() != '\n') return std::nullopt;
  rest.remove_prefix(1);
  return part;
}

}  // namespace

std::string pack(std::span<const Part> parts) {
  std::string packed;
  std::size_t size = 0;
  for (const Part& part : parts) size += part.name.size() + part.content.size() + 64;
  packed.reserve(size);
  for (const Part& part : parts) {
    packed.append("part ").append(part_names[static_cast<std::size_t>(part.kind)]);
    packed.append(" ").append(std::to_string(part.name.size()));
    packed.append(" ").append(std::to_string(part.content.size())).append("\n");
    packed.append(part.name).append(part.content).append("\n");
  }
  return packed;
}

Result<std::vector<Part>> unpack(std::string_view content) {
  std::vector<Part> parts;
  for (std::string_view rest = content; !rest.empty();) {
    const std::size_t begin = content.size() - rest.size();
    const auto part = take_part(rest);
    if (!part) {
      return Fault{FaultCode::store_corrupt, "byte " + std::to_string(begin),
                   "no part of a batch begins here"};
    }
    parts.push_back(*part);
  }
  return parts;
}

Result<std::vector<Part>> unpack_all(std::string_view content) {
  const auto parts = unpack(content);
  if (!parts) return parts;
  std::vector<Part> all;
  for (const Part& part : *parts) {
    if (part.kind != PartKind::draft_part) {
      all.push_back(part);
      continue;
    }
    const auto own = unpack(part.content);
    if (!own) return own;
    all.insert(all.end(), own->begin(), own->end());
  }
  return all;
}

}  // namespace server::node
