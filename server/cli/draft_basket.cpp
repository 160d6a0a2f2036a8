#include "server/cli/draft_basket.hpp"

#include "server/cli/answer_view.hpp"
#include "server/cli/report.hpp"

#include <algorithm>
#include <cstdint>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using rules::Json;

namespace {

// How a line's answer changes: new, gone, changed, or nothing.
std::string change_of(const Json& live, const Json& draft) {
  const bool was = text_at(live, "outcome") == "priced";
  const bool will_be = text_at(draft, "outcome") == "priced";
  if (!was && !will_be) return "";
  if (!was) return "new";
  if (!will_be) return "gone";
  const bool same = unit_price_text(live) == unit_price_text(draft) &&
                    text_at(live, "line_amount") == text_at(draft, "line_amount");
  return same ? "" : "changed";
}

void report_changes(const Json& live, const Json& draft, Run& run) {
  const auto before = items_of(live, "lines");
  const auto after = items_of(draft, "lines");
  Report report;
  report.fact("draft", "draft", text_at(draft, "draft/name"));
  report.fact("based_on", "based on generation", text_at(draft, "draft/based_on"));
  report.fact("customer", "customer", text_at(draft, "customer"));
  report.fact("currency", "currency", text_at(draft, "currency"));
  Table& rows = report.table("changes", "",
                             {{"article", "article"},
                              {"quantity", "quantity"},
                              {"live_price", "live price", Align::right},
                              {"draft_price", "draft price", Align::right},
                              {"live_amount", "live amount", Align::right},
                              {"draft_amount", "draft amount", Align::right},
                              {"change", "change"}});
  std::uint64_t same = 0;
  bool unpriced = false;
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    const std::string change = change_of(before[i], after[i]);
    unpriced = unpriced || text_at(after[i], "outcome") != "priced";
    if (change.empty()) {
      ++same;
      continue;
    }
    rows.add({text_at(after[i], "article"), quantity_text(after[i]), unit_price_text(before[i]),
              unit_price_text(after[i]), text_at(before[i], "line_amount"),
              text_at(after[i], "line_amount"), change});
  }
  report.fact("same", "lines that stay the same", same);
  report.write(run);
  if (unpriced && run.exit == Exit::ok) run.exit = Exit::findings;
}

}  // namespace

void compare_basket(const std::string& draft, AskOptions asked, Run& run) {
  const auto live = ask(asked, Waterfall::without, run);
  if (!live) return;
  asked.draft = draft;
  const auto then = ask(asked, Waterfall::without, run);
  if (!then) return;
  if (text_at(live->json, "generation") != text_at(then->json, "draft/based_on")) {
    return fail(run, Fault{FaultCode::store_unavailable, run.data,
                           "what is live changed between the two questions; compare again"});
  }
  report_changes(live->json, then->json, run);
}

}  // namespace server::cli
