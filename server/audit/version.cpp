#include "server/audit/version.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace server::audit {

namespace {

constexpr std::size_t shown_bytes_max = 4'000;  // of the lines of a text that differ

void append_sized(std::string& out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  out.append(reinterpret_cast<const char*>(&size), sizeof size);
  out += text;
}

std::string_view take_sized(std::string_view& rest) {
  std::uint32_t size = 0;
  std::memcpy(&size, rest.data(), sizeof size);
  const std::string_view text = rest.substr(sizeof size, size);
  rest.remove_prefix(sizeof size + size);
  return text;
}

std::string_view value_in(const Cells& cells, std::string_view column) {
  const auto found = std::ranges::find(cells, column, &Cells::value_type::first);
  return found == cells.end() ? std::string_view{} : found->second;
}

std::string comparable(feed::Kind kind, std::string_view column, std::string_view value) {
  std::string out;
  append_comparable(out, kind, column, value);
  return out;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string joined(std::span<const std::string_view> lines) {
  std::string text;
  for (const std::string_view line : lines) {
    if (!text.empty()) text += '\n';
    text += line;
    if (text.size() <= shown_bytes_max) continue;
    std::size_t cut = shown_bytes_max;  // never within a character
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    text.resize(cut);
    return text + "...";
  }
  return text;
}

}  // namespace

Version::Version(const RowShape& shape, std::span<const std::string_view> cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (shape.columns()[i] != feed::op_column) add(shape.columns()[i], cells[i]);
  }
}

Version Version::of_text(std::string_view file, std::string_view name, std::string_view text) {
  Version version;
  version.add("name", name);
  version.add("file", file);
  version.add("text", text);
  return version;
}

void Version::add(std::string_view column, std::string_view value) {
  if (value.empty()) return;
  append_sized(text_, column);
  append_sized(text_, value);
}

Cells Version::cells() const {
  Cells cells;
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view column = take_sized(rest);
    cells.emplace_back(column, take_sized(rest));
  }
  return cells;
}

std::string_view Version::value(std::string_view column) const {
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view name = take_sized(rest);
    const std::string_view value = take_sized(rest);
    if (name == column) return value;
  }
  return {};
}

bool Version::is_of(const feed::Partition& partition, feed::Kind kind) const {
  if (partition.kind.value_or(feed::Kind::conditions) != kind) return false;
  return std::ranges::all_of(partition.values, [this](const auto& wanted) {
    return value(wanted.first) == wanted.second;
  });
}

std::vector<ColumnChange> changed_columns(feed::Kind kind, const Version& older,
                                          const Version& newer) {
  std::vector<ColumnChange> changes;
  const Cells before = older.cells();
  const Cells after = newer.cells();
  const auto add = [&](std::string_view column, std::string_view was, std::string_view is) {
    if (was == is || comparable(kind, column, was) == comparable(kind, column, is)) return;
    changes.push_back({std::string{column}, std::string{was}, std::string{is}});
  };
  for (const auto& [column, value] : after) add(column, value_in(before, column), value);
  for (const auto& [column, value] : before) {
    if (value_in(after, column).empty()) add(column, value, {});
  }
  return changes;
}

std::vector<ColumnChange> changed_lines(const Version& older, const Version& newer) {
  std::vector<ColumnChange> changes;
  const auto add = [&](const char* column) {
    if (older.value(column) != newer.value(column))
      changes.push_back(
          {column, std::string{older.value(column)}, std::string{newer.value(column)}});
  };
  add("file");
  if (older.value("text") == newer.value("text")) return changes;
  const auto before = lines_of(older.value("text"));
  const auto after = lines_of(newer.value("text"));
  const auto begin = std::ranges::mismatch(before, after);
  const auto same_front = static_cast<std::size_t>(begin.in1 - before.begin());
  std::size_t same_back = 0;
  while (same_back < std::min(before.size(), after.size()) - same_front &&
         before[before.size() - 1 - same_back] == after[after.size() - 1 - same_back])
    ++same_back;
  const auto middle = [&](const std::vector<std::string_view>& lines) {
    return joined(std::span{lines}.subspan(same_front, lines.size() - same_front - same_back));
  };
  changes.push_back({"text", middle(before), middle(after)});
  return changes;
}

}  // namespace server::audit
