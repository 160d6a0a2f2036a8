#include "tests/rules/checker_fixture.hpp"

#include "tests/rules/checker_questions.hpp"

#include <algorithm>
#include <tuple>

namespace tests {

using rules::CheckReport;
using rules::Finding;
using rules::FindingKind;

oracle::RecordRow record(const std::string& key, const oracle::Pairs& keys,
                         const std::string& value) {
  oracle::RecordRow made = fixture::price(key, value);
  made.keys = keys;
  return made;
}

std::string rules_by(const std::string& choose) {
  return fixture::price_rules(R"("search": "all", "tie": "refuse", "choose": )" + choose + R"(,
    "accesses": [
      {"keys": ["customer_group", "article"]}, {"keys": ["customer_group", "article_group"]},
      {"keys": ["price_list", "article"]}, {"keys": ["channel", "article"]},
      {"keys": ["article"]}])");
}

CheckReport checked(const oracle::World& world, const std::string& rules,
                    const rules::CheckOptions& options) {
  const oracle::Engine engine{world, std::vector<std::string>{rules}};
  CheckReport report = rules::check(engine.snapshot(), options);
  for (const Finding& finding : report.findings) {
    INFO(finding.text);
    CHECK((finding.kind == FindingKind::tie) == finding.witness.has_value());
    CHECK(finding.importance == rules::importance_of(finding.kind));
    if (finding.witness) CHECK(outcome_of(engine.snapshot(), *finding.witness) == "ambiguous");
  }
  CHECK(std::ranges::is_sorted(report.findings, [](const Finding& a, const Finding& b) {
    return std::tie(a.importance, a.kind, a.article, a.document, a.text) <
           std::tie(b.importance, b.kind, b.article, b.document, b.text);
  }));
  return report;
}

const Finding* first(const CheckReport& report, FindingKind kind) {
  const auto at = std::ranges::find(report.findings, kind, &Finding::kind);
  return at == report.findings.end() ? nullptr : &*at;
}

std::string text_of(const CheckReport& report, FindingKind kind) {
  const Finding* found = first(report, kind);
  return found == nullptr ? std::string{} : found->text;
}

}  // namespace tests
