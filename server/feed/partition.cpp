#include "server/feed/partition.hpp"

#include "server/feed/canonical_columns.hpp"

#include <algorithm>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr std::string_view kind_word = "records";

Fault bad(std::string detail) {
  return Fault{FaultCode::bad_request, "partition", std::move(detail)};
}

// The value up to the next comma that no `\` stands before, which goes from `rest` with it.
std::string take_value(std::string_view& rest) {
  std::string value;
  std::size_t at = 0;
  while (at < rest.size() && rest[at] != ',') {
    if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
    value += rest[at++];
  }
  rest.remove_prefix(at);
  return value;
}

Result<void> take_pair(std::string_view& rest, Partition& partition) {
  const std::size_t colon = rest.find(':');
  const std::string column{rest.substr(0, colon)};
  if (colon == std::string_view::npos || column.find(',') != std::string::npos)
    return bad("a partition is column:value,column:value, such as type:PRICE,price_list:PL-1");
  rest.remove_prefix(colon + 1);
  std::string value = take_value(rest);
  if (value.empty()) return bad("'" + column + "' has no value");
  if (column == kind_word) {
    partition.kind = kind_from(value);
    if (!partition.kind) return bad("'" + value + "' is no kind of record");
    return {};
  }
  if (std::ranges::find(partition.values, column, &std::pair<std::string, std::string>::first) !=
      partition.values.end())
    return bad("'" + column + "' stands twice");
  partition.values.emplace_back(column, std::move(value));
  return {};
}

std::string_view value_of(const Partition& partition, std::string_view column) {
  const auto found =
      std::ranges::find(partition.values, column, &std::pair<std::string, std::string>::first);
  return found == partition.values.end() ? std::string_view{} : std::string_view{found->second};
}

// The one column that a partition of the kind may name; of conditions there are several.
std::string_view column_of(Kind kind) {
  if (kind == Kind::exchange_rates) return "kind";
  return kind == Kind::price_list_assignments ? "price_list" : "warehouse";
}

bool may_name(Kind kind, std::string_view column, const engine::model::Schema& schema) {
  if (kind != Kind::conditions) return column == column_of(kind);
  if (column == "type" || column == "agreement" || column == "promotion") return true;
  const bool is_own =
      std::ranges::find(columns::conditions, column, &Column::name) != columns::conditions.end();
  return !is_own && schema.find_field(column).has_value();
}

Result<std::size_t> remove_rest_of_conditions(engine::model::Facts& facts,
                                              const Partition& partition) {
  std::vector<engine::model::KeyText> keys;
  for (const auto& [column, value] : partition.values) {
    if (column == "type" || column == "agreement" || column == "promotion") continue;
    const auto field = facts.schema.find_field(column);
    if (!field) return bad("'" + column + "' is no key field");
    keys.emplace_back(*field, value);
  }
  return facts.remove_rest(engine::model::ConditionPartition{value_of(partition, "type"), keys,
                                                             value_of(partition, "agreement"),
                                                             value_of(partition, "promotion")});
}

Result<std::size_t> remove_rest_of(engine::model::Facts& facts, const Partition& partition) {
  const Kind kind = partition.kind.value_or(Kind::conditions);
  const std::string_view value = value_of(partition, column_of(kind));
  switch (kind) {
    case Kind::conditions:
      return remove_rest_of_conditions(facts, partition);
    case Kind::exchange_rates:
      return facts.remove_rest(engine::model::ExchangeRatePartition{value});
    case Kind::price_list_assignments:
      return facts.remove_rest(engine::model::AssignmentPartition{value});
    case Kind::stock:
      return facts.remove_rest(engine::model::StockPartition{value});
    case Kind::receipts:
      return facts.remove_rest(engine::model::ReceiptPartition{value});
    default:
      return bad("records of " + std::string{kind_name(kind)} + " can't be replaced as a whole");
  }
}

}  // namespace

