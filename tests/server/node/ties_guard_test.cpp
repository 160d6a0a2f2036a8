// The guard that looks for ties, on a node: what it finds is what makes questions ambiguous.
#include "engine/model/outcome.hpp"
#include "engine/price/scratch.hpp"
#include "engine/quote/answer.hpp"
#include "server/node/node.hpp"

#include "tests/catch.hpp"
#include "tests/property/draw.hpp"
#include "tests/server/node/data_folder.hpp"

#include <string>
#include <vector>

namespace {

using server::node::ImportOutcome;
using server::node::ImportRequest;
using server::node::Node;
using server::node::Verdict;

const std::string head =
    "type,customer,article,agreement,value,currency,from_quantity,valid_from,valid_to,rank,key\n";

class TieCompany : private tests::DataFolder {
 public:
  TieCompany(const std::string& choose, const std::string& then)
      : DataFolder{[&](const std::string& at) { write_rules(at, choose, then); },
                   {UINT64_MAX, UINT64_MAX}} {}

  ImportOutcome send(const std::string& rows) const {
    ImportRequest request;
    request.files = {{"conditions.csv", "", head + rows, ""}};
    auto outcome = take(request);
    REQUIRE(outcome.report.rows_refused() == 0);
    return outcome;
  }

  // What the guard says of the rows, which stay in or are held; "" where it says nothing.
  std::string found(const std::string& rows) const {
    const auto outcome = send(rows);
    return outcome.findings.empty() ? "" : outcome.findings.front().detail;
  }

  // Of questions for few and many pieces, on days before, between and after all validities.
  int ambiguous() const {
    int count = 0;
    const auto snapshot = node->snapshot();
    for (const char* day : {"2025-06-01", "2026-02-01", "2026-04-01", "2026-08-01"}) {
      engine::quote::QuoteRequest request;
      request.customer = "K1";
      for (const char* quantity : {"1", "10", "20"})
        request.lines.push_back({"S-10", quantity, {}, {}, {}});
      const auto question =
          engine::quote::resolve(*snapshot, request, *engine::base::parse_civil(day));
      REQUIRE(question);
      engine::price::Scratch scratch;
      engine::quote::Answer answer;
      engine::quote::quote(*snapshot, *question, engine::quote::Detail::plain, scratch, answer);
      for (const auto& line : answer.priced.lines)
        count += line.outcome == engine::model::Outcome::ambiguous ? 1 : 0;
    }
    return count;
  }

  Node& writer() const { return *node; }

 private:
  static void write_rules(const std::string& at, const std::string& choose,
                          const std::string& then) {
    std::string rules{tests::base_price_rules};
    const std::string made = R"(["highest_threshold"], "tie": "report")";
    rules.replace(rules.find(made), made.size(), choose + R"(, "tie": "refuse")");
    tests::write_file(at + "/base.json", rules);
    tests::write_file(at + "/conditions.csv", head);
    tests::write_file(at + "/guards.json",
                      R"({"feed": "conditions", "guards": {"ties": {"then": ")" + then + R"("}}})");
    tests::write_file(at + "/agreements.csv", "code,customers\nA-1,K1\nA-2,K1\nA-3,\n");
  }
};

}  // namespace

TEST_CASE("ties guard: records that nothing puts first are found as they come, once",
          "[server][node][guards]") {
  const TieCompany company{R"(["highest_threshold"])", "flag"};
  CHECK(company.found("base_price,,S-10,,5,EUR,,,,,A\n") == "");
  CHECK(company.ambiguous() == 0);
  CHECK(company.found("base_price,,S-10,,6,EUR,,2026-03-01,,,B\n") ==
        "1 tie: base_price, article S-10: 'B' and 'A' from 2026-03-01");
  CHECK(company.ambiguous() > 0);
  CHECK(company.found("base_price,,S-10,,6.50,EUR,,2026-03-01,,,B\n") == "");  // it was one before
  CHECK(company.found("base_price,,S-10,,7,EUR,10,,,,C\n") == "");             // more pieces
  CHECK(company.found("base_price,,S-10,,5,EUR,,,2025-01-01,7,D\n") == "");    // says the same
  CHECK(company.found("base_price,,S-10,,5.50,EUR,,,2024-01-01,,D2\n")
            .starts_with("2 ties: base_price, article S-10: 'D2' and 'A'; "));
  CHECK(company
            .found("base_price,,S-10,,4,EUR,,2027-01-01,,,E\n"
                   "base_price,,S-20,,4,EUR,,,,,F\nbase_price,,S-20,,5,EUR,,,,,G\n")
            .starts_with("3 ties: "));
}

