#include "server/cli/suggest.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

namespace server::cli {

namespace {

std::string folded(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// Edits (a character put in, left out, changed, or two neighbours swapped) from one to the other;
// `bound` + 1 for more.
std::size_t edits(std::string_view a, std::string_view b, std::size_t bound) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > bound) return bound + 1;
  std::vector<std::size_t> two_above(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t least = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > bound) return bound + 1;
    two_above.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

// Smaller is nearer; `none` is too far.
constexpr std::size_t none = SIZE_MAX;

std::size_t distance(std::string_view wanted, std::string_view known) {
  const std::size_t bound = wanted.size() < 4 ? 1 : wanted.size() < 9 ? 2 : 3;
  const std::size_t by_edits = edits(wanted, known, bound);
  if (by_edits <= bound) return by_edits;
  if (wanted.size() < 2) return none;
  const auto at = known.find(wanted);
  if (at == 0) return bound + 1;
  return at == std::string_view::npos ? none : bound + 2;
}

std::vector<std::string_view> codes_of(const auto& known) {
  std::vector<std::string_view> codes;
  for (std::uint32_t number = 0; number < known.size(); ++number)
    codes.push_back(known.text(number));
  return codes;
}

}  // namespace

std::vector<std::string> near_matches(std::string_view wanted,
                                      const std::vector<std::string_view>& known) {
  using Match = std::pair<std::size_t, std::string_view>;
  const std::string sought = folded(wanted);
  std::vector<Match> matches;
  for (const std::string_view code : known) {
    const std::size_t far = distance(sought, folded(code));
    if (far != none) matches.emplace_back(far, code);
  }
  const std::size_t count = std::min(matches.size(), suggestions_max);
  std::ranges::partial_sort(matches, matches.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<std::string> nearest;
  for (std::size_t i = 0; i < count; ++i) nearest.emplace_back(matches[i].second);
  return nearest;
}

std::vector<std::string> near_matches(std::string_view wanted,
                                      const engine::model::Dictionary& known) {
  return near_matches(wanted, codes_of(known));
}

std::vector<std::string> near_matches(std::string_view wanted,
                                      const engine::model::GrowingDictionary& known) {
  return near_matches(wanted, codes_of(known));
}

std::string did_you_mean(const std::vector<std::string>& matches) {
  if (matches.empty()) return "";
  std::string text = "; did you mean ";
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (i > 0) text += i + 1 == matches.size() ? " or " : ", ";
    text += "'" + matches[i] + "'";
  }
  return text + "?";
}

}  // namespace server::cli
