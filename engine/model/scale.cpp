#include "engine/model/scale.hpp"

#include "engine/base/decimal.hpp"
#include "engine/base/limits.hpp"
#include "engine/model/schema.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

namespace engine::model {

using base::Decimal;
using base::Fault;
using base::FaultCode;
using base::Int128;
using base::Quantity;
using base::Result;

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// The text before `mark`, which is taken away with it; all of it where there is no mark.
std::string_view taken_up_to(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(taken);
}

// What stands after the word, and the text without both; nothing where the word is not there.
std::optional<std::string_view> taken_after(std::string_view& text, std::string_view word) {
  const std::string spaced = std::string{word} + " ";
  for (std::size_t at = text.find(spaced); at != std::string_view::npos;
       at = text.find(spaced, at + 1)) {
    if (at > 0 && text[at - 1] != ' ') continue;
    const std::string_view after = trimmed(text.substr(at + spaced.size()));
    text = trimmed(text.substr(0, at));
    return after;
  }
  return std::nullopt;
}

enum class BoundWord : std::uint8_t { none, from, to };

// A tier as it is written, before its amounts have the scale's decimals.
struct WrittenTier {
  std::string text;
  Decimal rate, flat;
  Quantity bound;
  BoundWord word = BoundWord::none;
};

// Reads one scale; keeps the first fault it meets, which names the tier.
class ScaleReader {
 public:
  ScaleReader(ScaleKind kind, bool is_percent) : is_percent_{is_percent} { scale_.kind = kind; }

  Result<Scale> read(std::string_view text) {
    if (trimmed(text).empty()) return Fault{FaultCode::missing_value, "", "the scale is empty"};
    if (scale_.kind == ScaleKind::package) {
      read_package(trimmed(text));
    } else {
      read_tiers(text);
      check_bounds();
    }
    take_amounts();
    if (fault_) return *std::move(fault_);
    return std::move(scale_);
  }

 private:
  void refuse(FaultCode code, std::string reason) {
    if (fault_) return;
    const std::string place = "tier " + std::to_string(tier_) + " ('" + std::string{tier_text_};
    fault_ = Fault{code, "", place + "'): " + std::move(reason)};
  }

  Decimal number(std::string_view text, const char* what) {
    const auto read = base::parse_decimal(text);
    if (read) return *read;
    const bool missing = text.empty();
    refuse(missing ? FaultCode::missing_value : read.error().code,
           missing ? std::string{what} + " is missing"
                   : std::string{what} + " '" + std::string{text} + "' is not a decimal number");
    return {};
  }

  Quantity quantity(std::string_view text, const char* what) {
    const Decimal read = number(text, what);
    const auto exact = Quantity::exactly(read);
    const bool fits =
        exact && *exact >= Quantity{} && *exact <= Quantity::whole(base::limits::quantity_whole);
    if (fits) return *exact;
    refuse(FaultCode::out_of_range,
           std::string{what} + " '" + std::string{text} +
               "' is no quantity: 0 to a billion, with at most 6 decimals");
    return {};
  }

  void read_tiers(std::string_view text) {
    while (!text.empty()) {
      if (written_.size() == scale_tiers_max) {
        return refuse(FaultCode::too_many,
                      "a scale has at most " + std::to_string(scale_tiers_max) + " tiers");
      }
      ++tier_;
      tier_text_ = taken_up_to(text, ';');
      if (tier_text_.empty()) return refuse(FaultCode::missing_value, "there is nothing in it");
      written_.push_back(read_tier(tier_text_));
    }
  }

  WrittenTier read_tier(std::string_view text) {
    WrittenTier tier;
    tier.text = text;
    if (const auto from = taken_after(text, "from")) {
      tier.word = BoundWord::from;
      tier.bound = quantity(*from, "the bound");
    } else if (const auto to = taken_after(text, "to")) {
      tier.word = BoundWord::to;
      tier.bound = quantity(*to, "the bound");
    }
    const bool has_flat = text.find('+') != std::string_view::npos;
    tier.rate = number(taken_up_to(text, '+'), "the rate");
    if (has_flat) tier.flat = flat_amount(trimmed(text));
    return tier;
  }

  Decimal flat_amount(std::string_view text) {
    if (is_percent_)
      refuse(FaultCode::contradicting_values, "a percent has no flat amount beside it");
    return number(text, "the flat amount");
  }

  // Bounds rise; the first tier of `from` bounds and the last one of `to` bounds may go without.
  void check_bounds() {
    if (fault_) return;
    scale_.upper_bounds = std::ranges::any_of(
        written_, [](const WrittenTier& tier) { return tier.word == BoundWord::to; });
    scale_.open_above = !scale_.upper_bounds || written_.back().word == BoundWord::none;
    const std::size_t without = scale_.upper_bounds ? written_.size() - 1 : 0;
    for (std::size_t i = 0; i < written_.size(); ++i) {
      if (written_[i].word == BoundWord::none && i != without) return refuse_unbounded(i);
      if (scale_.upper_bounds && written_[i].word == BoundWord::from)
        return refuse_at(i, "a scale has bounds of one kind, either 'from' or 'to'");
      if (i > 0 && written_[i].word != BoundWord::none &&
          written_[i].bound <= written_[i - 1].bound)
        return refuse_at(i, "its bound is not above that of the tier before");
    }
    if (scale_.upper_bounds && written_.front().bound == Quantity{})
      return refuse_at(0, "a tier up to 0 has nothing in it");
    if (scale_.upper_bounds && scale_.open_above)
      written_.back().bound = Quantity::from_mantissa(std::numeric_limits<std::int64_t>::max());
  }