Result<Partition> parse_partition(std::string_view text) {
  Partition partition;
  for (std::string_view rest = text; !rest.empty();) {
    if (auto ok = take_pair(rest, partition); !ok) return ok.error();
    if (rest.empty()) break;
    rest.remove_prefix(1);
    if (rest.empty()) return bad("nothing stands after the last comma");
  }
  return partition;
}

std::string to_string(const Partition& partition) {
  std::string text;
  if (partition.kind) text.append(kind_word).append(":").append(kind_name(*partition.kind));
  for (const auto& [column, value] : partition.values) {
    text.append(text.empty() ? "" : ",").append(column).append(":");
    for (const char c : value) {
      if (c == ',' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text;
}

bool is_replaceable(Kind kind) { return is_removable(kind) && kind != Kind::article_units; }

Result<void> check_partition(const Partition& partition, const engine::model::Schema& schema) {
  const Kind kind = partition.kind.value_or(Kind::conditions);
  const std::string name{kind_name(kind)};
  if (!is_replaceable(kind)) {
    return bad("records of " + name +
               " can't be replaced as a whole; conditions, price_list_assignments, "
               "exchange_rates, stock and receipts can");
  }
  for (const auto& [column, value] : partition.values) {
    if (may_name(kind, column, schema)) continue;
    return bad("'" + column + "' declares no partition of " + name + "; it takes " +
               (kind == Kind::conditions ? "type, key fields, agreement and promotion"
                                         : std::string{column_of(kind)}));
  }
  if (kind == Kind::conditions && value_of(partition, "type").empty())
    return bad("a partition of conditions names their type, such as type:PRICE");
  return {};
}

Result<std::uint64_t> remove_rest(engine::model::Facts& facts, const Partition& partition) {
  if (auto ok = check_partition(partition, facts.schema); !ok) return ok.error();
  const auto removed = remove_rest_of(facts, partition);
  if (!removed) return removed.error();
  return std::uint64_t{*removed};
}

std::uint64_t count_of(const engine::model::Facts& facts, const Partition& partition) {
  const std::string_view value =
      partition.values.empty() ? std::string_view{} : partition.values.front().second;
  const auto counted = [&](const auto& rows, const auto& is_of) {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(rows, [&](const auto& row) { return value.empty() || is_of(row); }));
  };
  const auto warehouse = facts.warehouses().codes->find(value);
  const auto is_there = [&](const auto& row) {
    return warehouse && row.warehouse == engine::model::WarehouseId{*warehouse};
  };
  switch (partition.kind.value_or(Kind::conditions)) {
    case Kind::stock:
      return counted(facts.stock(), is_there);
    case Kind::receipts:
      return counted(facts.receipts(), is_there);
    case Kind::price_list_assignments: {
      const auto list = facts.find_document(engine::model::DocumentKind::price_list, value);
      std::vector<engine::model::ListAssignment> own = facts.assignments();
      std::erase_if(own, [](const auto& row) { return row.withdrawn || row.from_customer; });
      return counted(own, [&](const auto& row) { return list && row.list == *list; });
    }
    case Kind::exchange_rates: {
      const auto kind = facts.share_texts()->find(value);
      return counted(facts.exchange_rates(), [&](const auto& row) {
        return kind && row.kind == engine::model::TextId{*kind};
      });
    }
    default:
      return 0;
  }
}

PartitionFence::PartitionFence(const Partition& partition, std::span<const std::string> columns)
    : partition_{&partition} {
  for (const auto& [column, value] : partition.values) {
    const auto found = std::ranges::find(columns, column);
    cells_.push_back(found == columns.end()
                         ? std::nullopt
                         : std::optional{static_cast<std::size_t>(found - columns.begin())});
  }
}

std::optional<Fault> PartitionFence::outside(std::span<const std::string_view> cells) const {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const auto& [column, value] = partition_->values[i];
    const std::string_view own = cells_[i] ? cells[*cells_[i]] : std::string_view{};
    if (own == value) continue;
    return Fault{
        FaultCode::contradicting_values, column,
        "the row lies outside of what the batch replaces: there " + column + " is '" + value + "'"};
  }
  return std::nullopt;
}

}  // namespace server::feed
