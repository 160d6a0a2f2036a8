#include "tests/property/find_maker.hpp"

#include <algorithm>

namespace property {

namespace {

Texts all_quoted(const Texts& texts) {
  Texts made;
  for (const std::string& text : texts) made.push_back(in_quotes(text));
  return made;
}

}  // namespace

Texts FindMaker::types(const FindPlan& plan) const {
  if (plan.kind == "price") return {"base_price", "special_price"};
  if (plan.kind == "percent") return {"discount", "bonus"};
  if (plan.kind == "amount") return {"charge"};
  if (plan.kind == "factor") return {"multiplier"};
  Texts all{"off_percent",   "off_percent", "off_unit", "off_unit_amount", "off_line", "new_price",
            "three_for_two", "half_price",  "gift",     "gift_at_price"};
  if (rewards_at_price) all.emplace_back("pair_price");
  if (!plan.over_order) return all;
  all.insert(all.end(), {"order_percent", "order_percent", "order_amount", "order_total"});
  if (plan.charges)
    all.insert(all.end(), {"charge_percent", "charge_amount", "charge_percent", "charge_amount"});
  return all;
}

Texts FindMaker::some(const Texts& from, int most) {
  Texts chosen;
  for (int i = draw_.between(0, most); i > 0; --i) {
    std::string one = draw_.of(from);
    if (std::ranges::find(chosen, one) == chosen.end()) chosen.push_back(std::move(one));
  }
  return chosen;
}

std::string FindMaker::access(const FindPlan& plan, const std::string& search) {
  Texts fields = some({"customer", "customer_group", "price_list", "country", "sales_organisation",
                       "tier", "region"},
                      plan.kind.empty() ? 1 : 2);
  if (search == "merge" && std::ranges::find(fields, "price_list") == fields.end())
    fields.emplace_back("price_list");
  const std::string constant = fields.empty() ? "" : fields.front();
  if (!plan.of_order) {
    for (const std::string& field :
         some({"article", "article", "article_group", "brand"}, draw_.percent(85) ? 1 : 2))
      fields.push_back(field);
  }
  draw_.shuffle(fields);
  std::string text = "{\"type\": " + in_quotes(draw_.of(types(plan))) +
                     ", \"keys\": " + listed(all_quoted(fields));
  if (search == "levels") text += ", \"level\": " + std::to_string(draw_.between(0, 3));
  if (draw_.percent(25))
    text += ", \"agreement\": " + in_quotes(draw_.of(Texts{"asked", "allowed", "none", "any"}));
  if (draw_.percent(15) && !plan.kind.empty()) text += ", \"exclusive\": true";
  if (draw_.percent(40))
    text += ", \"lists\": " + in_quotes(draw_.of(Texts{"customer", "group", "everyone", "any"}));
  if (draw_.percent(25)) text += ", \"ancestors\": false";
  if (draw_.percent(30)) text += ", \"parents\": true";
  const bool by_list = std::ranges::find(fields, "price_list") != fields.end();
  if (by_list && search != "merge" && draw_.percent(40)) text += ", \"based_on\": true";
  if (!constant.empty() && draw_.percent(25))
    text += ", \"constants\": {" + in_quotes(constant) + ": " + constants(constant) + "}";
  return text + "}";
}

// The last one of most real searches: what holds for everybody.
std::string FindMaker::broad_access(const FindPlan& plan) {
  const std::string key =
      plan.kind.empty() && draw_.percent(50) ? "\"article_group\"" : "\"article\"";
  return "{\"type\": " +
         in_quotes(plan.kind.empty() ? draw_.of(types(plan)) : types(plan).front()) +
         ", \"keys\": [" + (draw_.percent(70) && !plan.of_order ? key : "") + "]}";
}

std::string FindMaker::constants(const std::string& field) {
  if (field == "customer") return draw_.of(Texts{R"("C1")", R"(["C2", "C3"])"});
  if (field == "customer_group") return draw_.of(Texts{R"("CG1")", R"(["CG2", "CG9"])"});
  if (field == "price_list") return draw_.of(Texts{R"("9")", R"(["10", "LX"])"});
  if (field == "tier") return draw_.of(Texts{R"(["gold", "silver"])", R"("gold")"});
  return draw_.of(Texts{R"(["SE", "1000", "north"])", R"(["DE", "2000", "south"])"});
}

// Over the order, comparators are those that say the same on every line.
std::string FindMaker::choose(const FindPlan& plan, const std::string& member) {
  Texts all{"most_fields",     "dated",           "currency_bound", "unit_bound",    "newest_start",
            "newest_document", "document_number", "document_text",  "record_number", "record_text"};
  if (whole_) all.insert(all.end(), {"document_rank", "highest_document_rank", "access"});
  if (!plan.over_order) {
    all.insert(all.end(),
               {"rank", "nearest", "highest_threshold", "lowest_value", "highest_value"});
    if (whole_) all.emplace_back("lowest_threshold");
    if (whole_ && highest_assigned_rank) all.emplace_back("highest_rank");
  }
  Texts chosen;
  for (int i = draw_.between(member == "choose" ? 0 : 1, 4); i > 0; --i) {
    if (draw_.percent(15)) {
      chosen.push_back("{\"by\": " + in_quotes(draw_.of(Texts{"flag_set", "flag_clear"})) +
                       ", \"flag\": " + in_quotes(draw_.of(Texts{"discountable", "stackable"})) +
                       "}");
    } else {
      chosen.push_back(in_quotes(draw_.of(all)));
    }
  }
  return ", " + in_quotes(member) + ": " + listed(chosen);
}

std::string FindMaker::scales(const FindPlan& plan) {
  std::string text;
  const Where where{plan.of_order, plan.phase, false, false};
  if (draw_.percent(12)) text += ", \"units\": \"any\"";
  if (draw_.percent(15) && !plan.kind.empty()) text += ", \"currencies\": \"any\"";
  if (draw_.percent(12))
    text += ", \"basis\": " + in_quotes(formulas_.number(draw_.between(0, 1), where).text);
  Texts over{"line", "record", "key", "document"};
  if (counted_whole_order) over.emplace_back("order");
  if (draw_.percent(20) && !plan.of_order && (counted_applies || !plan.kind.empty()))
    text += ", \"counted\": " + in_quotes(draw_.of(over));
  if (draw_.percent(12) && !plan.kind.empty())
    text += ", \"below_lowest\": " + in_quotes(formulas_.truth(1, where));
  if (draw_.percent(20))
    text += R"(, "formula_value": {"decimals": )" + std::to_string(draw_.between(0, 4)) +
            ", \"mode\": " + in_quotes(formulas_.mode()) + "}";
  return text;
}

std::string FindMaker::inputs(const FindPlan& plan) {
  Where where{plan.of_order, plan.phase, false, plan.kind.empty()};
  where.running_sums = plan.over_order;
  if (!plan.kind.empty())
    return ", \"inputs\": {\"about\": " +
           in_quotes(formulas_.number(draw_.between(0, 1), where).text) + "}";
  const std::string spent =
      plan.over_order && draw_.percent(60)
          ? draw_.of(Texts{"lines.sum(l, l.running)", "lines.sum(l, running)",
                           "lines.max(l, l.running)"})
          : formulas_.number(0, {plan.of_order, plan.phase, false, false}).text;
  return ", \"inputs\": {\"spent\": " + in_quotes(spent) + ", \"left\": " +
         in_quotes(draw_.percent(60) ? "running" : formulas_.number(1, where).text) + "}";
}

std::string FindMaker::make(const FindPlan& plan) {
  Texts searches{"first", "first", "all", "levels"};
  if (whole_ && !plan.kind.empty() && !plan.of_order) searches.emplace_back("merge");
  const bool applies = plan.kind.empty();
  const std::string search = applies && draw_.percent(60) ? "" : draw_.of(searches);
  Texts accesses;
  for (int i = draw_.between(1, 4); i > 0; --i) accesses.push_back(access(plan, search));
  if (draw_.percent(60) && search != "merge") accesses.push_back(broad_access(plan));
  std::string text = "{";
  if (!search.empty()) text += "\"search\": " + in_quotes(search) + ", ";
  text += "\"accesses\": " + listed(accesses) + choose(plan, "choose");
  const bool refuse = draw_.percent(25);
  text += ", \"tie\": " + in_quotes(refuse ? "refuse" : "report");
  if (whole_) {
    std::string more = scales(plan);
    if (search == "merge" && more.find("below_lowest") != std::string::npos) more.clear();
    const bool next = (search == "first" || search == "levels") && !applies && draw_.percent(30);
    const bool below = more.find("below_lowest") != std::string::npos;
    const bool exclusive = text.find("exclusive") != std::string::npos;
    if (next && (kept_below_lowest || !below) && (kept_beside_exclusive || !exclusive))
      text += choose(plan, "find_next");
    text += more + inputs(plan);
  }
  return text + (plan.required ? ", \"required\": true}" : "}");
}

}  // namespace property
