#include "server/feed/canonical_table.hpp"

#include "engine/base/limits.hpp"
#include "server/feed/canonical_columns.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace server::feed {

namespace limits = engine::base::limits;
using engine::base::CivilMinutes;
using engine::base::Decimal;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Result;
using engine::base::Validity;
using engine::model::DocumentKind;
using engine::model::Schema;

namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string{text} + "'"; }

// Numbers of up to 18 digits, which nearly all are, without 128-bit arithmetic. False: ask parse_decimal.
bool read_short_decimal(std::string_view text, Decimal& value) {
  constexpr std::size_t length_max = 18;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > length_max) return false;
  std::int64_t mantissa = 0;
  std::size_t point = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && point == text.size()) {
      point = i;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return false;
    mantissa = mantissa * 10 + (text[i] - '0');
  }
  if (point == 0 && text.size() == 1) return false;
  value.mantissa = negative ? -mantissa : mantissa;
  value.decimals = static_cast<std::uint8_t>(point == text.size() ? 0 : text.size() - point - 1);
  return true;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

// The cells of one row by canonical position, as typed values. The first one that can't be read is the row's fault.
class CanonicalTable::Row {
 public:
  Row(CanonicalTable& table, std::span<const std::string_view> cells)
      : table_{table}, cells_{cells} {}

  const std::optional<Fault>& fault() const { return fault_; }

  void refuse(FaultCode code, std::string_view column, std::string reason) {
    if (!fault_) fault_ = Fault{code, std::string{column}, std::move(reason)};
  }

