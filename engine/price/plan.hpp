// The plan of a question: that of its customer, as the snapshot keeps it, or one that is made for the
// question on the worker's memory. Cost: a few instructions, or some 3,000 and a look-up a part.
#pragma once

#include "engine/price/line.hpp"
#include "engine/snapshot/plan.hpp"
#include "engine/snapshot/snapshot.hpp"

namespace engine::price {

using snapshot::AccessPlan;
using snapshot::KeySearch;
using snapshot::Plan;
using snapshot::PlanPart;
using snapshot::PlanView;

void make_plan(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
               const Header& header, Plan& plan);

// `procedure`: its number. Valid as long as the snapshot and, where it was made there, the plan.
PlanView plan_of(const snapshot::Snapshot& snapshot, std::size_t procedure, const Header& header,
                 Plan& plan);

}  // namespace engine::price
