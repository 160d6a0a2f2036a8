// A record's own scale: the tiers of one ladder, kept together because a slice or a package needs
// all of them. (Tiers that stand alone are records with thresholds.) Tiers rise by their bound.
//   whole      all of the quantity at the rate of the tier reached, plus that tier's flat amount
//   graduated  each slice of the quantity at its own tier's rate, plus the flat amount of every
//              tier entered
//   package    rate x the number of packages begun, after the free units
// Bounds are `from` (a tier starts at its bound) or `to` (it ends with it, inclusive; above the
// last one there is no price). A quantity between one tier's end and the next one's start belongs
// to the upper tier.
#pragma once

#include "engine/base/fixed.hpp"
#include "engine/base/int128.hpp"
#include "engine/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine::model {

inline constexpr std::size_t scale_tiers_max = 100;

enum class ScaleKind : std::uint8_t { whole, graduated, package };

struct Tier {
  base::Quantity bound;
  base::Int128 rate = 0;  // at the scale's decimals; of one price unit, or of one package
  base::Int128 flat = 0;
};

struct Scale {
  ScaleKind kind = ScaleKind::whole;
  bool upper_bounds = false;    // `to` instead of `from`
  bool open_above = true;       // the last tier has no upper bound
  std::uint8_t decimals = 0;    // of rates and flat amounts
  base::Quantity package_size;  // of a package scale
  base::Quantity free_units;
  std::vector<Tier> tiers;

  friend bool operator==(const Scale&, const Scale&);
};

// Reads tiers separated by `;`, each `RATE [+ FLAT] [from|to QUANTITY]`, as people write them:
// "10.00; 9.00 from 10", "10 to 5; 12 to 20", "10 + 2 to 10; 5 + 3"; and of a package scale one
// "AMOUNT per SIZE [after FREE]". Percents are percent numbers here as elsewhere: `is_percent`; they
// have neither flat amounts nor packages. The last tier of a `to` scale that is open above has the
// largest Quantity there is for its bound. Faults have an empty `where` and name the tier:
// missing_value, bad_number, out_of_range, contradicting_values (bounds that do not rise, both kinds
// of bounds), too_many tiers.
base::Result<Scale> parse_scale(std::string_view text, ScaleKind kind, bool is_percent);

// The same form again, all amounts with the scale's decimals.
std::string scale_text(const Scale& scale, bool is_percent);

constexpr std::string_view scale_kind_name(ScaleKind kind) {
  constexpr std::string_view names[]{"whole", "graduated", "package"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace engine::model