  void check_sizes() {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (cells_[i].size() <= limits::text_length) continue;
      refuse(FaultCode::too_large, table_.columns_[i],
             "a text has at most " + std::to_string(limits::text_length) + " bytes (text_length)");
    }
  }

  template <class Place>
  std::string_view text(Place place) const {
    const int cell = table_.cell_of_[static_cast<std::size_t>(place)];
    return cell < 0 ? std::string_view{} : cells_[static_cast<std::size_t>(cell)];
  }

  // Nothing where the cell is empty.
  template <class Place>
  std::optional<Decimal> decimal(Place place) {
    const std::string_view digits = text(place);
    if (digits.empty()) return std::nullopt;
    Decimal value;
    if (read_short_decimal(digits, value)) return value;
    const auto read = engine::base::parse_decimal(digits);
    if (!read) {
      refuse(read.error().code, name(place), read.error().detail);
      return std::nullopt;
    }
    return *read;
  }

  template <class Place>
  std::optional<Quantity> quantity(Place place) {
    const auto value = decimal(place);
    if (!value) return std::nullopt;
    const auto exact = Quantity::exactly(*value);
    const bool fits = exact && *exact <= Quantity::whole(limits::quantity_whole) &&
                      *exact >= Quantity::whole(-limits::quantity_whole);
    if (!fits) {
      refuse(FaultCode::out_of_range, name(place),
             in_quotes(text(place)) + " is no quantity: at most 6 decimals, at most a billion");
      return std::nullopt;
    }
    return exact;
  }

  template <class Place>
  std::int64_t integer(Place place, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    const auto value = decimal(place);
    if (!value) return otherwise;
    const auto whole = mantissa_at(*value, 0);
    if (!whole) {
      refuse(FaultCode::bad_number, name(place), in_quotes(text(place)) + " is no whole number");
    } else if (*whole < least || *whole > most) {
      refuse(FaultCode::out_of_range, name(place),
             in_quotes(text(place)) + " does not lie between " + std::to_string(least) + " and " +
                 std::to_string(most));
    } else {
      return static_cast<std::int64_t>(*whole);
    }
    return otherwise;
  }

  template <class Place>
  std::int32_t rank(Place place) {
    return static_cast<std::int32_t>(integer(place, 0, std::numeric_limits<std::int32_t>::min(),
                                             std::numeric_limits<std::int32_t>::max()));
  }

  template <class Place>
  bool boolean(Place place, bool otherwise) {
    const std::string_view value = text(place);
    if (value.empty()) return otherwise;
    if (value == "true" || value == "1") return true;
    if (value != "false" && value != "0")
      refuse(FaultCode::bad_text, name(place), in_quotes(value) + " is none of true, false, 1, 0");
    return false;
  }

  template <class Place>
  CivilMinutes moment(Place place) {
    return read_date(place, table_.last_from_,
                     [](std::string_view, CivilMinutes minutes) { return minutes; });
  }

  template <class Place>
  Validity validity(Place from, Place to) {
    Validity validity;
    if (!text(from).empty()) validity.from = moment(from);
    if (!text(to).empty()) {
      constexpr std::size_t day_length = 10;
      validity.to = read_date(to, table_.last_to_, [](std::string_view end, CivilMinutes minutes) {
        return end.size() == day_length ? minutes.next_day() : minutes;
      });
    }
    return validity;
  }

  // The codes of a cell separated by `;`, in `list`.
  template <class Place>
  std::span<const std::string_view> codes(Place place, std::vector<std::string_view>& list) const {
    list.clear();
    std::string_view rest = text(place);
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      if (const auto code = trimmed(rest.substr(0, end)); !code.empty()) list.push_back(code);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return list;
  }

  // The open columns that are not empty here.
  std::vector<engine::model::KeyText>& open_values() {
    table_.open_values_.clear();
    for (const auto& [field, cell] : table_.open_columns_) {
      if (!cells_[cell].empty()) table_.open_values_.emplace_back(field, cells_[cell]);
    }
    return table_.open_values_;
  }

  // `name` sets a flag, `-name` clears it.
  void flags(engine::model::ConditionDraft& draft) {
    const std::string_view value = text(place::Conditions::flags);
    if (value.empty()) return;
    LastFlags& last = table_.last_flags_;
    if (value != last.text) {
      LastFlags read{std::string{value}, 0, 0};
      for (std::string_view flag : codes(place::Conditions::flags, table_.list_a_)) {
        const bool clears = flag.starts_with('-');
        if (clears) flag.remove_prefix(1);
        const auto id = table_.facts_->schema.find_flag(flag);
        if (!id) return refuse_flag(flag);
        std::uint16_t& bits = clears ? read.cleared : read.set;
        bits = static_cast<std::uint16_t>(bits | engine::model::flag_bit(*id));
      }
      last = std::move(read);
    }
    draft.flags_set = last.set;
    draft.flags_cleared = last.cleared;
  }

 private:
  template <class Place>
  std::string_view name(Place place) const {
    return columns_of(table_.kind_)[static_cast<std::size_t>(place)].name;
  }

  template <class Place, class Meaning>
  CivilMinutes read_date(Place place, LastDate& last, Meaning meaning) {
    const std::string_view value = text(place);
    if (!value.empty() && value == last.text) return last.minutes;
    const auto minutes = engine::base::parse_civil(value);
    if (!minutes) {
      refuse(minutes.error().code, name(place), minutes.error().detail);
      return {};
    }
    last = LastDate{std::string{value}, meaning(value, *minutes)};
    return last.minutes;
  }

  void refuse_flag(std::string_view flag) {
    const Schema& schema = table_.facts_->schema;
    std::string known;
    for (std::uint32_t i = 0; i < schema.flag_count(); ++i) {
      known += (known.empty() ? "" : ", ") + schema.flag_name(engine::model::FlagId{i});
    }
    refuse(FaultCode::bad_text, "flags",
           in_quotes(flag) + " is no declared flag; there are " + known);
  }

  CanonicalTable& table_;
  std::span<const std::string_view> cells_;
  std::optional<Fault> fault_;
};

Result<CanonicalTable> CanonicalTable::bind(engine::model::Facts& facts, Kind kind,
                                            std::vector<std::string> columns, std::string feed) {
  if (auto ok = check_header(kind, columns, facts.schema); !ok) return ok.error();
  CanonicalTable table;
  table.facts_ = &facts;
  table.kind_ = kind;
  table.feed_ = std::move(feed);
  table.columns_ = std::move(columns);
  for (const Column& column : columns_of(kind)) {
    const auto found = std::ranges::find(table.columns_, column.name);
    table.cell_of_.push_back(
        found == table.columns_.end() ? -1 : static_cast<int>(found - table.columns_.begin()));
  }
  for (std::size_t i = 0; i < table.columns_.size(); ++i) {
    std::string_view name = table.columns_[i];
    if (std::ranges::find(columns_of(kind), name, &Column::name) != columns_of(kind).end()) {
      if (kind == Kind::customers && name == "country")
        table.open_columns_.emplace_back(Schema::country, i);
      continue;
    }
    if (kind != Kind::conditions) name.remove_prefix(attribute_prefix.size());
    table.open_columns_.emplace_back(*facts.schema.find_field(name), i);
  }
  return table;
}

