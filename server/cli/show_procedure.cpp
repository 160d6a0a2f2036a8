#include "engine/base/rounding.hpp"
#include "rules/json_tree.hpp"
#include "server/cli/show.hpp"
#include "server/cli/suggest.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::rule::Access;
using engine::rule::AgreementUse;
using engine::rule::ListsOf;
using engine::rule::Phase;
using engine::rule::Procedure;
using engine::rule::Step;
using engine::rule::TiePolicy;

namespace {

const char* phase_text(Phase phase) {
  switch (phase) {
    case Phase::line:
      return "line";
    case Phase::aggregate:
      return "aggregate";
    case Phase::line_again:
      return "line again";
    case Phase::document:
      return "document";
    case Phase::tax:
      break;
  }
  return "tax";
}

const char* lists_text(ListsOf lists) {
  switch (lists) {
    case ListsOf::any:
      return "";
    case ListsOf::customer:
      return "the customer's";
    case ListsOf::group:
      return "a group's";
    case ListsOf::everyone:
      break;
  }
  return "everybody's";
}

// "the customer's, and those they are based on".
std::string searched_lists(const Access& access) {
  std::string text = lists_text(access.lists);
  if (!access.list_bases) return text;
  return (text.empty() ? "all" : text) + ", and those they are based on";
}

const char* agreement_text(AgreementUse use) {
  switch (use) {
    case AgreementUse::any:
      return "";
    case AgreementUse::asked:
      return "the one named";
    case AgreementUse::allowed:
      return "any allowed";
    case AgreementUse::none:
      break;
  }
  return "none";
}

std::string rounding_text(const Step& step) {
  std::vector<std::string> texts;
  for (const auto& to : step.rounding) {
    texts.push_back(
        fmt::format("{} decimals, {}", to.decimals, engine::base::rounding_name(to.mode)));
  }
  return joined(texts, "; ");
}

// The document a procedure was compiled from: expressions are shown as they were written.
struct Written {
  std::string file;
  rules::Json json;
};

Written written(const Knowledge& known, std::string_view name) {
  for (const rules::RuleDocument& document : known.rules) {
    auto json = rules::parse_json(document.text);
    const rules::Json* named = json ? json->find("procedure") : nullptr;
    if (named != nullptr && named->text() == name) return {document.file, *std::move(json)};
  }
  return {};
}

// The step's object in the document, which has its steps in the same order.
const rules::Json* step_in(const Written& document, std::size_t number) {
  const rules::Json* steps = document.json.find("steps");
  return steps != nullptr && number < steps->items().size() ? &steps->items()[number] : nullptr;
}

std::string member_text(const rules::Json* object, std::string_view name) {
  const rules::Json* member = object == nullptr ? nullptr : object->find(name);
  return member == nullptr ? "" : member->text();
}

// "rank, document_number, flag_clear discountable".
std::string choose_text(const rules::Json* step) {
  const rules::Json* find = step == nullptr ? nullptr : step->find("find");
  const rules::Json* choose = find == nullptr ? nullptr : find->find("choose");
  std::vector<std::string> texts;
  if (choose == nullptr) return "";
  for (const rules::Json& item : choose->items()) {
    texts.push_back(item.is(rules::Json::Kind::object)
                        ? member_text(&item, "by") + " " + member_text(&item, "flag")
                        : item.text());
  }
  return joined(texts);
}

// "line_amount", "net * 0.1": an expression of one of the step's members.
std::string inner_text(const rules::Json* in_document, std::string_view object,
                       std::string_view name) {
  return member_text(in_document == nullptr ? nullptr : in_document->find(object), name);
}

std::string guard_text(const engine::rule::Guard& guard) {
  const bool refuses = guard.action == engine::rule::GuardAction::refuse;
  return fmt::format("{} {}",
                     refuses ? "refuses:" : "notes:", engine::model::reason_name(guard.reason));
}

std::string amount_text(const Step& step, const rules::Json* in_document) {
  if (step.guard) return guard_text(*step.guard);
  if (step.apply) return fmt::format("records act on {}", inner_text(in_document, "apply", "on"));
  if (step.spread) return fmt::format("spreads {}", inner_text(in_document, "spread", "total"));
  const std::string expression = member_text(in_document, "amount");
  return expression.empty() && step.find ? "value of the record" : expression;
}

void add_steps(Report& report, const Procedure& procedure, const Written& document) {
  Table& table = report.table("steps", "Steps",
                              {{"number", "", Align::right},
                               {"step", "step"},
                               {"title", "title"},
                               {"phase", "phase"},
                               {"when", "when"},
                               {"amount", "amount"},
                               {"rounding", "rounding"},
                               {"statistical", ""}});
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    const Step& step = procedure.steps[i];
    const rules::Json* in_document = step_in(document, i);
    table.add({std::uint64_t{i + 1}, step.name, step.title,
               step.of_order ? "order" : phase_text(step.phase), member_text(in_document, "when"),
               amount_text(step, in_document), rounding_text(step),
               step.statistical ? "statistical" : ""});
  }
}

