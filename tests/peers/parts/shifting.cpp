#include "tests/peers/parts/shifting.hpp"

#include "engine/base/date.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

namespace tests::peers {

using engine::base::CivilMinutes;
using rules::Json;
using rules::JsonMember;
using Texts = std::map<std::string, std::string>;

namespace {

constexpr int days_of_28_years = 28 * 365 + 7;
constexpr std::size_t date_length = 10;

// Where in the text a date stands; nothing where there is none.
std::optional<std::size_t> date_in(const std::string& text) {
  for (std::size_t at = 0; at + date_length <= text.size(); ++at) {
    bool is_date = true;
    for (std::size_t i = 0; i < date_length; ++i) {
      const char c = text[at + i];
      is_date = is_date &&
                (i == 4 || i == 7 ? c == '-' : std::isdigit(static_cast<unsigned char>(c)) != 0);
    }
    if (is_date) return at;
  }
  return std::nullopt;
}

void collect(const Json& value, const Texts& shifted, std::set<std::string>& dates) {
  if (shifted.contains(value.pointer())) dates.insert(value.text().substr(0, date_length));
  for (const Json& item : value.items()) collect(item, shifted, dates);
  for (const JsonMember& member : value.members()) collect(member.value, shifted, dates);
}

class Shift {
 public:
  explicit Shift(int days) : days_{days} {}

  // False where a date stands within a text, in a name, or far from our time (9999-12-31).
  bool take(const Json& value) {
    if (value.is(Json::Kind::string)) {
      const auto at = date_in(value.text());
      if (!at) return true;
      return *at == 0 && shift(value);
    }
    for (const Json& item : value.items()) {
      if (!take(item)) return false;
    }
    for (const JsonMember& member : value.members()) {
      if (date_in(member.name) || !take(member.value)) return false;
    }
    return true;
  }

  Texts texts;

 private:
  bool shift(const Json& value) {
    const std::string& text = value.text();
    const auto day = engine::base::parse_civil(text.substr(0, date_length));
    if (!day || text < "1930" || text > "2070") return false;
    const CivilMinutes moved{day->raw() + days_ * CivilMinutes::minutes_per_day};
    texts[value.pointer()] = engine::base::to_string(moved) + text.substr(date_length);
    return true;
  }

  int days_;
};

// Whether the questions' dates stand in the case: else a mapping says when.
bool all_dated(const Texts& shifted, const Json& root,
               const std::vector<AskedQuestion>& questions) {
  std::set<std::string> dates;
  collect(root, shifted, dates);
  return std::ranges::all_of(questions, [&dates](const AskedQuestion& question) {
    return dates.contains(question.date.substr(0, date_length));
  });
}

}  // namespace

Texts other_dates(const Json& root, const std::vector<AskedQuestion>& questions,
                  std::mt19937_64& random) {
  const auto sign = random() % 2 == 0 ? 1 : -1;
  const auto weeks = static_cast<int>(random() % 400) + 1;
  Shift shift{sign * (random() % 2 == 0 ? 7 * weeks : days_of_28_years)};
  for (const char* part : {"world", "ask", "expect"}) {
    const Json* value = root.find(part);
    if (value != nullptr && !shift.take(*value)) return {};
  }
  if (!all_dated(shift.texts, root, questions)) return {};
  return std::move(shift.texts);
}

}  // namespace tests::peers
