#include "tests/oracle/pricer.hpp"

#include "tests/oracle/availability.hpp"
#include "tests/oracle/fields.hpp"
#include "tests/oracle/masters.hpp"
#include "tests/oracle/order.hpp"

#include <algorithm>

namespace oracle {

namespace {

// The line's outcome where it can't be priced.
struct Refused {
  std::string outcome;
};

const ArticleRow no_article{};

class Answering {
 public:
  Answering(const World& world, const Rules& rules, const Ask& ask, Scope scope)
      : world_{world}, rules_{rules}, ask_{ask}, scope_{scope} {}

  Said answer() {
    customer_ = find_code(world_.customers, ask_.customer);
    if (customer_ == nullptr) return fault("unknown_customer");
    currency_ = ask_.currency.empty() ? customer_->currency : ask_.currency;
    if (currency_.empty()) return fault("missing_value");
    if (find_code(world_.currencies, currency_) == nullptr) return fault("unknown_currency");
    procedure_ = procedure();
    if (procedure_ == nullptr) return fault("no_procedure");
    Said said;
    said.procedure = procedure_->name;
    said.lines.resize(ask_.lines.size());
    std::vector<std::size_t> whole;
    for (std::size_t i = 0; i < ask_.lines.size(); ++i) whole.push_back(i);
    if (scope_ == Scope::order) {
      price(whole, said);
    } else {
      for (const std::size_t line : whole) price({line}, said);
    }
    for (const std::size_t line : whole) show_availability(ask_.lines[line], said.lines[line]);
    return said;
  }

 private:
  static Said fault(const std::string& name) {
    Said said;
    said.fault = name;
    return said;
  }

  const ProcedureRule* procedure() const {
    for (const LookupRule& row : rules_.procedure_lookup) {
      if (row_matches(world_, row, ask_, *customer_, nullptr))
        return &rules_.procedures[row.procedure];
    }
    return rules_.procedure_lookup.empty() && rules_.plain_procedures == 1
               ? &rules_.procedures.front()
               : nullptr;
  }

  void price(const std::vector<std::size_t>& numbers, Said& said) const {
    OpenLine of_order{world_,
                      rules_,
                      ask_,
                      *customer_,
                      currency_,
                      no_article,
                      "",
                      1,
                      0,
                      "",
                      date_in(ask_.fields).value_or(ask_.date),
                      nullptr};
    OrderState order{
        world_, rules_, *procedure_, {of_order, 0, nullptr}, {}, scope_ == Scope::line};
    order.lines.reserve(numbers.size());
    for (const std::size_t number : numbers) {
      LineSaid& told = said.lines[number];
      told.outcome = "priced";
      try {
        order.lines.push_back({open(ask_.lines[number]), number, &told});
      } catch (const Refused& refused) {
        told.outcome = refused.outcome;
      }
    }
    price_order(order, said);
  }

  // The day that a field gives, where the procedure has one that decides.
  std::optional<Minutes> date_in(const Pairs& fields) const {
    for (const auto& [name, value] : fields) {
      if (!procedure_->deciding_date.empty() && name == procedure_->deciding_date)
        return day_from(value);
    }
    return std::nullopt;
  }

  Minutes date_of(const LineAsk& line) const {
    if (const auto own = date_in(line.fields)) return *own;
    if (const auto asked = date_in(ask_.fields)) return *asked;
    return line.date.value_or(ask_.date);
  }

  OpenLine open(const LineAsk& line) const {
    const ArticleRow* article = find_code(world_.articles, line.article);
    if (article == nullptr) throw Refused{"unknown_article"};
    const auto content = content_of(*article, line.unit);
    if (!content) throw Refused{"unknown_unit"};
    OpenLine open{world_,
                  rules_,
                  ask_,
                  *customer_,
                  currency_,
                  *article,
                  line.unit.empty() ? article->base_unit : line.unit,
                  *content,
                  0,
                  line.agreement,
                  date_of(line),
                  &line.fields};
    open.quantity = read_quantity(line.quantity, open);
    check_agreement(line.agreement);
    return open;
  }

  Rational read_quantity(const std::string& text, const OpenLine& open) const {
    const auto quantity = read_number(text);
    if (!quantity) throw Refused{"bad_quantity"};
    if (rounded(*quantity, 6, "down") != *quantity) throw Refused{"bad_quantity"};
    if (abs(*quantity) > procedure_->maximum) throw Refused{"quantity_out_of_range"};
    if (*quantity == 0 && !procedure_->zero_allowed) throw Refused{"zero_quantity"};
    const std::string kind = given(open, "document_kind");
    if (*quantity < 0 && !contains(procedure_->returns, kind)) throw Refused{"negative_quantity"};
    return *quantity;
  }

  // By the line or the question; a customer has no kind of document.
  static std::string given(const OpenLine& open, const std::string& field) {
    for (const Pairs* pairs : {open.own_fields, &open.ask.fields}) {
      for (const auto& [name, value] : *pairs) {
        if (name == field) return value;
      }
    }
    return "";
  }

  void check_agreement(const std::string& code) const {
    if (code.empty()) return;
    const DocumentRow* agreement = find_document(world_, "agreement", code);
    if (agreement == nullptr) throw Refused{"unknown_agreement"};
    const bool named =
        agreement->customers.empty() || contains(agreement->customers, customer_->code);
    if (!named) throw Refused{"agreement_not_allowed"};
  }

  void show_availability(const LineAsk& line, LineSaid& said) const {
    const ArticleRow* article = find_code(world_.articles, line.article);
    if (article == nullptr) return;
    Rational wanted;
    try {
      const OpenLine whole = open(line);
      wanted = std::max(Rational{0}, Rational{whole.quantity * whole.content});
    } catch (const Refused&) {
      wanted = wanted_of_refused(line);
    }
    Ask of_line = ask_;
    of_line.fields = line.fields;
    of_line.fields.insert(of_line.fields.end(), ask_.fields.begin(), ask_.fields.end());
    said.availability =
        availability(world_, rules_, of_line, *customer_, *article, wanted, date_of(line));
  }

  // A line that is refused for its agreement still has a quantity.
  Rational wanted_of_refused(LineAsk line) const {
    if (line.agreement.empty()) return 0;
    line.agreement.clear();
    try {
      const OpenLine whole = open(line);
      return std::max(Rational{0}, Rational{whole.quantity * whole.content});
    } catch (const Refused&) {
      return 0;
    }
  }

  const World& world_;
  const Rules& rules_;
  const Ask& ask_;
  Scope scope_;
  const CustomerRow* customer_ = nullptr;
  std::string currency_;
  const ProcedureRule* procedure_ = nullptr;
};

}  // namespace

Said Pricer::answer(const Ask& ask, Scope scope) const {
  return Answering{world_, rules_, ask, scope}.answer();
}

}  // namespace oracle
