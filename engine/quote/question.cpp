#include "engine/quote/question.hpp"

#include "engine/base/decimal.hpp"
#include "engine/base/limits.hpp"
#include "engine/quote/fields.hpp"

#include <algorithm>
#include <string>

namespace engine::quote {

namespace limits = base::limits;
using base::Fault;
using base::FaultCode;
using base::Result;
using model::Outcome;
using model::Schema;
using snapshot::Snapshot;

namespace {

Fault unknown(FaultCode code, const char* pointer, std::string_view what, std::string_view given) {
  return Fault{code, pointer, std::string{what} + " '" + std::string{given} + "' is not known"};
}

bool matches_header(const Snapshot& snapshot, const price::Header& header, model::FieldId field,
                    const std::vector<std::uint32_t>& ids) {
  const auto among = [&ids](std::uint32_t id) { return std::ranges::find(ids, id) != ids.end(); };
  if (field == Schema::customer) return among(header.customer.raw());
  if (field == Schema::customer_group) {
    const auto groups = snapshot.customers().groups[header.customer.raw()];
    return std::ranges::any_of(groups,
                               [&](const snapshot::Reached& group) { return among(group.id); });
  }
  for (const auto& [given, value] : header.fields.front().texts) {
    if (given == field) return among(value.raw());
  }
  const auto attributes = snapshot.customers().attributes[header.customer.raw()];
  return std::ranges::any_of(attributes, [&](const model::Attribute& attribute) {
    return attribute.field == field && among(attribute.value.raw());
  });
}

Result<std::uint16_t> procedure_for(const Snapshot& snapshot, const price::Header& header) {
  for (const snapshot::BoundLookupRow& row : snapshot.procedure_lookup()) {
    const bool all = std::ranges::all_of(row.when, [&](const auto& condition) {
      return matches_header(snapshot, header, condition.first, condition.second);
    });
    if (all) return row.result;
  }
  if (snapshot.procedure_lookup().empty() && snapshot.procedures().size() == 1)
    return std::uint16_t{0};
  return Fault{FaultCode::no_procedure, "",
               "no pricing procedure applies to this customer, channel and document kind"};
}

Result<void> resolve_header(const Snapshot& snapshot, const QuoteRequest& request,
                            Question& question) {
  if (request.customer.empty())
    return Fault{FaultCode::missing_value, "/customer", "a question names its customer"};
  const auto customer = snapshot.find_customer(request.customer);
  if (!customer)
    return unknown(FaultCode::unknown_customer, "/customer", "customer", request.customer);
  question.header.customer = *customer;
  question.header.currency = snapshot.customers().currencies[customer->raw()];
  if (!request.currency.empty()) {
    const auto currency = snapshot.find_currency(request.currency);
    if (!currency)
      return unknown(FaultCode::unknown_currency, "/currency", "currency", request.currency);
    question.header.currency = *currency;
  }
  if (question.header.currency.is_none()) {
    return Fault{FaultCode::missing_value, "/currency",
                 "the customer has no currency of its own; name one"};
  }
  return {};
}

bool is_return(const Snapshot& snapshot, const price::Header& header,
               const price::LineFields& fields, const rule::Procedure& procedure) {
  for (const auto& [field, value] : fields.texts) {
    if (field != Schema::document_kind) continue;
    return std::ranges::find(procedure.quantity.return_kinds, text_of(snapshot, header, value)) !=
           procedure.quantity.return_kinds.end();
  }
  return false;
}

// The date that a procedure's field gives; nothing where it is not among these. Fault: `where` is
// `pointer`, a slash and the field's name.
Result<std::optional<base::CivilMinutes>> deciding_date(std::span<const NamedField> fields,
                                                        std::string_view name,
                                                        const std::string& pointer) {
  const auto given = std::ranges::find(fields, name, &NamedField::first);
  if (name.empty() || given == fields.end()) return std::optional<base::CivilMinutes>{};
  const auto date = base::parse_civil(given->second);
  if (!date) {
    return Fault{date.error().code, pointer + "/" + std::string{name},
                 "the day that decides: " + date.error().detail};
  }
  return std::optional{*date};
}

class LineResolver {
 public:
  // `asked` is the day of the question; `decided` the one that a field of it gives.
  LineResolver(const Snapshot& snapshot, const rule::Procedure& procedure, FieldTaker& fields,
               Question& question, std::optional<base::CivilMinutes> decided)
      : snapshot_{snapshot},
        procedure_{procedure},
        fields_{fields},
        header_{question.header},
        asked_{question.date},
        decided_{decided},
        returns_{is_return(snapshot, header_, header_.fields.front(), procedure)} {}

  // The article has been looked up before; none: it is not known.
  Result<price::Line> resolve(const LineRequest& request, model::ArticleId article,
                              std::size_t number) {
    price::Line line;
    line.date = decided_.value_or(request.date.value_or(asked_));
    if (!request.fields.empty()) {
      if (auto ok = take_fields(request, number, line); !ok) return ok.error();
    }
    line.article = article;
    line.outcome = article.is_none() ? Outcome::unknown_article : Outcome::priced;
    if (line.outcome == Outcome::priced) line.outcome = take_unit(request, line);
    if (line.outcome == Outcome::priced) line.outcome = take_quantity(request, line);
    if (line.outcome == Outcome::priced) line.outcome = take_agreement(request, line);
    return line;
  }

