// Guards: what a feed description says of batches that look wrong though every row of them can be read
// - too many refused rows, too much that vanishes, prices that jump, are zero or lie below cost, ties
// that appear - and what is to be done then: take the batch (accept), take it and tell (flag), or keep it aside until
// somebody has looked (hold). Watched by a GuardWatch while a feed's rows are put, which sees the
// records of before the batch. Formulas, scales but whole ones without flat amounts, and prices in a
// unit that their article lacks are not compared. One thread. Cost: that of record_before() a price or
// percent, and a little a tier.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/model/record_before.hpp"
#include "rules/batch_ties.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::feed {

enum class GuardAction : std::uint8_t { accept, flag, hold };
enum class GuardKind : std::uint8_t {
  refused_rows,
  vanished,
  price_jump,
  zero_price,
  below_cost,
  ties
};

inline constexpr std::array<std::string_view, 3> guard_action_names{"accept", "flag", "hold"};
inline constexpr std::array<std::string_view, 6> guard_names{
    "refused_rows", "vanished", "price_jump", "zero_price", "below_cost", "ties"};

constexpr std::string_view guard_name(GuardKind guard) {
  return guard_names[static_cast<std::size_t>(guard)];
}

constexpr std::string_view guard_action_name(GuardAction action) {
  return guard_action_names[static_cast<std::size_t>(action)];
}

// Beyond `percent` of what there is.
struct ShareGuard {
  std::int64_t percent = 0;
  GuardAction then = GuardAction::hold;
};

// Against the record of the same identity, or the one before it.
struct JumpGuard {
  std::optional<std::int64_t> up, down;  // a price, by more than so many per cent
  std::optional<std::int64_t> points;    // a percent, by more than so many points, up or down
  GuardAction then = GuardAction::hold;
};

struct CostGuard {
  std::string cost;  // condition type whose record under the article alone is its cost
  GuardAction then = GuardAction::hold;
};

struct GuardRules {
  std::optional<ShareGuard> refused_rows, vanished;
  std::optional<JumpGuard> price_jump;
  std::optional<GuardAction> zero_price;
  std::optional<CostGuard> below_cost;
  std::optional<GuardAction> ties;
};

// What a guard found in a batch.
struct Finding {
  std::string feed;
  GuardKind guard{};
  GuardAction then{};
  std::uint64_t records = 0;  // that it found; of the shares: refused rows, vanished records
  std::string detail;         // a sentence for people, with the first of them

  friend bool operator==(const Finding&, const Finding&) = default;
};

class GuardWatch {
 public:
  // Requires that both outlive the watch.
  GuardWatch(const engine::model::Facts& facts, const GuardRules& rules, std::string feed)
      : facts_{&facts}, rules_{&rules}, feed_{std::move(feed)} {}

  const std::string& feed() const { return feed_; }

  // Whether it wants to see records at all.
  bool looks_at_records() const;

  // A record that was put, from that place.
  void see(const engine::model::ConditionDraft& draft, std::string_view file, std::uint64_t line);

  void see_rows(std::uint64_t read, std::uint64_t refused);

  // Of a whole-replace, and how many records there were.
  void see_vanished(std::uint64_t vanished, std::uint64_t before);

  // Whether it wants to know of ties.
  bool looks_at_ties() const;

  void see_ties(rules::BatchTies&& ties) { ties_ = std::move(ties); }

  // Records put that took the place of earlier ones.
  std::uint64_t replaced() const { return replaced_; }

  std::vector<Finding> findings() const;

 private:
  struct Seen {
    std::uint64_t count = 0;
    std::string examples;
  };

  struct Wording {
    std::string_view one, several;
  };

  std::string ties_text() const;
  static void note(Seen& seen, std::string example);

  void note(GuardKind guard, std::string example) {
    note(seen_[static_cast<std::size_t>(guard)], std::move(example));
  }

  static std::string told(const Seen& seen, const Wording& what);
  void add(GuardKind guard, GuardAction then, const Wording& what,
           std::vector<Finding>& findings) const;
  void see_jump(const engine::model::ConditionDraft& draft, const std::string& place);
  void see_price_jump(const engine::model::PriceLadder& before,
                      const engine::model::PriceLadder& now, const std::string& place);
  void see_percent_jump(const engine::model::PriceLadder& before,
                        const engine::model::PriceLadder& now, const std::string& place);
  void add_jumps(std::vector<Finding>& findings) const;
  void see_cost(const engine::model::ConditionDraft& draft, const std::string& place);

  const engine::model::Facts* facts_;
  const GuardRules* rules_;
  std::string feed_;
  std::optional<std::optional<std::uint16_t>> origin_;  // of the feed's external keys, once asked
  std::array<Seen, guard_names.size()> seen_;
  Seen percents_;  // that jump; seen_ has the prices
  std::uint64_t rows_ = 0, refused_ = 0;
  std::uint64_t vanished_ = 0, before_ = 0;
  std::uint64_t replaced_ = 0;
  rules::BatchTies ties_;
};

// "prices: price_jump (hold): ..."
std::string describe(const Finding& finding);

}  // namespace server::feed
