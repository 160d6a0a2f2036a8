#include "tests/peers/parts/reading.hpp"

#include <algorithm>
#include <stdexcept>

namespace tests::peers {

using engine::base::Decimal;
using rules::Json;

Reading reading_of(const Json& source) {
  Reading made;
  const Json* read = source.find("read");
  made.table = source.find("table");
  if (const Json* component = source.find("only_where")) made.only_where = component->text();
  std::string text = read == nullptr ? source.text() : read->text();
  if (const std::size_t mark = text.find('?'); mark != std::string::npos) {
    made.only_if = text.substr(mark + 1);
    text.resize(mark);
  }
  const std::size_t colon = text.find(':');
  made.what = text.substr(0, colon);
  if (colon != std::string::npos) made.name = text.substr(colon + 1);
  return made;
}

Decimal decimal_of(const std::string& text) {
  const auto value = engine::base::parse_decimal(text);
  return value ? *value : Decimal{};
}

std::string sum(const std::string& a, const std::string& b) {
  const Decimal x = decimal_of(a);
  const Decimal y = decimal_of(b);
  const int decimals = std::max(x.decimals, y.decimals);
  const auto left = engine::base::mantissa_at(x, decimals);
  const auto right = engine::base::mantissa_at(y, decimals);
  if (!left || !right) throw std::runtime_error("a sum of " + a + " and " + b + " is too long");
  return engine::base::to_string_short({*left + *right, static_cast<std::uint8_t>(decimals)});
}

bool is_zero(const std::string& text) { return decimal_of(text).mantissa == 0; }

namespace {

bool wanted_step(const Reading& reading, const Taken& taken) {
  return reading.name.empty() || reading.name == taken.step;
}

}  // namespace

std::string taken_off(const Reading& reading, const Reply& reply, std::size_t line) {
  std::string total = "0";
  for (const Taken& taken : reply.taken) {
    if (taken.line == line && wanted_step(reading, taken)) total = sum(total, taken.amount);
  }
  return total;
}

namespace {

std::string taken_in_all(const Reading& reading, const Reply& reply) {
  std::string total = "0";
  for (const Taken& taken : reply.taken) {
    if (taken.line && wanted_step(reading, taken)) total = sum(total, taken.amount);
  }
  return total;
}

Text source_text(const Reading& reading, const LineReply& line) {
  const auto found = line.found.find(reading.name);
  if (found == line.found.end()) return std::nullopt;
  const std::string& text = reading.what == "label" ? found->second.label : found->second.document;
  return text.empty() ? std::nullopt : Text{text};
}

}  // namespace

Text line_value(const Reading& reading, const Reply& reply, std::size_t number) {
  const LineReply& line = reply.lines[number];
  if (!reading.only_if.empty() && !line.found.contains(reading.only_if)) return std::nullopt;
  const auto condition = line.components.find(reading.only_where);
  if (condition != line.components.end() && is_zero(condition->second)) return std::nullopt;
  if (reading.what == "unit_price") return line.unit_price;
  if (reading.what == "line_amount") return line.line_amount;
  if (reading.what == "unit") return line.unit;
  if (reading.what == "outcome") return line.outcome;
  if (reading.what == "available") return line.outcome == "priced" ? "1" : "0";
  if (reading.what == "adjustments") return taken_off(reading, reply, number);
  if (reading.what == "label" || reading.what == "document") return source_text(reading, line);
  if (reading.what != "component")
    throw std::runtime_error("mapping: there is no reading '" + reading.what + "'");
  if (line.outcome != "priced") return std::nullopt;
  const auto component = line.components.find(reading.name);
  if (component == line.components.end())
    throw std::runtime_error("mapping: the answer has no component '" + reading.name + "'");
  return component->second;
}

bool is_of_order(const Reading& reading) {
  return reading.what == "total" || reading.what == "order" || reading.what == "taken" ||
         reading.what == "applied_count";
}

namespace {

std::size_t applied_count(const Reply& reply) {
  std::vector<std::string> seen;
  for (const Taken& taken : reply.taken) {
    const std::string& name =
        taken.source.document.empty() ? taken.source.label : taken.source.document;
    if (is_zero(taken.amount) || std::ranges::find(seen, name) != seen.end()) continue;
    seen.push_back(name);
  }
  return seen.size();
}

}  // namespace

Text order_value(const Reading& reading, const Reply& reply) {
  if (reading.what == "taken") return taken_in_all(reading, reply);
  if (reading.what == "applied_count") return std::to_string(applied_count(reply));
  const auto& values = reading.what == "total" ? reply.totals : reply.order;
  const auto found = values.find(reading.name);
  if (found == values.end())
    throw std::runtime_error("mapping: the answer has no " + reading.what + " '" + reading.name +
                             "'");
  return found->second;
}

Text translated(const Reading& reading, Text got) {
  if (reading.table == nullptr || !got) return got;
  const Json* word = reading.table->find(*got);
  return word == nullptr ? got : Text{word->text()};
}

const Json* reading_for(const System& system, const std::string& key) {
  for (const Json* mapping : {&system.mapping, &system.common}) {
    const Json* table = mapping->find("expect");
    const Json* found = table == nullptr ? nullptr : table->find(key);
    if (found != nullptr) return found;
  }
  return nullptr;
}

}  // namespace tests::peers