TEST_CASE("ties guard: a batch that would bring one is held, and the live prices stay",
          "[server][node][guards]") {
  const TieCompany company{R"(["highest_threshold"])", "hold"};
  CHECK(company.send("base_price,,S-10,,5,EUR,,,,,A\n").verdict == Verdict::plain);
  const auto held = company.send("base_price,,S-10,,6,EUR,,,,,B\n");
  CHECK(held.held != 0);
  CHECK(company.ambiguous() == 0);
  // The other one goes in the same batch: there is no tie.
  ImportRequest request;
  request.files = {{"conditions.csv", "",
                    "type,article,value,currency,key,op\nbase_price,S-10,6,EUR,B,\nbase_price,S-10,"
                    ",EUR,A,delete\n",
                    ""}};
  const auto both = company.writer().import(request);
  CHECK(both.held == 0);
  CHECK(both.findings.empty());
  CHECK(company.ambiguous() == 0);
}

TEST_CASE("ties guard: comparators and documents that tell two records apart are no tie",
          "[server][node][guards]") {
  const std::string a = "base_price,,S-10,,5,EUR,,2026-01-01,,1,A\n";
  const auto after_a = [&a](const std::string& choose, const std::string& row) {
    const TieCompany company{choose, "flag"};
    CHECK(company.found(a) == "");
    return company.found(row);
  };
  const std::string tie = "1 tie: base_price, article S-10: 'B' and 'A' from 2026-01-01";
  const std::string like_a = "base_price,,S-10,,6,EUR,,2026-01-01,,1,B\n";
  CHECK(after_a(R"(["rank", "newest_start", "dated"])", like_a) == tie);
  CHECK(after_a(R"(["lowest_value"])", like_a) == "");
  CHECK(after_a(R"(["record_text"])", like_a) == "");
  CHECK(after_a(R"(["rank"])", "base_price,,S-10,,6,EUR,,2026-01-01,,2,B\n") == "");
  CHECK(after_a(R"(["newest_start"])", "base_price,,S-10,,6,EUR,,2026-01-02,,1,B\n") == "");
  CHECK(after_a(R"(["rank"])", "base_price,,S-10,,5,EUR,,2026-01-01,,1,B\n") ==
        "");  // says the same
  CHECK(after_a(R"(["rank"])", "base_price,,S-10,,6,EUR,,2024-01-01,2025-12-31,1,B\n") == "");
  CHECK(after_a(R"(["rank"])", "base_price,K1,S-10,,6,EUR,,,,1,B\n") == "");  // of another key

  const TieCompany agreed{R"(["rank"])", "flag"};
  CHECK(agreed.found("base_price,,S-10,A-1,5,EUR,,,,,A\n") == "");
  CHECK(agreed.found("base_price,,S-10,A-3,6,EUR,,,,,C\n") == "");  // for whoever names it
  CHECK(agreed.found("base_price,,S-10,A-2,6,EUR,,,,,B\n") ==
        "1 tie: base_price, article S-10: 'B' and 'A'");
  CHECK(agreed.ambiguous() > 0);
}

TEST_CASE("property: ties that a batch brings are those that make questions ambiguous",
          "[property][guards]") {
  const auto seed = property::seed_or(20'261'131);
  const auto cases = property::cases_or(60);
  int found_in = 0;
  for (std::size_t number = 0; number < cases; ++number) {
    property::Draw draw{seed + number};
    std::string choose;
    for (const char* one : {"highest_threshold", "newest_start", "rank", "lowest_value", "dated"})
      if (draw.below(3) == 0) choose += (choose.empty() ? "\"" : ", \"") + std::string{one} + "\"";
    if (choose.empty()) choose = "\"rank\"";
    const TieCompany company{"[" + choose + "]", "flag"};
    int keys = 0;
    const auto rows = [&](std::uint64_t count) {
      std::string text;
      for (; count > 0; --count) {
        text += "base_price,,S-10,," + std::to_string(4 + draw.below(3)) + ",EUR,";
        text += std::string{draw.below(2) == 0 ? "" : "10"} + ",";
        text += draw.of(std::vector<std::string>{"", "2026-01-01", "2026-03-01"}) + ",";
        text += draw.of(std::vector<std::string>{"", "2026-06-30"}) + ",";
        text += std::string{draw.below(3) == 0 ? "1" : ""} + ",K" + std::to_string(keys++) + "\n";
      }
      return text;
    };
    const std::string before = rows(draw.below(4));
    const std::string now = rows(1 + draw.below(2));
    INFO("NETTO_SEED=" << seed + number << " NETTO_CASES=1\n" << choose << "\n" << before << now);
    if (!before.empty()) company.send(before);
    const bool was_clear = company.ambiguous() == 0;
    const bool found = company.found(now) != "";
    const bool is_clear = company.ambiguous() == 0;
    if (was_clear && !is_clear) REQUIRE(found);
    // Of two alone none is put behind a third.
    if (found && keys == 2) REQUIRE_FALSE(is_clear);
    found_in += found ? 1 : 0;
  }
  WARN("seed " << seed << ": ties in " << found_in << " of " << cases << " batches");
  CHECK((cases < 20 || (found_in > 2 && found_in < static_cast<int>(cases))));
}
