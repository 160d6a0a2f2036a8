#include "tests/replay/parts/over_http.hpp"

#include "rules/json_tree.hpp"
#include "server/json/json_writer.hpp"

#include "tests/http_client/served.hpp"

#include <utility>

namespace tests::replay {

using engine::base::Decimal;
using engine::base::Result;
using rules::Json;

namespace {

std::string body_of(const Order& order) {
  std::string body;
  server::json::JsonWriter json{body};
  json.begin_object();
  json.member("customer", order.front()->customer);
  json.member("currency", "USD");
  json.member("channel", order.front()->channel);
  json.member("date", engine::base::to_string(order.front()->date));
  json.key("explain");
  json.boolean(true);
  json.key("lines");
  json.begin_array();
  for (const BilledLine* line : order) {
    json.begin_object();
    json.member("id", line->number);
    json.member("article", line->article);
    json.member("quantity", line->quantity);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return body;
}

// The member at the end of the path; null where the way to it is not there.
const Json* at(const Json* from, std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) {
    if (from != nullptr) from = from->find(name);
  }
  return from;
}

std::string text_at(const Json* from, std::initializer_list<std::string_view> path) {
  const Json* found = at(from, path);
  return found == nullptr ? std::string{} : found->text();
}

std::optional<Decimal> decimal_at(const Json* found) {
  if (found == nullptr) return std::nullopt;
  const auto value = engine::base::parse_decimal(found->text());
  return value ? std::optional{*value} : std::nullopt;
}

std::string offer_in(const Json& line) {
  const Json* steps = line.find("waterfall");
  if (steps == nullptr) return {};
  for (const Json& step : steps->items()) {
    if (text_at(&step, {"step"}) == "offer") return text_at(&step, {"winner", "document", "code"});
  }
  return {};
}

AnsweredLine answered(const Json& line, const BilledLine& billed) {
  AnsweredLine made;
  made.outcome = text_at(&line, {"outcome"});
  for (std::size_t i = 0; i < amount_count; ++i) {
    const std::string_view name = amount_names[i];
    if (name == "unit_price") {
      made.amounts[i] = decimal_at(at(&line, {"unit_price"}));
    } else if (name == "line_total") {
      made.amounts[i] = decimal_at(at(&line, {"line_amount"}));
    } else {
      made.amounts[i] = decimal_at(at(&line, {"components", name}));
    }
  }
  made.offer = offer_in(line);
  if (text_at(&line, {"id"}) != billed.number || text_at(&line, {"article"}) != billed.article) {
    made.trouble = "the answer to another line";
  }
  return made;
}

std::vector<AnsweredLine> without_answer(const Order& order, std::string why) {
  AnsweredLine line;
  line.outcome = std::move(why);
  return std::vector<AnsweredLine>(order.size(), line);
}

}  // namespace

OverHttp::OverHttp(std::unique_ptr<Served> served) : served_{std::move(served)} {}

OverHttp::~OverHttp() = default;

Result<std::unique_ptr<OverHttp>> OverHttp::open(const engine::snapshot::SnapshotCell& snapshots) {
  auto served = Served::open(snapshots);
  if (!served) return served.error();
  return std::unique_ptr<OverHttp>{new OverHttp{*std::move(served)}};
}

std::string OverHttp::address() const { return served_->address(); }

std::vector<AnsweredLine> OverHttp::ask(const Order& order) {
  const auto tree = served_->quote(body_of(order));
  if (!tree) return without_answer(order, tree.error().where + ": " + tree.error().detail);
  const Json* lines = tree->find("lines");
  if (lines == nullptr || lines->items().size() != order.size())
    return without_answer(order, "an answer of other lines than asked");
  std::vector<AnsweredLine> all;
  all.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    all.push_back(answered(lines->items()[i], *order[i]));
  return all;
}

}  // namespace tests::replay
