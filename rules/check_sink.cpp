#include "rules/check_sink.hpp"

#include "engine/base/parallel.hpp"

#include <algorithm>
#include <tuple>

namespace rules {

bool reported_before(const Finding& a, const Finding& b) {
  return std::tie(a.importance, a.kind, a.article, a.document, a.text) <
         std::tie(b.importance, b.kind, b.article, b.document, b.text);
}

void FindingSink::add(FindingKind kind, std::string article, std::string document, std::string text,
                      std::optional<Witness> witness) {
  ++totals_[static_cast<std::size_t>(kind)];
  keep({kind, importance_of(kind), std::move(article), std::move(document), std::move(text),
        std::move(witness)});
}

void FindingSink::keep(Finding&& finding) {
  auto& kept = kept_[static_cast<std::size_t>(finding.kind)];
  kept.push_back(std::move(finding));
  if (kept.size() >= 2 * kept_max_ + 1) cut(kept);
}

void FindingSink::cut(std::vector<Finding>& kept) const {
  if (kept.size() <= kept_max_) return;
  const auto end = kept.begin() + static_cast<std::ptrdiff_t>(kept_max_);
  std::ranges::nth_element(kept, end, reported_before);
  kept.erase(end, kept.end());
}

void FindingSink::join(FindingSink&& other) {
  for (std::size_t kind = 0; kind < finding_kind_count; ++kind) {
    totals_[kind] += other.totals_[kind];
    for (Finding& finding : other.kept_[kind]) keep(std::move(finding));
  }
}

CheckReport FindingSink::report() && {
  CheckReport made;
  made.totals = totals_;
  for (auto& kept : kept_) {
    cut(kept);
    for (Finding& finding : kept) made.findings.push_back(std::move(finding));
  }
  std::ranges::sort(made.findings, reported_before);
  return made;
}

WorkerSinks::WorkerSinks(std::size_t kept_max) {
  for (std::size_t i = 0; i < engine::base::worker_count(); ++i) sinks_.emplace_back(kept_max);
}

CheckReport WorkerSinks::report() && {
  for (std::size_t i = 1; i < sinks_.size(); ++i) sinks_.front().join(std::move(sinks_[i]));
  return std::move(sinks_.front()).report();
}

}  // namespace rules