  void refuse_unbounded(std::size_t index) {
    refuse_at(index, scale_.upper_bounds ? "only the last tier may go without 'to'"
                                         : "only the first tier may go without 'from'");
  }

  void refuse_at(std::size_t index, std::string reason) {
    tier_ = index + 1;
    tier_text_ = written_[index].text;
    refuse(FaultCode::contradicting_values, std::move(reason));
  }

  void read_package(std::string_view text) {
    tier_ = 1;
    tier_text_ = std::string{text};
    if (is_percent_) return refuse(FaultCode::contradicting_values, "a package has no percent");
    if (text.find(';') != std::string_view::npos)
      return refuse(FaultCode::contradicting_values, "a package scale has no tiers");
    if (const auto free = taken_after(text, "after"))
      scale_.free_units = quantity(*free, "the free quantity");
    const auto size = taken_after(text, "per");
    if (!size)
      return refuse(FaultCode::missing_value, "its size is missing: AMOUNT per SIZE [after FREE]");
    scale_.package_size = quantity(*size, "the size");
    if (scale_.package_size == Quantity{})
      refuse(FaultCode::out_of_range, "the size of a package can't be 0");
    written_.push_back({"", number(text, "the amount"), {}, {}, BoundWord::none});
  }

  // Brings all amounts to the largest number of decimals among them.
  void take_amounts() {
    if (fault_) return;
    int most = 0;
    for (WrittenTier& tier : written_) {
      shorten(tier.rate);
      shorten(tier.flat);
      if (is_percent_)
        tier.rate.decimals = static_cast<std::uint8_t>(tier.rate.decimals + percent_decimals);
      most = std::max({most, int{tier.rate.decimals}, int{tier.flat.decimals}});
    }
    if (most > base::limits::value_decimals) {
      fault_ = Fault{FaultCode::out_of_range, "",
                     "an amount has more decimals than the " +
                         std::to_string(base::limits::value_decimals) + " that a scale keeps"};
      return;
    }
    scale_.decimals = static_cast<std::uint8_t>(most);
    for (const WrittenTier& tier : written_) {
      const auto rate = mantissa_at(tier.rate, most);
      const auto flat = mantissa_at(tier.flat, most);
      if (!rate || !flat) {
        fault_ = Fault{FaultCode::out_of_range, "", "an amount has more than 38 digits"};
        return;
      }
      scale_.tiers.push_back({tier.bound, *rate, *flat});
    }
  }

  static void shorten(Decimal& value) {
    while (value.decimals > 0 && value.mantissa % 10 == 0) {
      value.mantissa /= 10;
      --value.decimals;
    }
  }

  Scale scale_;
  bool is_percent_;
  std::vector<WrittenTier> written_;
  std::size_t tier_ = 0;  // at hand, counted from 1
  std::string tier_text_;
  std::optional<Fault> fault_;
};

bool same_tier(const Tier& a, const Tier& b) {
  return a.bound == b.bound && a.rate == b.rate && a.flat == b.flat;
}

}  // namespace

bool operator==(const Scale& a, const Scale& b) {
  return a.kind == b.kind && a.upper_bounds == b.upper_bounds && a.open_above == b.open_above &&
         a.decimals == b.decimals && a.package_size == b.package_size &&
         a.free_units == b.free_units && std::ranges::equal(a.tiers, b.tiers, same_tier);
}

std::string scale_text(const Scale& scale, bool is_percent) {
  const auto amount = [&](Int128 mantissa) {
    const int decimals = scale.decimals - (is_percent ? percent_decimals : 0);
    return base::to_string(Decimal{mantissa, static_cast<std::uint8_t>(decimals)});
  };
  const auto quantity = [](Quantity value) { return base::to_string_short(value.decimal()); };
  std::string text;
  for (const Tier& tier : scale.tiers) {
    if (!text.empty()) text += "; ";
    text += amount(tier.rate);
    if (tier.flat != 0) text += " + " + amount(tier.flat);
    const bool is_open = &tier == &scale.tiers.back() && scale.open_above;
    if (scale.upper_bounds) {
      if (!is_open) text += " to " + quantity(tier.bound);
    } else if (tier.bound != Quantity{}) {
      text += " from " + quantity(tier.bound);
    }
  }
  if (scale.kind != ScaleKind::package) return text;
  text += " per " + quantity(scale.package_size);
  if (scale.free_units != Quantity{}) text += " after " + quantity(scale.free_units);
  return text;
}

Result<Scale> parse_scale(std::string_view text, ScaleKind kind, bool is_percent) {
  return ScaleReader{kind, is_percent}.read(text);
}

}  // namespace engine::model