void add_searches(Report& report, const Knowledge& known, const Procedure& procedure) {
  Table& table =
      report.table("searches", "Where a step looks: the first level with a record ends the search",
                   {{"step", "step"},
                    {"level", "level", Align::right},
                    {"access", "access"},
                    {"type", "type"},
                    {"keys", "keys"},
                    {"lists", "price lists"},
                    {"agreement", "agreement"}});
  const auto& schema = known.facts.schema;
  for (const Step& step : procedure.steps) {
    if (!step.find) continue;
    for (const Access& access : step.find->accesses) {
      table.add({step.name, std::to_string(access.level + 1), access.name,
                 schema.type(schema.table(access.table).type).name, schema.key_names(access.table),
                 searched_lists(access), agreement_text(access.agreement)});
    }
  }
}

void add_choices(Report& report, const Procedure& procedure, const Written& document) {
  Table& table = report.table("choices", "Which record wins where several are found",
                              {{"step", "step"},
                               {"choose", "first by"},
                               {"tie", "a tie is"},
                               {"required", "no record is"}});
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    const Step& step = procedure.steps[i];
    if (!step.find) continue;
    table.add({step.name, choose_text(step_in(document, i)),
               step.find->tie == TiePolicy::refuse ? "refused: ambiguous" : "settled and reported",
               step.find->required ? "refused: no_price" : "nothing"});
  }
}

void add_use(Report& report, const Knowledge& known, std::string_view name) {
  Table& table = report.table("used_for", "Used for",
                              {{"row", "row", Align::right}, {"when", "questions with"}});
  const auto& rows = known.snapshot.rules().procedure_lookup;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].result != name) continue;
    std::vector<std::string> conditions;
    for (const auto& condition : rows[i].when) {
      conditions.push_back(fmt::format("{} {}", known.facts.schema.field(condition.field).name,
                                       joined(condition.codes, " or ")));
    }
    table.add({std::uint64_t{i + 1}, conditions.empty() ? "anything else" : joined(conditions)});
  }
}

}  // namespace

Result<Report> show_procedure(const Knowledge& known, std::string_view name) {
  const auto& procedures = known.snapshot.rules().procedures;
  const auto found = std::ranges::find(procedures, name, &Procedure::name);
  if (found == procedures.end()) {
    std::vector<std::string_view> names;
    names.reserve(procedures.size());
    for (const Procedure& procedure : procedures) names.emplace_back(procedure.name);
    return Fault{
        FaultCode::no_procedure, "",
        fmt::format("there is no procedure '{}'{}", name, did_you_mean(near_matches(name, names)))};
  }
  const Written document = written(known, name);
  Report report;
  report.fact("procedure", "procedure", found->name);
  report.fact("title", "title", found->title);
  report.fact("document", "document", document.file);
  report.fact("time_zone", "time zone", found->time_zone);
  report.fact("quantity_max", "largest quantity", text_of(found->quantity.maximum));
  report.fact("zero_quantity", "quantity 0", found->quantity.zero_allowed ? "allowed" : "refused");
  report.fact("return_kinds", "returns", joined(found->quantity.return_kinds));
  report.fact("deciding_date", "dated by", found->deciding_date);
  report.fact("use", "used for",
              known.snapshot.rules().procedure_lookup.empty() ? "all questions" : "");
  add_steps(report, *found, document);
  add_searches(report, known, *found);
  add_choices(report, *found, document);
  add_use(report, known, name);
  return report;
}

}  // namespace server::cli