 private:
  Result<void> take_fields(const LineRequest& request, std::size_t number, price::Line& line) {
    const std::string pointer = "/lines/" + std::to_string(number) + "/attributes";
    const auto entry = fields_.take_line(request.fields, pointer);
    if (!entry) return entry.error();
    line.fields = *entry;
    const auto own = deciding_date(request.fields, procedure_.deciding_date, pointer);
    if (!own) return own.error();
    if (*own) line.date = **own;
    return {};
  }

  // A line may say itself what kind of document it belongs to.
  bool returns(const price::Line& line) const {
    return line.fields == 0
               ? returns_
               : is_return(snapshot_, header_, header_.fields[line.fields], procedure_);
  }

  Outcome take_unit(const LineRequest& request, price::Line& line) const {
    line.unit = snapshot_.articles().base_units[line.article.raw()];
    if (request.unit.empty()) return Outcome::priced;
    const auto unit = snapshot_.find_unit(request.unit);
    if (!unit) return Outcome::unknown_unit;
    if (*unit == line.unit) return Outcome::priced;
    const auto units = snapshot_.articles().units[line.article.raw()];
    const auto known = std::ranges::find(units, *unit, &model::ArticleUnit::unit);
    if (known == units.end()) return Outcome::unknown_unit;
    line.unit = *unit;
    line.numerator = known->numerator;
    line.denominator = known->denominator;
    return Outcome::priced;
  }

  Outcome take_quantity(const LineRequest& request, price::Line& line) const {
    const auto given = base::parse_decimal(request.quantity);
    if (!given) {
      return given.error().code == FaultCode::out_of_range ? Outcome::quantity_out_of_range
                                                           : Outcome::bad_quantity;
    }
    const auto mantissa = base::mantissa_at(*given, base::Quantity::decimals);
    if (!mantissa) {
      const bool too_fine = given->decimals > base::Quantity::decimals &&
                            !base::mantissa_at(*given, base::Quantity::decimals);
      return too_fine ? Outcome::bad_quantity : Outcome::quantity_out_of_range;
    }
    const base::Int128 maximum = procedure_.quantity.maximum.mantissa();
    if (*mantissa > maximum || *mantissa < -maximum) return Outcome::quantity_out_of_range;
    if (*mantissa == 0 && !procedure_.quantity.zero_allowed) return Outcome::zero_quantity;
    if (*mantissa < 0 && !returns(line)) return Outcome::negative_quantity;
    line.quantity = base::Quantity::from_mantissa(static_cast<std::int64_t>(*mantissa));
    return Outcome::priced;
  }

  Outcome take_agreement(const LineRequest& request, price::Line& line) const {
    if (request.agreement.empty()) return Outcome::priced;
    const auto agreement =
        snapshot_.find_document(model::DocumentKind::agreement, request.agreement);
    if (!agreement) return Outcome::unknown_agreement;
    if (!snapshot_.may_use(*agreement, header_.customer)) return Outcome::agreement_not_allowed;
    line.agreement = *agreement;
    return Outcome::priced;
  }

  const Snapshot& snapshot_;
  const rule::Procedure& procedure_;
  FieldTaker& fields_;
  const price::Header& header_;
  base::CivilMinutes asked_;
  std::optional<base::CivilMinutes> decided_;
  bool returns_;
};

// The articles of all lines, looked up side by side; what is read of an article next is on its way.
std::vector<model::ArticleId> articles_of(const Snapshot& snapshot,
                                          std::span<const LineRequest> lines) {
  std::vector<std::string_view> codes;
  codes.reserve(lines.size());
  for (const LineRequest& line : lines) codes.push_back(line.article);
  std::vector<std::uint32_t> numbers(lines.size());
  const auto& articles = snapshot.articles();
  articles.codes->find_all(codes, numbers);
  std::vector<model::ArticleId> found;
  found.reserve(lines.size());
  for (const std::uint32_t number : numbers) {
    if (number == model::Dictionary::none) {
      found.emplace_back();
      continue;
    }
    __builtin_prefetch(&articles.base_units[number]);
    found.emplace_back(number);
  }
  return found;
}

}  // namespace

Result<Question> resolve(const Snapshot& snapshot, const QuoteRequest& request,
                         base::CivilMinutes today) {
  if (request.lines.size() > limits::lines_per_question) {
    return Fault{FaultCode::too_many, "/lines",
                 "a question has at most " + std::to_string(limits::lines_per_question) + " lines"};
  }
  Question question;
  question.date = request.date.value_or(today);
  if (auto ok = resolve_header(snapshot, request, question); !ok) return ok.error();
  FieldTaker fields{snapshot, question.header};
  if (auto ok = fields.take_header(request.fields); !ok) return ok.error();
  auto procedure = procedure_for(snapshot, question.header);
  if (!procedure) return procedure.error();
  question.procedure = *procedure;
  const rule::Procedure& rule = *snapshot.procedures()[*procedure].rule;
  const auto decided = deciding_date(request.fields, rule.deciding_date, "");
  if (!decided) return decided.error();
  question.date = decided->value_or(question.date);
  question.header.date = question.date;
  LineResolver resolver{snapshot, rule, fields, question, *decided};
  const auto articles = articles_of(snapshot, request.lines);
  question.lines.reserve(request.lines.size());
  for (const LineRequest& asked : request.lines) {
    const auto number = question.lines.size();
    auto line = resolver.resolve(asked, articles[number], number);
    if (!line) return line.error();
    question.lines.push_back(*line);
  }
  return question;
}

}  // namespace engine::quote
