// Formulas over the columns of a price list: the 64-bit half of kernel.hpp for some hundred lines at
// once, all in their base unit and of one quantity. Only what bulk_procedure() lets through; the
// results are those of the kernel, and what can't be told is left to it: a line that divides by 0
// is marked for the evaluator. One thread a machine.
#pragma once

#include "engine/price/bulk_procedure.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::price {

// What a step found on a line.
struct BulkEntry {
  std::int64_t value = 0;             // at the step's value_decimals; 0 where there is none
  std::uint32_t record = UINT32_MAX;  // no_record where there is none
  std::uint32_t flags = 0;
};

struct BulkColumns {
  std::vector<BulkEntry> found;
  std::vector<std::int64_t> amount;  // of a step that is no value
  std::vector<std::int64_t> exact;   // where some formula asks for it
};

class BulkFormulas {
 public:
  static constexpr std::uint32_t lines_at_once = 256;

  BulkFormulas(const snapshot::Snapshot& snapshot, base::Quantity quantity)
      : snapshot_{snapshot}, quantity_{quantity.mantissa()} {}

  // Lines [offset, offset + count) of the columns, count <= lines_at_once. `hard` is by line of the
  // columns.
  void start(const BulkProcedure& procedure, std::span<const BulkColumns> columns,
             std::uint32_t offset, std::uint32_t count, std::uint8_t* hard);

  // Runs instructions on top of what has run since start(), and gives the last result; it stays
  // until the next call.
  const std::int64_t* run(std::span<const snapshot::BoundInstruction> code);

 private:
  using Column = std::array<std::int64_t, lines_at_once>;

  std::int64_t* push() { return stack_[depth_++].data(); }

  std::int64_t* top() { return stack_[depth_ - 1].data(); }

  void load(const snapshot::BoundInstruction& one);
  void load_step(const snapshot::BoundInstruction& one);
  void compute(const snapshot::BoundInstruction& one);
  void compare(const snapshot::BoundInstruction& one);
  void select(const snapshot::BoundInstruction& one);
  void round(const snapshot::BoundInstruction& one);
  void divide(const snapshot::BoundInstruction& one);
  void extend(const snapshot::BoundInstruction& one, std::int64_t quantity);
  std::int64_t price_unit(std::uint32_t record) const;

  template <class Function>
  void binary(const snapshot::BoundInstruction& one, const Function& function);

  const snapshot::Snapshot& snapshot_;
  std::int64_t quantity_;
  const BulkProcedure* procedure_ = nullptr;
  std::span<const BulkColumns> columns_;
  std::uint32_t offset_ = 0;
  std::uint32_t count_ = 0;
  std::uint8_t* hard_ = nullptr;
  std::size_t depth_ = 0;
  std::array<Column, base::limits::formula_depth> stack_;  // NOLINT: written before it is read
};

}  // namespace engine::price
