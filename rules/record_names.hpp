// What records are called in findings: the key that they stand under, and which of those under it. Reads
// facts, whether settled or not. One thread with their writer.
#pragma once

#include "engine/model/facts.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace rules {

// "base_price, article S-10": values as the table's fields stand, those of the party first.
std::string key_text(const engine::model::Facts& facts, engine::model::TableId table,
                     std::span<const std::uint32_t> values);

// "'K-1'" by the external key; else "line 7 of import 3 of prices", where `is_new` "line 7".
std::string label_of(const engine::model::Facts& facts,
                     const engine::model::ConditionRecord& record, bool is_new);

}  // namespace rules
