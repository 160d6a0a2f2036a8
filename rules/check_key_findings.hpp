// Findings about the records of one key, in the words of a report. Of gaps, overlaps, jumps,
// ladders, ends and beaten records a key tells the first of each, and how many there are; what was
// left out of comparing them, it tells as one number. One worker.
#pragma once

#include "rules/check_context.hpp"
#include "rules/check_sink.hpp"

#include <array>
#include <functional>

namespace rules {

// Kinds of which a key tells the first one only.
inline constexpr std::array told_once{FindingKind::rising_ladder, FindingKind::closed_last_tier,
                                      FindingKind::validity_gap,  FindingKind::validity_overlap,
                                      FindingKind::always_beaten, FindingKind::price_jump};

class KeyFindings {
 public:
  KeyFindings(const CheckContext& context, FindingSink& sink) : context_{context}, sink_{sink} {}

  void begin(std::uint32_t part, std::uint32_t key);
  void end();

  std::uint32_t part() const { return part_; }

  std::uint32_t key() const { return key_; }

  const engine::model::ConditionType& type() const { return *type_; }

  bool is_price() const { return type_->value == engine::model::ValueKind::price; }

  // "row 17 (12.50 EUR)".
  std::string label(std::uint32_t number) const;

  void add(FindingKind kind, const engine::model::ConditionRecord& record, std::string text);
  // The text is made where it is told.
  void add_first(FindingKind kind, const engine::model::ConditionRecord& record,
                 const std::function<std::string()>& text);

  void leave_out(std::uint64_t pairs) { left_out_ += pairs; }

 private:
  struct First {
    std::uint64_t count = 0;
    std::string document;
    std::string text;
  };

  const CheckContext& context_;
  FindingSink& sink_;
  std::uint32_t part_ = 0;
  std::uint32_t key_ = 0;
  const engine::model::ConditionType* type_ = nullptr;
  std::array<First, told_once.size()> firsts_;
  std::uint64_t left_out_ = 0;
};

}  // namespace rules