Result<void> CanonicalTable::put(std::span<const std::string_view> cells, std::uint32_t line) {
  ENSURE(cells.size() == columns_.size());
  Row row{*this, cells};
  row.check_sizes();
  if (row.fault()) return *row.fault();
  switch (kind_) {
    case Kind::currencies:
      return put_currency(row);
    case Kind::article_groups:
      return put_article_group(row);
    case Kind::articles:
      return put_article(row);
    case Kind::article_units:
      return put_article_unit(row);
    case Kind::customer_groups:
      return put_customer_group(row);
    case Kind::price_lists:
      return put_price_list(row);
    case Kind::promotions:
      return put_promotion(row);
    case Kind::customers:
      return put_customer(row);
    case Kind::agreements:
      return put_agreement(row);
    case Kind::price_list_assignments:
      return put_assignment(row);
    case Kind::conditions:
      return put_condition(row, line);
    case Kind::warehouses:
      return put_warehouse(row);
    case Kind::stock:
      return put_stock(row);
    case Kind::receipts:
      return put_receipt(row);
  }
  return {};
}

Result<void> CanonicalTable::put_currency(Row& row) {
  using place::Currencies;
  engine::model::CurrencyDraft draft;
  draft.code = row.text(Currencies::code);
  draft.name = row.text(Currencies::name);
  constexpr std::int64_t decimals_max = 6;
  if (row.text(Currencies::decimals).empty())
    row.refuse(FaultCode::missing_value, "decimals", "the currency's decimals are missing");
  draft.decimals = static_cast<std::uint8_t>(row.integer(Currencies::decimals, 0, 0, decimals_max));
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_article_group(Row& row) {
  using place::ArticleGroups;
  return facts_->put(engine::model::ArticleGroupDraft{row.text(ArticleGroups::code),
                                                      row.text(ArticleGroups::name),
                                                      row.text(ArticleGroups::parent)});
}

Result<void> CanonicalTable::put_article(Row& row) {
  using place::Articles;
  engine::model::ArticleDraft draft;
  draft.code = row.text(Articles::code);
  draft.name = row.text(Articles::name);
  draft.base_unit = row.text(Articles::base_unit);
  draft.status = row.text(Articles::status);
  draft.successor = row.text(Articles::successor);
  draft.groups = row.codes(Articles::groups, list_a_);
  draft.attributes = row.open_values();
  draft.safety_stock = row.quantity(Articles::safety_stock).value_or(Quantity{});
  draft.minimum_quantity = row.quantity(Articles::min_quantity).value_or(Quantity{});
  draft.multiple_quantity = row.quantity(Articles::multiple_quantity).value_or(Quantity{});
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_article_unit(Row& row) {
  using place::ArticleUnits;
  engine::model::ArticleUnitDraft draft;
  draft.article = row.text(ArticleUnits::article);
  draft.unit = row.text(ArticleUnits::unit);
  constexpr auto most =
      std::numeric_limits<std::int64_t>::max();  // Facts knows the narrower bounds
  if (row.text(ArticleUnits::numerator).empty())
    row.refuse(FaultCode::missing_value, "numerator", "the unit's factor is missing");
  draft.numerator = row.integer(ArticleUnits::numerator, 1, 0, most);
  draft.denominator = row.integer(ArticleUnits::denominator, 1, 0, most);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_customer_group(Row& row) {
  using place::CustomerGroups;
  engine::model::CustomerGroupDraft draft;
  draft.code = row.text(CustomerGroups::code);
  draft.name = row.text(CustomerGroups::name);
  draft.parent = row.text(CustomerGroups::parent);
  draft.rank = row.rank(CustomerGroups::rank);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_price_list(Row& row) {
  using place::PriceLists;
  engine::model::DocumentDraft draft;
  draft.kind = DocumentKind::price_list;
  draft.code = row.text(PriceLists::code);
  draft.name = row.text(PriceLists::name);
  draft.currency = row.text(PriceLists::currency);
  draft.validity = row.validity(PriceLists::valid_from, PriceLists::valid_to);
  draft.refuses_discounts = !row.boolean(PriceLists::discountable, true);
  draft.rank = row.rank(PriceLists::rank);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_promotion(Row& row) {
  using place::Promotions;
  engine::model::DocumentDraft draft;
  draft.kind = DocumentKind::promotion;
  draft.code = row.text(Promotions::code);
  draft.name = row.text(Promotions::name);
  draft.validity = row.validity(Promotions::valid_from, Promotions::valid_to);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_customer(Row& row) {
  using place::Customers;
  engine::model::CustomerDraft draft;
  draft.code = row.text(Customers::code);
  draft.name = row.text(Customers::name);
  draft.parent = row.text(Customers::parent);
  draft.currency = row.text(Customers::currency);
  draft.groups = row.codes(Customers::groups, list_a_);
  draft.price_lists = row.codes(Customers::price_lists, list_b_);
  draft.attributes = row.open_values();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_agreement(Row& row) {
  using place::Agreements;
  engine::model::DocumentDraft draft;
  draft.kind = DocumentKind::agreement;
  draft.code = row.text(Agreements::code);
  draft.name = row.text(Agreements::name);
  draft.customers = row.codes(Agreements::customers, list_a_);
  draft.validity = row.validity(Agreements::valid_from, Agreements::valid_to);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_assignment(Row& row) {
  using place::Assignments;
  engine::model::ListAssignmentDraft draft;
  draft.price_list = row.text(Assignments::price_list);
  draft.customer = row.text(Assignments::customer);
  draft.customer_group = row.text(Assignments::customer_group);
  if (!row.text(Assignments::rank).empty()) draft.rank = row.rank(Assignments::rank);
  draft.validity = row.validity(Assignments::valid_from, Assignments::valid_to);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_condition(Row& row, std::uint32_t line) {
  using place::Conditions;
  engine::model::ConditionDraft draft;
  draft.type = row.text(Conditions::type);
  draft.keys = row.open_values();
  draft.agreement = row.text(Conditions::agreement);
  draft.promotion = row.text(Conditions::promotion);
  if (const auto value = row.decimal(Conditions::value)) {
    draft.value = *value;
  } else {
    row.refuse(FaultCode::missing_value, "value", "the value is missing");
  }
  draft.currency = row.text(Conditions::currency);
  draft.unit = row.text(Conditions::unit);
  draft.price_unit =
      row.integer(Conditions::price_unit, 1, 0, std::numeric_limits<std::int64_t>::max());
  draft.from_quantity = row.quantity(Conditions::from_quantity).value_or(Quantity{});
  draft.to_quantity = row.quantity(Conditions::to_quantity);
  draft.validity = row.validity(Conditions::valid_from, Conditions::valid_to);
  draft.rank = row.rank(Conditions::rank);
  row.flags(draft);
  draft.feed = feed_;
  draft.key = row.text(Conditions::key);
  draft.line = line;
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_warehouse(Row& row) {
  using place::Warehouses;
  return facts_->put(
      engine::model::WarehouseDraft{row.text(Warehouses::code), row.text(Warehouses::name)});
}

Result<void> CanonicalTable::put_stock(Row& row) {
  using place::Stock;
  engine::model::StockDraft draft;
  draft.article = row.text(Stock::article);
  draft.warehouse = row.text(Stock::warehouse);
  if (const auto on_hand = row.quantity(Stock::on_hand)) {
    draft.on_hand = *on_hand;
  } else {
    row.refuse(FaultCode::missing_value, "on_hand", "the quantity is missing");
  }
  draft.reserved = row.quantity(Stock::reserved).value_or(Quantity{});
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_receipt(Row& row) {
  using place::Receipts;
  engine::model::ReceiptDraft draft;
  draft.article = row.text(Receipts::article);
  draft.warehouse = row.text(Receipts::warehouse);
  draft.reference = row.text(Receipts::reference);
  if (const auto quantity = row.quantity(Receipts::quantity)) {
    draft.quantity = *quantity;
  } else {
    row.refuse(FaultCode::missing_value, "quantity", "the quantity is missing");
  }
  draft.date = row.moment(Receipts::date);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

}  // namespace server::feed
