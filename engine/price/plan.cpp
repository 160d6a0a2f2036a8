#include "engine/price/plan.hpp"

namespace engine::price {

void make_plan(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
               const Header& header, Plan& plan) {
  snapshot::PlanMaker maker{snapshot, procedure, plan};
  maker.begin(header.customer, header.fields.size());
  for (const LineFields& fields : header.fields) maker.want(fields.texts);
  maker.end();
}

PlanView plan_of(const snapshot::Snapshot& snapshot, std::size_t procedure, const Header& header,
                 Plan& plan) {
  if (header.fields.size() == 1) {
    const auto kept =
        snapshot.customer_plans().find(procedure, header.customer, header.fields.front().texts);
    if (kept) return *kept;
  }
  make_plan(snapshot, snapshot.procedures()[procedure], header, plan);
  return plan.view();
}

}  // namespace engine::price
