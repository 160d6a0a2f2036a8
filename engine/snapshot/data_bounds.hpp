// Looks through the facts for what binding needs to know of them: the largest values, and the texts
// that records carry.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/snapshot/bind.hpp"
#include "engine/snapshot/type_bound.hpp"

namespace engine::snapshot {

// All but the exchange rates.
DataBounds bounds_of(const model::Facts& facts);

RecordTexts texts_of(const model::Facts& facts);

}  // namespace engine::snapshot
