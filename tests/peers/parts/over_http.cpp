#include "tests/peers/parts/over_http.hpp"

#include "rules/json_tree.hpp"
#include "server/json/json_writer.hpp"

#include "tests/http_client/served.hpp"
#include "tests/peers/parts/source.hpp"

#include <algorithm>
#include <array>

namespace tests::peers {

using engine::base::Result;
using rules::Json;
using rules::JsonMember;
using server::json::JsonWriter;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Fields that have members of their own; the others are attributes.
bool has_member(std::string_view name) {
  constexpr std::array<std::string_view, 4> members{"sales_organisation", "site", "channel",
                                                    "document_kind"};
  return std::ranges::find(members, name) != members.end();
}

void write_fields(const Fields& fields, bool members, JsonWriter& json) {
  if (members) {
    for (const auto& [name, value] : fields) {
      if (has_member(name)) json.member(name, value);
    }
  }
  const auto others = [members](const auto& field) { return !members || !has_member(field.first); };
  if (std::ranges::none_of(fields, others)) return;
  json.key("attributes");
  json.begin_object();
  for (const auto& field : fields) {
    if (others(field)) json.member(field.first, field.second);
  }
  json.end_object();
}

std::string body_of(const AskedQuestion& question) {
  std::string body;
  JsonWriter json{body};
  json.begin_object();
  json.member("customer", question.customer);
  json.member_unless_empty("currency", question.currency);
  json.member_unless_empty("date", question.date);
  write_fields(question.fields, true, json);
  json.key("lines");
  json.begin_array();
  for (const AskedLine& line : question.lines) {
    json.begin_object();
    json.member("article", line.article);
    json.member("quantity", line.quantity);
    json.member_unless_empty("unit", line.unit);
    json.member_unless_empty("agreement", line.agreement);
    json.member_unless_empty("date", line.date);
    write_fields(line.fields, false, json);
    json.end_object();
  }
  json.end_array();
  if (question.ladder) {
    json.key("ladder");
    json.boolean(true);
  }
  json.end_object();
  return body;
}

std::string text_at(const Json& from, std::string_view name) {
  const Json* found = from.find(name);
  return found == nullptr ? std::string{} : found->text();
}

void take_amounts(const Json* from, std::map<std::string, std::string>& amounts) {
  if (from == nullptr) return;
  for (const JsonMember& member : from->members()) amounts[member.name] = member.value.text();
}

std::vector<TierReply> ladder_in(const Json& ladder) {
  std::vector<TierReply> made;
  for (const Json& tier : ladder.find("tiers")->items()) {
    if (text_at(tier, "outcome") != "priced") continue;
    made.push_back({text_at(tier, "from"), text_at(tier, "unit_price"),
                    text_at(tier, "price_unit_of_measure")});
  }
  return made;
}

Reply reply_in(const Json& answer) {
  Reply made;
  if (const Json* lines = answer.find("lines")) {
    for (const Json& line : lines->items()) {
      LineReply& one = made.lines.emplace_back();
      one.outcome = text_at(line, "outcome");
      if (const Json* ladder = line.find("ladder")) one.ladder = ladder_in(*ladder);
      if (one.outcome != "priced") continue;
      one.unit_price = text_at(line, "unit_price");
      one.line_amount = text_at(line, "line_amount");
      take_amounts(line.find("components"), one.components);
    }
  }
  take_amounts(answer.find("totals"), made.totals);
  return made;
}

std::string difference(const LineReply& a, const LineReply& b) {
  if (a.outcome != b.outcome) return "outcome " + b.outcome;
  const bool same_ladder =
      std::ranges::equal(a.ladder, b.ladder, [](const TierReply& one, const TierReply& other) {
        return one.from == other.from && same_value(one.unit_price, other.unit_price);
      });
  if (!same_ladder) return "ladder of " + std::to_string(b.ladder.size()) + " tiers";
  if (a.outcome != "priced") return {};
  if (!same_value(*a.unit_price, *b.unit_price)) return "unit price " + *b.unit_price;
  if (!same_value(*a.line_amount, *b.line_amount)) return "line amount " + *b.line_amount;
  for (const auto& [name, amount] : a.components) {
    const auto other = b.components.find(name);
    if (other == b.components.end() || !same_value(amount, other->second))
      return "component " + name;
  }
  return {};
}

}  // namespace

OverHttp::OverHttp(const std::shared_ptr<const engine::snapshot::Snapshot>& snapshot) {
  cell_.publish(snapshot);
}

OverHttp::~OverHttp() = default;

Result<Reply> OverHttp::ask(const AskedQuestion& question) {
  if (!served_) {
    auto served = Served::open(cell_);
    if (!served) return served.error();
    served_ = *std::move(served);
  }
  const auto tree = served_->quote(body_of(question));
  if (!tree) return tree.error();
  return reply_in(*tree);
}

std::string http_difference(const std::vector<Reply>& in_process, const std::vector<Reply>& http) {
  for (std::size_t i = 0; i < in_process.size(); ++i) {
    if (in_process[i].lines.size() != http[i].lines.size()) return "another number of lines";
    for (std::size_t line = 0; line < http[i].lines.size(); ++line) {
      const std::string found = difference(in_process[i].lines[line], http[i].lines[line]);
      if (!found.empty()) return "line " + std::to_string(line + 1) + ": " + found;
    }
    for (const auto& [name, amount] : in_process[i].totals) {
      const auto other = http[i].totals.find(name);
      if (other == http[i].totals.end() || !same_value(amount, other->second))
        return "total " + name;
    }
  }
  return {};
}

}  // namespace tests::peers
